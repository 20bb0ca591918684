/**
 * The fitted numbers between the network's logits and probabilities that can be relied on: the
 * section `network` of the manifest, made by `training/recipes/calibrate.ts`.
 *
 * @module
 */

/** A logistic map: probability = 1 / (1 + exp(−(intercept + slope · x))). */
export interface Logistic {
  readonly slope: number;
  readonly intercept: number;
}

/** How sure the network is that a photo shows a kind whose types it does not all know. */
export interface OpenKind {
  /** Name in the hierarchy. */
  readonly name: string;
  /** One weight for each group and one for what is in none of them. */
  readonly weights: readonly number[];
  readonly bias: number;
  /** From the log-odds of the best leaf within the kind to the probability of a new type. */
  readonly novelty: Logistic;
}

/** The probability that a kind has to have for an accuracy to be guaranteed. */
export interface Guarantee {
  /** Share of answers that are true, .5 to .999. */
  readonly specificity: number;
  readonly probability: number;
}

/** The section `network` of the manifest. */
export interface NetworkCalibration {
  /** The logits are divided by it before the softmax (Guo et al., "On Calibration of Modern Neural Networks", 2017). */
  readonly temperature: number;
  /**
   * Names in the hierarchy. A leaf belongs to the first that it lies below; the logarithms of the
   * groups' summed probabilities are what the open kinds' weights apply to.
   */
  readonly groups: readonly string[];
  /** Kinds that are also recognised when none of their leaves fits; disjoint. */
  readonly openKinds: readonly OpenKind[];
  /** Novelty within any other kind, from the log-odds of its best leaf. */
  readonly novelty: Logistic;
  /** `novel` is set from this novelty on. */
  readonly novelCut: number;
  /** From the log-odds of a kind's probability to its confidence. */
  readonly confidence: Logistic;
  /** What is guaranteed when the asker says nothing. */
  readonly specificity: number;
  /** Ascending in both. */
  readonly guarantees: readonly Guarantee[];
}
