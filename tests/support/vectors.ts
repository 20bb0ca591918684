/**
 * Vectors that are the same in every run.
 *
 * @module
 */

export { createRandom as seeded } from "../../training/eval/random.ts";

/** Makes a vector unit length, in place. */
export function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const length = Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}

/** A random unit vector, spread evenly over all directions by and large. */
export function randomUnit(dimension: number, random: () => number): Float32Array {
  const vector = new Float32Array(dimension);
  // The sum of three uniform numbers is near enough to a normal one.
  for (let i = 0; i < dimension; i++) vector[i] = random() + random() + random() - 1.5;
  return unit(vector);
}

/** A unit vector near another: `noise` times a random one is added. */
export function near(vector: Float32Array, noise: number, random: () => number): Float32Array {
  const other = randomUnit(vector.length, random);
  return unit(vector.map((x, i) => x + noise * other[i]!));
}

/** The cosine of two unit vectors, summed in float64. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
