/**
 * What a photo with one face costs beside what it cannot do without, in CPU, measured interleaved
 * in one run.
 *
 *     deno run -A tests/bench/faces_bench.ts
 *
 * "runs" are the runs of the networks alone, on pixels that lie ready: the backbone, the detector
 * and both embedders on a face and its mirror. "bare" is that and decoding. "whole" decodes, looks at
 * the photo as a Worker does, and describes its face. "none" is the same of a photo without a face.
 *
 * @module
 */
import sharp from "sharp";
import { decodePhoto } from "../../functions/photo/decode.ts";
import { vipsCodec } from "../../functions/photo/decode.ts";
import { encodePhoto } from "../../functions/photo/encode_photo.ts";
import { createBackbone } from "../../models/backbone.ts";
import { createFaceEmbedder } from "../../models/face_embedder.ts";
import { createFaceFinder } from "../../models/face_finder.ts";
import { createKinds } from "../../models/kinds.ts";
import { parseManifest } from "../../models/manifest.ts";
import { createRecognizer } from "../../models/recognizer.ts";
import { openNative } from "../../models/runtime_native.ts";
import type { Session } from "../../models/session.ts";
import { cpuOf, median } from "./cpu.ts";

/** What a phone's photo is scaled to before it is sent, and what a web camera gives. */
const SIZE = { width: 640, height: 480 };
const ROUNDS = 24;
/** Rounds that are not counted: the engine compiles hot code first. */
const WARM_UP = 6;

const MODELS = new URL("../../models/", import.meta.url);
const SAMPLES = new URL("../../web/samples/", import.meta.url);

/** A sample inside a frame of what a camera gives, none of it cut off. */
async function photo(name: string): Promise<Uint8Array> {
  const image = sharp(await Deno.readFile(new URL(`${name}.jpg`, SAMPLES)))
    .resize({ ...SIZE, fit: "contain", background: { r: 96, g: 104, b: 112 } });
  return new Uint8Array(await image.jpeg({ quality: 85 }).toBuffer());
}

/** Measures and prints the ratios. */
export async function benchFaces(): Promise<void> {
  const { backbone: section, kinds, faces } = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", MODELS))),
  );
  const open = async ({ file }: { readonly file: string }): Promise<Session> =>
    await openNative(await Deno.readFile(new URL(file, MODELS)));
  const sessions = {
    backbone: await open(section),
    kinds: await open(kinds),
    detector: await open(faces.detector),
    sface: await open(faces.sface),
    dlib: await open(faces.dlib),
  };
  const recognize = createRecognizer({
    backbone: createBackbone(sessions.backbone, section),
    scoreKinds: createKinds(sessions.kinds, kinds),
    view: section.input,
    decided: kinds.decided,
  });
  const finder = createFaceFinder({ detector: sessions.detector, section: faces });
  const embedder = createFaceEmbedder({
    sface: sessions.sface,
    dlib: () => Promise.resolve(sessions.dlib),
    section: faces,
  });

  const run = (session: Session, name: string, dims: readonly [number, number, number, number]) =>
    session.run({ [name]: { data: new Uint8Array(dims[0] * dims[1] * dims[2] * 3), dims } });
  const { width, height } = SIZE;
  const looked = async () => {
    const side = section.input.size;
    await run(sessions.backbone, section.input.name, [1, side, side, 3]);
    await run(sessions.detector, faces.detector.input.name, [1, height, width, 3]);
  };
  const embedded = async () => {
    for (const name of ["sface", "dlib"] as const) {
      const { input } = faces[name];
      await run(sessions[name], input.name, [2, input.size, input.size, 3]);
    }
  };
  const encode = async (bytes: Uint8Array, people: number) => {
    const { faces: seen, views } = await encodePhoto(bytes, {
      codec: vipsCodec,
      recognize,
      finder,
      keepPhoto: false,
      mirrored: false,
      faces: "full",
      owned: false,
    });
    // The runs that it is compared with are of one view.
    if (views !== 1) throw new Error(`expected to be looked at once, it was ${views} times`);
    if (seen.length !== people) throw new Error(`expected ${people} faces, found ${seen.length}`);
    await embedder.embed(seen.map(({ crop }) => crop), "full");
  };

  const portrait = await photo("grace_hopper"), cup = await photo("coffee_cup");
  const ways: Record<string, () => Promise<unknown>> = {
    runs: async () => {
      await looked();
      await embedded();
    },
    bare: async () => {
      await decodePhoto(portrait);
      await looked();
      await embedded();
    },
    whole: () => encode(portrait, 1),
    seen: async () => {
      await decodePhoto(cup);
      await looked();
    },
    none: () => encode(cup, 0),
  };
  const times: Record<string, number[]> = {};
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const took = await cpuOf(way);
      if (round >= 0) (times[name] ??= []).push(took);
    }
  }
  for (const session of Object.values(sessions)) await session.release();

  const middle = (name: string) => median(times[name]!).toFixed(1).padStart(6);
  const ratio = (name: string, to: string) =>
    median(times[name]!.map((time, i) => time / times[to]![i]!)).toFixed(3);
  console.log(`CPU of a ${width}×${height} JPEG with one face, medians of ${ROUNDS}`);
  console.log(`runs of the networks       ${middle("runs")} ms`);
  console.log(`decoding + runs            ${middle("bare")} ms`);
  console.log(
    `found and described        ${middle("whole")} ms   ${
      ratio("whole", "bare")
    }× of that (bound 1.1)`,
  );
  console.log(`without a face`);
  console.log(`decoding + two runs        ${middle("seen")} ms`);
  console.log(
    `looked at                  ${middle("none")} ms   ${ratio("none", "seen")}× of that`,
  );
}

if (import.meta.main) await benchFaces();
