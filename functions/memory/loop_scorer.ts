/**
 * Scores codes in a plain loop: the fewest moving parts, best for small tables, and the way where
 * an engine would copy the table on each run.
 *
 * @module
 */
import { type CodeBlock, DEAD } from "./code_block.ts";
import type { Bounds, Scorer } from "./scorer.ts";
import { TopHeap } from "./top_heap.ts";

/** Rounding of the stored terms to float32, for sums of the size that unit vectors give. */
const ROUNDING = 4e-6;

/** Makes a scorer that needs no engine. */
export function createLoopScorer(): Scorer {
  return {
    prepare(query) {
      return { top: (block, k) => Promise.resolve(topOf(block, query, k)) };
    },
    close: () => Promise.resolve(),
  };
}

function topOf(block: CodeBlock, query: Float32Array, k: number): Bounds {
  const { dimension, capacity, count, codes, scales, terms } = block;
  const sums = new Float64Array(count);
  let total = 0;
  for (const q of query) total += q;
  // Eight columns at a time, so that the sums are written once for eight products.
  const whole = dimension - dimension % 8;
  for (let i = 0; i < whole; i += 8) {
    const a = query[i]!, b = query[i + 1]!, c = query[i + 2]!, d = query[i + 3]!;
    const e = query[i + 4]!, f = query[i + 5]!, g = query[i + 6]!, h = query[i + 7]!;
    const o = i * capacity;
    const p = o + capacity, q = p + capacity, r = q + capacity, s = r + capacity;
    const t = s + capacity, u = t + capacity, v = u + capacity;
    for (let row = 0; row < count; row++) {
      sums[row]! += ((a * codes[o + row]! + b * codes[p + row]!) +
        (c * codes[q + row]! + d * codes[r + row]!)) +
        ((e * codes[s + row]! + f * codes[t + row]!) +
          (g * codes[u + row]! + h * codes[v + row]!));
    }
  }
  for (let i = whole; i < dimension; i++) {
    const a = query[i]!;
    for (let row = 0, at = i * capacity; row < count; row++) sums[row]! += a * codes[at + row]!;
  }
  const heap = new TopHeap(Math.min(k, count));
  for (let row = 0; row < count; row++) {
    const error = terms[2 * capacity + row]!;
    if (error === DEAD) continue;
    heap.offer(
      row,
      scales[row]! * sums[row]! + terms[capacity + row]! * total + error + ROUNDING,
    );
  }
  return heap.drain();
}
