/**
 * What a browser loads to answer by itself.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { pageRoutes } from "../functions/routes/page.ts";
import { createServedFiles, filesOf } from "../functions/served_files.ts";
import { root } from "./support/data.ts";
import { withFolder } from "./support/temp_folder.ts";

const MODELS = new URL(`file://${root}/models/`);

Deno.test("filesOf() finds every file that a manifest names with its hash", () => {
  const manifest = { a: { file: "a.onnx", sha256: "1" }, b: { c: { file: "c.i8", sha256: "2" } } };
  assertEquals([...filesOf(manifest)], [["a.onnx", "1"], ["c.i8", "2"]]);
});

Deno.test("createServedFiles() sends what the manifest names, and nothing else", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/engine.wasm`, "an engine");
    const files = await createServedFiles(MODELS, new URL(`file://${folder}/`));
    const app = new Hono().route("/", pageRoutes({ assets: new Map(), files }));

    const kinds = await app.request("/models/kinds.onnx");
    const bytes = await Deno.readFile(new URL("kinds.onnx", MODELS));
    assertEquals(new Uint8Array(await kinds.arrayBuffer()), bytes);
    assertEquals(kinds.headers.get("xolo-bytes"), String(bytes.length));
    const etag = kinds.headers.get("etag")!;
    const again = await app.request("/models/kinds.onnx", { headers: { "if-none-match": etag } });
    assertEquals([again.status, await again.text()], [304, ""]);
    const head = await app.request("/models/kinds.onnx", { method: "HEAD" });
    assertEquals([head.status, head.headers.get("xolo-bytes")], [200, String(bytes.length)]);

    const manifest = await (await app.request("/models/manifest.json")).json();
    assertEquals(manifest.kinds.file, "kinds.onnx");
    const engine = await app.request("/runtime/engine.wasm");
    assertEquals(engine.headers.get("content-type"), "application/wasm");
    assertEquals(await engine.text(), "an engine");
    for (
      const path of [
        "/models/README.md",
        "/models/none.onnx",
        "/models/..%2fdeno.json",
        "/models/paradigms/joint.json",
        "/runtime/kinds.onnx",
      ]
    ) {
      assertEquals((await app.request(path)).status, 404, path);
    }
  }));

Deno.test("createServedFiles() goes without an engine where the page is not built", async () => {
  const files = await createServedFiles(MODELS, new URL(`file://${root}/no/such/folder/`));
  assertEquals(await files.open("/runtime/engine.wasm"), undefined);
});
