/**
 * Labels that are wrong on purpose: what can be told only by memory.
 *
 * @module
 */
import { createRandom, draw } from "../eval/random.ts";

/** Labels of which some are wrong. */
export interface NoisyLabels {
  /** What training is told, [n]. */
  readonly given: Int32Array;
  /** Rows whose label is wrong. */
  readonly wrong: readonly number[];
  /** Rows whose label is right. */
  readonly right: readonly number[];
}

/**
 * Gives a share of the rows another class, each other class equally likely.
 *
 * @param truth class of each row
 * @param share 0 to 1
 */
export function withNoise(
  truth: Int32Array,
  share: number,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): NoisyLabels {
  const random = createRandom(seed);
  const wrong = draw([...truth.keys()], Math.round(share * truth.length), random)
    .sort((a, b) => a - b);
  const given = truth.slice();
  for (const row of wrong) {
    given[row] = (truth[row]! + 1 + Math.floor(random() * (classes - 1))) % classes;
  }
  const isWrong = new Set(wrong);
  return { given, wrong, right: [...truth.keys()].filter((row) => !isWrong.has(row)) };
}
