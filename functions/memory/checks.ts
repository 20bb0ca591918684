/**
 * What the memory table refuses before it does anything.
 *
 * @module
 */
import type { Actor, DocumentChange } from "../core/ledger.ts";
import type { NewMemory } from "../core/memory.ts";
import { weigh } from "../core/weigh.ts";

/** Most bytes of a document, with its tags. */
const DOCUMENT_BYTES = 60_000;
/** Most bytes of all documents that change together: a store takes but so much in one write. */
const DOCUMENTS_BYTES = 600_000;
/** Most documents of one decision: a store checks but so many versions in one write. */
const MOST_DOCUMENTS = 60;

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

/** @throws {RangeError} unless somebody is named, in 1 to 100 characters, and the reason has at most 500 */
export function checkActor({ by, why = "" }: Actor): void {
  if (by.length < 1 || by.length > 100) {
    throw new RangeError(`the actor's name has ${by.length} characters, expected 1 to 100`);
  }
  if (why.length > 500) {
    throw new RangeError(`the reason has ${why.length} characters, expected at most 500`);
  }
}

/** @throws {RangeError} unless what a decision changed can be told in one value of a store */
export function checkEvent(event: object): void {
  const bytes = weigh(event);
  if (bytes <= DOCUMENT_BYTES) return;
  throw new RangeError(
    `the decision changes ${bytes} bytes of documents, expected at most ${DOCUMENT_BYTES}`,
  );
}

/** @throws {RangeError} unless documents are few and small enough for one write */
export function checkDocuments(changes: readonly DocumentChange[]): void {
  if (changes.length > MOST_DOCUMENTS) {
    throw new RangeError(
      `${changes.length} documents change together, expected at most ${MOST_DOCUMENTS}`,
    );
  }
  let sum = 0;
  for (const { collection, id, document } of changes) {
    if (id.length < 1 || id.length > 64) {
      throw new RangeError(`the ${collection}'s id has ${id.length} characters, expected 1 to 64`);
    }
    const bytes = weigh(document);
    sum += bytes;
    if (bytes > DOCUMENT_BYTES) {
      throw new RangeError(
        `the ${collection} ${id} takes ${bytes} bytes, expected at most ${DOCUMENT_BYTES}`,
      );
    }
  }
  if (sum > DOCUMENTS_BYTES) {
    throw new RangeError(
      `the documents take ${sum} bytes together, expected at most ${DOCUMENTS_BYTES}`,
    );
  }
}
