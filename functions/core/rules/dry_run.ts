/**
 * What a change of the rules would change, tried on answers that were given.
 *
 * @module
 */
import type { Facts } from "../facts.ts";
import { applyRules } from "./apply_rules.ts";
import { compileRules } from "./compile_rules.ts";
import { type Outcome, outcomeOf } from "./outcome_of.ts";
import type { Rule } from "./rule.ts";
import { fold } from "./value_set.ts";

/** An answer to try rules on. */
export interface Sample {
  readonly id: string;
  /** As they were before any rule was asked. */
  readonly facts: Facts;
  /** What it is; null where only the answer's being wrong is known, left out where nothing is. */
  readonly truth?: string | null | undefined;
  /** Whether a person found the facts' label to be right; left out where nobody looked. */
  readonly wasRight?: boolean | undefined;
}

/** A sample whose outcome changes. */
export interface Change {
  readonly id: string;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Null where it cannot be known, or nothing is answered. */
  readonly rightBefore: boolean | null;
  readonly rightAfter: boolean | null;
  /** The change in words. */
  readonly says: string;
}

/** How many of the samples are answered rightly and wrongly, as far as it can be known. */
export interface Score {
  readonly right: number;
  readonly wrong: number;
}

/** What a change of the rules would change. */
export interface DryRun {
  /** How many samples it was tried on. */
  readonly samples: number;
  /** In the order of the samples. */
  readonly changes: readonly Change[];
  /** How many that are not right before, or not known to be, are after. */
  readonly becomeRight: number;
  /** How many that are not wrong before, or not known to be, are after. */
  readonly becomeWrong: number;
  readonly before: Score;
  readonly after: Score;
}

/** Whether a label is right where the truth is another word, as dog is of a Pembroke. */
export type IsRight = (label: string, truth: string) => boolean;

/**
 * Tries a change of the rules.
 *
 * A label is right when it is the truth, when a person found it right, and when it lies above
 * either on the sample's path. Where only a wrong label is known, another label is unknown.
 *
 * @param isRight what else is right; nothing when left out
 */
export function dryRun(
  before: readonly Rule[],
  after: readonly Rule[],
  samples: readonly Sample[],
  isRight: IsRight = () => false,
): DryRun {
  const [old, young] = [compileRules(before), compileRules(after)];
  const changes: Change[] = [];
  const scores = { before: { right: 0, wrong: 0 }, after: { right: 0, wrong: 0 } };
  let becomeRight = 0;
  let becomeWrong = 0;
  for (const sample of samples) {
    const was = outcomeOf(applyRules(old, sample.facts), sample.facts);
    const is = outcomeOf(applyRules(young, sample.facts), sample.facts);
    const rightBefore = judge(was, sample, isRight);
    const rightAfter = judge(is, sample, isRight);
    count(scores.before, rightBefore);
    count(scores.after, rightAfter);
    if (rightAfter === true && rightBefore !== true) becomeRight++;
    if (rightAfter === false && rightBefore !== false) becomeWrong++;
    if (isSame(was, is)) continue;
    const says = `${readOutcome(was)} → ${readOutcome(is)}`;
    changes.push({ id: sample.id, before: was, after: is, rightBefore, rightAfter, says });
  }
  return { samples: samples.length, changes, becomeRight, becomeWrong, ...scores };
}

function count(score: { right: number; wrong: number }, right: boolean | null): void {
  if (right === true) score.right++;
  if (right === false) score.wrong++;
}

function isSame(a: Outcome, b: Outcome): boolean {
  return a.label === b.label && a.route === b.route && a.certainty === b.certainty &&
    a.rule?.id === b.rule?.id && a.review === b.review;
}

/** Whether an outcome is right; null where that cannot be known, or nothing is answered. */
function judge(
  { label }: Outcome,
  { facts, truth, wasRight }: Sample,
  isRight: IsRight,
): boolean | null {
  if (label === null) return null;
  const same = (a: string, b: string | null) => b !== null && fold(a) === fold(b);
  if (truth && same(label, truth)) return true;
  if (wasRight !== undefined && same(label, facts.label)) return wasRight;
  if (truth === null && same(label, facts.label)) return false;
  const words = facts.path.map(fold);
  const at = words.indexOf(fold(label));
  // A kind above a right answer is right too.
  if (at >= 0 && (wasRight || (truth && words.indexOf(fold(truth)) > at))) return true;
  if (!truth) return null;
  return isRight(label, truth);
}

/** An outcome in words. */
export function readOutcome({ label, route, certainty, rule, review }: Outcome): string {
  const by = route === "rule" ? `rule ${rule?.id}` : rule ? `${route}, rule ${rule.id}` : route;
  const answer = label === null
    ? rule ? `no answer (rule ${rule.id})` : "no answer"
    : `${certainty} "${label}" (${by})`;
  return review ? `${answer}, to review` : answer;
}
