/**
 * Which photos a head learns from, which one chooses by, and which judge it.
 *
 * @module
 */
import { createRandom, draw } from "../eval/random.ts";

/** How photos are shared out. */
export interface SplitOptions {
  /** Another one gives another split. */
  readonly seed: number;
  /** Share of each class that is judged on, 0 to below 1; 0.15 when not given. */
  readonly test?: number;
  /** Share of each class that is chosen by, 0 to below 1; 0.075 when not given. */
  readonly validation?: number;
}

/** Positions among the labels, each in exactly one list; every list rises. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/** The least photos of a class of which one is tested, however small the share. */
const TESTED = 3;
/** Odd, near 2^32 divided by the golden ratio: gives neighbouring classes seeds that are not. */
const SPREAD = 0x9e3779b1;

/**
 * Splits photos at random, each class alone, so that every list has the classes in the same
 * proportion and a photo more of one class moves none of another.
 *
 * The shares are rounded to whole photos. Of a class of at least three photos one is tested even
 * where that rounds to none; of one or two all are trained on unless the share rounds up. At least
 * one photo of each class is trained on: validation gives way first, then the test.
 *
 * @param labels class of each photo, an integer of at least 0
 * @throws {RangeError} when a label is no such integer, or the shares leave nothing to train on
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const labels = Array.from({ length: 80 }, (_, i) => i % 2);
 * const { train, validation, test } = splitByClass(labels, { seed: 1 });
 * assertEquals([train.length, validation.length, test.length], [62, 6, 12]);
 * assertEquals(test.filter((i) => labels[i] === 0).length, 6);
 * ```
 */
export function splitByClass(
  labels: readonly number[] | Int32Array,
  { seed, test = 0.15, validation = 0.075 }: SplitOptions,
): Split {
  if (!(test >= 0 && validation >= 0 && test + validation < 1)) {
    throw new RangeError(
      `Expected shares of at least 0 that add up to less than 1, got ${test} for the test and ${validation} for validation`,
    );
  }
  const byClass = new Map<number, number[]>();
  for (const [i, label] of labels.entries()) {
    if (!(Number.isInteger(label) && label >= 0)) {
      throw new RangeError(`Expected an integer of at least 0 as label ${i}, got ${label}`);
    }
    const members = byClass.get(label) ?? [];
    members.push(i);
    byClass.set(label, members);
  }
  const split = { train: [] as number[], validation: [] as number[], test: [] as number[] };
  for (const [label, members] of byClass) {
    const random = createRandom(seed ^ Math.imul(label + 1, SPREAD));
    const drawn = draw(members, members.length, random);
    const spare = drawn.length - 1;
    const least = test > 0 && drawn.length >= TESTED ? 1 : 0;
    const tested = Math.min(spare, Math.max(least, Math.round(drawn.length * test)));
    const chosenBy = Math.min(spare - tested, Math.round(drawn.length * validation));
    split.test.push(...drawn.slice(0, tested));
    split.validation.push(...drawn.slice(tested, tested + chosenBy));
    split.train.push(...drawn.slice(tested + chosenBy));
  }
  for (const list of Object.values(split)) list.sort((a, b) => a - b);
  return split;
}
