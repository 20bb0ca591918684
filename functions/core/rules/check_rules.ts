/**
 * Finds rules that contradict each other, that never change anything, and that are there twice.
 *
 * @module
 */
import { byRank } from "./compile_rules.ts";
import { setDefault } from "./set_default.ts";
import { type Field, FIELDS } from "./fields.ts";
import { type Demands, keyOfDemands, type PathDemand, readConditions } from "./read_conditions.ts";
import type { Consequence, Rule, Scalar } from "./rule.ts";
import {
  ALL,
  between,
  fold,
  hasValue,
  intersect,
  isDisjoint,
  isEmpty,
  isSubset,
  listed,
  type ValueSet,
} from "./value_set.ts";
import type { Together } from "./words_together.ts";

/** Something that is wrong with a rule. */
export interface RuleProblem {
  /**
   * `conflict`: another of the same priority can hold of the same answer and says otherwise.
   * `dead`: it never changes an answer. `duplicate`: an older one is the same.
   */
  readonly kind: "conflict" | "dead" | "duplicate";
  /** Id of the other rule; null where the rule alone is wrong. */
  readonly with: string | null;
  /** A sentence that tells it. */
  readonly says: string;
}

/**
 * A rule is compared with at most so many that it shares their rarest value with, and as many of each
 * consequence that list no value; those first that are asked first.
 */
export const MOST_COMPARED = 250;

/** A rule is compared with at most so many more that it shares any value with, its rarest first. */
export const MOST_MET = 100;

/** At most so many conflicts of one rule are told. */
export const MOST_CONFLICTS = 10;

/** What is known beside the rules. */
export interface CheckOptions {
  /** Which words can stand in one path; any when left out. */
  readonly together?: Together;
}

/** What answers can be, by route; bits of {@linkcode Checked.routes}. */
const ROUTES = [
  { bit: 1, route: "memory", known: true, recalled: true },
  { bit: 2, route: "network", known: true, recalled: false },
  { bit: 4, route: "none", known: false, recalled: false },
] as const;
const MEMORY = ROUTES[0].bit;
const ASKED = listed(ROUTES.map(({ route }) => route));

/** A rule that can hold, ready to be compared. */
interface Checked {
  readonly rule: Rule;
  readonly rank: number;
  readonly demands: Demands;
  /** The routes of answers that it can hold of. */
  readonly routes: number;
  readonly says: Says;
  /** The label that it gives or forbids, folded; empty for a review. */
  readonly label: string;
  /** Conditions that list their values. */
  readonly keys: readonly Key[];
}

type Says = "label" | "not" | "review";

interface Key {
  readonly field: string;
  readonly values: ReadonlySet<Scalar>;
}

/**
 * Checks rules against themselves and each other. Of those that are switched off only themselves.
 *
 * - A rule is dead when its conditions contradict themselves or what answers can be, or when one
 *   asked before it holds wherever it does and leaves it nothing to say.
 * - Two are in conflict when they have the same priority, can hold of the same answer, and give
 *   different labels, or one gives what the other forbids.
 * - A rule is a duplicate when one that is asked before it has the same conditions and says the same.
 *
 * Time is near linear in the number of rules: rules are compared when they list a value of a field in
 * common, or when one of them lists none at all; two that ask for quite different fields are not,
 * though both may hold. {@linkcode MOST_COMPARED}, {@linkcode MOST_MET} and
 * {@linkcode MOST_CONFLICTS} bound what one rule takes, so that of thousands that are all alike some
 * conflicts and shadows go untold.
 *
 * @returns the problems by id of the rule, of those that have any
 */
export function checkRules(
  rules: readonly Rule[],
  { together = () => true }: CheckOptions = {},
): Map<string, RuleProblem[]> {
  const problems = new Map<string, RuleProblem[]>();
  const report = (id: string, problem: RuleProblem) => {
    setDefault(problems, id, () => []).push(problem);
  };

  const sound: Checked[] = [];
  for (const [rank, rule] of rules.toSorted(byRank).entries()) {
    const checked = read(rule, rank);
    const why = futility(checked);
    if (why) report(rule.id, { kind: "dead", with: null, says: why });
    else if (rule.enabled) sound.push(checked);
  }

  const doubles = findDoubles(sound, report);
  const single = sound.filter((one) => !doubles.has(one));
  const visitNeighbours = indexed(single);
  const forbidding = Map.groupBy(single.filter(({ says }) => says === "not"), ({ label }) => label);

  const dead = new Set<Checked>();
  const conflicts = new Map(single.map((one) => [one, new Set<Checked>()]));
  const hasRoom = (one: Checked) => conflicts.get(one)!.size < MOST_CONFLICTS;
  const compare = (one: Checked, other: Checked) => {
    const [first, second] = one.rank < other.rank ? [one, other] : [other, one];
    if (
      silences(first, second) && !dead.has(second) && covers(first, second) &&
      !mayFail(first, second)
    ) {
      dead.add(second);
      report(second.rule.id, shadow(first, second));
    }
    if (!contradict(first, second) || !(hasRoom(first) || hasRoom(second))) return;
    if (conflicts.get(first)!.has(second) || conflicts.get(second)!.has(first)) return;
    if (!canHoldTogether(first, second, together)) return;
    for (const [a, b] of [[first, second], [second, first]] as const) {
      if (!hasRoom(a)) continue;
      conflicts.get(a)!.add(b);
      report(a.rule.id, conflict(a, b));
    }
  };
  for (const one of single) visitNeighbours(one, compare);
  return problems;

  /** Whether the first, which would decide, may be forbidden where the second holds. */
  function mayFail(first: Checked, second: Checked): boolean {
    if (first.says !== "label") return false;
    const before = (forbidding.get(first.label) ?? []).filter(({ rank }) => rank < first.rank);
    return before.length > MOST_COMPARED ||
      before.some((other) => canHoldTogether(other, second, together));
  }
}

