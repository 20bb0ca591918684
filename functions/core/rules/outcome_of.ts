/**
 * What is answered once the rules have been asked.
 *
 * @module
 */
import type { Certainty, Route } from "../answer_type.ts";
import type { Facts } from "../facts.ts";
import type { Ruling } from "./apply_rules.ts";
import type { Rule } from "./rule.ts";
import { fold } from "./value_set.ts";

/** An answer after the rules. */
export interface Outcome {
  /** Null only when `route` is `none`. */
  readonly label: string | null;
  readonly route: Route;
  readonly certainty: Certainty;
  /** The rule that changed the answer; null where none did. */
  readonly rule: Rule | null;
  /** Whether a rule sends it to a person. */
  readonly review: boolean;
}

/**
 * Takes a ruling for an answer.
 *
 * A rule's label is the answer, by route `rule`, and sure. Where the label or a word above it is
 * forbidden, the answer stops before the first word of the path that is: it comes from the network
 * then, as the words of the path do, and is as sure as the network was of the whole path, or
 * `perhaps` where only memory spoke for it. With no word left nothing is answered.
 *
 * @param facts those that the ruling was made of
 */
export function outcomeOf(ruling: Ruling, facts: Facts): Outcome {
  const { label, route, certainty, path } = facts;
  const review = ruling.review.length > 0;
  if (ruling.label) {
    const { label, rule } = ruling.label;
    return { label, route: "rule", certainty: "is", rule, review };
  }
  const same: Outcome = { label, route, certainty, rule: null, review };
  if (label === null || ruling.not.length === 0) return same;

  const forbidden = new Map<string, Rule>();
  for (const { label, rule } of ruling.not) {
    if (!forbidden.has(fold(label))) forbidden.set(fold(label), rule);
  }
  const stop = path.findIndex((word) => forbidden.has(fold(word)));
  const rule = forbidden.get(fold(stop < 0 ? label : path[stop]!));
  if (!rule) return same;
  const left = (stop < 0 ? path : path.slice(0, stop)).at(-1);
  if (left === undefined) return { label: null, route: "none", certainty: "unknown", rule, review };
  const sure = route === "network" && certainty === "is";
  return { label: left, route: "network", certainty: sure ? "is" : "perhaps", rule, review };
}
