/**
 * Seeded normal numbers.
 *
 * @module
 */

/**
 * Draws from N(0, 1) by the polar method of Box & Muller (G. Marsaglia).
 *
 * @param random uniform in [0, 1), see `createRandom`
 */
export function gaussian(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * random() - 1, y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt(-2 * Math.log(square) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}