type Report = (id: string, problem: RuleProblem) => void;

/** Reports those that an earlier one makes superfluous, and returns them. */
function findDoubles(sound: readonly Checked[], report: Report): Set<Checked> {
  const doubles = new Set<Checked>();
  const known = new Map<string, Checked>();
  for (const one of sound) {
    const key = JSON.stringify([one.says, one.label, keyOfDemands(one.demands)]);
    const earlier = known.get(key);
    if (!earlier) {
      known.set(key, one);
      continue;
    }
    doubles.add(one);
    const { id } = earlier.rule;
    report(one.rule.id, {
      kind: "duplicate",
      with: id,
      says: `Rule ${id} has the same conditions and says the same.`,
    });
  }
  return doubles;
}

function read(rule: Rule, rank: number): Checked {
  const { fields, path } = readConditions(rule.when);
  const possible = new Map(
    [...fields].map(([name, set]) => [name, intersect(set, RANGES.get(name) ?? ALL)]),
  );
  const demands = { fields: possible, path };
  const keys: Key[] = [];
  for (const [field, { values }] of possible) if (values) keys.push({ field, values });
  if (path?.some?.values) keys.push({ field: "path", values: path.some.values });
  const { then } = rule;
  const [says, label] = "label" in then
    ? ["label", then.label] as const
    : "not" in then
    ? ["not", then.not] as const
    : ["review", ""] as const;
  const routes = ROUTES.reduce((sum, { bit, route, known, recalled }) => {
    const fits = hasValue(setOf(demands, "route"), route) &&
      reaches(setOf(demands, "label"), known) &&
      reaches(setOf(demands, "by"), recalled) &&
      reaches(setOf(demands, "similarity"), recalled);
    return fits ? sum | bit : sum;
  }, 0);
  return { rule, rank, demands, routes, says, label: fold(label), keys };
}

/** Whether a set has a value that is not null, or null. */
function reaches(set: ValueSet, known: boolean): boolean {
  if (!known) return hasValue(set, null);
  return set.values ? [...set.values].some((value) => value !== null) : true;
}

/** What the fields can be before any rule has answered. */
const RANGES: ReadonlyMap<string, ValueSet> = new Map(
  [...FIELDS].map(([name, field]) => [name, name === "route" ? ASKED : rangeOf(field)]),
);

function rangeOf(field: Field): ValueSet {
  switch (field.type) {
    case "choice":
      return listed(field.nullable ? [...field.choices, null] : field.choices);
    case "flag":
      return listed([true, false]);
    case "number":
      return field.nullable ? ALL : between(field.min, field.max);
    default:
      return ALL;
  }
}

function setOf({ fields }: Demands, name: string): ValueSet {
  return fields.get(name) ?? RANGES.get(name) ?? ALL;
}

/** Why a rule never changes an answer, whatever the others; undefined when it may. */
function futility({ demands, routes, says }: Checked): string | undefined {
  for (const [name, set] of demands.fields) {
    if (isEmpty(set)) return `Nothing can be what it asks of ${name}.`;
  }
  const { path } = demands;
  if (path?.some && cannotHave(path, path.none)) return "No path can be what it asks.";
  if (routes === 0) {
    return "No answer is all of that: what it was recognised by and its similarity are known of " +
      "answers from memory alone, and the label is unknown where nothing answered.";
  }
  if (says === "review") return undefined;
  if (routes === MEMORY && isSubset(setOf(demands, "certainty"), listed(["is"]))) {
    return "It asks for answers that memory is sure of, and what was taught is not overruled.";
  }
  return undefined;
}

/** Visits the rules that one has to be compared with. */
type Visit = (one: Checked, compare: (one: Checked, other: Checked) => void) => void;

/** By field and value, the rules that demand it, in the order of asking. */
type Places = Map<string, Map<Scalar, Checked[]>>;

