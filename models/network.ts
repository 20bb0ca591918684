/**
 * The fitted numbers between the network's logits and probabilities that can be relied on: the
 * section `network` of the manifest, made by `training/recipes/calibrate.ts`.
 *
 * @module
 */
import { z } from "zod";

const probability = z.number().min(0).max(1);
const positive = z.number().positive();

/** How a {@linkcode Logistic} is checked. */
export const logisticMap = z.object({ slope: z.number(), intercept: z.number() }).readonly();

const openKind = z.object({
  /** Name in the hierarchy. */
  name: z.string(),
  /** From how little the best type stands out to the probability of a new one. */
  novelty: logisticMap,
}).readonly();

const guarantee = z.object({
  /** Share of answers that are true. */
  specificity: z.number().min(0.5).max(0.999),
  /** λ of Deng et al., "Hedging Your Bets" (CVPR 2012): what being right weighs beside telling. */
  multiplier: z.number().nonnegative(),
}).readonly();

/** How the section is checked. */
export const networkSection = z.object({
  /**
   * The logits are divided by it before the softmax (Guo et al., "On Calibration of Modern Neural
   * Networks", ICML 2017).
   */
  temperature: positive,
  /** The temperature of the softmax over cosines by which novelty is judged. */
  cosineTemperature: positive,
  /** Kinds that are also recognised when none of their leaves fits; disjoint; as in `kinds`. */
  openKinds: z.array(openKind).readonly(),
  /**
   * How many of an open kind's individuals are of types never learnt, where an answer is chosen.
   * `novelty` itself is told as if known and new types were equally frequent.
   */
  newShare: z.number().gt(0).lt(1),
  /** Novelty within any other kind. */
  novelty: logisticMap,
  /** `novel` is set from this novelty on. */
  novelCut: probability,
  /** From the log-odds of an answer's probability to its confidence. */
  confidence: logisticMap,
  /** What is guaranteed when the asker says nothing. */
  specificity: z.number().min(0.5).max(0.999),
  /** Ascending in both. At least two, for what lies between and beyond. */
  guarantees: z.array(guarantee).min(2).readonly(),
}).readonly();

/** The section `network` of the manifest. */
export type NetworkCalibration = z.infer<typeof networkSection>;

/** A logistic map: probability = 1 / (1 + exp(−(intercept + slope · x))). */
export type Logistic = z.infer<typeof logisticMap>;

/** A kind whose types the network does not all know, and how it is recognised. */
export type OpenKind = z.infer<typeof openKind>;

/** What an accuracy asks of the choice among kinds. */
export type Guarantee = z.infer<typeof guarantee>;
