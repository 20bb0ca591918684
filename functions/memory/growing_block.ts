/**
 * A block of codes that grows.
 *
 * @module
 */
import { type CodeBlock, DEAD } from "./code_block.ts";

const SMALLEST = 16;
/**
 * How much a block of so many rows grows at a time: the larger, the less, because a scan passes
 * over the rows that are not used yet, while copying is rare either way.
 */
function growthOf(rows: number): number {
  if (rows < 1024) return 2;
  return rows < 16_384 ? 1.25 : 1.0625;
}

/** A {@linkcode CodeBlock} whose arrays are replaced by larger ones until it is full. */
export class GrowingBlock implements CodeBlock {
  readonly dimension: number;
  readonly #most: number;
  capacity: number;
  count = 0;
  codes: Int8Array;
  scales: Float32Array;
  terms: Float32Array;
  largestScale = 0;
  largestOffset = 0;

  /**
   * @param dimension of the vectors
   * @param most rows
   */
  constructor(dimension: number, most: number) {
    this.dimension = dimension;
    this.#most = most;
    this.capacity = Math.min(SMALLEST, most);
    this.codes = new Int8Array(this.capacity * dimension);
    this.scales = new Float32Array(this.capacity);
    this.terms = new Float32Array(3 * this.capacity);
    this.terms.fill(DEAD, 2 * this.capacity);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.codes.byteLength + this.scales.byteLength + this.terms.byteLength;
  }

  /** Makes room for one row more and returns its number. */
  append(): number {
    if (this.count === this.capacity) this.#grow();
    return this.count++;
  }

  /** The arrays of this moment: growing later leaves them whole. */
  view(): CodeBlock {
    const { dimension, capacity, count, codes, scales, terms, largestScale, largestOffset } = this;
    return { dimension, capacity, count, codes, scales, terms, largestScale, largestOffset };
  }

  #grow(): void {
    const larger = Math.ceil(this.capacity * growthOf(this.capacity) / 16) * 16;
    const capacity = Math.min(this.#most, larger);
    const codes = new Int8Array(capacity * this.dimension);
    const terms = new Float32Array(3 * capacity).fill(DEAD, 2 * capacity);
    for (let i = 0; i < this.dimension; i++) {
      codes.set(this.codes.subarray(i * this.capacity, (i + 1) * this.capacity), i * capacity);
    }
    for (let i = 0; i < 3; i++) {
      terms.set(this.terms.subarray(i * this.capacity, (i + 1) * this.capacity), i * capacity);
    }
    const scales = new Float32Array(capacity);
    scales.set(this.scales);
    this.codes = codes;
    this.terms = terms;
    this.scales = scales;
    this.capacity = capacity;
  }
}
