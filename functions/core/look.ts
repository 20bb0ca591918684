/**
 * The look of a photo: the unit vector that memories of things are compared by.
 *
 * @module
 */

/**
 * Turns pooled features into a descriptor: element-wise square root, then unit length.
 *
 * Pooled ReLU features are bursty: a few channels dominate a plain cosine. The square root
 * (Hellinger kernel; Arandjelović & Zisserman 2012, "Three things everyone should know to improve
 * object retrieval", §3, RootSIFT) evens them out without touching the graph.
 *
 * @param embedding pooled features, each ≥ 0
 * @returns a vector of the same dimension with Euclidean length 1, or all zeros for an all-zero one
 *
 * @example
 * ```ts
 * import { lookOf } from "./look.ts";
 *
 * console.assert(Math.hypot(...lookOf(Float32Array.of(1, 4, 4))) - 1 < 1e-6);
 * ```
 */
export function lookOf(embedding: Float32Array): Float32Array {
  const look = new Float32Array(embedding.length);
  let sum = 0;
  for (let i = 0; i < embedding.length; i++) {
    const value = Math.max(0, embedding[i]!);
    look[i] = Math.sqrt(value);
    sum += value;
  }
  if (sum > 0) {
    const scale = 1 / Math.sqrt(sum);
    for (let i = 0; i < look.length; i++) look[i]! *= scale;
  }
  return look;
}

/**
 * Cosine of two unit vectors.
 *
 * @throws {RangeError} when their dimensions differ
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new RangeError(`vectors of one dimension are compared, got ${a.length} and ${b.length}`);
  }
  // Four sums side by side: one alone would wait for each addition before the next.
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const whole = a.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + s2 + s3;
}
