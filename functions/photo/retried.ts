/**
 * Opening on first use.
 *
 * @module
 */

/** What is made when it is first asked for. */
export interface Retried<T> {
  /** @throws whatever making it throws */
  get(): Promise<T>;
  /** What was made so far, if it could be. */
  got(): Promise<T | undefined>;
}

/** What is made when it is first asked for; what failed, for want of memory, is tried again. */
export function createRetried<T>(make: () => Promise<T>): Retried<T> {
  let made: Promise<T> | undefined;
  return {
    async get(): Promise<T> {
      const mine = made ??= make();
      try {
        return await mine;
      } catch (error) {
        // Somebody else may have begun anew meanwhile.
        if (made === mine) made = undefined;
        throw error;
      }
    },
    got: () => made?.catch(() => undefined) ?? Promise.resolve(undefined),
  };
}
