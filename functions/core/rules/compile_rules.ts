/**
 * Finds out of thousands of rules those that hold of an answer, without asking each.
 *
 * @module
 */
import type { Facts } from "../facts.ts";
import { CONTEXT, FIELDS } from "./fields.ts";
import { readConditions } from "./read_conditions.ts";
import type { Rule, Scalar } from "./rule.ts";
import { setDefault } from "./set_default.ts";
import { fold, hasValue, type ValueSet } from "./value_set.ts";

/** Rules that are ready to be asked. */
export interface RuleSet {
  /** Those that are enabled, in the order in which they are asked. */
  readonly rules: readonly Rule[];
  /** Those that hold of an answer, in the same order. */
  match(facts: Facts): Rule[];
}

/** Up to so many rules are asked one by one: it is faster than looking up which to ask. */
const FEW = 8;

/** At most so many places of the index lead to one rule. */
const MOST_PLACES = 100;

/** The name of the path among the fields. */
const PATH = "path";

/** The fields whose ranges are asked by the thousand. */
const NUMBERS = [...FIELDS].filter(([, { type }]) => type === "number").map(([name]) => name);

/** Facts in the form that is asked, text as {@linkcode fold} makes it. */
interface Known {
  /** By field, the path aside; of the context what is not null. */
  readonly values: ReadonlyMap<string, Scalar>;
  readonly words: readonly string[];
  /** Those of {@linkcode NUMBERS}; NaN, which is in no range, for null. */
  readonly numbers: Float64Array;
}

type Check = (known: Known) => boolean;

/** A condition that a few values meet, so that it can be looked up. */
interface Key {
  readonly field: string;
  readonly values: readonly Scalar[];
  readonly check: Check;
}

