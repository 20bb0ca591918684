/**
 * A memory table that lives as long as its process.
 *
 * @module
 */
import type { Memory, MemoryTable } from "../core/memory.ts";
import type { Change, Head, RecordStore, Write } from "./store.ts";
import { createTable, type TableOptions } from "./table.ts";

/**
 * Makes a table that keeps nothing beyond its process.
 *
 * @param options budget, scorer and clock
 *
 * @example
 * ```ts
 * import { createInProcessTable } from "./in_process.ts";
 *
 * const table = createInProcessTable();
 * const state = await table.space("default"); // undefined: nobody has taught in it
 * await table.close();
 * ```
 */
export function createInProcessTable(options: TableOptions = {}): MemoryTable {
  return createTable(new MapStore(options.now ?? Date.now), options);
}

interface Life {
  records: Map<string, Memory>;
  photos: Map<string, Uint8Array>;
  log: Map<number, Change>;
}

/** Records in maps. */
class MapStore implements RecordStore {
  readonly #now: () => number;
  readonly #heads = new Map<string, { head: Head; version: string }>();
  readonly #lives = new Map<string, Life>();
  #erasedAt: string;
  #versions = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#erasedAt = new Date(now()).toISOString();
  }

  maxRemovals(): number {
    return Infinity;
  }

  head(space: string) {
    return Promise.resolve(this.#heads.get(space));
  }

  async *scan(space: string, generation: string) {
    await Promise.resolve();
    const life = this.#lives.get(lifeKey(space, generation));
    if (life !== undefined) yield [...life.records.values()];
  }

  read(space: string, generation: string, ids: readonly string[]) {
    const life = this.#lives.get(lifeKey(space, generation));
    return Promise.resolve(ids.map((id) => life?.records.get(id)));
  }

  photo(space: string, generation: string, id: string) {
    return Promise.resolve(this.#lives.get(lifeKey(space, generation))?.photos.get(id)?.slice());
  }

  changes(space: string, generation: string, from: number, to: number) {
    const log = this.#lives.get(lifeKey(space, generation))?.log;
    const changes: Change[] = [];
    for (let revision = from + 1; revision <= to; revision++) {
      const change = log?.get(revision);
      if (change === undefined) return Promise.resolve(undefined);
      changes.push(change);
    }
    return Promise.resolve(changes);
  }

  commit(space: string, write: Write) {
    const current = this.#heads.get(space);
    if (current?.version !== write.base?.version) return Promise.resolve(undefined);
    const { head } = write;
    const version = String(++this.#versions);
    if (head === null) {
      this.#heads.delete(space);
    } else {
      this.#heads.set(space, { head, version });
      const key = lifeKey(space, head.generation);
      const life = this.#lives.get(key) ??
        { records: new Map(), photos: new Map(), log: new Map() };
      this.#lives.set(key, life);
      for (const { memory, photo } of write.add ?? []) {
        life.records.set(memory.id, memory);
        if (photo !== undefined) life.photos.set(memory.id, photo.slice());
      }
      for (const { id } of write.remove ?? []) {
        life.records.delete(id);
        life.photos.delete(id);
      }
      if (write.relabel !== undefined) life.records.set(write.relabel.id, write.relabel);
    }
    if (write.ended !== undefined) this.#lives.delete(lifeKey(space, write.ended));
    // Nothing is on a disk: what is forgotten is gone.
    if (write.ended !== undefined || write.remove || write.relabel) {
      this.#erasedAt = new Date(this.#now()).toISOString();
    }
    return Promise.resolve(version);
  }

  async *spaces() {
    await Promise.resolve();
    for (const [space, head] of [...this.#heads]) yield { space, head };
  }

  erasure() {
    return Promise.resolve({ erasedAt: this.#erasedAt, verifiable: true });
  }

  tidy() {
    return Promise.resolve();
  }

  ping() {
    return Promise.resolve();
  }

  close() {
    this.#heads.clear();
    this.#lives.clear();
    return Promise.resolve();
  }
}

function lifeKey(space: string, generation: string): string {
  return `${generation} ${space}`;
}
