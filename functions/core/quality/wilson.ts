/**
 * How precise an estimate of precision is: the Wilson score interval of a share (Wilson 1927,
 * "Probable inference, the law of succession, and statistical inference", JASA 22, 209–212), which
 * holds for few judgements and near 0 and 1 too.
 *
 * @module
 */

/** A closed interval of shares, 0 ≤ lower ≤ upper ≤ 1. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Interval of the share that `right` of `n` estimates: all p whose distance to right / n is at most
 * z · √(p (1 − p) / n).
 *
 * @param right successes, 0 to n; need not be whole
 * @param n trials; of none the interval is [0, 1]
 * @param z quantile of the normal distribution, > 0: 1.2816 for 80 % two-sided, 1.96 for 95 %
 * @throws {RangeError} unless 0 ≤ right ≤ n and z > 0
 *
 * @example
 * ```ts
 * import { wilson } from "./wilson.ts";
 *
 * const { lower, upper } = wilson(83, 100, 1.2816);
 * console.assert(lower.toFixed(2) === "0.78" && upper.toFixed(2) === "0.87");
 * ```
 */
export function wilson(right: number, n: number, z: number): Interval {
  if (!(right >= 0 && right <= n && n < Infinity)) {
    throw new RangeError(`right should be 0 to n, got ${right} of ${n}`);
  }
  checkQuantile(z);
  if (n === 0) return { lower: 0, upper: 1 };
  const square = z ** 2;
  const centre = (right + square / 2) / (n + square);
  const half = halfWidthOf(right / n, n, z);
  // At the ends the formula is exact but for rounding, which must not show.
  return {
    lower: right === 0 ? 0 : Math.max(0, centre - half),
    upper: right === n ? 1 : Math.min(1, centre + half),
  };
}

/**
 * How many more judgements make the interval as narrow as `halfWidth` to both sides of its centre,
 * if they go on being right as often.
 *
 * @param p share that is right, 0 to 1
 * @param halfWidth > 0; from .5 on no judgement is needed
 * @param z as {@linkcode wilson} has it
 * @param have judgements there are, ≥ 0
 * @returns a whole number ≥ 0
 * @throws {RangeError} when an argument is out of range
 *
 * @example
 * ```ts
 * import { judgementsNeeded } from "./wilson.ts";
 *
 * console.assert(judgementsNeeded(.92, .02, 1.2816, 100) === 205);
 * ```
 */
export function judgementsNeeded(p: number, halfWidth: number, z: number, have: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p should be 0 to 1, it is ${p}`);
  if (!(halfWidth > 0)) throw new RangeError(`halfWidth should be over 0, it is ${halfWidth}`);
  if (!(have >= 0)) throw new RangeError(`have should be 0 or more, it is ${have}`);
  checkQuantile(z);
  // halfWidthOf(n) = h, squared, is h² n² + (2 h² − p (1 − p)) z² n + (h² − ¼) z⁴ = 0.
  const [h, square] = [halfWidth ** 2, z ** 2];
  const linear = (2 * h - p * (1 - p)) * square;
  const constant = (h - 1 / 4) * square ** 2;
  if (constant >= 0) return 0;
  const root = (-linear + Math.sqrt(linear ** 2 - 4 * h * constant)) / (2 * h);
  return Math.max(0, fewest(root, (n) => halfWidthOf(p, n, z) <= halfWidth) - have);
}

/**
 * Fewest judgements, all right, whose lower bound, n / (n + z²), reaches the floor.
 *
 * @param floor precision that is promised, 0 ≤ floor < 1
 * @param z as {@linkcode wilson} has it
 * @throws {RangeError} when an argument is out of range
 *
 * @example
 * ```ts
 * import { cleanRecord } from "./wilson.ts";
 *
 * console.assert(cleanRecord(.92, 1.2816) === 19);
 * ```
 */
export function cleanRecord(floor: number, z: number): number {
  if (!(floor >= 0 && floor < 1)) {
    throw new RangeError(`floor should be 0 to below 1, it is ${floor}`);
  }
  checkQuantile(z);
  return fewest(floor * z ** 2 / (1 - floor), (n) => wilson(n, n, z).lower >= floor);
}

function checkQuantile(z: number): void {
  if (!(z > 0 && z < Infinity)) throw new RangeError(`z should be over 0, it is ${z}`);
}

/** Half the width of the interval where the share p was found in n trials; ½ for none. */
function halfWidthOf(p: number, n: number, z: number): number {
  return z * Math.sqrt(n * p * (1 - p) + z ** 2 / 4) / (n + z ** 2);
}

/** The least whole number from about `root` on that will do, whatever rounding did to the root. */
function fewest(root: number, suffices: (n: number) => boolean): number {
  let n = Math.max(0, Math.floor(root) - 1);
  while (!suffices(n)) n++;
  return n;
}
