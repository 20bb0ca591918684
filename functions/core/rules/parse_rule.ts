/**
 * Reads the rules that people write.
 *
 * @module
 */
import { z } from "zod";
import { Label, LABEL_CHARACTERS } from "../label.ts";
import { CONTEXT, type Field, fieldOf, FIELDS, type TestName, testsOf } from "./fields.ts";
import type { Conditions, Consequence, RuleText, Scalar, Test } from "./rule.ts";

/** Most conditions of a rule. */
export const MOST_CONDITIONS = 20;

/** Most values of an `in`. */
export const MOST_VALUES = 100;

/** Most characters (UTF-16) of a text that is compared with. */
export const TEXT_CHARACTERS = 500;

/** Most characters (UTF-16) of a note. */
export const NOTE_CHARACTERS = 500;

/** Priorities reach from minus this to this. */
export const HIGHEST_PRIORITY = 1000;

const Text = z.string().max(TEXT_CHARACTERS);
const Value = z.union([Text, z.number(), z.boolean(), z.null()], {
  error: `should be text of at most ${TEXT_CHARACTERS} characters, a number, true, false or null`,
});
const Bound = z.union([z.number(), Text], {
  error: `should be a number or text of at most ${TEXT_CHARACTERS} characters`,
});

const Tests = z.strictObject({
  is: Value.optional(),
  not: Value.optional(),
  in: z.array(Value).min(1).max(MOST_VALUES).optional(),
  lt: Bound.optional(),
  lte: Bound.optional(),
  gt: Bound.optional(),
  gte: Bound.optional(),
  starts: Text.min(1).optional(),
  exists: z.boolean().optional(),
});

const TEST_NAMES = Object.keys(Tests.shape).join(", ");

const AnyTest = z.union([Text, z.number(), z.boolean(), z.null(), Tests], {
  error: ({ input }) => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) {
      return `should be text of at most ${TEXT_CHARACTERS} characters, a number, true, false, ` +
        `null or an object of ${TEST_NAMES}`;
    }
    const { error } = Tests.safeParse(input);
    const [first] = error?.issues ?? [];
    if (first?.code === "unrecognized_keys") {
      return `there is no test ${quoted(first.keys)}; the tests are ${TEST_NAMES}`;
    }
    return first ? `${first.path.join(".")}: ${first.message}` : "is no test";
  },
});

const When = z.record(z.string(), AnyTest).transform((when, ctx): Conditions => {
  const names = Object.keys(when);
  if (names.length < 1 || names.length > MOST_CONDITIONS) {
    ctx.addIssue(`should have 1 to ${MOST_CONDITIONS} conditions, it has ${names.length}`);
  }
  const read: [string, Test][] = [];
  for (const name of names) {
    const refuse = (message: string) => ctx.addIssue({ code: "custom", path: [name], message });
    const field = fieldOf(name);
    if (!field) {
      refuse(
        `there is no field ${quoted([name])}; the fields are ${
          [...FIELDS.keys()].join(", ")
        } and ${CONTEXT}<name>`,
      );
      continue;
    }
    const test = when[name]!;
    if (typeof test !== "object" || test === null) {
      const value = readValue(field, name, test, refuse);
      if (value !== undefined) read.push([name, value]);
      continue;
    }
    const tests = readTests(field, name, test, refuse);
    if (tests) read.push([name, tests]);
  }
  return Object.fromEntries(read);
});

const Then = z.strictObject({
  label: Label.optional(),
  not: Label.optional(),
  review: z.literal(true, { error: "should be true" }).optional(),
}).transform((then, ctx): Consequence => {
  const { label, not, review } = then;
  if ([label, not, review].filter((one) => one !== undefined).length !== 1) {
    ctx.addIssue('should be one of {"label": …}, {"not": …} and {"review": true}');
    return z.NEVER;
  }
  if (label !== undefined) return { label };
  return not !== undefined ? { not } : { review: true };
});

