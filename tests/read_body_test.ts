import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { onError } from "../functions/routes/problem.ts";
import { type BodyPace, readBody } from "../functions/routes/read_body.ts";

const PACE: BodyPace = { window: 20, least: 10, whole: 10_000 };

/** An app that holds each request until it is let go. */
function holdingApp(inFlight: number, limit = inFlight, pace: BodyPace = PACE) {
  const gate = Promise.withResolvers<void>();
  let reading = 0;
  const app = new Hono();
  app.onError(onError);
  app.use(readBody({ inFlight, byPath: new Map([["/", limit]]), elsewhere: 10, pace }));
  app.post("/*", async (c) => {
    const { byteLength } = await c.req.arrayBuffer();
    reading++;
    await gate.promise;
    return c.text(String(byteLength));
  });
  return { app, open: gate.resolve, reading: () => reading };
}

/** A body of chunks that ends, breaks off, or stalls until it is called off. */
function streamOf(chunks: readonly number[], end: "close" | "error" | "stall") {
  let cancelled = false;
  let breakOff = () => {};
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      breakOff = () => controller.error(new TypeError("connection reset"));
      for (const length of chunks) controller.enqueue(new Uint8Array(length).fill(length));
      if (end === "close") controller.close();
      if (end === "error") breakOff();
    },
    cancel() {
      cancelled = true;
    },
  });
  return { stream, cancelled: () => cancelled, breakOff };
}

async function detailOf(reply: Response, status: number): Promise<string> {
  const problem = await reply.json();
  assertEquals(reply.status, status, problem.detail);
  return problem.detail;
}

for (const announced of [true, false]) {
  const how = announced ? "announced" : "streamed";
  const post = (app: Hono, bytes: number) =>
    app.request("/", {
      method: "POST",
      body: new Uint8Array(bytes),
      ...(announced ? { headers: { "content-length": String(bytes) } } : {}),
    });

  Deno.test(`readBody() refuses ${how} bytes that do not fit beside others`, async () => {
    const { app, open, reading } = holdingApp(100);
    const first = post(app, 60);
    while (reading() < 1) await new Promise((done) => setTimeout(done, 1));
    const refused = await post(app, 60);
    assertEquals(refused.headers.get("retry-after"), "1");
    assertStringIncludes(await detailOf(refused, 503), "60 bytes");
    const second = post(app, 30);
    open();
    assertEquals(await (await first).text(), "60");
    assertEquals(await (await second).text(), "30");
    assertEquals(await (await post(app, 100)).text(), "100", "what was held is free again");
  });

  Deno.test(`readBody() refuses ${how} bytes beyond the path's limit`, async () => {
    const { app, open } = holdingApp(100, 50);
    open();
    assertEquals(await (await post(app, 50)).text(), "50");
    assertStringIncludes(await detailOf(await post(app, 51), 413), "at most 50");
  });
}

Deno.test("readBody() gives the handler the bytes in order when they come in chunks", async () => {
  const app = new Hono();
  app.use(readBody({ inFlight: 4e6, byPath: new Map(), elsewhere: 4e6 }));
  app.post("/", async (c) => c.body(await c.req.arrayBuffer()));
  const { stream } = streamOf([1, 700_000, 2, 900_000, 3], "close");
  const reply = await app.request("/", { method: "POST", body: stream });
  const bytes = await reply.bytes();
  assertEquals(bytes.length, 1_600_006);
  assertEquals([bytes[0], bytes[1], bytes[700_002], bytes.at(-1)], [1, 700_000 % 256, 2, 3]);
});

Deno.test("readBody() takes no room for bytes that were announced but did not come", async () => {
  const { app, open } = holdingApp(100, 100, { ...PACE, window: 10_000 });
  const { stream, breakOff } = streamOf([5], "stall");
  const stalled = app.request("/", {
    method: "POST",
    body: stream,
    headers: { "content-length": "100" },
  });
  open();
  const reply = await app.request("/", { method: "POST", body: new Uint8Array(90) });
  assertEquals(await reply.text(), "90");
  breakOff();
  assertEquals((await stalled).status, 499);
});

Deno.test("readBody() lets go of a body that does not come on", async () => {
  const { app, open } = holdingApp(100);
  const { stream, cancelled } = streamOf([60], "stall");
  const reply = await app.request("/", { method: "POST", body: stream });
  assertStringIncludes(await detailOf(reply, 408), "should be at least 10");
  assert(cancelled());
  open();
  const next = await app.request("/", { method: "POST", body: new Uint8Array(100) });
  assertEquals(await next.text(), "100", "what had come is free again");
});

Deno.test("readBody() lets go of a body that comes on for too long", async () => {
  const { app } = holdingApp(1e9, 1e9, { window: 20, least: 0, whole: 60 });
  let timer: ReturnType<typeof setInterval>;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 5);
    },
    cancel() {
      clearInterval(timer);
    },
  });
  const reply = await app.request("/", { method: "POST", body: stream });
  assertStringIncludes(await detailOf(reply, 408), "not there after");
});

Deno.test("readBody() calls a body that breaks off the client's doing", async () => {
  const { app } = holdingApp(100);
  const { stream } = streamOf([5], "error");
  const reply = await app.request("/", { method: "POST", body: stream });
  assertStringIncludes(await detailOf(reply, 499), "broke off");
});
