/**
 * Records that were read lately.
 *
 * @module
 */
import type { Memory } from "../core/memory.ts";

/** Least-recently-used records within a budget of bytes. */
export class RecordCache {
  readonly #budget: number;
  readonly #records = new Map<string, Memory>();
  #bytes = 0;

  /** @param budget in bytes, ≥ 0 */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get(key: string): Memory | undefined {
    const memory = this.#records.get(key);
    if (memory === undefined) return undefined;
    this.#records.delete(key);
    this.#records.set(key, memory);
    return memory;
  }

  set(key: string, memory: Memory): void {
    this.delete(key);
    this.#records.set(key, memory);
    this.#bytes += sizeOf(memory);
    for (const oldest of this.#records.keys()) {
      if (this.#bytes <= this.#budget) break;
      this.delete(oldest);
    }
  }

  clear(): void {
    this.#records.clear();
    this.#bytes = 0;
  }

  delete(key: string): void {
    const memory = this.#records.get(key);
    if (memory === undefined) return;
    this.#records.delete(key);
    this.#bytes -= sizeOf(memory);
  }
}

/** Bytes a record takes, roughly: its embedding and some strings. */
function sizeOf(memory: Memory): number {
  return memory.embedding.byteLength + 1000;
}
