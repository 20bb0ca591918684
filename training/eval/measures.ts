/**
 * How well probabilities rank and how true they are.
 *
 * @module
 */

/** A score and whether what it stands for is the case. */
export interface Scored {
  /** For {@linkcode calibrationError} a probability, 0 to 1. */
  readonly score: number;
  readonly positive: boolean;
}

/**
 * Area under the ROC curve: the share of pairs in which the positive one scores higher, ties
 * counting half. NaN without a positive or a negative one.
 *
 * @example
 * ```ts
 * import { auroc } from "./measures.ts";
 *
 * console.assert(auroc([{ score: 1, positive: true }, { score: 0, positive: false }]) === 1);
 * ```
 */
export function auroc(scored: readonly Scored[]): number {
  const sorted = scored.toSorted((a, b) => a.score - b.score);
  const positives = scored.filter(({ positive }) => positive).length;
  const negatives = scored.length - positives;
  let ranks = 0;
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (end < sorted.length && sorted[end]!.score === sorted[start]!.score) end++;
    // Those that tie share their mean rank, counted from 1.
    const rank = (start + 1 + end) / 2;
    ranks += rank * sorted.slice(start, end).filter(({ positive }) => positive).length;
    start = end;
  }
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

/**
 * Expected calibration error (Naeini et al., AAAI 2015): the mean distance between probability and
 * share of positives over bins of equally many, weighted by their size. NaN for no examples.
 */
export function calibrationError(scored: readonly Scored[], bins = 10): number {
  const sorted = scored.toSorted((a, b) => a.score - b.score);
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const part = sorted.slice(
      Math.round(bin * sorted.length / bins),
      Math.round((bin + 1) * sorted.length / bins),
    );
    const expected = part.reduce((sum, { score }) => sum + score, 0);
    error += Math.abs(expected - part.filter(({ positive }) => positive).length);
  }
  return error / sorted.length;
}
