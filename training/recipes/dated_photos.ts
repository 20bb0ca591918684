/**
 * When the photos of a person were taken, by the names of the files.
 *
 * @module
 */
import { basename } from "../paths.ts";

/** A photo and when it was taken. */
export interface Dated<T> {
  readonly photo: T;
  /** Year, or age in years: the same for all photos of a person. */
  readonly time: number;
}

/** Years between the eras of a person, at least. */
const LEAST_SPAN = 10;

/**
 * When a photo was taken: a file's name begins with an age ("07_school.jpg") or a year
 * ("1966_at_desk.jpg").
 *
 * @returns null for other names
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(timeOf("anna/07_school.jpg"), 7);
 * assertEquals(timeOf("anna/1966 at desk.jpg"), 1966);
 * assertEquals(timeOf("anna/img_7.jpg"), null);
 * ```
 */
export function timeOf(path: string): number | null {
  const [, digits] = /^(\d{1,2}|1\d{3}|20\d{2})(?!\d)/.exec(basename(path)) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * Parts a person's photos into eras: the first third of the years between the first photo and the
 * last is young, the last third is adult.
 *
 * @returns null when these are fewer than ten years, or some photos name ages and others years
 */
export function erasOf<T>(
  photos: readonly Dated<T>[],
): { readonly young: readonly T[]; readonly adult: readonly T[] } | null {
  const times = photos.map(({ time }) => time);
  const first = Math.min(...times), last = Math.max(...times);
  const span = last - first;
  // An age and a year have nothing to be compared by.
  if (!(span >= LEAST_SPAN) || (first < 1000 && last >= 1000)) return null;
  return {
    young: photos.filter(({ time }) => time < first + span / 3).map(({ photo }) => photo),
    adult: photos.filter(({ time }) => time > last - span / 3).map(({ photo }) => photo),
  };
}
