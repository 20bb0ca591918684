/**
 * Rules as a form has them, row by row, and as they are sent: both ways.
 *
 * @module
 */
import { CONTEXT, type Field, fieldOf, type TestName } from "../../functions/core/rules/fields.ts";
import type { Consequence, RuleText, Scalar, Test } from "../../functions/core/rules/rule.ts";
import { practice } from "./practice_strings.ts";

/** What a value of the context is. */
export type ValueType = "text" | "number" | "flag";

/** One condition as it is filled in. */
export interface Row {
  /** A field of the facts, or {@linkcode OWN} for one that the caller sends. */
  readonly field: string;
  /** Of a field of the context. */
  readonly name: string;
  readonly test: TestName;
  /** As it was typed or chosen; "yes" and "no" of what is or is not. */
  readonly value: string;
  /** Of a field of the context; of others the field tells. */
  readonly type: ValueType;
}

/** A rule as it is filled in. */
export interface Draft {
  readonly rows: readonly Row[];
  readonly then: "label" | "not" | "review";
  /** What it is, or is not. */
  readonly label: string;
  readonly priority: string;
  readonly enabled: boolean;
  readonly note: string;
}

/** Stands for the fields of the context. */
export const OWN = "context";

/** Priorities reach from minus this to this. */
export const HIGHEST_PRIORITY = 1000;

/** A row to begin with. */
export const NEW_ROW: Row = { field: "path", name: "", test: "is", value: "", type: "text" };

/** A rule to begin with. */
export const NEW_DRAFT: Draft = {
  rows: [NEW_ROW],
  then: "label",
  label: "",
  priority: "0",
  enabled: true,
  note: "",
};

/** What a row's field can hold. */
export function fieldOfRow({ field, name }: Pick<Row, "field" | "name">): Field {
  return fieldOf(field === OWN ? CONTEXT + (name || "x") : field) ?? { type: "context" };
}

/** What a row's value is. */
export function typeOfRow(row: Row): ValueType | "choice" {
  if (row.test === "exists") return "flag";
  const field = fieldOfRow(row);
  switch (field.type) {
    case "context":
      return row.type;
    case "flag":
    case "number":
    case "choice":
      return field.type;
    default:
      return "text";
  }
}

/** A form that cannot be sent, and what to do about it. */
export class DraftError extends Error {
  override name = "DraftError";
}

/**
 * The rule that a form holds.
 *
 * @throws {DraftError} when something is missing
 *
 * @example
 * ```ts
 * import { NEW_DRAFT, NEW_ROW, ruleOf } from "./rule_form.ts";
 *
 * const { when } = ruleOf({ ...NEW_DRAFT, rows: [{ ...NEW_ROW, value: "dog" }], label: "Rex" });
 * console.assert(JSON.stringify(when) === '{"path":"dog"}');
 * ```
 */
export function ruleOf({ rows, then, label, priority, enabled, note }: Draft): RuleText {
  const { wrong } = practice.rules;
  if (rows.length === 0) throw new DraftError(wrong.none);
  const tests = new Map<string, Partial<Record<TestName, Scalar | readonly Scalar[]>>>();
  for (const [i, row] of rows.entries()) {
    if (row.field === OWN && row.name.trim() === "") throw new DraftError(wrong.name(i + 1));
    const name = row.field === OWN ? CONTEXT + row.name.trim() : row.field;
    const known = tests.get(name) ?? {};
    if (row.test in known) throw new DraftError(wrong.twice(i + 1));
    tests.set(name, { ...known, [row.test]: valueOf(row, i + 1) });
  }
  const when = Object.fromEntries(
    [...tests].map(([name, all]): [string, Test] => {
      const only = Object.keys(all).length === 1 ? all.is : undefined;
      return [name, only === undefined || Array.isArray(only) ? all as Test : only as Scalar];
    }),
  );
  if (then !== "review" && label.trim() === "") throw new DraftError(wrong.label);
  const number = Number(priority);
  if (priority.trim() === "" || !Number.isInteger(number) || Math.abs(number) > HIGHEST_PRIORITY) {
    throw new DraftError(wrong.priority);
  }
  const consequence: Consequence = then === "review"
    ? { review: true }
    : then === "not"
    ? { not: label.trim() }
    : { label: label.trim() };
  return { when, then: consequence, priority: number, enabled, note };
}

