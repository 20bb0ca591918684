import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { inFlight } from "../functions/routes/in_flight.ts";
import { onError } from "../functions/routes/problem.ts";

/** An app that holds each request until it is let go. */
function holdingApp(most: number) {
  const gate = Promise.withResolvers<void>();
  let reading = 0;
  const app = new Hono();
  app.onError(onError);
  app.use(inFlight(most));
  app.post("/", async (c) => {
    const { byteLength } = await c.req.arrayBuffer();
    reading++;
    await gate.promise;
    return c.text(String(byteLength));
  });
  return { app, open: gate.resolve, reading: () => reading };
}

for (const announced of [true, false]) {
  const how = announced ? "announced" : "streamed";
  Deno.test(`inFlight() refuses ${how} bytes that do not fit beside others`, async () => {
    const { app, open, reading } = holdingApp(100);
    const send = (bytes: number) =>
      app.request("/", {
        method: "POST",
        body: new Uint8Array(bytes),
        ...(announced ? { headers: { "content-length": String(bytes) } } : {}),
      });
    const first = send(60);
    while (reading() < 1) await new Promise((done) => setTimeout(done, 1));
    const refused = await send(60);
    assertEquals(refused.status, 503);
    assertEquals(refused.headers.get("retry-after"), "1");
    await refused.body?.cancel();
    const second = send(30);
    open();
    assertEquals(await (await first).text(), "60");
    assertEquals(await (await second).text(), "30");
    assertEquals(await (await send(100)).text(), "100", "what was held is free again");
  });

  Deno.test(`inFlight() admits ${how} bytes beyond the bound when they are alone`, async () => {
    const { app, open } = holdingApp(100);
    open();
    const reply = await app.request("/", {
      method: "POST",
      body: new Uint8Array(500),
      ...(announced ? { headers: { "content-length": "500" } } : {}),
    });
    assertEquals(await reply.text(), "500");
  });
}
