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

const missing = missingMemoryGroups();
const name =
  "the service answers eight 12-megapixel photos at a time inside 512 MB, or says that it is busy";

if (missing) {
  Deno.test({ name: `${name} [skipped: ${missing}]`, ignore: true, fn() {} });
} else {
  Deno.test(name, async () => {
    const photos = await largePhotos();
    const group = makeMemoryGroup("service", LIMIT_MB);
    const folder = await Deno.makeTempDir({ prefix: "xolo-memory-" });
    try {
      const service = await startProcess(
        { XOLO_DATA: folder, XOLO_MEMORY_MB: String(LIMIT_MB) },
        undefined,
        { group },
      );
      for (let round = 0; round < 2; round++) {
        const { answered } = await askTogether(service, photos);
        assert(answered >= TOGETHER / 2, `${answered} of ${TOGETHER} answered`);
      }
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
