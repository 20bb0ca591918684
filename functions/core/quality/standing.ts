/**
 * Which routes, labels and rules may answer `is`: those whose judged precision holds what is
 * promised. The others are demoted, and come back when they were judged well again.
 *
 * @module
 */
import type { Route } from "../answer_type.ts";
import type { Facts } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import { cleanRecord, judgementsNeeded, wilson } from "./wilson.ts";

/** What has a record of its own. */
export type StandingKind = "route" | "label" | "rule";

/**
 * `new`: judged too seldom to tell, and trusted as far as its route is.
 * `kept`: its lower bound reaches the floor. `demoted`: what it answers is at most `perhaps`.
 */
export type StandingState = "new" | "kept" | "demoted";

/** The record of a route, label or rule: its last judgements, at most a window of them. */
export interface Standing {
  readonly kind: StandingKind;
  /** A route, what {@linkcode labelKey} makes of a label, or the id of a rule. */
  readonly name: string;
  readonly judged: number;
  readonly right: number;
  /** right / judged; null where nothing was judged. */
  readonly precision: number | null;
  /** Wilson interval of the precision. */
  readonly lower: number;
  readonly upper: number;
  /** How many more judgements make the interval ± .02; at the floor's precision where there are none. */
  readonly needed: number;
  readonly state: StandingState;
}

/** What is promised, and how it is measured. */
export interface StandingsOptions {
  /** Precision that answers with `is` should have, 0 ≤ floor < 1. */
  readonly floor?: number;
  /** Quantile of the interval; 1.2816 is 80 % two-sided, so its lower bound holds in 90 %. */
  readonly z?: number;
  /**
   * How many of the last judgements count, ≥ {@linkcode cleanRecord}; 200 when left out, or a clean
   * record where that takes more.
   */
  readonly window?: number;
}

/** Judgements that count, unless the floor asks for more. */
const WINDOW = 200;

/** The records of a space, kept up to date judgement by judgement. */
export interface Standings {
  readonly floor: number;
  readonly z: number;
  readonly window: number;
  /** Takes in the next judgement; those of a space come in the order of their ids. */
  add(judgement: Judgement): void;
  /** The record of one; an empty one where nothing was judged. */
  of(kind: StandingKind, name: string): Standing;
  /** All that were judged: routes, labels, rules, each by name in code-unit order. */
  all(): Standing[];
  /**
   * Why an answer that is sure may not be given as `is`, in words; null where it may.
   *
   * @param rule id of the rule that answered; null where none did
   */
  demotionOf(
    facts: Pick<Facts, "route" | "label" | "by" | "guess">,
    rule: string | null,
  ): string | null;
}

/** Fewest mistakes that tell anything by themselves: the reviewer may have made one of them. */
const MISTAKES = 2;
/** Quantile of the bound by which few judgements tell against a record: one of a hundred labels or more is
 * always unlucky, and a bound that is missed by one in ten would demote ten of them. */
const FEW_Z = 1.96;
/**
 * How often people are right themselves: of right answers so many are judged to be. An assumption, in
 * the learnt cut as here: what is judged a little under the floor may hold it.
 */
export const REVIEWERS = 0.98;
/** Fewest judgements after which a short record that no longer tells against it brings it back. */
const AGAIN = 5;

/** Half-width of the interval that {@linkcode Standing.needed} is about. */
const NARROW = 0.02;

const KINDS: readonly StandingKind[] = ["route", "label", "rule"];

/**
 * Names a label's record. A label has one for each route: what the network calls "dog" says nothing
 * of the dogs that people taught under that name.
 */
export function labelKey(route: Route, label: string): string {
  return `${route}/${label}`;
}

/**
 * Whether a judgement can tell how precise answers with `is` are: one of an answer that was sure by
 * itself, and that nobody chose for being doubtful. What was recognised byte for byte is what a
 * person said of that very file; it is right as far as people are, and would only flatter its route.
 */
export function isUnbiased({ reason, claimed, facts }: Judgement): boolean {
  return (reason === "sample" || reason === "demoted") && claimed === "is" && facts.by !== "bytes";
}

/** The judgements of one key. */
interface Track {
  /** Right or not, oldest first, at most a window. */
  readonly judged: boolean[];
  /** How many of them came since it was demoted; null while it is not. */
  since: number | null;
}

/**
 * Begins with nothing judged.
 *
 * A key is demoted when the lower bound of its record falls under the floor. What is missing of a whole
 * window counts as if it were as good as half the mistakes that the floor allows: a bound of few
 * judgements is under any floor after one mistake, and of people's judgements a few are wrong
 * themselves. A whole window stands for itself. It is also demoted when even its upper bound, of its
 * judgements alone, is below, by two mistakes at least. It comes back when
 * the window's lower bound reaches the floor, or that of its last judgements since its demotion, as
 * many as a clean record needs or more, whichever is sooner; in the latter case what was before is
 * struck from its record, or the old mistakes would demote it again at once. A record that is shorter
 * than a window also comes back when it no longer tells against it, five judgements later at the
 * soonest: a label of few photos would hardly ever be seen often enough otherwise.
 *
 * What a label or rule has shown by a record of its own is not lost when the rest of its route is
 * demoted.
 *
 * While a label or rule is demoted, all that it answers is judged, but of the rest of its route only
 * samples are. Such judgements therefore count for what is demoted and what lies below it (the
 * labels and rules of a demoted route, the rules of a demoted label), not above: else one bad label
 * would outweigh the others and take its route along.
 *
 * The state follows from the judgements in their order alone: adding them again rebuilds it.
 *
 * @throws {RangeError} when an option is out of range
 *
 * @example
 * ```ts
 * import { createStandings } from "./standing.ts";
 *
 * const standings = createStandings({ floor: .92 });
 * console.assert(standings.of("route", "network").state === "new");
 * ```
 */
