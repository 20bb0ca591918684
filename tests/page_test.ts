import { assertEquals, assertMatch } from "@std/assert";
import { compress } from "hono/compress";
import { Hono } from "hono";
import { pageRoutes } from "../functions/routes/page.ts";
import type { Asset } from "../functions/routes/services.ts";

const asset = (text: string): Asset => ({
  body: new TextEncoder().encode(text),
  type: "text/html; charset=utf-8",
  etag: '"one"',
});

function app(): Hono {
  const assets = new Map([
    ["/index.html", asset("page")],
    ["/docs/index.html", asset("reference ".repeat(1000))],
  ]);
  return new Hono().use(compress()).route(
    "/",
    pageRoutes({ assets, files: { open: () => Promise.resolve(undefined) } }),
  );
}

Deno.test("pageRoutes() answers with the reference at /docs and /docs/", async () => {
  for (const path of ["/docs", "/docs/"]) {
    assertMatch(await (await app().request(path)).text(), /^reference/);
  }
  assertEquals((await app().request("/docs/none.js")).status, 404);
});

Deno.test("pageRoutes() knows a file again by its validator, compressed too", async () => {
  const headers: Record<string, string> = { "accept-encoding": "gzip" };
  const first = await app().request("/docs", { headers });
  assertEquals(first.headers.get("content-encoding"), "gzip");
  await first.body?.cancel();
  const etag = first.headers.get("etag")!;
  assertEquals(etag, 'W/"one"');
  const again = await app().request("/docs", { headers: { ...headers, "if-none-match": etag } });
  assertEquals(again.status, 304);
});
