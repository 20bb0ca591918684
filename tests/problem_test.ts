import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { onError } from "../functions/routes/problem.ts";

Deno.test("onError() logs the unforeseen by request id and route, not by the name in the path", async () => {
  const app = new Hono();
  app.onError(onError);
  app.use(requestId());
  app.use("/labels/*", async (_c, next) => await next());
  app.delete("/labels/:label", () => {
    throw new RangeError("a bug");
  });
  const lines: string[] = [];
  const { error } = console;
  console.error = (...parts: unknown[]) => lines.push(parts.map(String).join(" "));
  let reply: Response;
  try {
    reply = await app.request("/labels/Grandma", { method: "DELETE" });
  } finally {
    console.error = error;
  }
  assertEquals(reply.status, 500);
  const { requestId: id, detail } = await reply.json();
  assertFalse(detail.includes("a bug"));
  assertEquals(lines.length, 1);
  assertStringIncludes(lines[0]!, `${id} DELETE /labels/:label: RangeError: a bug`);
  assertFalse(lines[0]!.includes("Grandma"));
});
