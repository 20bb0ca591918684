/**
 * Shares with their uncertainty.
 *
 * @module
 */

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
 * A share with its Wilson score interval (Wilson 1927, "Probable inference, the law of succession,
 * and statistical inference", eq. 1), which holds near 0 and 1 too.
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
  const share = hits / of;
  const centre = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of);
  const half = (Z / (1 + Z ** 2 / of)) *
    Math.sqrt(share * (1 - share) / of + Z ** 2 / (4 * of ** 2));
  return { hits, of, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** "98.1 % [96.9, 98.9] of 760" */
export function formatShare({ share, low, high, of }: Share): string {
  const percent = (value: number) => (100 * value).toFixed(share < 0.01 || share > 0.99 ? 2 : 1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}] of ${of}`;
}
