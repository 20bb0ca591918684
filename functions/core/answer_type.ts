/**
 * The reply to a photo, as `/classify` gives it.
 *
 * @module
 */
import type { ImageSize } from "./encoder.ts";
import type { Kind } from "./memory.ts";
import type { ReviewReason } from "./quality/judgement.ts";

/** What answered. */
export type Route = "memory" | "rule" | "network" | "none";

/** How far an answer can be relied on. */
export type Certainty = "is" | "perhaps" | "unknown";

/** Which of the three paradigms answered. */
export type Paradigm = "human" | "sequential" | "joint";

/** How a memory was recognised. */
export type RecalledBy = "bytes" | "copy" | "look" | "face";

/** A rectangle in pixels of the upright photo. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Something seen in the photo. */
export interface Subject {
  readonly kind: Kind;
  /** Null for a stranger, or a thing that nothing can be said of. */
  readonly label: string | null;
  readonly certainty: Certainty;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
  /** Similarity to the nearest memory of the label; null when no memory is meant. */
  readonly similarity: number | null;
  readonly box: Box;
}

/** A label that could also be. */
export interface Alternative {
  readonly label: string;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
}

/** A memory that speaks for the answer. */
export interface Evidence {
  /** Id of the memory. */
  readonly memory: string;
  readonly label: string;
  readonly by: RecalledBy;
  /**
   * −1 to 1. By look that of all memories of the label together; of hashes one minus the share of
   * differing bits.
   */
  readonly similarity: number;
  /** The similarity that was needed. */
  readonly threshold: number;
}

/** Wall time in milliseconds by stage; 0 for a stage that was not needed. */
export interface Timings {
  readonly decode: number;
  readonly encode: number;
  readonly faces: number;
  readonly recall: number;
  readonly generalize: number;
  readonly total: number;
}

/** How `sequential` came to its answer. */
export interface SequentialParts {
  /** How far the likest group of training photos stands out, ≥ 0, in standard deviations of all. */
  readonly known: number;
  /** Which moment of the network's training answered. */
  readonly head: "generalizer" | "memorizer";
}

/** What each part of `joint` adds to the log-odds of the label against the runner-up. */
export interface JointParts {
  readonly deep: number;
  readonly wide: number;
}

/** How a trained paradigm came to its answer. */
export type ParadigmParts = SequentialParts | JointParts;

/** The reply to a photo. */
export interface Answer {
  /** Null only when `route` is `none`. */
  readonly label: string | null;
  readonly route: Route;
  readonly certainty: Certainty;
  /** 0 to 1, calibrated: of answers at .9, 90 % are right. */
  readonly confidence: number;
  /** General → specific, everyday words. From memory: what the network said when it was taught. */
  readonly path: readonly string[];
  /** Of an answer by the network: how sure each kind of the path is, 0 to 1, calibrated. */
  readonly pathConfidence?: readonly number[];
  /** Of an answer by the network: whether the label is a type it learnt, not a kind above several. */
  readonly named?: boolean;
  /** A kind that is known, of a type that is not. */
  readonly novel: boolean;
  /**
   * Calibrated probability that the type below the label is a new one, 0 to 1; `novel` is a cut of it.
   * Of a trained paradigm: that the photo shows none of its classes, of which `novel` is no cut.
   */
  readonly novelty: number;
  readonly subjects: readonly Subject[];
  /** Best first. */
  readonly alternatives: readonly Alternative[];
  readonly evidence: readonly Evidence[];
  /** The deciding comparison in words. */
  readonly reason: string;
  readonly image: ImageSize;
  readonly space: string;
  readonly paradigm: Paradigm;
  /** Of an answer by a trained paradigm's network; never of `human`, nor from memory. */
  readonly parts?: ParadigmParts;
  /** The rule that changed it, or that sends it to review. */
  readonly rule?: { readonly id: string; readonly reads: string };
  /** Why it is not given as `is`, though it is that sure: its like was judged wrong too often. */
  readonly demoted?: string;
  /** The item in the queue of review that it is part of, and why. */
  readonly review?: { readonly item: string; readonly reason: ReviewReason };
  readonly model: { readonly id: string; readonly version: string };
  readonly timings: Timings;
}
