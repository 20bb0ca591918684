/**
 * Rules in words.
 *
 * @module
 */
import { CONTEXT, type Field, fieldOf, FIELDS } from "./fields.ts";
import type { Consequence, RuleText, Scalar, Test } from "./rule.ts";

/** How a field is spoken of. */
interface Subject {
  readonly is: string;
  readonly isNot: string;
  /** Whether its texts come from a fixed list, and need no quotation marks. */
  readonly plain: boolean;
}

/**
 * A rule as an English sentence, in the order in which its conditions were written.
 *
 * @example
 * ```ts
 * import { readRule } from "./rule_words.ts";
 *
 * const words = readRule({
 *   when: { path: "dog", "context.album": "home", confidence: { lt: 0.9 } },
 *   then: { label: "Rex" },
 * });
 * console.assert(
 *   words === 'when the path has "dog" and album is "home" and confidence is below 0.9: it is "Rex"',
 * );
 * ```
 */
export function readRule({ when, then }: Pick<RuleText, "when" | "then">): string {
  const conditions = Object.entries(when).flatMap(([name, test]) => readTest(name, test));
  return `when ${conditions.join(" and ")}: ${readConsequence(then)}`;
}

function readConsequence(then: Consequence): string {
  if ("review" in then) return "a person looks at it";
  return "label" in then ? `it is ${quote(then.label)}` : `it is not ${quote(then.not)}`;
}

function readTest(name: string, test: Test): string[] {
  const tests = typeof test === "object" && test !== null ? test : { is: test };
  const field = fieldOf(name);
  return Object.entries(tests).filter(([, value]) => value !== undefined).map(([kind, value]) =>
    field?.type === "words"
      ? readPathTest(kind, value as Scalar | readonly Scalar[])
      : readFieldTest(name, field, kind, value as Scalar | readonly Scalar[])
  );
}

function readPathTest(kind: string, value: Scalar | readonly Scalar[]): string {
  if (kind === "starts") return `the path has a word that begins with ${say(value)}`;
  return `the path ${kind === "not" ? "does not have" : "has"} ${say(value)}`;
}

function readFieldTest(
  name: string,
  field: Field | undefined,
  kind: string,
  value: Scalar | readonly Scalar[],
): string {
  const { is, isNot, plain } = subjectOf(name);
  const known = subjectName(name);
  if (field?.type === "flag") {
    return (value === true) === (kind === "is") ? is.trim() : isNot.trim();
  }
  const text = typeof value === "string";
  switch (kind) {
    case "is":
      return value === null ? `${known} is not known` : is + say(value, plain);
    case "not":
      return value === null ? `${known} is known` : isNot + say(value, plain);
    case "exists":
      return `${known} is ${value ? "" : "not "}known`;
    case "starts":
      return `${known} begins with ${say(value)}`;
    case "lt":
      return `${known} is ${text ? "before" : "below"} ${say(value)}`;
    case "gt":
      return `${known} is ${text ? "after" : "above"} ${say(value)}`;
    case "lte":
      return text ? `${known} is ${say(value)} or before` : `${known} is at most ${say(value)}`;
    case "gte":
      return text ? `${known} is ${say(value)} or after` : `${known} is at least ${say(value)}`;
    default:
      return is + say(value, plain);
  }
}

/** A context's name is said as it is, unless a field of the answer has the same. */
function subjectName(name: string): string {
  if (name === "by") return "what it is recognised by";
  if (!name.startsWith(CONTEXT)) return name;
  const own = name.slice(CONTEXT.length);
  return FIELDS.has(own) ? name : own;
}

function subjectOf(name: string): Subject {
  const known = subjectName(name);
  switch (name) {
    case "novel":
      return { is: "it is novel", isNot: "it is not novel", plain: true };
    case "kind":
      return { is: "it is a ", isNot: "it is not a ", plain: true };
    case "by":
      return { is: "it is recognised by ", isNot: "it is not recognised by ", plain: true };
    default: {
      const plain = fieldOf(name)?.type === "choice";
      return { is: `${known} is `, isNot: `${known} is not `, plain };
    }
  }
}

function say(value: Scalar | readonly Scalar[], plain = false): string {
  if (value === null) return "not known";
  if (typeof value === "string") return plain ? value : quote(value);
  if (typeof value !== "object") return String(value);
  const words = value.map((one) => say(one, plain));
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function quote(text: string): string {
  return `"${text}"`;
}
