/**
 * The fields that rules ask for, and what each can hold.
 *
 * @module
 */
import type { Scalar, Test } from "./rule.ts";

/** The tests by name. */
export type TestName = keyof Exclude<Test, Scalar | readonly unknown[]>;

/** What a field can hold. */
export type Field =
  | { readonly type: "choice"; readonly choices: readonly string[]; readonly nullable: boolean }
  | { readonly type: "flag" }
  | {
    readonly type: "number";
    readonly min: number;
    readonly max: number;
    readonly nullable: boolean;
  }
  /** A label, or none. */
  | { readonly type: "label" }
  /** Several labels. */
  | { readonly type: "words" }
  /** Whatever the caller sends. */
  | { readonly type: "context" };

const SHARE = { type: "number", min: 0, max: 1, nullable: false } as const;
const PIXELS = { type: "number", min: 1, max: Infinity, nullable: false } as const;

/** The fields of the facts, those of the context aside. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["kind", { type: "choice", choices: ["person", "thing"], nullable: false }],
  ["label", { type: "label" }],
  ["route", { type: "choice", choices: ["memory", "rule", "network", "none"], nullable: false }],
  ["certainty", { type: "choice", choices: ["is", "perhaps", "unknown"], nullable: false }],
  ["confidence", SHARE],
  ["path", { type: "words" }],
  ["novel", { type: "flag" }],
  ["novelty", SHARE],
  ["similarity", { type: "number", min: -1, max: 1, nullable: true }],
  ["by", { type: "choice", choices: ["bytes", "copy", "look", "face"], nullable: true }],
  ["width", PIXELS],
  ["height", PIXELS],
]);

/** What the names of the context's fields begin with. */
export const CONTEXT = "context.";

/** Most characters (UTF-16) of a name in the context. */
export const CONTEXT_NAME_CHARACTERS = 100;

/** The field of that name; undefined where there is none. */
export function fieldOf(name: string): Field | undefined {
  if (!name.startsWith(CONTEXT)) return FIELDS.get(name);
  const { length } = name.slice(CONTEXT.length);
  return length >= 1 && length <= CONTEXT_NAME_CHARACTERS ? { type: "context" } : undefined;
}

/** The tests that make sense of a field. */
export function testsOf(field: Field): readonly TestName[] {
  switch (field.type) {
    case "choice":
      return field.nullable ? ["is", "not", "in", "exists"] : ["is", "not", "in"];
    case "flag":
      return ["is", "not"];
    case "number": {
      const tests = ["is", "not", "in", "lt", "lte", "gt", "gte"] as const;
      return field.nullable ? [...tests, "exists"] : tests;
    }
    case "label":
      return ["is", "not", "in", "starts", "exists"];
    case "words":
      return ["is", "not", "in", "starts"];
    case "context":
      return ["is", "not", "in", "lt", "lte", "gt", "gte", "starts", "exists"];
  }
}