export function createStandings(
  { floor = 0.92, z = 1.2816, window: given }: StandingsOptions = {},
): Standings {
  const clean = cleanRecord(floor, z);
  const window = given ?? Math.max(WINDOW, clean);
  if (!(Number.isInteger(window) && window >= Math.max(1, clean))) {
    throw new RangeError(
      `window should be a whole number from ${Math.max(1, clean)} on, it is ${window}`,
    );
  }
  // A window too short for a good record to reach the floor can but hope for a clean one.
  const good = (1 + floor) / 2;
  const hope = wilson(window * good, window, z).lower >= floor ? good : 1;
  const records: { readonly [K in StandingKind]: Map<string, Track> } = {
    route: new Map(),
    label: new Map(),
    rule: new Map(),
  };
  const isDemoted = (kind: StandingKind, name: string) =>
    (records[kind].get(name)?.since ?? null) !== null;
  const lowerOf = (judged: readonly boolean[]) =>
    wilson(countRight(judged), judged.length, z).lower;

  /** Whether a record tells that the floor is not held. */
  function fails(judged: readonly boolean[]): boolean {
    const right = countRight(judged), missing = window - judged.length;
    const { upper } = wilson(right, judged.length, FEW_Z);
    const hoped = wilson(right + missing * hope, window, z).lower;
    const least = floor * REVIEWERS;
    return hoped < least || upper < least && judged.length - right >= MISTAKES;
  }

  function note(kind: StandingKind, name: string, right: boolean): void {
    const record = records[kind].get(name) ?? { judged: [], since: null };
    records[kind].set(name, record);
    const { judged } = record;
    judged.push(right);
    if (judged.length > window) judged.shift();
    if (record.since === null) {
      if (fails(judged)) record.since = 0;
      return;
    }
    record.since = Math.min(record.since + 1, window);
    const isShort = judged.length < window && record.since >= AGAIN;
    if (lowerOf(judged) >= floor || isShort && !fails(judged)) {
      record.since = null;
      return;
    }
    for (let last = clean; last <= record.since; last++) {
      if (lowerOf(judged.slice(-last)) < floor) continue;
      judged.splice(0, judged.length - last);
      record.since = null;
      return;
    }
  }

  /** Whether a record of its own shows that the floor is held. */
  function holds(kind: StandingKind, name: string): boolean {
    const judged = records[kind].get(name)?.judged ?? [];
    return judged.length >= Math.max(1, clean) && lowerOf(judged) >= floor;
  }

  function of(kind: StandingKind, name: string): Standing {
    const judged = records[kind].get(name)?.judged ?? [];
    const [n, right] = [judged.length, countRight(judged)];
    const precision = n === 0 ? null : right / n;
    return {
      kind,
      name,
      judged: n,
      right,
      precision,
      ...wilson(right, n, z),
      needed: judgementsNeeded(precision ?? floor, NARROW, z, n),
      state: isDemoted(kind, name)
        ? "demoted"
        : n >= Math.max(1, clean) && wilson(right, n, z).lower >= floor
        ? "kept"
        : "new",
    };
  }

  return {
    floor,
    z,
    window,
    add(judgement) {
      if (!isUnbiased(judgement)) return;
      const { facts, rule, right, reason } = judgement;
      const keys = keysOf(facts, rule);
      // Asked before any of them is told: what counts is why the answer came to be judged.
      const counts = keys.map(([kind, name], i) =>
        reason === "sample" || isDemoted(kind, name) ||
        keys.slice(0, i).some((above) => isDemoted(...above))
      );
      keys.forEach(([kind, name], i) => counts[i] && note(kind, name, right));
    },
    of,
    all: () =>
      KINDS.flatMap((kind) =>
        [...records[kind].keys()].sort((a, b) => a < b ? -1 : 1).map((name) => of(kind, name))
      ),
    demotionOf(facts, rule) {
      const { route, label, by } = facts;
      if (by === "bytes") return null;
      const keys = keysOf(facts, rule);
      // What holds by a record of its own is not brought down by the rest of its route.
      const own = keys.findLastIndex((key) => holds(...key));
      const demoted = keys.find((key, i) => i > own && isDemoted(...key));
      if (demoted === undefined) return null;
      const { judged, right, lower } = of(...demoted);
      return `${
        wordsOf(demoted, route, label)
      } was right in ${right} of ${judged} judged answers, ${boundWords(lower, floor)}`;
    },
  };
}

/**
 * What an answer counts for, the widest first. One that was given for its judged guesses stands by
 * those, which take it back by themselves, and not by what memory is sure of without them.
 */
function keysOf(
  { route, label, guess }: Pick<Facts, "route" | "label" | "guess">,
  rule: string | null,
): (readonly [StandingKind, string])[] {
  const isPromoted = route === "memory" && guess?.isGiven === true;
  return [
    ...(isPromoted ? [] : [["route", route] as const]),
    ...(label === null ? [] : [["label", labelKey(route, label)] as const]),
    ...(rule === null ? [] : [["rule", rule] as const]),
  ];
}

function countRight(judged: readonly boolean[]): number {
  return judged.reduce((sum, right) => sum + Number(right), 0);
}

function wordsOf(
  [kind, name]: readonly [StandingKind, string],
  route: Route,
  label: string | null,
): string {
  return kind === "label" ? `label "${label}" of route ${route}` : `${kind} ${name}`;
}

function boundWords(lower: number, floor: number): string {
  const short = (text: string) => text.replace(/^0(?=\.)/, "");
  return `its lower bound ${short(lower.toFixed(2))} is under ${short(String(floor))}`;
}
