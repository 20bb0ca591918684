/**
 * Checks what a graph takes and gives.
 *
 * @module
 */

/**
 * Whether a graph's inputs, or outputs, are those that the manifest says, in whatever order.
 *
 * @param what "inputs" or "outputs", for the message
 * @throws {TypeError} when one is missing or there are others
 */
export function checkNames(
  what: string,
  expected: readonly string[],
  got: readonly string[],
): void {
  const missing = expected.filter((name) => !got.includes(name));
  if (missing.length > 0 || expected.length !== got.length) {
    throw new TypeError(
      `Expected the model's ${what} to be ${expected.join(", ")}, got ${got.join(", ")}`,
    );
  }
}
