/**
 * The interface of the network stage: from the network's scores to the most specific kind that it
 * can vouch for.
 *
 * @module
 */
import type { NetworkScores } from "../../models/recognizer.ts";
import type { Alternative, Certainty } from "./answer_type.ts";

/** What the network alone makes of a photo. */
export interface Generalization {
  /** The most specific kind that can be vouched for; null when none can. */
  readonly label: string | null;
  /** Whether the label is a type that the network learnt, and not a kind above several. */
  readonly named: boolean;
  /** `none` when no kind can be vouched for. */
  readonly route: "network" | "none";
  readonly certainty: Certainty;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
  /** General → specific; ends in the label. */
  readonly path: readonly string[];
  /** How sure each kind of the path is, 0 to 1, calibrated; the last is `confidence`. */
  readonly pathConfidence?: readonly number[];
  readonly novel: boolean;
  /** Calibrated probability that the type below the label is one the network never learnt. */
  readonly novelty: number;
  /** The best guesses below the label, best first. */
  readonly alternatives: readonly Alternative[];
  readonly reason: string;
}

/** Options of one call. */
export interface GeneralizeOptions {
  /** Guaranteed accuracy, .5 to .999; the deployment's when left out. */
  readonly specificity?: number;
}

/**
 * Generalizes.
 *
 * @param scores what the networks make of the photo
 */
export type Generalize = (scores: NetworkScores, options?: GeneralizeOptions) => Generalization;
