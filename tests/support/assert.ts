/**
 * The part of the standard assertion package that the tests use, over `node:assert/strict`.
 *
 * It carries the standard names, so that pointing the import-map name `@std/assert` at the
 * published package is a one-line change in `deno.json`.
 *
 * @module
 */
import assertStrict, { AssertionError } from "node:assert/strict";

export { AssertionError };

/** Throws unless `expr` is truthy. */
export function assert(expr: unknown, msg = "expected a truthy value"): asserts expr {
  if (!expr) throw new AssertionError({ message: msg, actual: expr, operator: "assert" });
}

/** Throws when `expr` is truthy. */
export function assertFalse(expr: unknown, msg = "expected a falsy value"): void {
  assert(!expr, msg);
}

/** Deep equality, by value and prototype. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  assertStrict.deepStrictEqual(actual, expected, msg as string);
}

/** Deep inequality. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  assertStrict.notDeepStrictEqual(actual, expected, msg as string);
}

/** Equality by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): void {
  assertStrict.strictEqual(actual, expected, msg as string);
}

/** `|actual − expected| ≤ tolerance` (default 1e-7 of the expected size). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Math.max(Math.abs(expected) * 1e-7, 1e-7),
  msg?: string,
): void {
  const off = Math.abs(actual - expected);
  assert(
    Object.is(actual, expected) || off <= tolerance,
    msg ?? `expected ${actual} to be within ${tolerance} of ${expected}, it is ${off} away`,
  );
}

/** `actual ≥ expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  assert(actual >= expected, msg ?? `expected ${actual} ≥ ${expected}`);
}

/** `actual ≤ expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  assert(actual <= expected, msg ?? `expected ${actual} ≤ ${expected}`);
}

/** `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  assert(actual > expected, msg ?? `expected ${actual} > ${expected}`);
}

/** `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  assert(actual < expected, msg ?? `expected ${actual} < ${expected}`);
}

/** Throws when `actual` is null or undefined. */
export function assertExists<T>(
  actual: T,
  msg = `expected a value, it is ${actual}`,
): asserts actual is NonNullable<T> {
  assert(actual !== null && actual !== undefined, msg);
}

/** `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  assert(actual.includes(expected), msg ?? `expected "${actual}" to include "${expected}"`);
}

/** `expected` (a regular expression) matches `actual`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  assert(expected.test(actual), msg ?? `expected "${actual}" to match ${expected}`);
}

/** Every value of `expected` is among `actual`, by deep equality. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const same = (a: T, b: T): boolean => {
    try {
      assertStrict.deepStrictEqual(a, b);
      return true;
    } catch {
      return false;
    }
  };
  const missing = Array.from(expected).filter((e) => !Array.from(actual).some((a) => same(a, e)));
  assert(missing.length === 0, msg ?? `missing: ${JSON.stringify(missing)}`);
}

/** Every property of `expected` is in `actual` with an equal value, nested objects alike. */
export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  const pick = (a: unknown, e: unknown): unknown => {
    if (e === null || typeof e !== "object" || a === null || typeof a !== "object") return a;
    if (Array.isArray(e)) return Array.isArray(a) ? e.map((v, i) => pick(a[i], v)) : a;
    const from = a as Record<PropertyKey, unknown>;
    return Object.fromEntries(Object.entries(e).map(([k, v]) => [k, pick(from[k], v)]));
  };
  assertStrict.deepStrictEqual(pick(actual, expected), expected, msg as string);
}

type ErrorClass<E extends Error> = new (...args: never[]) => E;

function checkError<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
): E {
  assert(error instanceof Error, `expected an Error to be thrown, got ${error}`);
  if (errorClass) {
    assert(
      error instanceof errorClass,
      `expected ${errorClass.name}, got ${error.constructor.name}: ${error.message}`,
    );
  }
  if (includes !== undefined) assertStringIncludes(error.message, includes);
  return error as E;
}

/** `fn` throws; returns what it threw. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
): E {
  try {
    fn();
  } catch (error) {
    return checkError(error, errorClass, msgIncludes);
  }
  throw new AssertionError({ message: "expected the function to throw" });
}

/** The promise of `fn` rejects; resolves to what it rejected with. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkError(error, errorClass, msgIncludes);
  }
  throw new AssertionError({ message: "expected the promise to reject" });
}

/** Always throws. */
export function fail(msg = "failed"): never {
  throw new AssertionError({ message: msg });
}
