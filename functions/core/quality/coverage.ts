/**
 * How many answers were given as `is`, hour by hour, and how right those were.
 *
 * @module
 */
import type { Route } from "../answer_type.ts";
import type { Facts } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import { isUnbiased, labelKey } from "./standing.ts";
import { wilson } from "./wilson.ts";

/** Answers, and how many of them were given as `is`. */
export interface Count {
  answers: number;
  covered: number;
}

/** What was answered in some time; plain JSON, so that it can be stored. */
export interface Tally extends Count {
  readonly byRoute: Partial<Record<Route, Count>>;
  /**
   * By {@linkcode labelKey}, at most {@linkcode TALLY_LABELS} of at most
   * {@linkcode TALLY_CHARACTERS} together, and all others under "".
   * Answers without a label are in none.
   */
  readonly byLabel: Record<string, Count>;
}

/** A tally and the hour that it is of. */
export interface HourTally extends Tally {
  /** When the hour began, ISO 8601 in UTC: what {@linkcode hourOf} makes of a time. */
  readonly at: string;
}

/** Most labels that a tally names, and most characters of those: a document holds but 60 kB. */
export const TALLY_LABELS = 200;
export const TALLY_CHARACTERS = 6000;

/** Where the labels are counted that a tally does not name. No label's key is empty. */
const REST = "";

const HOUR = 3_600_000;

/** The hour of a time: "2026-11-26T07:00:00.000Z". */
export function hourOf(time: Date): string {
  return new Date(Math.floor(time.getTime() / HOUR) * HOUR).toISOString();
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { answers: 0, covered: 0, byRoute: {}, byLabel: {} };
}

/**
 * Counts an answer.
 *
 * @param tally is changed
 * @param facts with the certainty that was given: what was demoted is not covered
 */
export function addTo(
  tally: Tally,
  { route, label, certainty }: Pick<Facts, "route" | "label" | "certainty">,
): void {
  const one: Count = { answers: 1, covered: certainty === "is" ? 1 : 0 };
  increase(tally, one);
  increase(tally.byRoute[route] ??= { answers: 0, covered: 0 }, one);
  if (label === null) return;
  const key = labelKey(route, label);
  const isNamed = Object.hasOwn(tally.byLabel, key) || hasRoom(Object.keys(tally.byLabel), key);
  increase(tally.byLabel[isNamed ? key : REST] ??= { answers: 0, covered: 0 }, one);
}

/**
 * One tally of all. Where together they name too many labels, those with the fewest answers go to
 * the rest; of equals the last by name in code-unit order.
 */
export function mergeTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  const byLabel = new Map<string, Count>();
  for (const tally of tallies) {
    increase(sum, tally);
    for (const [route, count] of Object.entries(tally.byRoute) as [Route, Count][]) {
      increase(sum.byRoute[route] ??= { answers: 0, covered: 0 }, count);
    }
    for (const [key, count] of Object.entries(tally.byLabel)) {
      const known = byLabel.get(key) ?? { answers: 0, covered: 0 };
      byLabel.set(key, known);
      increase(known, count);
    }
  }
  const rest = byLabel.get(REST);
  byLabel.delete(REST);
  const named = [...byLabel].sort(([a, x], [b, y]) => y.answers - x.answers || (a < b ? -1 : 1));
  const others = rest ? [rest] : [];
  const keys: string[] = [];
  for (const [key, count] of named) {
    if (!hasRoom(keys, key)) {
      others.push(count);
      continue;
    }
    keys.push(key);
    sum.byLabel[key] = count;
  }
  for (const count of others) increase(sum.byLabel[REST] ??= { answers: 0, covered: 0 }, count);
  return sum;
}

/** A point of the curve of coverage over time. */
export interface CoveragePoint extends Readonly<Count> {
  /** When its hour began, ISO 8601. */
  readonly at: string;
  /** covered / answers. */
  readonly coverage: number;
  /** Of the last judgements until the hour's end; null where there were none. */
  readonly precision: number | null;
  /** Wilson interval of the precision. */
  readonly lower: number;
  readonly upper: number;
  /** Whether the promise is shown to hold: the lower bound reaches the floor. */
  readonly holds: boolean;
}

/**
 * The curve of coverage, with the precision of what is covered beside it.
 *
 * The precision is that of samples of answers that were given as `is`. What was demoted is not
 * covered, so its judgements say nothing of what is promised.
 *
 * @param tallies one or more an hour, in any order
 * @param judgements in the order of their times
 * @param floor precision that is promised, 0 to 1
 * @param options quantile of the interval, and how many of the last judgements count
 * @returns a point for each hour in which something was answered, in the order of time
 */
export function coverageCurve(
  tallies: readonly HourTally[],
  judgements: readonly Judgement[],
  floor: number,
  { z = 1.2816, window = 200 }: { readonly z?: number; readonly window?: number } = {},
): CoveragePoint[] {
  const samples = judgements
    .filter((one) => one.reason === "sample" && one.facts.certainty === "is" && isUnbiased(one))
    .map(({ at, right }) => ({ time: Date.parse(at), right }));
  const hours = [...Map.groupBy(tallies, ({ at }) => Date.parse(at))].sort(([a], [b]) => a - b);
  let known = 0;
  return hours.flatMap(([hour, of]): CoveragePoint[] => {
    while (known < samples.length && samples[known]!.time < hour + HOUR) known++;
    const answers = of.reduce((sum, tally) => sum + tally.answers, 0);
    if (answers === 0) return [];
    const covered = of.reduce((sum, tally) => sum + tally.covered, 0);
    const last = samples.slice(Math.max(0, known - window), known);
    const right = last.filter((one) => one.right).length;
    const interval = wilson(right, last.length, z);
    return [{
      at: of[0]!.at,
      answers,
      covered,
      coverage: covered / answers,
      precision: last.length === 0 ? null : right / last.length,
      ...interval,
      holds: interval.lower >= floor,
    }];
  });
}

function increase(count: Count, by: Readonly<Count>): void {
  count.answers += by.answers;
  count.covered += by.covered;
}

/** Whether a tally that names some labels may name another. */
function hasRoom(keys: readonly string[], key: string): boolean {
  const named = keys.filter((one) => one !== REST);
  return named.length < TALLY_LABELS &&
    named.reduce((sum, one) => sum + one.length, key.length) <= TALLY_CHARACTERS;
}
