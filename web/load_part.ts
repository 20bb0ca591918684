/**
 * Loads a part of the page that is not there from the start.
 *
 * @module
 */

/** A file of the page that did not come. */
export class UnloadedPartError extends Error {
  override name = "UnloadedPartError";
}

/**
 * Waits for a part.
 *
 * @param part what `import()` gives
 * @throws {UnloadedPartError} when it does not come
 */
export async function loadPart<T>(part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (cause) {
    throw new UnloadedPartError("a part of the page could not be loaded", { cause });
  }
}
