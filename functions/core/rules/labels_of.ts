/**
 * The labels that a rule names.
 *
 * @module
 */
import type { RuleText } from "./rule.ts";

/** The labels that a rule gives, forbids or asks for: where one is forgotten the rule goes, too. */
export function labelsOf({ when, then }: RuleText): string[] {
  const said = "label" in then ? [then.label] : "not" in then ? [then.not] : [];
  const { label = null } = when;
  const asked = typeof label === "object" && label !== null
    ? [label.is, label.not, label.starts, ...label.in ?? []]
    : [label];
  return [...new Set([...said, ...asked.filter((one) => typeof one === "string")])];
}
