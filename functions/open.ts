/**
 * Opens the parts that answers are made with: models, Workers and the store.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cohortOf } from "../models/look.ts";
import { type Manifest, parseManifest } from "../models/manifest.ts";
import { verifyFile } from "../models/verify_file.ts";
import { parseFaceAge } from "../models/people.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import { type AnswerPhoto, createAnswer } from "./core/answer.ts";
import type { Encoder } from "./core/encoder.ts";
import { type ComparePhoto, createCompare } from "./core/compare.ts";
import { createFaceJudge, type FaceJudge } from "./core/face_judge.ts";
import { createGeneralizer } from "./core/generalize.ts";
import type { Generalize } from "./core/generalize_type.ts";
import { createLookJudge, type LookJudge } from "./core/look_judge.ts";
import type { Kind, MemoryTable } from "./core/memory.ts";
import { type AnswerLog, createAnswerLog } from "./core/practice/answer_log.ts";
import { createPractice } from "./core/practice/practice.ts";
import { createRecords, type Records } from "./core/practice/records.ts";
import { createReviewQueue, type ReviewQueue } from "./core/review/review_queue.ts";
import { createRuleBook, type RuleBook } from "./core/rules/rule_book.ts";
import { wordsTogether } from "./core/rules/words_together.ts";
import { createTeach, type TeachPhotos } from "./core/teach.ts";
import { createGraphScorer } from "./memory/graph_scorer.ts";
import { createInProcessTable } from "./memory/in_process.ts";
import { openKvTable } from "./memory/kv.ts";
import { createLoopScorer } from "./memory/loop_scorer.ts";
import type { Scorer } from "./memory/scorer.ts";
import { createPhotoEncoder } from "./photo/encoder.ts";
import { chooseRuntime, loadRuntime } from "./photo/runtime.ts";
import { PRECISION_FLOOR, REVIEW_RATE, type Settings } from "./settings.ts";

/** What answers are made with, opened. */
export interface Parts {
  readonly manifest: Manifest;
  readonly encoder: Encoder;
  readonly memory: MemoryTable;
  readonly generalize: Generalize;
  readonly judge: LookJudge;
  readonly faces: FaceJudge;
  readonly answer: AnswerPhoto;
  readonly compare: ComparePhoto;
  readonly teach: TeachPhotos;
  readonly records: Records;
  readonly queue: ReviewQueue;
  readonly log: AnswerLog;
  readonly rules: RuleBook;
  /** Names the kind of store. */
  readonly store: string;
  /** Finishes what was begun and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Cosine of packed descriptors from which two faces are one item of review, that one answer teaches:
 * who it is must not be in doubt. In small collections of faces copies of a photo lie above .93, of
 * the photos of one person 46 to 95 % above .85, and of two people none above .73. Relatives who look
 * much alike were not measured.
 */
export const ALIKE_FACES = 0.85;

/** Where the project's models lie. */
export const MODELS = new URL("../models/", import.meta.url);

/**
 * Opens everything.
 *
 * @param models folder of the manifest and its files
 * @throws {Error} when a model is missing or not the manifest's, or the store cannot be opened
 */
export async function openParts(
  settings:
    & Pick<Settings, "data" | "runtime" | "memoryMb" | "faceAge">
    & Partial<Pick<Settings, "precisionFloor" | "reviewRate">>,
  models: URL = MODELS,
): Promise<Parts> {
  async function readModel(file: string, sha256: string): Promise<Uint8Array> {
    const bytes = await Deno.readFile(new URL(file, models));
    await verifyFile(bytes, sha256, file);
    return bytes;
  }
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))),
  );
  const { backbone, kinds, hierarchy, network, look, recall, faces: faceModels, people } = manifest;
  const { paradigms } = manifest;
  const [weights, kindsModel, tree, cohort, search, detector, age] = await Promise.all([
    readModel(backbone.file, backbone.sha256),
    readModel(kinds.file, kinds.sha256),
    readModel(hierarchy.file, hierarchy.sha256),
    readModel(look.cohort.file, look.cohort.sha256),
    readModel(recall.file, recall.sha256),
    readModel(faceModels.detector.file, faceModels.detector.sha256),
    settings.faceAge ? readModel(people.age.file, people.age.sha256) : null,
  ]);
  const faces = createFaceJudge(
    faceModels.id,
    people,
    age && parseFaceAge(JSON.parse(new TextDecoder().decode(age))),
  );
  const words = parseHierarchy(JSON.parse(new TextDecoder().decode(tree)));
  const generalize = createGeneralizer(words, network);
  const judge = createLookJudge(look, cohortOf(cohort));
  const runtime = await chooseRuntime(settings.runtime, (line) => console.warn(line));
  // The wasm engine would copy the whole table at each search; a plain loop does not.
  const scorer = runtime === "native"
    ? createGraphScorer(await (await loadRuntime("native"))(search))
    : createLoopScorer();
  const { memory, store } = await openStore(settings, scorer).catch(async (error) => {
    await scorer.close();
    throw error;
  });
  try {
    const encoder = await createPhotoEncoder({
      section: backbone,
      model: weights,
      kinds: { section: kinds, model: kindsModel },
      faces: { section: faceModels, detector, folder: models },
      ...(paradigms ? { paradigms: { section: paradigms, folder: models } } : {}),
      runtime,
      memoryMb: settings.memoryMb,
      cores: availableParallelism(),
    });
    const { precisionFloor: floor = PRECISION_FLOOR, reviewRate = REVIEW_RATE } = settings;
    const now = () => new Date();
    // Nearer than that two pictures are the same, as they are when one is recalled.
    const alike: Record<Kind, number> = { thing: judge.copyCosine, person: ALIKE_FACES };
    const records = createRecords(memory, floor, { sampleRate: reviewRate });
    const queue = createReviewQueue({ memory, alike, now });
    const report = (message: string) => console.warn(message);
    const log = createAnswerLog({ memory, now, report });
    const answering = {
      encoder,
      memory,
      generalize,
      judge,
      faces,
      ...(paradigms ? { paradigms } : {}),
      practice: createPractice({ memory, records, queue, log, floor, report }),
    };
    return {
      manifest,
      encoder,
      memory,
      generalize,
      judge,
      faces,
      answer: createAnswer(answering),
      compare: createCompare(answering),
      teach: createTeach({ encoder, memory, generalize, faces }),
      records,
      queue,
      log,
      rules: createRuleBook({ memory, records, log, together: wordsTogether(words), now }),
      store,
      async close() {
        await encoder.close();
        await log.close();
        await memory.close();
      },
    };
  } catch (error) {
    await memory.close();
    throw error;
  }
}

async function openStore(
  { data, memoryMb }: Pick<Settings, "data" | "memoryMb">,
  scorer: Scorer,
): Promise<{ memory: MemoryTable; store: string }> {
  // Half of what is there is the Workers', a quarter the program's own.
  const tableBytes = Math.floor(memoryMb * 2 ** 20 / 4);
  if (data === ":memory:") {
    return { memory: createInProcessTable({ tableBytes, scorer }), store: "in-process" };
  }
  if (data === undefined) {
    return {
      memory: await openKvTable(await Deno.openKv(), { tableBytes, scorer, owned: true }),
      store: "deno-kv",
    };
  }
  await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  return {
    memory: await openKvTable(join(data, "memories.sqlite"), { tableBytes, scorer }),
    store: "deno-kv",
  };
}
