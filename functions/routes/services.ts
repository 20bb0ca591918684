/**
 * What the routes call. The composition opens all of it and passes it in.
 *
 * @module
 */
import type { ParadigmCard, ParadigmEvaluation } from "../../models/paradigm_card.ts";
import type { AnswerPhoto } from "../core/answer.ts";
import type { Paradigm } from "../core/answer_type.ts";
import type { ComparePhoto } from "../core/compare.ts";
import type { FaceJudge } from "../core/face_judge.ts";
import type { MemoryTable } from "../core/memory.ts";
import type { AnswerLog } from "../core/practice/answer_log.ts";
import type { Records } from "../core/practice/records.ts";
import type { ReviewQueue } from "../core/review/review_queue.ts";
import type { RuleBook } from "../core/rules/rule_book.ts";
import type { TeachPhotos } from "../core/teach.ts";
import type { ModelsInUse } from "../core/transfer.ts";
import type { AccessSettings } from "./access.ts";

/** Bounds on what a request may bring. */
export interface Limits {
  /** Bytes of the bodies of all requests in flight together. */
  readonly inFlightBytes: number;
}

/** A file of the page, ready to be sent. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Strong validator, quoted. */
  readonly etag: string;
}

/** A file that is read as it is sent. */
export interface OpenedFile {
  /** Strong validator, quoted. */
  readonly etag: string;
  readonly type: string;
  readonly bytes: number;
  /** To be read or cancelled, which closes the file. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Models and the engine for browsers. */
export interface ServedFiles {
  /** @param path as "/models/kinds.onnx" @returns undefined where there is no such file */
  open(path: string): Promise<OpenedFile | undefined>;
}

/** What is told of the paradigms, read when it is first asked for. */
export interface ParadigmCards {
  /** Those that there are. */
  cards(): Promise<readonly ParadigmCard[]>;
  /** Undefined where there is none. */
  evaluation(): Promise<ParadigmEvaluation | undefined>;
}

/** What people decide of answers. */
export interface PracticeServices {
  readonly records: Records;
  readonly queue: ReviewQueue;
  readonly log: AnswerLog;
  readonly rules: RuleBook;
  /** Whether answers go before a person (XOLO_REVIEW). */
  readonly review: boolean;
}

/** What the routes are made with. */
export interface Services {
  readonly answer: AnswerPhoto;
  /** Needs all paradigms to be served. */
  readonly compare: ComparePhoto;
  readonly teach: TeachPhotos;
  readonly paradigms: ParadigmCards & {
    /** Bytes of the models of those that have one of their own. */
    readonly bytes: { readonly [P in Paradigm]?: number };
  };
  readonly memory: MemoryTable;
  readonly faces: FaceJudge;
  readonly practice: PracticeServices;
  /** The models in use: what names their embeddings, and how many numbers those have. */
  readonly models: ModelsInUse;
  readonly access: AccessSettings;
  readonly limits: Limits;
  /** The page's files by path, as "/assets/main.js"; empty where no page was built. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** What a browser needs to answer by itself. */
  readonly files: ServedFiles;
  /** What `/health` says of this deployment. */
  readonly about: {
    readonly version: string;
    /** The network. */
    readonly model: { readonly id: string; readonly version: string };
    /** Whether the statistics that make faces comparable over decades are used. */
    readonly faceAge: boolean;
    readonly store: string;
    readonly runtime: string;
    /** Those that are served. */
    readonly paradigms: readonly Paradigm[];
  };
  /** Whether the service is about to end and takes nothing more. */
  isEnding(): boolean;
  /** Present time. */
  now(): Date;
}
