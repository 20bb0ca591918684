/**
 * What a check of a request found, in words that say what was and what should be.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import { isFilePart } from "./form.ts";

/** Characters of a value that are repeated to whom it came from. */
const SHOWN = 60;

function show(value: unknown): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, SHOWN));
    return value.length > SHOWN ? `${text}… of ${value.length} characters` : text;
  }
  if (Array.isArray(value)) return "a list";
  if (isFilePart(value)) return "a file";
  return value !== null && typeof value === "object" ? "an object" : String(value);
}

/** What zod says of a union that has no words of its own. */
const UNSAID = "Invalid input";

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "text",
};

function choice(values: readonly unknown[]): string {
  const all = values.map(show);
  return all.length < 2 ? all.join() : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}

/** What should be; undefined where the schema's own words say it. */
function expectation(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return choice(issue.values);
    case "too_small":
    case "too_big": {
      const bound = issue.code === "too_small"
        ? `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`
        : `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
      if (issue.origin === "string") return `text of ${bound} characters`;
      return issue.origin === "array" ? `a list of ${bound}` : bound;
    }
    case "invalid_union":
      if (issue.message !== UNSAID) return undefined;
      if (issue.errors.flat().some(({ code }) => code === "custom")) return undefined;
      return [...new Set(issue.errors.flatMap(([first]) => first ? expectation(first) ?? [] : []))]
        .join(" or ") || undefined;
  }
}

/** The first own words of a schema below a union. */
function ownWords(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const custom = issue.errors.flat().find(({ code }) => code === "custom");
  return custom?.message ?? issue.message;
}

/**
 * Says one issue.
 *
 * @param value what was at the issue's path
 */
function say(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return "is missing";
  const expected = expectation(issue);
  const isOneExpected = expected !== "a list" && issue.code !== "too_big" &&
    issue.code !== "invalid_union";
  if (Array.isArray(value) && isOneExpected) {
    const one = value.some(isFilePart) ? "photo" : "value";
    return `one ${one} is expected, there are ${value.length}`;
  }
  // A form and a query bring numbers as text.
  const isNumber = "origin" in issue && ["number", "int"].includes(String(issue.origin));
  const was = isNumber ? String(value) : show(value);
  const own = ownWords(issue);
  // Some words tell what was by themselves.
  if (expected === undefined && /\b(it is|it has|there is no|it takes) /.test(own)) return own;
  return `${expected === undefined ? own : `should be ${expected}`}, it is ${was}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      at !== null && typeof at === "object" ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    data,
  );
}

/**
 * Says what is wrong field by field.
 *
 * @param data what was checked
 */
export function issueWords(
  { issues }: z.ZodError,
  data: unknown,
): { path: string; message: string }[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
        path: [...issue.path, key].join("."),
        message: "is not known here",
      }))
      : [{ path: issue.path.join("."), message: say(issue, valueAt(data, issue.path)) }]
  );
}
