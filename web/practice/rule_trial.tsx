/**
 * What a dry run of a rule found.
 *
 * @module
 */
import type { RuleProblem } from "../../functions/core/rules/check_rules.ts";
import { practice } from "./practice_strings.ts";
import type { RuleTrial, TriedOutcome } from "./practice_types.ts";
import { sayOrigin } from "../words.ts";

/** Names a rule by what it says, where it is known. */
export type NameOf = (id: string) => string | undefined;

/** A problem as a sentence: other rules by what they say, not by their ids. */
export function sayRuleProblem({ says, with: other }: RuleProblem, nameOf: NameOf): string {
  const name = other === null ? undefined : nameOf(other);
  return name === undefined ? says : says.replaceAll(`${other}`, `“${name}”`);
}

/** What would change, and what is wrong. */
export function RuleTrialView(
  { trial, nameOf }: { readonly trial: RuleTrial; readonly nameOf: NameOf },
) {
  const says = practice.rules.trial;
  const { reads, problems, answers, judged } = trial;
  return (
    <section class="trial" aria-labelledby="trial-heading">
      <h3 id="trial-heading">{says.heading}</h3>
      <p>{says.reads(reads)}</p>
      {problems.length === 0
        ? <p class="done">{says.sound}</p>
        : (
          <ul class="problems" aria-label={says.problems}>
            {problems.map((problem, i) => (
              <li key={i} class="failed">{sayRuleProblem(problem, nameOf)}</li>
            ))}
          </ul>
        )}
      <p>{says.answers(answers.changes, answers.looked)}</p>
      {answers.changed.length > 0 && (
        <ul class="changes">
          {answers.changed.map(({ before, after }, i) => (
            <li key={i}>
              {sayOutcome(before, nameOf)} <span class="quiet">{says.becomes}</span>{" "}
              <strong>{sayOutcome(after, nameOf)}</strong>
            </li>
          ))}
          {answers.changes > answers.changed.length && (
            <li class="quiet">{says.others(answers.changes - answers.changed.length)}</li>
          )}
        </ul>
      )}
      <p>
        {says.judged(judged.looked, judged.changed, judged.becomeRight, judged.becomeWrong)}
      </p>
      {judged.skipped > 0 && <p class="quiet">{says.skipped(judged.skipped)}</p>}
    </section>
  );
}

/** An answer in a few words: what, by whom, and whether a person looks at it. */
export function sayOutcome(
  { label, route, certainty, rule, review }: TriedOutcome,
  nameOf: NameOf,
): string {
  const says = practice.rules.trial;
  const what = label === null ? says.nothing : certainty === "is" ? label : says.perhaps(label);
  const name = rule === null ? undefined : nameOf(rule);
  const by = rule === null
    ? (label === null ? undefined : sayOrigin(route))
    : name === undefined
    ? says.byThis
    : says.byRule(name);
  return [what, by, review ? says.toPerson : undefined].filter(Boolean).join(", ");
}
