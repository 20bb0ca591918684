/**
 * The simulated practice on photos that are made up: types around centres, in a stream that is
 * answered, reviewed and learnt from by the service's own parts.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Encoded } from "../functions/core/encoder.ts";
import { createLookJudge } from "../functions/core/look_judge.ts";
import type { Generalize } from "../functions/core/generalize_type.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { POLICY } from "../training/eval/practice/evaluate.ts";
import { type Policy, simulate, type SimulationParts } from "../training/eval/practice/simulate.ts";
import type { StreamPhoto } from "../training/eval/practice/stream_photos.ts";
import { sha256Hex } from "../models/sha256.ts";
import { near, randomUnit, seeded } from "./support/vectors.ts";

const DIMENSION = 32;
const TYPES = 12;
const PHOTOS = 2000;

/** Memory is never sure by itself of these types, so that all coverage is learnt. */
const judge = createLookJudge({
  cohort: {
    file: "-",
    sha256: "0".repeat(64),
    bytes: DIMENSION,
    rows: 1,
    dimension: DIMENSION,
    least: 0,
    nearest: 1,
  },
  copy: { bits: 31, cosine: 0.995, floor: 0.5, confidence: 0.99 },
  individuals: {
    animal: {
      is: { base: 0.98, slope: 0 },
      perhaps: { base: 0.97, slope: 0 },
      confidence: { bias: 2, slope: 20 },
    },
    object: {
      is: { base: 0.98, slope: 0 },
      perhaps: { base: 0.97, slope: 0 },
      confidence: { bias: 2, slope: 20 },
    },
  },
  types: { bias: -100, likeness: 1, rival: 0, novelty: 0, is: 0.9, perhaps: 0.5 },
  rivals: { bias: -2, likeness: 1, margin: 20, memories: 0 },
  made: { command: "-", data: "-", photos: "0".repeat(64) },
}, randomUnit(DIMENSION, seeded(99)));

const generalize: Generalize = () => ({
  label: null,
  route: "none",
  certainty: "unknown",
  confidence: 0,
  path: [],
  novel: false,
  novelty: 0,
  named: false,
  alternatives: [],
  reason: "",
} as unknown as ReturnType<Generalize>);

async function photosAround(noise: number): Promise<StreamPhoto[]> {
  const random = seeded(3);
  const centres = Array.from({ length: TYPES }, () => randomUnit(DIMENSION, random));
  return await Promise.all(Array.from({ length: PHOTOS }, async (_, i): Promise<StreamPhoto> => {
    const look = near(centres[i % TYPES]!, noise, random);
    const encoded = {
      image: { width: 100, height: 100 },
      fingerprint: null,
      contrast: 50,
      look,
      scores: {
        logits: new Float32Array(),
        kinds: new Float32Array(),
        cosines: new Float32Array(),
      },
      views: 1,
      faces: [],
      timings: { decode: 0, encode: 0, faces: 0 },
    } as unknown as Encoded;
    return {
      sha256: await sha256Hex(new TextEncoder().encode(`photo ${i}`)),
      encoded,
      descriptors: [],
      label: `type ${i % TYPES}`,
      kind: "thing",
      scope: "type",
    };
  }));
}

const parts: SimulationParts = {
  models: { model: { id: "m", version: "1" }, lookModel: "m", faceModel: "f" },
  generalize,
  judge,
  faces: {} as SimulationParts["faces"],
  openTable: () => createInProcessTable({ tableBytes: 2 ** 24 }),
  alike: { person: 0.99, thing: 0.995 },
};

/** Coverage and precision of the last quarter. */
async function end(photos: readonly StreamPhoto[], more: Partial<Policy> = {}) {
  const { answers, reviewed } = await simulate(photos, parts, { ...POLICY, ...more }, 5);
  assertEquals(answers.length, PHOTOS);
  const last = answers.slice(-PHOTOS / 4);
  const sure = last.filter(({ isSure }) => isSure);
  const right = sure.filter(({ isRight }) => isRight).length;
  return { reviewed, coverage: sure.length / last.length, precision: right / sure.length };
}

Deno.test("simulate() covers what people's judgements allow, and nothing without them", async () => {
  const clear = await photosAround(1);
  const learnt = await end(clear);
  assertGreaterOrEqual(learnt.coverage, 0.9);
  assertGreaterOrEqual(learnt.precision, 0.92);
  assert(learnt.reviewed > 100 && learnt.reviewed <= 0.3 * PHOTOS);
  assertEquals((await end(clear, { budget: 0 })).coverage, 0);
  assertEquals((await end(clear, { learntCut: false })).coverage, 0);
});

Deno.test("simulate() leaves uncovered what cannot be told apart, and a careless reviewer is not believed", async () => {
  const vague = await end(await photosAround(25));
  assert(vague.coverage < 0.2, `${vague.coverage}`);
  const careless = await end(await photosAround(1), { wrong: 0.4 });
  assert(careless.coverage < 0.2, `${careless.coverage}`);
});
