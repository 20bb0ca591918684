/**
 * Keeps the k best of a stream.
 *
 * @module
 */

/** A bounded min-heap of (row, score). */
export class TopHeap {
  readonly #limit: number;
  readonly #rows: Int32Array;
  readonly #scores: Float64Array;
  #size = 0;

  /** @param limit how many to keep, ≥ 0 */
  constructor(limit: number) {
    this.#limit = limit;
    this.#rows = new Int32Array(limit);
    this.#scores = new Float64Array(limit);
  }

  /** Takes a row in when it is among the best so far. */
  offer(row: number, score: number): void {
    if (this.#size < this.#limit) {
      this.#rise(this.#size++, row, score);
    } else if (this.#limit > 0 && score > this.#scores[0]!) {
      this.#sink(row, score);
    }
  }

  /** All that was kept, best first; empties the heap. */
  drain(): { rows: Int32Array; bounds: Float64Array } {
    const rows = new Int32Array(this.#size);
    const bounds = new Float64Array(this.#size);
    while (this.#size > 0) {
      rows[this.#size - 1] = this.#rows[0]!;
      bounds[this.#size - 1] = this.#scores[0]!;
      this.#size--;
      if (this.#size > 0) this.#sink(this.#rows[this.#size]!, this.#scores[this.#size]!);
    }
    return { rows, bounds };
  }

  #rise(start: number, row: number, score: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#scores[parent]! <= score) break;
      this.#rows[at] = this.#rows[parent]!;
      this.#scores[at] = this.#scores[parent]!;
      at = parent;
    }
    this.#rows[at] = row;
    this.#scores[at] = score;
  }

  #sink(row: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#scores[child + 1]! < this.#scores[child]!) child++;
      if (this.#scores[child]! >= score) break;
      this.#rows[at] = this.#rows[child]!;
      this.#scores[at] = this.#scores[child]!;
      at = child;
    }
    this.#rows[at] = row;
    this.#scores[at] = score;
  }
}