/** From one number to another, both included, of the field at a position in {@linkcode NUMBERS}. */
interface Range {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

/** A rule on its way into the index. */
interface Entry {
  /** Position in the order of asking. */
  readonly rank: number;
  /** Conditions that are not looked up yet. */
  readonly keys: readonly Key[];
  /** Conditions that cannot be: ranges of numbers, and all others. */
  readonly ranges: readonly Range[];
  readonly checks: readonly Check[];
  /** How many places lead to it so far. */
  readonly places: number;
}

/** Rules whose last conditions are asked one by one, laid out for a tight loop. */
interface Leaves {
  readonly ranks: Uint32Array;
  /** Where each rule's ranges begin, and where the last one's end. */
  readonly begins: Uint32Array;
  readonly slots: Uint8Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly checks: readonly (readonly Check[])[];
}

interface Node {
  readonly leaves: Leaves;
  /** By field and value, the rules that demand it. */
  readonly branches: ReadonlyMap<string, ReadonlyMap<Scalar, Node>>;
}

/** The order of asking: the highest priority first, among equals the oldest. */
export function byRank(a: Rule, b: Rule): number {
  return b.priority - a.priority || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * Compiles rules into an index: each is found by the value of the condition that the fewest others
 * share, and where many share even that one, by the next. Only what cannot be looked up (ranges,
 * beginnings, what must not be) is asked rule by rule.
 *
 * @returns a set whose `match` takes time by the rules that nearly hold, not by all
 */
export function compileRules(rules: readonly Rule[]): RuleSet {
  const ordered = rules.filter(({ enabled }) => enabled).sort(byRank);
  const root = grow(ordered.map(toEntry).filter((entry) => entry !== undefined));
  return {
    rules: ordered,
    match: (facts) => {
      const ranks: number[] = [];
      collect(root, know(facts), ranks);
      ranks.sort((a, b) => a - b);
      // A rule is found twice when its path's words lead to it by two ways.
      return ranks.filter((rank, i) => rank !== ranks[i - 1]).map((rank) => ordered[rank]!);
    },
  };
}

function know(facts: Facts): Known {
  const values = new Map<string, Scalar>();
  for (const field of FIELDS.keys()) {
    if (field !== PATH) {
      values.set(field, fold(facts[field as Exclude<keyof Facts, "path" | "context" | "guess">]));
    }
  }
  for (const [name, value] of Object.entries(facts.context)) {
    if (value !== null) values.set(CONTEXT + name, fold(value));
  }
  const numbers = new Float64Array(NUMBERS.length);
  for (let slot = 0; slot < NUMBERS.length; slot++) {
    numbers[slot] = values.get(NUMBERS[slot]!) as number | null ?? NaN;
  }
  return { values, words: facts.path.map(fold), numbers };
}

/** Undefined for a rule that cannot hold. */
function toEntry({ when }: Rule, rank: number): Entry | undefined {
  const { fields, path } = readConditions(when);
  const keys: Key[] = [];
  const ranges: Range[] = [];
  const checks: Check[] = [];
  const add = (field: string, set: ValueSet, check: Check) => {
    // What is absent from the context cannot be looked up by its value.
    const found = set.values && (FIELDS.has(field) || !set.values.has(null));
    if (found) keys.push({ field, values: [...set.values], check });
    else checks.push(check);
  };
  for (const [field, set] of fields) {
    if (set.values?.size === 0) return undefined;
    const range = toRange(field, set);
    if (range) {
      ranges.push(range);
      continue;
    }
    add(field, set, ({ values }) => hasValue(set, values.get(field) ?? null));
  }
  if (path) {
    const { some, none } = path;
    if (some) add(PATH, some, ({ words }) => words.some((word) => hasValue(some, word)));
    if (none.size > 0) checks.push(({ words }) => !words.some((word) => none.has(word)));
  }
  return { rank, keys, ranges, checks, places: 1 };
}

/** Undefined for what is no range of numbers. */
function toRange(field: string, set: ValueSet): Range | undefined {
  const slot = NUMBERS.indexOf(field);
  if (slot < 0 || set.values || !set.known || set.starts !== null || set.not.size > 0) return;
  const [from, to] = [set.from?.at ?? -Infinity, set.to?.at ?? Infinity];
  if (typeof from !== "number" || typeof to !== "number") return;
  return {
    slot,
    from: set.from?.open ? nextNumber(from, 1) : from,
    to: set.to?.open ? nextNumber(to, -1) : to,
  };
}

/** The float64 that comes next after a finite one, upwards (1) or downwards (−1). */
function nextNumber(x: number, way: 1 | -1): number {
  if (x === 0) return way * Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0]! += x > 0 === way > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}

function grow(entries: readonly Entry[]): Node {
  const leaves: Entry[] = [];
  const branches = new Map<string, Map<Scalar, Node>>();
  const few = entries.length <= FEW;
  const shared = few ? new Map() : countShared(entries);
  const planned = new Map<string, Map<Scalar, Entry[]>>();
  for (const entry of entries) {
    const key = few ? undefined : rarest(entry, shared);
    if (!key) {
      leaves.push(entry);
      continue;
    }
    const rest = {
      ...entry,
      keys: entry.keys.filter((other) => other !== key),
      places: entry.places * key.values.length,
    };
    const values = setDefault(planned, key.field, () => new Map<Scalar, Entry[]>());
    for (const value of key.values) setDefault(values, value, () => []).push(rest);
  }
  for (const [field, values] of planned) {
    branches.set(field, new Map([...values].map(([value, below]) => [value, grow(below)])));
  }
  return { leaves: layOut(leaves), branches };
}

function layOut(entries: readonly Entry[]): Leaves {
  const begins = new Uint32Array(entries.length + 1);
  for (const [i, { ranges }] of entries.entries()) begins[i + 1] = begins[i]! + ranges.length;
  const ranges = entries.flatMap((entry) => entry.ranges);
  return {
    ranks: Uint32Array.from(entries, ({ rank }) => rank),
    begins,
    slots: Uint8Array.from(ranges, ({ slot }) => slot),
    from: Float64Array.from(ranges, ({ from }) => from),
    to: Float64Array.from(ranges, ({ to }) => to),
    checks: entries.map(({ keys, checks }) => [...keys.map(({ check }) => check), ...checks]),
  };
}

/** By field and value, how many rules demand it. */
function countShared(entries: readonly Entry[]): Map<string, Map<Scalar, number>> {
  const shared = new Map<string, Map<Scalar, number>>();
  for (const { keys } of entries) {
    for (const { field, values } of keys) {
      const counts = setDefault(shared, field, () => new Map<Scalar, number>());
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return shared;
}

/** The condition that the fewest others share; undefined when none can be looked up. */
function rarest(
  { keys, places }: Entry,
  shared: ReadonlyMap<string, ReadonlyMap<Scalar, number>>,
): Key | undefined {
  let best: Key | undefined;
  let least = Infinity;
  for (const key of keys) {
    if (places * key.values.length > MOST_PLACES) continue;
    const counts = shared.get(key.field)!;
    const sharing = key.values.reduce<number>((sum, value) => sum + counts.get(value)!, 0);
    if (sharing >= least) continue;
    best = key;
    least = sharing;
  }
  return best;
}

function collect({ leaves, branches }: Node, known: Known, ranks: number[]): void {
  ask(leaves, known, ranks);
  if (branches.size === 0) return;
  const follow = (values: ReadonlyMap<Scalar, Node>, value: Scalar) => {
    const node = values.get(value);
    if (node) collect(node, known, ranks);
  };
  const words = branches.get(PATH);
  if (words) { for (const word of known.words) follow(words, word); }
  // By the shorter of both lists: rules may ask for a thousand names, or a context hold them.
  if (branches.size <= known.values.size) {
    for (const [field, values] of branches) {
      const value = known.values.get(field);
      if (value !== undefined) follow(values, value);
    }
  } else {
    for (const [field, value] of known.values) {
      const values = branches.get(field);
      if (values) follow(values, value);
    }
  }
}

function ask(
  { ranks: asked, begins, slots, from, to, checks }: Leaves,
  known: Known,
  ranks: number[],
): void {
  const { numbers } = known;
  asking: for (let i = 0; i < asked.length; i++) {
    for (let at = begins[i]!; at < begins[i + 1]!; at++) {
      const value = numbers[slots[at]!]!;
      if (!(value >= from[at]! && value <= to[at]!)) continue asking;
    }
    const others = checks[i]!;
    for (let k = 0; k < others.length; k++) if (!others[k]!(known)) continue asking;
    ranks.push(asked[i]!);
  }
}
