/**
 * A memory table that lives as long as its process.
 *
 * @module
 */
import type { Memory, MemoryTable } from "../core/memory.ts";
import type { Document, VersionedDocument } from "../core/ledger.ts";
import { changeOf } from "./change_of.ts";
import type {
  Change,
  DocumentQuery,
  DocumentWrite,
  Head,
  RecordStore,
  VersionedHead,
  Write,
} from "./store.ts";
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

/** Revisions that the log keeps. */
const LOG = 256;

interface Life {
  records: Map<string, Memory>;
  photos: Map<string, Uint8Array>;
  log: Map<number, Change>;
  shelf: Map<string, Memory>;
  /** By collection and id. */
  documents: Map<string, Map<string, VersionedDocument>>;
}

function newLife(): Life {
  return {
    records: new Map(),
    photos: new Map(),
    log: new Map(),
    shelf: new Map(),
    documents: new Map(),
  };
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
    const life = this.#lives.get(lifeKey(space, generation));
    // That of a record on the shelf is kept, but not there to be seen.
    return Promise.resolve(life?.records.has(id) ? life.photos.get(id)?.slice() : undefined);
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

  shelved(space: string, generation: string, ids: readonly string[]) {
    const shelf = this.#lives.get(lifeKey(space, generation))?.shelf;
    return Promise.resolve(ids.map((id) => shelf?.get(id)));
  }

  async *scanShelf(space: string, generation: string) {
    await Promise.resolve();
    const life = this.#lives.get(lifeKey(space, generation));
    if (life !== undefined && life.shelf.size > 0) yield [...life.shelf.values()];
  }

  document(space: string, generation: string, collection: string, id: string) {
    const found = this.#lives.get(lifeKey(space, generation))?.documents.get(collection)?.get(id);
    return Promise.resolve(found && !this.#isOver(found) ? copyOf(found) : undefined);
  }

  documents(
    space: string,
    generation: string,
    collection: string,
    { limit, after = "", newest = false, before }: DocumentQuery,
  ) {
    const all = this.#lives.get(lifeKey(space, generation))?.documents.get(collection);
    const sorted = [...all?.values() ?? []]
      .filter((one) => one.id > after && (before === undefined || one.id < before))
      .filter((one) => !this.#isOver(one))
      .sort((a, b) => a.id < b.id ? -1 : 1);
    if (newest) sorted.reverse();
    return Promise.resolve(sorted.slice(0, limit).map(copyOf));
  }

  commit(space: string, write: Write) {
    const current = this.#heads.get(space);
    if (current?.version !== write.base?.version) return Promise.resolve(undefined);
    const { head } = write;
    const changes = write.documents ?? [];
    if (head !== null && !this.#holds(space, head.generation, changes)) {
      return Promise.resolve(undefined);
    }
    const version = String(++this.#versions);
    if (head === null) {
      this.#heads.delete(space);
    } else {
      this.#heads.set(space, { head, version });
      const key = lifeKey(space, head.generation);
      const life = this.#lives.get(key) ?? newLife();
      this.#lives.set(key, life);
      for (const id of write.shelve ?? []) move(id, life.records, life.shelf);
      for (const id of write.restore ?? []) move(id, life.shelf, life.records);
      for (const { memory, photo } of write.add ?? []) {
        life.records.set(memory.id, memory);
        if (photo !== undefined) life.photos.set(memory.id, photo.slice());
      }
      for (const { id } of write.remove ?? []) {
        life.records.delete(id);
        life.photos.delete(id);
      }
      for (const { id } of write.discard ?? []) {
        life.shelf.delete(id);
        life.photos.delete(id);
      }
      for (const memory of write.relabel ?? []) life.records.set(memory.id, memory);
      this.#set(life, changes);
      const change = changeOf(write);
      if (change !== undefined) life.log.set(head.revision, change);
      life.log.delete(head.revision - LOG);
    }
    if (write.ended !== undefined) this.#lives.delete(lifeKey(space, write.ended));
    // Nothing is on a disk: what is forgotten is gone.
    if (write.ended !== undefined || write.remove || write.discard || write.erases) {
      this.#erasedAt = new Date(this.#now()).toISOString();
    }
    return Promise.resolve(version);
  }

  keep(space: string, base: VersionedHead, changes: readonly DocumentWrite[]) {
    const { generation } = base.head;
    if (this.#heads.get(space)?.version !== base.version) return Promise.resolve(undefined);
    if (!this.#holds(space, generation, changes)) return Promise.resolve(undefined);
    const key = lifeKey(space, generation);
    const life = this.#lives.get(key) ?? newLife();
    this.#lives.set(key, life);
    return Promise.resolve(this.#set(life, changes));
  }

  #isOver({ expiresAt }: Document): boolean {
    return expiresAt !== undefined && Date.parse(expiresAt) <= this.#now();
  }

  /** Whether the documents are still of the versions that were decided on. */
  #holds(space: string, generation: string, changes: readonly DocumentWrite[]): boolean {
    const documents = this.#lives.get(lifeKey(space, generation))?.documents;
    return changes.every(({ collection, id, base }) => {
      if (base === undefined) return true;
      const there = documents?.get(collection)?.get(id);
      return (there && !this.#isOver(there) ? there.version : null) === base;
    });
  }

  /** @returns the version of all that was set */
  #set(life: Life, changes: readonly DocumentWrite[]): string {
    const version = String(++this.#versions);
    for (const { collection, id, document } of changes) {
      const all = life.documents.get(collection) ?? new Map<string, VersionedDocument>();
      life.documents.set(collection, all);
      if (document === undefined) all.delete(id);
      else all.set(id, copyOf({ id, ...document, version }));
    }
    return version;
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

/** Callers may change what they hand in and are handed. */
function copyOf<D extends Document>(document: D): D {
  return structuredClone(document);
}

function move(id: string, from: Map<string, Memory>, to: Map<string, Memory>): void {
  const memory = from.get(id);
  if (memory === undefined) return;
  from.delete(id);
  to.set(id, memory);
}

function lifeKey(space: string, generation: string): string {
  return `${generation} ${space}`;
}