/** Makes the index that knows the neighbours of each rule. */
function indexed(rules: readonly Checked[]): Visit {
  const all: Places = new Map();
  const rarest: Places = new Map();
  const others: Record<Says, Checked[]> = { label: [], not: [], review: [] };
  for (const rule of rules) for (const key of rule.keys) put(all, key, rule);
  const sharing = ({ field, values }: Key) =>
    [...values].reduce<number>((sum, value) => sum + all.get(field)!.get(value)!.length, 0);
  const byRarity = new Map(
    rules.map((rule) => [rule, rule.keys.toSorted((a, b) => sharing(a) - sharing(b))]),
  );
  for (const rule of rules) {
    const [key] = byRarity.get(rule)!;
    if (key) put(rarest, key, rule);
    else others[rule.says].push(rule);
  }

  return function visitNeighbours(one, compare) {
    const seen = new Set([one]);
    // What covers it is found in the first; in the second is what it only meets.
    for (const [places, compared] of [[rarest, MOST_COMPARED], [all, MOST_MET]] as const) {
      const most = seen.size + compared;
      for (const { field, values } of byRarity.get(one)!) {
        for (const value of values) {
          for (const other of places.get(field)?.get(value) ?? []) {
            if (seen.size >= most) break;
            if (seen.has(other)) continue;
            seen.add(other);
            compare(one, other);
          }
        }
      }
    }
    const kinds: readonly Says[] = one.says === "review" ? ["review"] : ["label", "not"];
    for (const kind of kinds) {
      for (const other of others[kind].slice(0, MOST_COMPARED)) {
        // Among themselves each pair comes up with the later of the two.
        if (one.keys.length === 0 && other.rank >= one.rank) break;
        compare(one, other);
      }
    }
  };
}

function put(places: Places, { field, values }: Key, rule: Checked): void {
  const here = setDefault(places, field, () => new Map<Scalar, Checked[]>());
  for (const value of values) setDefault(here, value, () => []).push(rule);
}

/** Whether the second has nothing left to say where the first, asked before it, holds too. */
function silences(first: Checked, second: Checked): boolean {
  switch (first.says) {
    case "label":
      return second.says !== "review";
    case "not":
      return second.says !== "review" && first.label === second.label;
    case "review":
      return second.says === "review";
  }
}

/** How the first leaves the second nothing to say. */
function leaves(first: Checked, second: Checked): string {
  if (first.says === "label") return `decides: it is ${quote(first.rule.then)}`;
  if (first.says === "review") return "sends it to a person already";
  return second.says === "label"
    ? `forbids ${quote(first.rule.then)}`
    : `forbids ${quote(first.rule.then)} already`;
}

/** Whether two of the same priority say what cannot both be. */
function contradict(a: Checked, b: Checked): boolean {
  if (a.rule.priority !== b.rule.priority || a.says === "review" || b.says === "review") {
    return false;
  }
  if (a.says === "label" && b.says === "label") return a.label !== b.label;
  return a.says !== b.says && a.label === b.label;
}

function shadow(first: Checked, second: Checked): RuleProblem {
  const { id } = first.rule;
  return {
    kind: "dead",
    with: id,
    says: `Rule ${id} is asked before it, holds wherever it does, and ${leaves(first, second)}.`,
  };
}

function conflict(one: Checked, other: Checked): RuleProblem {
  const says = ({ rule: { then } }: Checked) =>
    `it is ${"not" in then ? "not " : ""}${quote(then)}`;
  return {
    kind: "conflict",
    with: other.rule.id,
    says: `Rule ${other.rule.id} has the same priority and can hold of the same answers, ` +
      `but says ${says(other)} where this one says ${says(one)}.`,
  };
}

function quote(then: Consequence): string {
  return "label" in then ? `"${then.label}"` : "not" in then ? `"${then.not}"` : "";
}

/** Whether the first holds wherever the second does. */
function covers({ demands: first }: Checked, { demands: second }: Checked): boolean {
  for (const [name, set] of first.fields) if (!isSubset(setOf(second, name), set)) return false;
  if (!first.path) return true;
  const { some, none } = first.path;
  if (some && !(second.path?.some && isSubset(second.path.some, some))) return false;
  for (const word of none) if (!second.path?.none.has(word)) return false;
  return true;
}

/** Whether there can be an answer that both hold of. */
function canHoldTogether(a: Checked, b: Checked, together: Together): boolean {
  if ((a.routes & b.routes) === 0) return false;
  for (const [name, set] of a.demands.fields) {
    const other = b.demands.fields.get(name);
    if (other && isDisjoint(set, other)) return false;
  }
  const [pathA, pathB] = [a.demands.path, b.demands.path];
  if (!pathA || !pathB) return true;
  if (cannotHave(pathA, pathB.none) || cannotHave(pathB, pathA.none)) return false;
  const [wordsA, wordsB] = [pathA.some?.values, pathB.some?.values];
  if (!wordsA || !wordsB) return true;
  return [...wordsA].some((word) =>
    wordsB.has(word) || [...wordsB].some((other) => together(String(word), String(other)))
  );
}

/** Whether all words that the path needs one of are forbidden. */
function cannotHave({ some }: PathDemand, none: ReadonlySet<Scalar>): boolean {
  return some?.values !== undefined && some?.values !== null &&
    [...some.values].every((word) => none.has(word));
}
