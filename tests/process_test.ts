import { assert, assertEquals } from "@std/assert";
import type { Answer } from "../functions/core/answer_type.ts";
import { openParts } from "../functions/open.ts";
import { filesBelow } from "./support/data.ts";
import { type ServiceProcess, startProcess } from "./support/process.ts";
import { formOf, samplePhoto } from "./support/service.ts";

const CAT = samplePhoto("chelsea_cat.jpg");

/** A label that occurs in no program file and no page of a database by chance. */
const LABEL = "Zkxqv Grandmother Ørsted";

async function inTempFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "xolo-test-" });
  try {
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function teach(service: ServiceProcess, label = LABEL): Promise<void> {
  const reply = await fetch(`${service.url}/memories`, {
    method: "POST",
    body: formOf({ label, keepPhoto: "true" }, CAT),
  });
  assertEquals(reply.status, 201, await reply.text());
}

async function classify(service: ServiceProcess): Promise<Answer> {
  const reply = await fetch(`${service.url}/classify`, { method: "POST", body: formOf({}, CAT) });
  assertEquals(reply.status, 200, await reply.clone().text());
  return await reply.json();
}

/** Waits until the service says that its files are clean. */
async function untilErased(service: ServiceProcess): Promise<void> {
  for (let wait = 0; wait < 300; wait++) {
    const { store } = await (await fetch(`${service.url}/health`)).json();
    if (store.erasedAt !== null) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the files were not clean after 30 s");
}

function includes(haystack: Uint8Array, needle: Uint8Array): boolean {
  const first = needle[0]!;
  for (let at = haystack.indexOf(first); at !== -1; at = haystack.indexOf(first, at + 1)) {
    if (needle.every((byte, i) => haystack[at + i] === byte)) return true;
  }
  return false;
}

/** What would give a memory away, in every shape that a store might keep it in. */
async function traces(): Promise<Map<string, Uint8Array>> {
  const text = (value: string) => new TextEncoder().encode(value);
  const utf16 = (value: string) =>
    new Uint8Array(Uint16Array.from(value, (c) => c.charCodeAt(0)).buffer);
  const parts = await openParts({
    data: ":memory:",
    runtime: undefined,
    memoryMb: 512,
    faceAge: true,
  });
  try {
    // As it is looked at when it is taught.
    const seen = await parts.encoder.encode(CAT, { mirrored: true });
    const look = new Uint8Array(seen.look.slice().buffer);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", CAT));
    const { upright } = seen.fingerprint!;
    return new Map([
      ["label", text(LABEL)],
      ["label in UTF-16", utf16(LABEL)],
      ["look's beginning", look.slice(0, 32)],
      ["look's middle", look.slice(2560, 2592)],
      ["byte hash", digest],
      ["byte hash as text", text(digest.toHex())],
      ["perceptual hash", Uint8Array.fromHex(upright)],
      ["perceptual hash as text", text(upright)],
    ]);
  } finally {
    await parts.close();
  }
}

/** Which traces are in the raw files of a store. */
function found(folder: string, wanted: ReadonlyMap<string, Uint8Array>): string[] {
  const files = filesBelow(folder).map((path) => Deno.readFileSync(path));
  assert(files.length > 0);
  return [...wanted].filter(([, trace]) => files.some((file) => includes(file, trace)))
    .map(([name]) => name);
}

Deno.test("a memory that was acknowledged survives a hard kill", async () => {
  await inTempFolder(async (folder) => {
    const first = await startProcess({ XOLO_DATA: folder });
    await teach(first);
    await first.end("SIGKILL");
    const second = await startProcess({ XOLO_DATA: folder });
    const answer = await classify(second);
    assertEquals(answer.label, LABEL);
    assertEquals(answer.evidence[0]!.by, "bytes");
    assertEquals((await second.end("SIGTERM")).code, 0);
  });
});

Deno.test("forgetting a label leaves nothing of it in the raw files", async () => {
  const wanted = await traces();
  await inTempFolder(async (folder) => {
    const service = await startProcess({ XOLO_DATA: folder });
    await teach(service, "A neighbour");
    await teach(service);
    const there = found(folder, wanted);
    assert(there.length >= 3 && there.includes("look's middle"), "the search finds what is there");
    const url = `${service.url}/labels/${encodeURIComponent(LABEL)}`;
    const reply = await fetch(url, { method: "DELETE" });
    assertEquals((await reply.json()).forgotten, 1);
    await untilErased(service);
    const label = new Map([...wanted].filter(([name]) => name.startsWith("label")));
    assertEquals(found(folder, label), [], "while it runs");
    const neighbour = await fetch(`${service.url}/spaces/default`, { method: "DELETE" });
    assertEquals((await neighbour.json()).forgotten, 1);
    await untilErased(service);
    assertEquals(found(folder, wanted), [], "while it runs");
    await service.end("SIGTERM");
    assertEquals(found(folder, wanted), [], "after it ended");
  });
});

Deno.test("a restart finishes erasing what a hard kill interrupted", async () => {
  const wanted = await traces();
  await inTempFolder(async (folder) => {
    const first = await startProcess({ XOLO_DATA: folder });
    await teach(first);
    const reply = await fetch(`${first.url}/spaces/default`, { method: "DELETE" });
    await reply.body?.cancel();
    await first.end("SIGKILL");
    const second = await startProcess({ XOLO_DATA: folder });
    await untilErased(second);
    assertEquals(found(folder, wanted), []);
    assertEquals((await classify(second)).route, "network");
    await second.end("SIGTERM");
  });
});

Deno.test("SIGTERM answers what is in flight and then ends in order", async () => {
  const service = await startProcess({ XOLO_DATA: ":memory:" });
  const first = Promise.withResolvers<void>();
  const inFlight = Promise.allSettled(Array.from({ length: 6 }, async () => {
    const body = formOf({}, CAT);
    const reply = await fetch(`${service.url}/classify`, { method: "POST", body })
      .finally(first.resolve);
    await reply.body?.cancel();
    return reply.status;
  }));
  await first.promise;
  const ended = service.end("SIGTERM");
  const settled = await inFlight;
  // What had reached the service is answered; what had not is told so, or refused as a connection.
  assert(settled.some((one) => one.status === "fulfilled" && one.value === 200));
  for (const one of settled) {
    if (one.status === "rejected") assert(one.reason instanceof TypeError, String(one.reason));
    else assert(one.value === 200 || one.value === 503, String(one.value));
  }
  const status = await ended;
  assertEquals(status.code, 0);
  assertEquals(status.signal, null);
});

/** Announces an upload of a photo, sends half of it and stalls. */
async function stalledUpload(service: ServiceProcess): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(service.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = "POST /classify HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n" +
    `content-type: image/jpeg\r\ncontent-length: ${CAT.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  await send(connection, CAT.subarray(0, CAT.length / 2));
  return connection;
}

async function send(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  const writer = connection.writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
}

/** Waits until a service that was told to end refuses what is new. */
async function untilEnding(service: ServiceProcess): Promise<void> {
  for (let status = 200; status !== 503;) {
    const reply = await fetch(`${service.url}/ready`);
    await reply.body?.cancel();
    status = reply.status;
  }
}

Deno.test("an upload that is under way at SIGTERM is still answered", async () => {
  const service = await startProcess({ XOLO_DATA: ":memory:" });
  const connection = await stalledUpload(service);
  await classify(service);
  const ended = service.end("SIGTERM");
  await untilEnding(service);
  await send(connection, CAT.subarray(CAT.length / 2));
  const reply = await new Response(connection.readable).text();
  assertEquals(reply.slice(0, reply.indexOf("\r\n")), "HTTP/1.1 200 OK");
  assertEquals((await ended).code, 0);
});

Deno.test("stalled uploads neither stop others nor the end", async () => {
  const service = await startProcess({ XOLO_DATA: ":memory:", XOLO_MEMORY_MB: "512" });
  const stalled = await Promise.all(Array.from({ length: 4 }, () => stalledUpload(service)));
  try {
    assertEquals((await classify(service)).route, "network");
    const start = performance.now();
    assertEquals((await service.end("SIGTERM")).code, 0);
    assert(performance.now() - start < 60_000, "it ends whatever a client does");
  } finally {
    for (const connection of stalled) connection.close();
  }
});

Deno.test("a second signal ends at once", async () => {
  const service = await startProcess({ XOLO_DATA: ":memory:" });
  const stalled = await stalledUpload(service);
  try {
    await classify(service);
    Deno.kill(service.pid, "SIGTERM");
    // Only once the first was heard does the second count.
    await untilEnding(service);
    assertEquals((await service.end("SIGTERM")).code, 143);
  } finally {
    stalled.close();
  }
});

Deno.test("two processes on one store agree", async () => {
  await inTempFolder(async (folder) => {
    const [a, b] = await Promise.all([
      startProcess({ XOLO_DATA: folder }),
      startProcess({ XOLO_DATA: folder }),
    ]);
    assertEquals((await classify(b)).route, "network");
    await teach(a);
    const start = performance.now();
    let answer = await classify(b);
    while (answer.label !== LABEL && performance.now() - start < 10_000) answer = await classify(b);
    assertEquals(answer.label, LABEL);
    const reply = await fetch(`${b.url}/spaces/default`, { method: "DELETE" });
    assertEquals((await reply.json()).forgotten, 1);
    do answer = await classify(a); while (
      answer.route === "memory" && performance.now() - start < 20_000
    );
    assertEquals(answer.route, "network");
    await a.end("SIGTERM");
    await b.end("SIGTERM");
  });
});

Deno.test("a setting that is wrong ends the start with its name", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "functions/main.ts"],
    env: { XOLO_RUNTIME: "cuda" },
  }).output();
  assertEquals(code, 1);
  assert(new TextDecoder().decode(stderr).includes("XOLO_RUNTIME"));
});
