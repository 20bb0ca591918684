/**
 * What an answer costs beside what it cannot do without, in CPU, measured interleaved in one run.
 *
 *     deno run -A tests/bench/classify_bench.ts
 *
 * "bare" decodes the photo and runs the network, nothing else, in this thread. "network" is a whole
 * request for a photo that was never taught: body, checks, Worker, decoding, hashing, network,
 * lookup, answer; "beside" the same in a space of other memories. "bytes" is a whole request for a photo that was taught.
 *
 * @module
 */
import sharp from "sharp";
import { compose } from "../../functions/compose.ts";
import { decodePhoto } from "../../functions/photo/decode.ts";
import { readSettings } from "../../functions/settings.ts";
import { createBackbone } from "../../models/backbone.ts";
import { parseManifest } from "../../models/manifest.ts";
import { openNative } from "../../models/runtime_native.ts";
import { createRandom, draw } from "../../training/eval/random.ts";
import { cpuOf, median } from "./cpu.ts";

/** Different photos. */
const PHOTOS = 24;
/** How often each is asked about in a round: a service at work does not change its way each time. */
const TIMES = 4;
const ROUNDS = 8;
/** Rounds that are not counted: the engine compiles hot code only after some hundred requests. */
const WARM_UP = 4;
/** What a phone's photo is scaled to before it is sent, and what a web camera gives. */
const SIZE = { width: 640, height: 480 };

/** Memories of a space in which a photo that was not taught is looked for. */
const MEMORIES = 1000;

const MODELS = new URL("../../models/", import.meta.url);
const SAMPLES = new URL("../../web/samples/", import.meta.url);

/** Different photos: cuts of the samples at seeded places. */
async function photos(): Promise<Uint8Array<ArrayBuffer>[]> {
  const random = createRandom(1);
  const files = [...Deno.readDirSync(SAMPLES)].map(({ name }) => name)
    .filter((name) => name.endsWith(".jpg")).sort();
  return await Promise.all(Array.from({ length: PHOTOS }, async (_, i) => {
    const photo = await Deno.readFile(new URL(files[i % files.length]!, SAMPLES));
    const { width, height } = await sharp(photo).metadata();
    const share = 0.6 + 0.3 * random();
    const cut = { width: Math.floor(width * share), height: Math.floor(height * share) };
    const left = Math.floor(random() * (width - cut.width));
    const top = Math.floor(random() * (height - cut.height));
    const image = sharp(photo).extract({ left, top, ...cut }).resize({ ...SIZE, fit: "cover" });
    return new Uint8Array(await image.jpeg({ quality: 85 }).toBuffer());
  }));
}

function formOf(fields: Record<string, string>, photo: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set("image", new Blob([photo]), "photo.jpg");
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/**
 * An export that holds so many memories of things that nobody asks about: the looks of a real one
 * with their dimensions shuffled, which keeps how their values are spread.
 */
function grown(lines: string, count: number): string {
  const [header, ...real] = lines.trimEnd().split("\n");
  const random = createRandom(2);
  return [
    header,
    ...Array.from({ length: count }, (_, i) => {
      const memory = JSON.parse(real[i % real.length]!);
      const bytes = Uint8Array.fromBase64(memory.embedding);
      const look = draw([...new Float32Array(bytes.buffer)], bytes.length / 4, random);
      const embedding = new Uint8Array(Float32Array.from(look).buffer).toBase64();
      const hash = () => Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16));
      const [sha256, fingerprint] = [hash().join(""), hash().join("")];
      return JSON.stringify({ ...memory, embedding, bytes: sha256, fingerprint, label: `n${i}` });
    }),
  ].join("\n");
}

/** Measures and prints the ratios. */
export async function benchClassify(): Promise<void> {
  const asked = await photos();
  const { backbone: section } = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", MODELS))),
  );
  const session = await openNative(await Deno.readFile(new URL(section.file, MODELS)));
  const backbone = createBackbone(session, section);
  const service = await compose(readSettings({ XOLO_DATA: ":memory:" }));
  const info = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } } as const;
  // Raw bodies: building a form is the client's work, and here both would be counted.
  const post = async (path: string, body: BodyInit): Promise<unknown> => {
    const request = new Request(`http://localhost${path}`, { method: "POST", body });
    const reply = await service.fetch(request, info);
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`);
    return await reply.json();
  };
  for (const [i, photo] of asked.entries()) {
    await post("/memories", formOf({ space: "taught", label: `photo ${i}` }, photo));
  }
  const exported = await service.fetch(new Request("http://localhost/export?space=taught"), info);
  await post("/import?space=crowd", grown(await exported.text(), MEMORIES));
  const expect = (answer: unknown, route: string) => {
    const { route: got } = answer as { route: string };
    if (got !== route && !(route === "network" && got === "none")) {
      throw new Error(`expected an answer from ${route}, got one from ${got}`);
    }
  };
  const pixels = new Uint8Array(section.input.size ** 2 * 3).fill(100);
  const ways: Record<string, (photo: Uint8Array<ArrayBuffer>) => Promise<void>> = {
    async bare(photo) {
      await decodePhoto(photo);
      await backbone.run(pixels);
    },
    async network(photo) {
      expect(await post("/classify", photo), "network");
    },
    async beside(photo) {
      expect(await post("/classify?space=crowd", photo), "network");
    },
    async bytes(photo) {
      expect(await post("/classify?space=taught", photo), "memory");
    },
  };
  const times: Record<string, number[]> = { bare: [], network: [], beside: [], bytes: [] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const took = await cpuOf(async () => {
        for (let i = 0; i < TIMES; i++) for (const photo of asked) await way(photo);
      });
      if (round >= 0) times[name]!.push(took / (asked.length * TIMES));
    }
  }
  await service.close();
  await session.release();
  const [bare, network, beside, bytes] = Object.values(times).map(median);
  const ratio = (name: string) =>
    median(times[name]!.map((time, i) => time / times["bare"]![i]!)).toFixed(2);
  console.log(`CPU of an answer about a ${SIZE.width}×${SIZE.height} JPEG, medians`);
  console.log(`decoding + network alone   ${bare!.toFixed(2)} ms`);
  console.log(
    `network path               ${network!.toFixed(2)} ms   ${
      ratio("network")
    }× of that (bound 1.15)`,
  );
  console.log(
    `beside ${MEMORIES} memories       ${beside!.toFixed(2)} ms   ${ratio("beside")}× of that`,
  );
  console.log(
    `bytes path                 ${bytes!.toFixed(2)} ms   1/${
      (network! / bytes!).toFixed(0)
    } of the network path (bound 1/20)`,
  );
}

if (import.meta.main) await benchClassify();
