/**
 * Answers after an event was taken back, held against those of a store on which the log was replayed
 * without it: real recall, rules and practice over photos that an encoder only says it saw.
 *
 * @module
 */
import { createAnswer } from "../functions/core/answer.ts";
import type { Encoder } from "../functions/core/encoder.ts";
import type { FaceJudge } from "../functions/core/face_judge.ts";
import type { Generalization } from "../functions/core/generalize_type.ts";
import { createLookJudge } from "../functions/core/look_judge.ts";
import type { MemoryTable, NewMemory } from "../functions/core/memory.ts";
import { createAnswerLog } from "../functions/core/practice/answer_log.ts";
import { createPractice } from "../functions/core/practice/practice.ts";
import { createRecords } from "../functions/core/practice/records.ts";
import { createReviewQueue } from "../functions/core/review/review_queue.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { cohortOf } from "../models/look.ts";
import { parseManifest } from "../models/manifest.ts";
import { sha256Hex } from "../models/sha256.ts";
import { example } from "./support/memory_contract.ts";
import { PHOTOS, undoesLikeReplay } from "./support/undo_replay.ts";
import { near, randomUnit, seeded } from "./support/vectors.ts";

const models = new URL("../models/", import.meta.url);
const { look } = parseManifest(
  JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))),
);
const judge = createLookJudge(
  look,
  cohortOf(await Deno.readFile(new URL(look.cohort.file, models))),
);

/** Photos of four things, so that some are recalled by what was taught of others. */
const photos = Array.from({ length: PHOTOS }, (_, n) => {
  const centre = randomUnit(1280, seeded(n % 4));
  return { bytes: Uint8Array.of(n), look: near(centre, 0.5, seeded(100 + n)) };
});
const hashes = await Promise.all(photos.map(({ bytes }) => sha256Hex(bytes)));

/** The same photos as examples to be taught. */
function photo(n: number, fields: Partial<NewMemory> = {}): NewMemory {
  const { bytes: _, ...rest } = example(n, fields);
  return { ...rest, model: "look-1", bytes: hashes[n]!, embedding: photos[n]!.look };
}

const general: Generalization = {
  label: "dog",
  named: false,
  route: "network",
  certainty: "is",
  confidence: 0.97,
  path: ["animal", "dog"],
  novel: false,
  novelty: 0.1,
  alternatives: [],
  reason: "dog",
};

/** Sees what the photos are said to show. */
const encoder = {
  model: { id: "net", version: "1" },
  lookModel: "look-1",
  faceModel: "face-1",
  runtime: "native",
  encode: ([n]: Uint8Array) =>
    Promise.resolve({
      image: { width: 640, height: 480 },
      fingerprint: null,
      contrast: 60,
      look: photos[n!]!.look,
      scores: {},
      views: 1,
      faces: [],
      timings: { decode: 0, encode: 0, faces: 0 },
    }),
} as unknown as Encoder;

/** What is answered to every photo, without ids and times. */
async function answersOf(memory: MemoryTable): Promise<unknown> {
  const now = () => new Date(0);
  const records = createRecords(memory, 0.92, { sampleRate: 0 });
  const log = createAnswerLog({ memory, now, report: () => {} });
  const answer = createAnswer({
    encoder,
    memory,
    judge,
    generalize: () => general,
    faces: {} as FaceJudge,
    practice: createPractice({
      memory,
      records,
      log,
      queue: createReviewQueue({ memory, alike: { thing: 0.9, person: 0.9 }, now }),
      floor: 0.92,
      report: () => {},
    }),
  });
  const answers = [];
  for (const [n, { bytes }] of photos.entries()) {
    const said = await answer(bytes, {
      space: "home",
      recall: true,
      trusted: true,
      context: { photo: n },
    });
    const { timings: _, evidence, ...rest } = said;
    answers.push({ ...rest, evidence: evidence.map(({ memory: _, ...one }) => one) });
  }
  await log.close();
  return answers;
}

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`undo() of any event leaves the answers of a log that was replayed without it, ${seed}`, async () => {
    const clock = { now: Date.parse("2026-05-01T12:00:00Z") };
    const table = createInProcessTable({ now: () => clock.now });
    await undoesLikeReplay(table, clock, 1000 + seed, { steps: 50, photo, probe: answersOf });
    await table.close();
  });
}
