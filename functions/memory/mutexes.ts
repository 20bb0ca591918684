/**
 * One thing at a time by name.
 *
 * @module
 */

/** Runs what is given under the same name one after the other, in order. */
export class Mutexes {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `fn` when everything before it under `name` has settled. */
  async run<T>(name: string, fn: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name);
    const turn = (async () => {
      await before;
      return await fn();
    })();
    // A failure is its caller's affair, not that of the next in line.
    const settled = turn.then(() => {}, () => {});
    this.#tails.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#tails.get(name) === settled) this.#tails.delete(name);
    }
  }

  /** Resolves when nothing is running. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
