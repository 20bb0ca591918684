/**
 * Shares with their uncertainty.
 *
 * @module
 */
import { wilson } from "../../functions/core/quality/wilson.ts";

/** A share of successes with its 95 % interval. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  /** hits / of; NaN when nothing was tried. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * A share with its Wilson score interval, which holds near 0 and 1 too.
 *
 * @throws {RangeError} unless 0 ≤ hits ≤ of
 *
 * @example
 * ```ts
 * import { shareOf } from "./interval.ts";
 *
 * console.assert(shareOf(0, 100).high < 0.04);
 * ```
 */
export function shareOf(hits: number, of: number): Share {
  if (!(hits >= 0 && hits <= of)) {
    throw new RangeError(`hits should be 0 to ${of}, they are ${hits}`);
  }
  const { lower, upper } = wilson(hits, of, Z);
  return { hits, of, share: hits / of, low: lower, high: upper };
}

/** "98.1 % [96.9, 98.9] of 760" */
export function formatShare({ share, low, high, of }: Share): string {
  const percent = (value: number) => (100 * value).toFixed(share < 0.01 || share > 0.99 ? 2 : 1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}] of ${of}`;
}
