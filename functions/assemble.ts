/**
 * Puts together what answers are made with, once models and store are open. It knows no platform: a
 * server and a tab are assembled alike.
 *
 * @module
 */
import { parseHierarchy } from "../models/hierarchy.ts";
import { cohortOf } from "../models/look.ts";
import type { Manifest } from "../models/manifest.ts";
import { parseFaceAge } from "../models/people.ts";
import { TRAINED_PARADIGMS } from "../models/paradigms.ts";
import { type AnswerPhoto, createAnswer } from "./core/answer.ts";
import { type ComparePhoto, createCompare } from "./core/compare.ts";
import type { Encoder } from "./core/encoder.ts";
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
import type { ParadigmCards, Services } from "./routes/services.ts";

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

/** What parts are assembled from. */
export interface Assembly extends Pick<Parts, "manifest" | "memory" | "store"> {
  /** Opens the encoder; whoever calls closes the table where it cannot. */
  readonly encoder: Encoder;
  /** The bytes of files beside the manifest. */
  readonly files: {
    readonly hierarchy: Uint8Array;
    readonly cohort: Uint8Array;
    /** The statistics that make faces comparable over decades; null where they are not used. */
    readonly age: Uint8Array | null;
  };
  /** Precision that answers with `is` are promised to have. */
  readonly precisionFloor: number;
  /** Share of sure answers that are judged by chance. */
  readonly reviewRate: number;
  readonly now: () => Date;
  readonly report: (message: string) => void;
}

/**
 * Cosine of packed descriptors from which two faces are one item of review, that one answer teaches:
 * who it is must not be in doubt. In small collections of faces copies of a photo lie above .93, of
 * the photos of one person 46 to 95 % above .85, and of two people none above .73. Relatives who look
 * much alike were not measured.
 */
export const ALIKE_FACES = 0.85;

/** Assembles the parts. @throws {TypeError} when a file is not as it should be */
export function assembleParts(
  { manifest, encoder, memory, store, files, precisionFloor, reviewRate, now, report }: Assembly,
): Parts {
  const { network, look, faces: faceModels, people, paradigms } = manifest;
  const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  const age = files.age && parseFaceAge(json(files.age));
  const faces = createFaceJudge(faceModels.id, people, age);
  const words = parseHierarchy(json(files.hierarchy));
  const generalize = createGeneralizer(words, network);
  const judge = createLookJudge(look, cohortOf(files.cohort));
  // Nearer than that two pictures are the same, as they are when one is recalled.
  const alike: Record<Kind, number> = { thing: judge.copyCosine, person: ALIKE_FACES };
  const records = createRecords(memory, precisionFloor, { sampleRate: reviewRate });
  const queue = createReviewQueue({ memory, alike, now });
  const log = createAnswerLog({ memory, now, report });
  const practice = createPractice({ memory, records, queue, log, floor: precisionFloor, report });
  const answering = {
    encoder,
    memory,
    generalize,
    judge,
    faces,
    ...(paradigms ? { paradigms } : {}),
    practice,
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
}

/** Version of the service's interface. */
const VERSION = "0.1.0";

/** What a deployment decides for itself. */
export interface Deployment
  extends Pick<Services, "access" | "assets" | "files" | "limits" | "isEnding"> {
  readonly cards: ParadigmCards;
  /** Whether answers go before a person. */
  readonly review: boolean;
  /** Whether faces are made comparable over decades. */
  readonly faceAge: boolean;
  readonly now: () => Date;
}

/** What the routes are made with. */
export function servicesOf(
  parts: Parts,
  { cards, review, faceAge, ...deployment }: Deployment,
): Services {
  const { manifest, encoder, memory, faces, records, queue, log, rules } = parts;
  const { paradigms: trained } = manifest;
  const served = TRAINED_PARADIGMS.filter((name) => trained?.[name]);
  return {
    ...deployment,
    answer: parts.answer,
    compare: parts.compare,
    paradigms: {
      ...cards,
      bytes: Object.fromEntries(served.map((name) => [name, trained![name]!.bytes])),
    },
    teach: parts.teach,
    memory,
    faces,
    practice: { records, queue, log, rules, review },
    models: {
      thing: { id: encoder.lookModel, dimension: manifest.backbone.outputs.gem.dim },
      person: { id: faces.model, dimension: faces.dimension },
    },
    about: {
      version: VERSION,
      model: encoder.model,
      faceAge,
      store: parts.store,
      runtime: encoder.runtime,
      paradigms: ["human", ...served],
    },
  };
}
