/**
 * From scores to what an answer may claim: temperatures and cuts, from validation photos alone.
 *
 * @module
 */
import { softmax } from "../../functions/core/softmax.ts";
import { fitLogistic } from "../recipes/fit_logistic.ts";
import { bestClasses, quantile } from "./scores.ts";

/** Share of validation photos that are doubted. */
export const DOUBTED = 0.05;
/** Share of the answers that are "is" that should be right. */
const SURE = 0.97;

/**
 * The temperature that makes the scores' probabilities likeliest (Guo et al., "On Calibration of
 * Modern Neural Networks", ICML 2017), by golden-section search between 0.2 and 20.
 *
 * @param scores [n, classes] row-major
 */
export function fitTemperature(scores: Float32Array, labels: Int32Array): number {
  const classes = scores.length / labels.length;
  const loss = (logarithm: number) => {
    const temperature = Math.exp(logarithm);
    let sum = 0;
    labels.forEach((label, i) => {
      const row = softmax(scores.subarray(i * classes, (i + 1) * classes), temperature);
      sum -= Math.log(Math.max(1e-12, row[label]!));
    });
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.2), high = Math.log(20);
  for (let i = 0; i < 40; i++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/** What an answer's words hang on. */
export interface Cuts {
  readonly temperature: number;
  /** Familiarity below which an answer is doubted. */
  readonly doubt: number;
  /** Confidence from which on an answer is "is". */
  readonly sure: number;
  /** From the familiarity to the probability that the photo shows none of the classes. */
  readonly novelty: { readonly slope: number; readonly intercept: number };
}

/** What {@linkcode fitCuts} is given. */
export interface CutsData {
  /** Scores of validation photos, which the answer is chosen by, [n, classes] row-major. */
  readonly scores: Float32Array;
  readonly labels: Int32Array;
  /** How familiar each validation photo is, [n]. */
  readonly familiar: Float64Array;
  /** Whether a validation photo is never doubted, whatever its familiarity. */
  readonly undoubted?: (row: number) => boolean;
  /** How familiar photos are that show none of the classes; may be none. */
  readonly strangers: Float64Array;
}

/** Fits temperature and cuts. */
export function fitCuts(
  { scores, labels, familiar, undoubted = () => false, strangers }: CutsData,
): Cuts {
  const temperature = fitTemperature(scores, labels);
  return {
    temperature,
    doubt: quantile(familiar.map((value, i) => undoubted(i) ? Infinity : value), DOUBTED),
    sure: fitSure(scores, labels, temperature),
    novelty: fitNovelty(familiar, strangers),
  };
}

/** The least confidence from which on enough answers are right. */
function fitSure(scores: Float32Array, labels: Int32Array, temperature: number): number {
  const classes = scores.length / labels.length;
  const best = bestClasses(scores, classes);
  const told = [...labels].map((label, i) => ({
    confidence: Math.max(...softmax(scores.subarray(i * classes, (i + 1) * classes), temperature)),
    right: best[i] === label,
  })).sort((a, b) => b.confidence - a.confidence);
  let right = 0;
  let sure = 1;
  told.forEach((answer, i) => {
    right += Number(answer.right);
    if (right / (i + 1) >= SURE) sure = answer.confidence;
  });
  return sure;
}

/**
 * As if strangers came as often as known things. Without strangers to fit to, one in two is taken
 * to be a stranger where known things are doubted, and their spread is the scale.
 */
function fitNovelty(known: Float64Array, strange: Float64Array): Cuts["novelty"] {
  if (strange.length === 0) {
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const deviation = Math.sqrt(
      known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length,
    );
    const slope = -1 / Math.max(deviation, 1e-6);
    return { slope, intercept: -slope * quantile(known, DOUBTED) };
  }
  const { bias, weights: [weight] } = fitLogistic([
    ...[...known].map((value) => ({ features: [-value], same: false })),
    ...[...strange].map((value) => ({ features: [-value], same: true })),
  ], 1);
  return { slope: -weight!, intercept: bias };
}
