/**
 * What the rules that hold of an answer come to together.
 *
 * @module
 */
import type { Facts } from "../facts.ts";
import type { RuleSet } from "./compile_rules.ts";
import type { Rule } from "./rule.ts";
import { fold } from "./value_set.ts";

/** A label that a rule gives or forbids. */
export interface Ruled {
  readonly label: string;
  readonly rule: Rule;
}

/** What the rules say of an answer. */
export interface Ruling {
  /** What it is; null where no rule says so. */
  readonly label: Ruled | null;
  /** What it is not, in the order of asking, whether or not anything would have said so. */
  readonly not: readonly Ruled[];
  /** The rules that ask for a person's look at it. */
  readonly review: readonly Rule[];
  /** The rules that made a difference, in the order of asking. */
  readonly hits: readonly Rule[];
}

/**
 * Asks the rules in order, the highest priority first. The first label that no rule before it
 * forbids wins; after it only reviews are asked for. A rule that forbids is a hit where the label,
 * or a word of the path above it, is what it forbids.
 *
 * What was taught wins: of an answer that memory is sure of, rules change nothing, and only send it
 * to review.
 *
 * @param facts as they were before any rule was asked
 */
export function applyRules(set: RuleSet, facts: Facts): Ruling {
  const taught = isTaught(facts);
  const said = new Set(facts.label === null ? [] : [facts.label, ...facts.path].map(fold));
  const forbidden = new Set<string>();
  const not: Ruled[] = [];
  const review: Rule[] = [];
  const hits: Rule[] = [];
  let label: Ruled | null = null;
  for (const rule of set.match(facts)) {
    const { then } = rule;
    if ("review" in then) {
      review.push(rule);
      hits.push(rule);
    } else if (taught || label) {
      continue;
    } else if ("not" in then) {
      forbidden.add(fold(then.not));
      not.push({ label: then.not, rule });
      if (said.has(fold(then.not))) hits.push(rule);
    } else if (!forbidden.has(fold(then.label))) {
      label = { label: then.label, rule };
      hits.push(rule);
    }
  }
  return { label, not, review, hits };
}

/** Whether memory is sure of the answer, so that no rule changes it. */
export function isTaught({ route, certainty }: Pick<Facts, "route" | "certainty">): boolean {
  return route === "memory" && certainty === "is";
}
