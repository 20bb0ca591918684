/**
 * Scores codes in a plain loop: the fewest moving parts, best for small tables, and the way where
 * an engine would copy the table on each run.
 *
 * @module
 */
import { type CodeBlock, DEAD } from "./code_block.ts";
import type { Bounds, Scorer } from "./scorer.ts";
import { TopHeap } from "./top_heap.ts";

/** Makes a scorer that needs no engine. */
export function createLoopScorer(): Scorer {
  return {
    prepare(query) {
      let sum = 0;
      for (const q of query) sum += q;
      return {
        slack: 0,
        top: (block, k) => Promise.resolve(topOf(block, query, sum, k)),
      };
    },
    close: () => Promise.resolve(),
  };
}

function topOf(block: CodeBlock, query: Float32Array, sum: number, k: number): Bounds {
  const { dimension, count, codes, scales, offsets, errors } = block;
  const heap = new TopHeap(Math.min(k, count));
  const whole = dimension - dimension % 4;
  for (let row = 0, at = 0; row < count; row++, at += dimension) {
    const error = errors[row]!;
    if (error === DEAD) continue;
    // Four sums keep the processor's adders busy; indices below are within the arrays by construction.
    let a = 0, b = 0, c = 0, d = 0;
    let i = 0;
    for (; i < whole; i += 4) {
      a += query[i]! * codes[at + i]!;
      b += query[i + 1]! * codes[at + i + 1]!;
      c += query[i + 2]! * codes[at + i + 2]!;
      d += query[i + 3]! * codes[at + i + 3]!;
    }
    for (; i < dimension; i++) a += query[i]! * codes[at + i]!;
    heap.offer(row, scales[row]! * (a + b + c + d) + offsets[row]! * sum + error);
  }
  return heap.drain();
}