function valueOf(row: Row, at: number): Scalar | readonly Scalar[] {
  const { wrong } = practice.rules;
  const type = typeOfRow(row);
  if (row.test === "in") {
    const values = row.value.split(",").map((one) => one.trim()).filter((one) => one !== "");
    if (values.length === 0) throw new DraftError(wrong.empty(at));
    return values.map((one) => scalarOf(one, type, at));
  }
  if (row.value.trim() === "") throw new DraftError(wrong.empty(at));
  return scalarOf(row.value.trim(), type, at);
}

function scalarOf(value: string, type: ReturnType<typeof typeOfRow>, at: number): Scalar {
  if (type === "flag") return value === "yes";
  if (type !== "number") return value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new DraftError(practice.rules.wrong.number(at));
  return number;
}

/**
 * The form that shows a rule.
 *
 * @returns undefined for a rule that has more than a form can show
 */
export function draftOf(rule: RuleText): Draft | undefined {
  const rows: Row[] = [];
  for (const [name, test] of Object.entries(rule.when)) {
    const tests = typeof test === "object" && test !== null ? test : { is: test };
    for (const [kind, value] of Object.entries(tests)) {
      const row = rowOf(name, kind as TestName, value as Scalar | readonly Scalar[]);
      if (!row) return undefined;
      rows.push(row);
    }
  }
  const { then, priority, enabled, note } = rule;
  return {
    rows,
    then: "review" in then ? "review" : "not" in then ? "not" : "label",
    label: "review" in then ? "" : "not" in then ? then.not : then.label,
    priority: String(priority),
    enabled,
    note,
  };
}

function rowOf(
  name: string,
  test: TestName,
  value: Scalar | readonly Scalar[],
): Row | undefined {
  const isOwn = name.startsWith(CONTEXT);
  if (!isOwn && !fieldOf(name)) return undefined;
  const place = {
    field: isOwn ? OWN : name,
    name: isOwn ? name.slice(CONTEXT.length) : "",
  };
  // What is null is not known, said in other words.
  if (value === null) {
    if (test !== "is" && test !== "not") return undefined;
    return { ...place, test: "exists", value: test === "is" ? "no" : "yes", type: "text" };
  }
  const values = Array.isArray(value) ? value as readonly Scalar[] : [value as Scalar];
  const types = new Set(values.map((one) => typeof one));
  if (types.size !== 1) return undefined;
  const texts: string[] = [];
  for (const one of values) {
    if (one === null || (typeof one === "string" && (one.trim() !== one || one === ""))) return;
    if (typeof one === "string" && Array.isArray(value) && one.includes(",")) return undefined;
    texts.push(typeof one === "boolean" ? (one ? "yes" : "no") : String(one));
  }
  const [type] = types;
  return {
    ...place,
    test,
    value: texts.join(", "),
    type: test === "exists"
      ? "text"
      : type === "number"
      ? "number"
      : type === "boolean"
      ? "flag"
      : "text",
  };
}

/** A rule as people write it: what has its default is left out. */
export function jsonOf({ when, then, priority, enabled, note }: RuleText): string {
  return JSON.stringify(
    {
      when,
      then,
      ...(priority === 0 ? {} : { priority }),
      ...(enabled ? {} : { enabled }),
      ...(note === "" ? {} : { note }),
    },
    null,
    2,
  );
}

/**
 * Reads a rule that was written as JSON; what it says is for the server to check.
 *
 * @throws {DraftError} when it is no JSON, or nothing like a rule
 */
export function readJson(text: string): RuleText {
  const { form } = practice.rules;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new DraftError(form.jsonBad);
  }
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(read) || !isObject(read.when) || !isObject(read.then)) {
    throw new DraftError(form.jsonShape);
  }
  return { priority: 0, enabled: true, note: "", ...read } as unknown as RuleText;
}
