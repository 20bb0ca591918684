/**
 * What an answer costs beside what it cannot do without, in CPU, measured interleaved in one run.
 *
 *     deno run -A tests/bench/classify_bench.ts
 *
 * "bare" decodes the photo and runs the networks that it needs on pictures of the same sizes,
 * nothing else, in this thread. "network" is a whole request for a photo that was never taught:
 * body, checks, Worker, decoding, hashing, network, looking for faces, lookup, answer; "beside" the
 * same in a space of other memories. "bytes" is a whole request for a photo that was taught. "face"
 * is one for a photo of one face in a space of another person, so that the embedders run, too.
 *
 * @module
 */
import sharp from "sharp";
import { compose } from "../../functions/compose.ts";
import { decodePhoto } from "../../functions/photo/decode.ts";
import { readSettings } from "../../functions/settings.ts";
import { createBackbone } from "../../models/backbone.ts";
import { createFaceEmbedder } from "../../models/face_embedder.ts";
import { createFaceFinder } from "../../models/face_finder.ts";
import { createKinds } from "../../models/kinds.ts";
import { parseManifest } from "../../models/manifest.ts";
import { createRecognizer } from "../../models/recognizer.ts";
import { openNative } from "../../models/runtime_native.ts";
import type { Session, Tensor } from "../../models/session.ts";
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

/** Samples without and with a face. */
const THINGS = ["chelsea_cat.jpg", "coffee_cup.jpg", "rocket.jpg"] as const;
const PEOPLE = ["eileen_collins.jpg"] as const;
const SOMEBODY_ELSE = "grace_hopper.jpg";

/** Different photos: cuts of samples at seeded places. */
async function photos(
  files: readonly string[],
  [least, most]: readonly [number, number],
): Promise<Uint8Array<ArrayBuffer>[]> {
  const random = createRandom(1);
  return await Promise.all(Array.from({ length: PHOTOS }, async (_, i) => {
    const photo = await Deno.readFile(new URL(files[i % files.length]!, SAMPLES));
    const { width, height } = await sharp(photo).metadata();
    const share = least + (most - least) * random();
    const cut = { width: Math.floor(width * share), height: Math.floor(height * share) };
    const left = Math.floor(random() * (width - cut.width));
    const top = Math.floor(random() * (height - cut.height));
    const image = sharp(photo).extract({ left, top, ...cut }).resize({
      ...SIZE,
      fit: "cover",
      position: "top",
    });
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

/** A session that notes on what it was run. */
function noting(session: Session): { session: Session; feeds: Record<string, Tensor>[] } {
  const feeds: Record<string, Tensor>[] = [];
  return {
    feeds,
    session: {
      ...session,
      run(inputs) {
        feeds.push(inputs);
        return session.run(inputs);
      },
    },
  };
}

/** Measures and prints the ratios. */
export async function benchClassify(): Promise<void> {
  const asked = await photos(THINGS, [0.6, 0.9]);
  // A face is high in a portrait: large cuts keep it in.
  const people = await photos(PEOPLE, [0.95, 1]);
  const { backbone: section, kinds, faces } = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", MODELS))),
  );
  const open = async ({ file }: { readonly file: string }, lean = false) =>
    noting(await openNative(await Deno.readFile(new URL(file, MODELS)), { lean }));
  const [session, graph, detector, sface, dlib] = [
    await open(section),
    await open(kinds, true),
    await open(faces.detector),
    await open(faces.sface, true),
    await open(faces.dlib, true),
  ];
  const recognize = createRecognizer({
    backbone: createBackbone(session.session, section),
    scoreKinds: createKinds(graph.session, kinds),
    view: section.input,
    decided: kinds.decided,
  });
  const finder = createFaceFinder({ detector: detector.session, section: faces });
  const embedder = createFaceEmbedder({
    sface: sface.session,
    dlib: () => Promise.resolve(dlib.session),
    section: faces,
  });
  /** What each photo needs run, and on what. */
  const needed = new Map<Uint8Array, (() => Promise<unknown>)[]>();
  for (const photo of [...asked, ...people]) {
    const { working } = await decodePhoto(photo);
    await recognize(working);
    const found = await finder.find(working, "full");
    if (people.includes(photo)) {
      if (found.length !== 1) throw new Error(`a photo of a person shows ${found.length} faces`);
      await embedder.embed(finder.crop(working, found, "full"), "full");
    }
    const runs = [session, graph, detector, sface, dlib].flatMap(({ session, feeds }) =>
      feeds.splice(0).map((feed) => () => session.run(feed))
    );
    needed.set(photo, runs);
  }
  async function bareRuns(photo: Uint8Array<ArrayBuffer>) {
    await decodePhoto(photo);
    for (const run of needed.get(photo)!) await run();
    for (const { feeds } of [session, graph, detector, sface, dlib]) feeds.length = 0;
  }
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
  const other = await Deno.readFile(new URL(SOMEBODY_ELSE, SAMPLES));
  await post("/memories", formOf({ space: "people", label: "somebody else" }, other));
  const exported = await service.fetch(new Request("http://localhost/export?space=taught"), info);
  await post("/import?space=crowd", grown(await exported.text(), MEMORIES));
  const expect = (answer: unknown, route: string) => {
    const { route: got } = answer as { route: string };
    if (got !== route && !(route === "network" && got === "none")) {
      throw new Error(`expected an answer from ${route}, got one from ${got}`);
    }
  };
  const ways: Record<string, (photo: Uint8Array<ArrayBuffer>) => Promise<void>> = {
    bare: bareRuns,
    async network(photo) {
      expect(await post("/classify", photo), "network");
    },
    async beside(photo) {
      expect(await post("/classify?space=crowd", photo), "network");
    },
    async bytes(photo) {
      expect(await post("/classify?space=taught", photo), "memory");
    },
    bareFace: bareRuns,
    async face(photo) {
      expect(await post("/classify?space=people", photo), "network");
    },
  };
  const times: Record<string, number[]> = {};
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const isFace = name === "face" || name === "bareFace";
      const these = isFace ? people : asked;
      const often = isFace ? 1 : TIMES;
      const took = await cpuOf(async () => {
        for (let i = 0; i < often; i++) for (const photo of these) await way(photo);
      });
      if (round >= 0) (times[name] ??= []).push(took / (these.length * often));
    }
  }
  await service.close();
  for (const { session: one } of [session, graph, detector, sface, dlib]) await one.release();
  const [bare, network, beside, bytes, bareFace, face] = Object.values(times).map(median);
  const ratio = (name: string, base = "bare") =>
    median(times[name]!.map((time, i) => time / times[base]![i]!)).toFixed(2);
  console.log(`CPU of an answer about a ${SIZE.width}×${SIZE.height} JPEG, medians`);
  console.log(`decoding + networks alone  ${bare!.toFixed(2)} ms`);
  console.log(
    `network path               ${network!.toFixed(2)} ms   ${
      ratio("network")
    }× of that (bound 1.15)`,
  );
  console.log(
    `beside ${MEMORIES} memories       ${beside!.toFixed(2)} ms   ${ratio("beside")}× of that`,
  );
  console.log(
    `one face, decoding + networks alone ${bareFace!.toFixed(2)} ms`,
  );
  console.log(
    `one face among people      ${face!.toFixed(2)} ms   ${
      ratio("face", "bareFace")
    }× of that (bound 1.1)`,
  );
  console.log(
    `bytes path                 ${bytes!.toFixed(2)} ms   1/${
      (network! / bytes!).toFixed(0)
    } of the network path (bound 1/20)`,
  );
}

if (import.meta.main) await benchClassify();
