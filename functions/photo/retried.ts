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
      made ??= make();
      try {
        return await made;
      } catch (error) {
        made = undefined;
        throw error;
      }
    },
    got: () => made?.catch(() => undefined) ?? Promise.resolve(undefined),
  };
}
