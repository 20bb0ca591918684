/**
 * The part of `node:assert/strict` that `assert.ts` uses, for a browser.
 *
 * @module
 */
import { dequal } from "dequal";

/** What a failed assertion throws. */
export class AssertionError extends Error {
  override name = "AssertionError";

  constructor({ message }: { readonly message: string }) {
    super(message);
  }
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new AssertionError({ message });
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 500);
}

export default {
  deepStrictEqual(actual: unknown, expected: unknown, message?: string): void {
    check(dequal(actual, expected), message ?? `${shown(actual)} is not ${shown(expected)}`);
  },
  notDeepStrictEqual(actual: unknown, expected: unknown, message?: string): void {
    check(!dequal(actual, expected), message ?? `${shown(actual)} should be something else`);
  },
  strictEqual(actual: unknown, expected: unknown, message?: string): void {
    check(Object.is(actual, expected), message ?? `${shown(actual)} is not ${shown(expected)}`);
  },
};
