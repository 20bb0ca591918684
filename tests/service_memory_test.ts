import { assert, assertEquals, assertLess } from "@std/assert";
import sharp from "sharp";
import { makeMemoryGroup, MIB, missingMemoryGroups } from "./support/memory_group.ts";
import { type ServiceProcess, startProcess } from "./support/process.ts";
import { formOf, samplePhoto } from "./support/service.ts";

const LIMIT_MB = 512;
const TOGETHER = 8;

/** Different 12-megapixel photos, every second one progressive. */
async function largePhotos(): Promise<Uint8Array<ArrayBuffer>[]> {
  const base = samplePhoto("eileen_collins.jpg");
  return await Promise.all(Array.from({ length: TOGETHER }, async (_, i) =>
    new Uint8Array(
      await sharp(base).resize({ width: 4000, height: 3000, fit: "cover" })
        .modulate({ brightness: 1 + i / 50 })
        .jpeg({ quality: 95, progressive: i % 2 === 1 })
        .toBuffer(),
    )));
}

async function askTogether(
  service: ServiceProcess,
  photos: Uint8Array<ArrayBuffer>[],
): Promise<{ answered: number; busy: number }> {
  const statuses = await Promise.all(photos.map(async (photo) => {
    const body = formOf({}, photo);
    const reply = await fetch(`${service.url}/classify`, { method: "POST", body });
    await reply.body?.cancel();
    if (reply.status === 503) assert(Number(reply.headers.get("retry-after")) >= 1);
    return reply.status;
  }));
  const answered = statuses.filter((status) => status === 200).length;
  const busy = statuses.filter((status) => status === 503).length;
  assertEquals(answered + busy, photos.length, statuses.join(" "));
  return { answered, busy };
}

/** Sends so many bytes that are no photo and resolves to the status, or to 0 for a cut connection. */
async function send(url: string, body: BodyInit, headers: HeadersInit = {}): Promise<number> {
  try {
    const reply = await fetch(url, { method: "POST", body, headers });
    await reply.body?.cancel();
    return reply.status;
  } catch (error) {
    // Whoever is refused before the body was read may find the connection closed while sending.
    if (!(error instanceof TypeError)) throw error;
    return 0;
  }
}

/** Runs against a service that the system holds to its memory. */
function limitedTest(
  name: string,
  env: Record<string, string>,
  fn: (service: ServiceProcess) => Promise<void>,
): void {
  const missing = missingMemoryGroups();
  if (missing) return Deno.test({ name: `${name} [skipped: ${missing}]`, ignore: true, fn() {} });
  Deno.test(name, async () => {
    const group = makeMemoryGroup("service", LIMIT_MB);
    const folder = await Deno.makeTempDir({ prefix: "xolo-memory-" });
    try {
      const service = await startProcess(
        { XOLO_DATA: folder, XOLO_MEMORY_MB: String(LIMIT_MB), ...env },
        undefined,
        { group },
      );
      await fn(service);
      const { peak, hits } = group.usage();
      assertLess(peak, LIMIT_MB * MIB);
      assertEquals(hits, 0);
      assertEquals((await service.end("SIGTERM")).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
      await group.remove();
    }
  });
}

limitedTest(
  "the service answers eight 12-megapixel photos at a time inside 512 MB, or says that it is busy",
  {},
  async (service) => {
    const photos = await largePhotos();
    for (let round = 0; round < 2; round++) {
      const { answered } = await askTogether(service, photos);
      assert(answered >= TOGETHER / 2, `${answered} of ${TOGETHER} answered`);
    }
  },
);

limitedTest(
  "the service describes faces and answers 12-megapixel photos inside 512 MB on the wasm engine",
  { XOLO_RUNTIME: "wasm" },
  async (service) => {
    // Whoever is taught has every network loaded; each of the large photos has a face, too.
    for (const name of ["grace_hopper.jpg", "eileen_collins.jpg"]) {
      const body = formOf({ label: name }, samplePhoto(name));
      assertEquals(await send(`${service.url}/memories`, body), 201);
    }
    const photos = await largePhotos();
    for (let round = 0; round < 2; round++) {
      const { answered } = await askTogether(service, photos);
      assert(answered >= TOGETHER / 2, `${answered} of ${TOGETHER} answered`);
      assertEquals(await send(`${service.url}/classify`, samplePhoto("grace_hopper.jpg")), 200);
    }
  },
);

limitedTest(
  "the service refuses strangers' uploads inside 512 MB",
  { XOLO_TOKEN: "a-long-secret" },
  async (service) => {
    const form = () => formOf({ label: "X" }, new Uint8Array(60 * MIB));
    const replies = await Promise.all(
      Array.from({ length: 3 }, () => send(`${service.url}/memories`, form())),
    );
    for (const status of replies) assert(status === 401 || status === 0, String(status));
    assertEquals(await send(`${service.url}/import`, "{}"), 401);
  },
);

limitedTest("the service takes the largest uploads inside 512 MB", {}, async (service) => {
  const { url } = service;
  // A photo with a long tail is a large one that can be read.
  const large = new Uint8Array(19.5 * MIB);
  large.set(samplePhoto("chelsea_cat.jpg"));
  const json = JSON.stringify({ image: large.toBase64() });
  const line = JSON.stringify({ x: "x".repeat(15 * MIB) });
  const uploads = [
    () => send(`${url}/classify`, large),
    () => send(`${url}/classify`, formOf({}, large)),
    () => send(`${url}/classify`, json, { "content-type": "application/json" }),
    () => send(`${url}/memories`, formOf({ label: "Chelsea" }, large, large.subarray(0, 18 * MIB))),
    () => send(`${url}/import`, line),
    () => send(`${url}/import`, "x".repeat(62 * MIB)),
    () => send(`${url}/memories`, formOf({ label: "X" }, new Uint8Array(60 * MIB))),
  ];
  const alone = [];
  for (const upload of uploads) alone.push(await upload());
  assertEquals(alone.slice(0, 5), [200, 200, 200, 201, 422]);
  for (const status of alone.slice(5)) assert(status === 413 || status === 0, String(status));
  for (let round = 0; round < 3; round++) {
    const together = await Promise.all(uploads.map((upload) => upload()));
    for (const status of together) assert([0, 200, 413, 422, 503].includes(status), String(status));
  }
});
