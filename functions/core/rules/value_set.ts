/**
 * The values that a test lets through, so that two tests can be compared without trying values.
 *
 * @module
 */
import type { Scalar, Test } from "./rule.ts";

/** An end of a range. */
export interface End {
  readonly at: number | string;
  /** Whether `at` itself is outside. */
  readonly open: boolean;
}

/** These values and no others. */
export interface ListedValues {
  readonly values: ReadonlySet<Scalar>;
}

/** All values that meet every demand. */
export interface RangedValues {
  readonly values: null;
  /** Whether null is outside. */
  readonly known: boolean;
  readonly from: End | null;
  readonly to: End | null;
  /** What text begins with. */
  readonly starts: string | null;
  /** Outside as well. */
  readonly not: ReadonlySet<Scalar>;
}

/** A set of values, text in the form of {@linkcode fold}. */
export type ValueSet = ListedValues | RangedValues;

/** Every value. */
export const ALL: RangedValues = {
  values: null,
  known: false,
  from: null,
  to: null,
  starts: null,
  not: new Set(),
};

/** No value. */
const NONE: ListedValues = { values: new Set() };

/** Makes texts that differ only in case or composition the same; other values stay. */
export function fold<T extends Scalar>(value: T): T {
  return typeof value === "string" ? value.normalize("NFC").toLowerCase() as T : value;
}

/**
 * The values that a test lets through.
 *
 * @example
 * ```ts
 * import { hasValue, isSubset, toValueSet } from "./value_set.ts";
 *
 * const low = toValueSet({ lt: 0.5 });
 * console.assert(hasValue(low, 0.4) && !hasValue(low, 0.5) && !hasValue(low, null));
 * console.assert(isSubset(toValueSet({ in: [0.1, 0.2] }), low));
 * ```
 */
export function toValueSet(test: Test): ValueSet {
  if (typeof test !== "object" || test === null) return listed([test]);
  let set: ValueSet = ALL;
  const and = (other: ValueSet) => set = intersect(set, other);
  if (test.is !== undefined) and(listed([test.is]));
  if (test.in !== undefined) and(listed(test.in));
  if (test.not !== undefined) and(allBut(test.not));
  if (test.lt !== undefined) and(range({ to: { at: fold(test.lt), open: true } }));
  if (test.lte !== undefined) and(range({ to: { at: fold(test.lte), open: false } }));
  if (test.gt !== undefined) and(range({ from: { at: fold(test.gt), open: true } }));
  if (test.gte !== undefined) and(range({ from: { at: fold(test.gte), open: false } }));
  if (test.starts !== undefined) and(range({ starts: fold(test.starts) }));
  if (test.exists !== undefined) and(test.exists ? allBut(null) : listed([null]));
  return set;
}

/** A set of these values. */
export function listed(values: Iterable<Scalar>): ListedValues {
  return { values: new Set([...values].map(fold)) };
}

/** All values from one to the other, both included. */
export function between(min: number, max: number): RangedValues {
  return range({ from: { at: min, open: false }, to: { at: max, open: false } });
}

function allBut(value: Scalar): RangedValues {
  return value === null ? { ...ALL, known: true } : { ...ALL, not: new Set([fold(value)]) };
}

function range(demands: Partial<Pick<RangedValues, "from" | "to" | "starts">>): RangedValues {
  return { ...ALL, known: true, ...demands };
}

/** Whether a value, text in the form of {@linkcode fold}, is in the set. */
export function hasValue(set: ValueSet, value: Scalar): boolean {
  if (set.values) return set.values.has(value);
  const { known, from, to, starts, not } = set;
  if (value === null) return !known;
  if (not.has(value)) return false;
  if (from && !isAbove(value, from)) return false;
  if (to && !isBelow(value, to)) return false;
  return starts === null || (typeof value === "string" && value.startsWith(starts));
}

function isAbove(value: Scalar, { at, open }: End): boolean {
  return typeof value === typeof at && (open ? value! > at : value! >= at);
}

function isBelow(value: Scalar, { at, open }: End): boolean {
  return typeof value === typeof at && (open ? value! < at : value! <= at);
}

/** Whether no value is in the set. Ranges are taken for dense: 1 to 2, both excluded, is not empty. */
export function isEmpty(set: ValueSet): boolean {
  return set.values?.size === 0;
}

/** The values that are in both. */
export function intersect(a: ValueSet, b: ValueSet): ValueSet {
  if (a.values) return { values: new Set([...a.values].filter((value) => hasValue(b, value))) };
  if (b.values) return intersect(b, a);
  const ends = [a.from, a.to, b.from, b.to].filter((end) => end !== null);
  const types = new Set(ends.map(({ at }) => typeof at));
  const starts = longer(a.starts, b.starts);
  if (starts === undefined || types.size > 1 || (starts !== null && types.has("number"))) {
    return NONE;
  }
  const from = narrower(a.from, b.from, (x, y) => x > y);
  const to = narrower(a.to, b.to, (x, y) => x < y);
  // All texts that begin so come at or after the beginning, and next to each other.
  if (starts !== null) {
    if (to && !isBelow(starts, to)) return NONE;
    if (from && from.at > starts && !String(from.at).startsWith(starts)) return NONE;
  }
  const both: RangedValues = {
    values: null,
    known: a.known || b.known,
    from,
    to,
    starts,
    not: a.not.size === 0 ? b.not : new Set([...a.not, ...b.not]),
  };
  if (!from || !to || from.at < to.at) return both;
  return hasValue(both, from.at) ? { values: new Set([from.at]) } : NONE;
}

/** Whether no value is in both. */
export function isDisjoint(a: ValueSet, b: ValueSet): boolean {
  if (!a.values) return b.values ? isDisjoint(b, a) : isEmpty(intersect(a, b));
  for (const value of a.values) if (hasValue(b, value)) return false;
  return true;
}

/** The longer of two beginnings; undefined when no text has both. */
function longer(a: string | null, b: string | null): string | null | undefined {
  if (a === null || b === null) return a ?? b;
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

function narrower(
  a: End | null,
  b: End | null,
  isFurther: (x: number | string, y: number | string) => boolean,
): End | null {
  if (!a || !b) return a ?? b;
  if (a.at === b.at) return a.open ? a : b;
  return isFurther(a.at, b.at) ? a : b;
}

/** Whether all of `a` is in `b`. May say no of sets whose ends meet in ways that tests seldom do. */
export function isSubset(a: ValueSet, b: ValueSet): boolean {
  if (a.values) {
    for (const value of a.values) if (!hasValue(b, value)) return false;
    return true;
  }
  if (b.values) return false;
  if (b.known && !a.known) return false;
  if (b.starts !== null && !a.starts?.startsWith(b.starts)) return false;
  if (b.from && !(reaches(a.from, b.from, isAbove) || (a.starts && isAbove(a.starts, b.from)))) {
    return false;
  }
  if (b.to && !reaches(a.to, b.to, isBelow)) return false;
  for (const value of b.not) if (hasValue(a, value)) return false;
  return true;
}

/** Whether an end is as narrow as another. */
function reaches(
  end: End | null,
  other: End,
  isWithin: (value: Scalar, other: End) => boolean,
): boolean {
  return end !== null &&
    (isWithin(end.at, other) || (end.open && end.at === other.at));
}

/** Sets have the same key only when they are of the same values. */
export function keyOfSet(set: ValueSet): string {
  const order = (values: ReadonlySet<Scalar>) =>
    [...values].map((value) => JSON.stringify(value)).sort();
  return JSON.stringify(
    set.values ? order(set.values) : { ...set, values: undefined, not: order(set.not) },
  );
}