/**
 * Reads a rule: its conditions are of known fields and each field is compared with what it can be,
 * labels are composed and trimmed, and what was left out gets its default (priority 0, enabled, no
 * note).
 *
 * @example
 * ```ts
 * import { RuleInput } from "./parse_rule.ts";
 *
 * const rule = RuleInput.parse({
 *   when: { path: "dog", "context.album": "home", confidence: { lt: 0.9 } },
 *   then: { label: "Rex" },
 * });
 * console.assert(rule.priority === 0 && rule.enabled);
 * console.assert(!RuleInput.safeParse({ when: { label: { lt: 3 } }, then: { not: "x" } }).success);
 * ```
 */
export const RuleInput: z.ZodType<RuleText, RuleTextInput> = z.strictObject({
  when: When,
  then: Then,
  priority: z.int().min(-HIGHEST_PRIORITY).max(HIGHEST_PRIORITY).default(0),
  enabled: z.boolean().default(true),
  note: z.string().max(NOTE_CHARACTERS).default(""),
});

/** A rule as it comes in: what has a default may be left out. */
export interface RuleTextInput {
  when: z.input<typeof When>;
  then: z.input<typeof Then>;
  priority?: number | undefined;
  enabled?: boolean | undefined;
  note?: string | undefined;
}

type Refuse = (message: string) => void;
type TestsInput = z.infer<typeof Tests>;

/** Checks a test by name, and each value that it compares with; undefined when it was refused. */
function readTests(
  field: Field,
  name: string,
  tests: TestsInput,
  refuse: Refuse,
): Test | undefined {
  const given = Object.entries(tests).filter(([, value]) => value !== undefined);
  const allowed = testsOf(field);
  if (given.length === 0) {
    return void refuse(`${name} has no test; it takes ${allowed.join(", ")}`);
  }
  const unfit = given.map(([test]) => test).filter((test) => !allowed.includes(test as TestName));
  if (unfit.length > 0) {
    return void refuse(
      `${name} cannot be tested by ${unfit.join(", ")}; it takes ${allowed.join(", ")}`,
    );
  }
  const ends = [tests.lt, tests.lte, tests.gt, tests.gte].filter((end) => end !== undefined);
  if (new Set(ends.map((end) => typeof end)).size > 1) {
    return void refuse(`${name} should lie between two numbers or two texts, not one of each`);
  }
  let refused = false;
  const check = (message: string) => {
    refused = true;
    refuse(message);
  };
  const read = given.map(([test, value]) => {
    if (test === "exists") return [test, value];
    if (test === "starts") return [test, String(value).normalize("NFC")];
    if (Array.isArray(value)) {
      return [test, value.map((one) => readValue(field, name, one, check))];
    }
    return [test, readValue(field, name, value as Scalar, check)];
  });
  return refused ? undefined : Object.fromEntries(read);
}

/** Checks a value that a field is compared with; undefined when it was refused. */
function readValue(field: Field, name: string, value: Scalar, refuse: Refuse): Scalar | undefined {
  const should = (what: string) =>
    void refuse(`${name} should be ${what}, it is ${JSON.stringify(value)}`);
  switch (field.type) {
    case "choice": {
      const { choices, nullable } = field;
      const fits = value === null ? nullable : typeof value === "string" && choices.includes(value);
      return fits ? value : should(listed([...choices.map((one) => `"${one}"`), ...orNull(field)]));
    }
    case "flag":
      return typeof value === "boolean" ? value : should("true or false");
    case "number": {
      const { min, max, nullable } = field;
      const fits = value === null
        ? nullable
        : typeof value === "number" && value >= min && value <= max;
      const range = max === Infinity
        ? `a number of at least ${min}`
        : `a number from ${min} to ${max}`;
      return fits ? value : should(listed([range, ...orNull(field)]));
    }
    case "label":
    case "words": {
      if (value === null && field.type === "label") return value;
      const { data, error } = Label.safeParse(value);
      if (data !== undefined) return data;
      return typeof value === "string"
        ? void refuse(`${name} ${error?.issues[0]?.message}`)
        : should(
          field.type === "label"
            ? `text of 1 to ${LABEL_CHARACTERS} characters or null`
            : `text of 1 to ${LABEL_CHARACTERS} characters`,
        );
    }
    case "context":
      return value;
  }
}

function orNull(field: Field): readonly string[] {
  return "nullable" in field && field.nullable ? ["null"] : [];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
