/**
 * Rules and facts as a household or an archive would have them, and a plain reading of the
 * conditions that the index is checked against.
 *
 * @module
 */
import type { Facts } from "../../functions/core/facts.ts";
import type {
  Conditions,
  Consequence,
  Rule,
  Scalar,
  Test,
} from "../../functions/core/rules/rule.ts";
import { facts } from "./review.ts";

/** Facts of an unsure answer by the network, except for what is given. */
export function factsWith(given: Partial<Facts> = {}): Facts {
  return facts({
    label: "Pembroke",
    confidence: 0.8,
    path: ["animal", "dog", "Pembroke"],
    ...given,
  });
}

/** A rule; the younger the higher the number. */
export function rule(
  number: number,
  when: Conditions,
  then: Consequence,
  given: Partial<Rule> = {},
): Rule {
  const at = "2026-01-01T00:00:00.000Z";
  const id = String(number).padStart(6, "0");
  return {
    id,
    when,
    then,
    priority: 0,
    enabled: true,
    note: "",
    createdAt: at,
    updatedAt: at,
    ...given,
  };
}

/** Rules that hold, found by asking each what its conditions say, in the order of asking. */
export function matchPlainly(rules: readonly Rule[], facts: Facts): Rule[] {
  return rules.filter((rule) => rule.enabled && holdsPlainly(rule.when, facts))
    .sort((a, b) => b.priority - a.priority || a.id.localeCompare(b.id));
}

/** Whether conditions hold, read literally. */
export function holdsPlainly(when: Conditions, facts: Facts): boolean {
  return Object.entries(when).every(([name, test]) => {
    if (name !== "path") return testHolds(test, valueOf(facts, name));
    if (typeof test !== "object" || test === null) {
      return facts.path.some((word) => same(word, test));
    }
    const { not, ...rest } = test;
    if (not !== undefined && facts.path.some((word) => same(word, not))) return false;
    return Object.keys(rest).length === 0 || facts.path.some((word) => testHolds(rest, word));
  });
}

function valueOf(facts: Facts, name: string): Scalar {
  if (!name.startsWith("context.")) return facts[name as "label"];
  const key = name.slice("context.".length);
  return Object.hasOwn(facts.context, key) ? facts.context[key]! : null;
}

const lower = (value: Scalar) => typeof value === "string" ? value.toLowerCase() : value;
const same = (a: Scalar, b: Scalar) => lower(a) === lower(b);

function testHolds(test: Test, value: Scalar): boolean {
  if (typeof test !== "object" || test === null) return same(value, test);
  const v = lower(value);
  for (const [name, given] of Object.entries(test)) {
    if (name === "in") {
      if (!(given as Scalar[]).some((one) => same(one, value))) return false;
      continue;
    }
    const other = lower(given as Scalar);
    const ordered = v !== null && other !== null && typeof v === typeof other;
    const holds = name === "is"
      ? v === other
      : name === "not"
      ? v !== other
      : name === "exists"
      ? (v !== null) === other
      : name === "starts"
      ? typeof v === "string" && v.startsWith(String(other))
      : name === "lt"
      ? ordered && v < other
      : name === "lte"
      ? ordered && v <= other
      : name === "gt"
      ? ordered && v > other
      : ordered && v >= other;
    if (!holds) return false;
  }
  return true;
}

/** Draws one. */
export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

const COUNT = { groups: 20, words: 400, albums: 300, cameras: 12, places: 150, names: 600 };

const word = (i: number) => `Word ${i}`;
const name = (i: number) => `Name ${i}`;
const below = (random: () => number, count: number) => Math.floor(random() * count);
const hundredth = (random: () => number) => below(random, 101) / 100;

/**
 * A rule of a large set: nine in ten ask for a label, a word, an album or a place, the others for
 * numbers alone.
 */
export function realisticRule(number: number, random: () => number): Rule {
  const when: Record<string, Test> = {};
  const draw = random();
  if (draw < 0.3) when["path"] = word(below(random, COUNT.words));
  else if (draw < 0.55) when["context.album"] = `Album ${below(random, COUNT.albums)}`;
  else if (draw < 0.75) when["label"] = word(below(random, COUNT.words));
  else if (draw < 0.9) {
    when["context.place"] = {
      in: Array.from({ length: 3 }, () => `Place ${below(random, COUNT.places)}`),
    };
  } else when["similarity"] = { lt: hundredth(random) };
  if (random() < 0.5) when["confidence"] = { [pick(random, ["lt", "gte"])]: hundredth(random) };
  if (random() < 0.2) when["context.camera"] = `Camera ${below(random, COUNT.cameras)}`;
  if (random() < 0.2) when["context.date"] = { gte: `20${10 + below(random, 16)}-06-01` };
  if (random() < 0.1) when["width"] = { lt: 400 + below(random, 4000) };
  if (random() < 0.1) when["kind"] = pick(random, ["person", "thing"]);
  const then: Consequence = random() < 0.6
    ? { label: name(below(random, COUNT.names)) }
    : random() < 0.7
    ? { not: word(below(random, COUNT.words)) }
    : { review: true };
  return rule(number, when, then, { priority: below(random, 21) - 10 });
}

/** Facts that rules of {@linkcode realisticRule} hold of. */
export function realisticFacts(random: () => number): Facts {
  const leaf = below(random, COUNT.words);
  const path = [word(leaf % COUNT.groups), word(COUNT.groups + leaf % 100), word(leaf)];
  const fromMemory = random() < 0.3;
  return factsWith({
    kind: pick(random, ["person", "thing"]),
    label: word(leaf),
    route: fromMemory ? "memory" : "network",
    certainty: pick(random, ["is", "perhaps"]),
    confidence: random(),
    path,
    novelty: random(),
    similarity: fromMemory ? random() : null,
    by: fromMemory ? pick(random, ["look", "face"]) : null,
    width: 300 + below(random, 4000),
    height: 300 + below(random, 4000),
    context: {
      album: `Album ${below(random, COUNT.albums)}`,
      camera: `Camera ${below(random, COUNT.cameras)}`,
      place: `Place ${below(random, COUNT.places)}`,
      date: `20${10 + below(random, 16)}-0${1 + below(random, 9)}-15`,
    },
  });
}
