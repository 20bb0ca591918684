/**
 * What the memory table refuses before it does anything.
 *
 * @module
 */
import type { NewMemory } from "../core/memory.ts";

/** @throws {RangeError} unless all of an example is as the table's interface says */
export function checkMemory(memory: NewMemory): void {
  checkLabel(memory.label);
  checkHash(memory.bytes);
  if (memory.fingerprint !== null) checkHash(memory.fingerprint);
  checkUnit(memory.embedding);
  if (memory.createdAt !== undefined) {
    const time = Date.parse(memory.createdAt);
    if (!(time >= 0)) {
      throw new RangeError(
        `createdAt is "${memory.createdAt}", expected a time in ISO 8601, not before 1970`,
      );
    }
  }
}

/** @throws {RangeError} unless a label has 1 to 200 characters */
export function checkLabel(label: string): void {
  const characters = [...label].length;
  if (characters < 1 || characters > 200) {
    throw new RangeError(`the label has ${characters} characters, expected 1 to 200`);
  }
}

/** @throws {RangeError} unless a hash is 64 lower-case hexadecimal digits */
export function checkHash(hash: string): void {
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    throw new RangeError(
      `the hash has ${hash.length} characters, expected 64 lower-case hexadecimal digits`,
    );
  }
}

/** @throws {RangeError} unless an embedding is of length one */
export function checkUnit(embedding: Float32Array): void {
  let squares = 0;
  for (const x of embedding) squares += x * x;
  if (!(Math.abs(Math.sqrt(squares) - 1) < 1e-3)) {
    throw new RangeError(`the embedding has length ${Math.sqrt(squares)}, expected 1`);
  }
}

/** @throws {RangeError} unless a limit is a whole number from 1 to `most` */
export function checkLimit(limit: number, most: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw new RangeError(`the limit is ${limit}, expected a whole number from 1 to ${most}`);
  }
}
