/**
 * How alike two descriptors are.
 *
 * @module
 */

/** Cosine of the angle between two vectors of equal length, −1 to 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i]! * b[i]!;
    ofA += a[i]! ** 2;
    ofB += b[i]! ** 2;
  }
  return both / Math.sqrt(ofA * ofB);
}

/** Euclidean distance of two vectors of equal length, negated: higher is more alike. */
export function nearness(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return -Math.sqrt(sum);
}
