/**
 * The fitted numbers between the network's logits and probabilities that can be relied on: the
 * section `network` of the manifest, made by `training/recipes/calibrate.ts`.
 *
 * @module
 */
import { z } from "zod";

const probability = z.number().min(0).max(1);
const positive = z.number().positive();

const logistic = z.object({ slope: z.number(), intercept: z.number() }).readonly();

const openKind = z.object({
  /** Name in the hierarchy. */
  name: z.string(),
  /** One weight for each group and one for what is in none of them. */
  weights: z.array(z.number()).readonly(),
  bias: z.number(),
  /** From the log-odds of the best leaf's share of the kind to the probability of a new type. */
  novelty: logistic,
}).readonly();

const guarantee = z.object({
  /** Share of answers that are true. */
  specificity: z.number().min(0.5).max(0.999),
  probability,
}).readonly();

/** How the section is checked. */
export const networkSection = z.object({
  /**
   * The logits are divided by it before the softmax (Guo et al., "On Calibration of Modern Neural
   * Networks", ICML 2017).
   */
  temperature: positive,
  /** The softmax's temperature where novelty is judged. */
  noveltyTemperature: positive,
  /**
   * Names in the hierarchy. A leaf belongs to the first that it lies below; the logarithms of the
   * groups' summed probabilities are what the open kinds' weights apply to.
   */
  groups: z.array(z.string()).readonly(),
  /** Kinds that are also recognised when none of their leaves fits; disjoint. */
  openKinds: z.array(openKind).readonly(),
  /** Novelty within any other kind, from the log-odds of its best leaf's share. */
  novelty: logistic,
  /** `novel` is set from this novelty on. */
  novelCut: probability,
  /** From the log-odds of an answer's probability to its confidence. */
  confidence: logistic,
  /** What is guaranteed when the asker says nothing. */
  specificity: z.number().min(0.5).max(0.999),
  /** Ascending in both. At least two, for what lies between and beyond. */
  guarantees: z.array(guarantee).min(2).readonly(),
}).readonly();

/** The section `network` of the manifest. */
export type NetworkCalibration = z.infer<typeof networkSection>;

/** A logistic map: probability = 1 / (1 + exp(−(intercept + slope · x))). */
export type Logistic = z.infer<typeof logistic>;

/** A kind whose types the network does not all know, and how it is recognised. */
export type OpenKind = z.infer<typeof openKind>;

/** The probability that an answer must have for an accuracy to be guaranteed. */
export type Guarantee = z.infer<typeof guarantee>;
