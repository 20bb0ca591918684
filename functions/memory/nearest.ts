/**
 * Exact nearest neighbours over compact codes.
 *
 * A vector-approximation scan in two steps (Weber, Schek and Blott, "A Quantitative Analysis and
 * Performance Study for Similarity-Search Methods in High-Dimensional Spaces", VLDB 1998, the
 * algorithm VA-NOA of section 4): score every row's upper bound from its codes, then compute exact
 * cosines in the order of the bounds until no bound that is left can reach the k-th best.
 *
 * @module
 */
import { clearRow, type CodeBlock, DEAD, encodeRow } from "./code_block.ts";
import { GrowingBlock } from "./growing_block.ts";
import type { Bounds, PreparedQuery, Scorer } from "./scorer.ts";

/** Most bytes of codes in one block: a block is copied when it grows and scored in one go. */
const BLOCK_BYTES = 16 * 1024 * 1024;
/**
 * Candidates asked for beyond the limit, and as many more by dimension: cosines of unlike vectors
 * crowd together as 1/√dimension while the bounds' errors do not shrink. Asking for more costs
 * little, a second scan doubles all.
 */
const SPARE = 32;
const SPARE_BY_DIMENSION = 1 / 6;
/** Exact vectors fetched at once. */
const BATCH = 32;

/** A candidate after its exact vector was looked at. */
export interface Exact<T> {
  readonly item: T;
  /** Cosine, −1 to 1. */
  readonly similarity: number;
}

/** A growing table of unit vectors of one model; each has a slot that names it until it is removed. */
export class NearestIndex {
  readonly dimension: number;
  readonly #rowsPerBlock: number;
  readonly #blocks: GrowingBlock[] = [];
  readonly #free: number[] = [];
  #size = 0;

  /**
   * @param dimension of the vectors, ≥ 1
   * @param blockBytes most bytes of codes in one block
   */
  constructor(dimension: number, blockBytes: number = BLOCK_BYTES) {
    this.dimension = dimension;
    this.#rowsPerBlock = Math.max(16, Math.floor(blockBytes / dimension / 16) * 16);
  }

  /** Vectors. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#blocks.reduce((sum, block) => sum + block.bytes, 0);
  }

  /** Bytes that one more vector takes at least. */
  static rowBytes(dimension: number): number {
    return dimension + 16;
  }

  /**
   * Adds a vector.
   *
   * @param vector [dimension], unit length
   * @returns its slot
   */
  add(vector: Float32Array): number {
    let slot = this.#free.pop();
    if (slot === undefined) {
      let last = this.#blocks.at(-1);
      if (last === undefined || last.count === this.#rowsPerBlock) {
        last = new GrowingBlock(this.dimension, this.#rowsPerBlock);
        this.#blocks.push(last);
      }
      slot = (this.#blocks.length - 1) * this.#rowsPerBlock + last.append();
    }
    const { block, row } = this.#at(slot);
    encodeRow(block, row, vector);
    this.#size++;
    return slot;
  }

  /** Removes a vector; its slot may then name another. */
  remove(slot: number): void {
    const { block, row } = this.#at(slot);
    // Rows stay where they are: a scan that is under way must not miss one that was moved.
    clearRow(block, row);
    this.#free.push(slot);
    this.#size--;
  }

  /**
   * The vectors with the highest cosine to `query`.
   *
   * @param query [dimension], unit length
   * @param limit how many, ≥ 1
   * @param scorer scores the codes
   * @param exact looks slots up and computes their cosines; undefined for one that is gone
   * @param before orders two items of the same similarity
   * @returns best first
   * @throws {RangeError} when the query has another dimension
   */
  async search<T>(
    query: Float32Array,
    limit: number,
    scorer: Scorer,
    exact: (slots: readonly number[]) => Promise<readonly (Exact<T> | undefined)[]>,
    before: (a: T, b: T) => number,
  ): Promise<Exact<T>[]> {
    if (query.length !== this.dimension) {
      throw new RangeError(
        `the embedding has ${query.length} dimensions, those of this model have ${this.dimension}`,
      );
    }
    const prepared = scorer.prepare(query);
    // The bounds hold for a query of length one; float32 makes it a little longer now and then.
    const slack = Math.max(0, length(query) - 1);
    const order = (a: Exact<T>, b: Exact<T>) =>
      b.similarity - a.similarity || before(a.item, b.item);
    let best: Exact<T>[] = [];
    const seen = new Set<number>();
    const spare = SPARE + Math.ceil(SPARE_BY_DIMENSION * this.dimension);
    for (let wanted = limit + spare;; wanted *= 8) {
      const { slots, bounds } = await this.#candidates(prepared, wanted);
      for (let at = 0; at < slots.length;) {
        const worst = best.length < limit ? -Infinity : best[limit - 1]!.similarity;
        const batch: number[] = [];
        let reachable = true;
        while (at < slots.length && batch.length < BATCH) {
          if (bounds[at]! + slack < worst) {
            reachable = false;
            break;
          }
          const slot = slots[at++]!;
          if (!seen.has(slot)) batch.push(slot);
        }
        if (batch.length > 0) {
          for (const slot of batch) seen.add(slot);
          const found = (await exact(batch)).filter((one) => one !== undefined);
          best = [...best, ...found].sort(order).slice(0, limit);
        }
        if (!reachable) return best;
      }
      if (slots.length < wanted) return best;
    }
  }

  /** The `wanted` slots with the highest bounds over all blocks, highest first. */
  async #candidates(
    prepared: PreparedQuery,
    wanted: number,
  ): Promise<{ slots: number[]; bounds: number[] }> {
    const parts: Bounds[] = await Promise.all(
      this.#blocks.map((block) => prepared.top(block.view(), wanted)),
    );
    const all: { slot: number; bound: number }[] = [];
    parts.forEach((part, b) => {
      for (let i = 0; i < part.rows.length; i++) {
        const bound = part.bounds[i]!;
        // A dead row that an engine returned because the block has too few live ones.
        if (bound <= DEAD / 2) continue;
        all.push({ slot: b * this.#rowsPerBlock + part.rows[i]!, bound });
      }
    });
    if (parts.length > 1) all.sort((a, b) => b.bound - a.bound);
    all.length = Math.min(all.length, wanted);
    return { slots: all.map((one) => one.slot), bounds: all.map((one) => one.bound) };
  }

  #at(slot: number): { block: CodeBlock; row: number } {
    const block = this.#blocks[Math.floor(slot / this.#rowsPerBlock)];
    if (block === undefined) throw new RangeError(`no slot ${slot} in a table of ${this.#size}`);
    return { block, row: slot % this.#rowsPerBlock };
  }
}

function length(vector: Float32Array): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  return Math.sqrt(squares);
}
