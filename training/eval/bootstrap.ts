/**
 * Intervals by resampling (Efron 1979).
 *
 * @module
 */
import { createRandom } from "./random.ts";

/** A measured value with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The statistic of the items, and the 2.5 % and 97.5 % quantiles of it over resamples of the same
 * size. The same items give the same interval.
 *
 * @throws {RangeError} when there are no items
 *
 * @example
 * ```ts
 * import { bootstrap } from "./bootstrap.ts";
 *
 * const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
 * const { value, low, high } = bootstrap([1, 2, 3, 4, 5], mean);
 * console.assert(value === 3 && low < 3 && high > 3);
 * ```
 */
export function bootstrap<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  resamples = 500,
): Measured {
  if (items.length === 0) throw new RangeError("There is nothing to resample.");
  const random = createRandom(1);
  const values = Array.from(
    { length: resamples },
    () => statistic(items.map(() => items[Math.floor(random() * items.length)]!)),
  ).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? NaN;
  return { value: statistic(items), low: at(0.025), high: at(0.975) };
}

/** "0.781 [0.742, 0.815]" */
export function formatMeasured({ value, low, high }: Measured): string {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
