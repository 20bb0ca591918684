/**
 * Batches of rows in a seeded order.
 *
 * @module
 */
import { createRandom, draw } from "../eval/random.ts";

/** Rows and what they are called. */
export interface Examples {
  /** [n, features] row-major. */
  readonly features: Float32Array;
  /** Class of each row, [n]. */
  readonly labels: Int32Array;
}

/** How an epoch is cut. */
export interface BatchOptions {
  /** Rows of a batch; the last may have fewer. */
  readonly size: number;
  /** How many classes. */
  readonly classes: number;
  /** Share of the inputs that are set to zero, the others raised to make up for it. */
  readonly dropout: number;
  /** Of this epoch alone, so that training can be taken up at any of them. */
  readonly seed: number;
}

/** A batch. */
export interface Batch {
  /** Indices of the rows. */
  readonly rows: readonly number[];
  /** [rows, features] */
  readonly x: Float32Array;
  /** One-hot, [rows, classes]. */
  readonly y: Float32Array;
}

/** A seed of its own for each epoch of a run. */
export function epochSeed(seed: number, epoch: number): number {
  return (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(epoch + 1, 0x85ebca6b)) >>> 0;
}

/** Each row once, in the seed's order. */
export function* batches(
  { features, labels }: Examples,
  { size, classes, dropout, seed }: BatchOptions,
): Generator<Batch> {
  const random = createRandom(seed);
  const n = labels.length;
  const width = features.length / n;
  const order = draw(Array.from({ length: n }, (_, i) => i), n, random);
  const raise = 1 / (1 - dropout);
  for (let at = 0; at < n; at += size) {
    const rows = order.slice(at, at + size);
    const x = new Float32Array(rows.length * width);
    const y = new Float32Array(rows.length * classes);
    rows.forEach((row, i) => {
      y[i * classes + labels[row]!] = 1;
      for (let d = 0; d < width; d++) {
        if (dropout > 0 && random() < dropout) continue;
        x[i * width + d] = features[row * width + d]! * raise;
      }
    });
    yield { rows, x, y };
  }
}
