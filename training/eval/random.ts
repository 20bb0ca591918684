/**
 * Seeded chance, so that an evaluation draws the same photos every time.
 *
 * @module
 */

/**
 * A generator of numbers in [0, 1): mulberry32 (T. Ettinger), 32 bits of state.
 *
 * @example
 * ```ts
 * import { createRandom } from "./random.ts";
 *
 * console.assert(createRandom(1)() === createRandom(1)());
 * ```
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws `count` different items, in drawn order (Fisher–Yates); all of them when there are fewer. */
export function draw<T>(items: readonly T[], count: number, random: () => number): T[] {
  const pool = [...items];
  const most = Math.min(count, pool.length);
  for (let i = 0; i < most; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, most);
}
