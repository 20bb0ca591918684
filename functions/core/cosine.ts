/**
 * How alike two unit vectors are.
 *
 * @module
 */

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
