/**
 * Records in a browser's IndexedDB: every write is one transaction, so that it is there whole or not
 * at all, whichever tab made it.
 *
 * @module
 */
import { CapacityError } from "../../functions/core/errors.ts";
import type { VersionedDocument } from "../../functions/core/ledger.ts";
import type { Erasure, Memory } from "../../functions/core/memory.ts";
import { changeOf } from "../../functions/memory/change_of.ts";
import type {
  Change,
  DocumentQuery,
  DocumentWrite,
  RecordStore,
  VersionedHead,
  Write,
} from "../../functions/memory/store.ts";

/** Raised when the stores below change. */
const FORMAT = 1;
/** What is kept apart, each by space, life of the space, and id. Heads are by space alone. */
const STORES = ["heads", "records", "shelf", "photos", "documents", "log", "marks"] as const;
/** What a life of a space leaves. */
const OF_LIFE = ["records", "shelf", "photos", "documents", "log"] as const;
/** Revisions that the log keeps. */
const LOG = 256;
/** Records read at once. */
const BATCH = 200;
/** Where it is noted that something was forgotten. */
const FORGOTTEN = "forgotten";
/** Where it is noted when the database came to be. */
const OPENED = "opened";

type StoreName = typeof STORES[number];

/** How the store is opened. */
export interface IndexedDbOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Opens a database, or makes it.
 *
 * @param name of the database, on this page's origin
 * @throws {DOMException} where the browser keeps nothing for this page
 */
export async function openIndexedDbStore(
  name: string,
  { now = Date.now }: IndexedDbOptions = {},
): Promise<RecordStore> {
  const opening = indexedDB.open(name, FORMAT);
  opening.onupgradeneeded = () => {
    for (const store of STORES) opening.result.createObjectStore(store);
  };
  const database = await done(opening);
  // Another tab deletes the database, or has a later version of this page.
  database.onversionchange = () => database.close();
  const store = new IndexedDbStore(database, now);
  await store.begin();
  return store;
}

/** The stores of one transaction, as promises. */
class Transaction {
  readonly #of: IDBTransaction;
  readonly #ended: Promise<void>;

  constructor(of: IDBTransaction) {
    this.#of = of;
    this.#ended = new Promise((resolve, reject) => {
      of.oncomplete = () => resolve();
      of.onabort = () => reject(of.error ?? new DOMException("aborted", "AbortError"));
    });
    // Whoever does not wait for the end is told by what was asked.
    this.#ended.catch(() => {});
  }

  get<T>(store: StoreName, key: IDBValidKey): Promise<T | undefined> {
    return done(this.#of.objectStore(store).get(key));
  }

  getAll<T>(store: StoreName, range: IDBKeyRange | null, limit?: number): Promise<T[]> {
    return done(this.#of.objectStore(store).getAll(range, limit));
  }

  set(store: StoreName, key: IDBValidKey, value: unknown): void {
    this.#of.objectStore(store).put(value, key);
  }

  delete(store: StoreName, key: IDBValidKey | IDBKeyRange): void {
    this.#of.objectStore(store).delete(key);
  }

  store(name: StoreName): IDBObjectStore {
    return this.#of.objectStore(name);
  }

  /** Resolves when all of it is there. @throws {CapacityError} when the browser has no room for it */
  async end(): Promise<void> {
    this.#of.commit();
    try {
      await this.#ended;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      throw new CapacityError(
        "the browser has no room left for this page: forget some, or free some of the device's",
      );
    }
  }

  /** Leaves everything as it was. */
  abort(): void {
    this.#of.abort();
  }
}

class IndexedDbStore implements RecordStore {
  readonly #database: IDBDatabase;
  readonly #now: () => number;

  constructor(database: IDBDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  async begin(): Promise<void> {
    const write = this.#writing(["marks"]);
    if (await write.get("marks", OPENED) === undefined) {
      write.set("marks", OPENED, new Date(this.#now()).toISOString());
    }
    await write.end();
    await this.tidy();
  }

  maxRemovals(): number {
    return Infinity;
  }

  async head(space: string): Promise<VersionedHead | undefined> {
    return await this.#reading(["heads"]).get("heads", space);
  }

  scan(space: string, generation: string) {
    return this.#batches("records", space, generation);
  }

  scanShelf(space: string, generation: string) {
    return this.#batches("shelf", space, generation);
  }

  read(space: string, generation: string, ids: readonly string[]) {
    return this.#several("records", space, generation, ids);
  }

  shelved(space: string, generation: string, ids: readonly string[]) {
    return this.#several("shelf", space, generation, ids);
  }

  async photo(space: string, generation: string, id: string): Promise<Uint8Array | undefined> {
    const key = [space, generation, id];
    const reading = this.#reading(["records", "photos"]);
    // That of a record on the shelf is kept, but not there to be seen.
    const [record, photo] = await Promise.all([
      reading.get("records", key),
      reading.get<Uint8Array>("photos", key),
    ]);
    return record === undefined ? undefined : photo;
  }

  async changes(space: string, generation: string, from: number, to: number) {
    if (to <= from) return [];
    const range = IDBKeyRange.bound([space, generation, from + 1], [space, generation, to]);
    const changes = await this.#reading(["log"]).getAll<Change>("log", range);
    return changes.length === to - from ? changes : undefined;
  }

  async document(space: string, generation: string, collection: string, id: string) {
    const key = [space, generation, collection, id];
    const found = await this.#reading(["documents"]).get<VersionedDocument>("documents", key);
    return found && !this.#isOver(found) ? found : undefined;
  }

  async documents(
    space: string,
    generation: string,
    collection: string,
    { limit, after, newest = false, before }: DocumentQuery,
  ) {
    const all = [space, generation, collection];
    const range = IDBKeyRange.bound(
      [...all, after ?? ""],
      [...all, before ?? []],
      after !== undefined,
      before !== undefined,
    );
    const found: VersionedDocument[] = [];
    const asked = this.#reading(["documents"]).store("documents")
      .openCursor(range, newest ? "prev" : "next");
    await new Promise<void>((resolve, reject) => {
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (cursor === null || found.length >= limit) return resolve();
        if (!this.#isOver(cursor.value)) found.push(cursor.value);
        cursor.continue();
      };
    });
    return found;
  }

  async commit(space: string, write: Write): Promise<string | undefined> {
    const { base, head, documents = [], ended } = write;
    const writing = this.#writing(STORES);
    const current = await writing.get<VersionedHead>("heads", space);
    const holds = current?.version === base?.version &&
      (head === null || await this.#holds(writing, space, head.generation, documents));
    if (!holds) {
      writing.abort();
      return undefined;
    }
    const version = crypto.randomUUID();
    if (head === null) {
      writing.delete("heads", space);
    } else {
      writing.set("heads", space, { head, version });
      await this.#apply(writing, [space, head.generation], write);
      this.#set(writing, space, head.generation, documents, version);
      const change = changeOf(write);
      if (change !== undefined) writing.set("log", [space, head.generation, head.revision], change);
      writing.delete("log", [space, head.generation, head.revision - LOG]);
    }
    if (ended !== undefined) {
      for (const store of OF_LIFE) writing.delete(store, below([space, ended]));
    }
    const { remove = [], discard = [], erases = false } = write;
    if (ended !== undefined || erases || remove.length + discard.length > 0) {
      writing.set("marks", FORGOTTEN, true);
    }
    await writing.end();
    return head === null ? "" : version;
  }

  async keep(space: string, base: VersionedHead, documents: readonly DocumentWrite[]) {
    const { generation } = base.head;
    const writing = this.#writing(["heads", "documents"]);
    const current = await writing.get<VersionedHead>("heads", space);
    const holds = current?.version === base.version &&
      await this.#holds(writing, space, generation, documents);
    if (!holds) {
      writing.abort();
      return undefined;
    }
    const version = crypto.randomUUID();
    this.#set(writing, space, generation, documents, version);
    await writing.end();
    return version;
  }

  async *spaces() {
    const reading = this.#reading(["heads"]);
    const [spaces, heads] = await Promise.all([
      done(reading.store("heads").getAllKeys()),
      reading.getAll<VersionedHead>("heads", null),
    ]);
    for (const [i, head] of heads.entries()) yield { space: String(spaces[i]), head };
  }

  /** What the browser does with its files nobody can look into. */
  async erasure(): Promise<Erasure> {
    const reading = this.#reading(["marks"]);
    const [forgotten, opened] = await Promise.all([
      reading.get<boolean>("marks", FORGOTTEN),
      reading.get<string>("marks", OPENED),
    ]);
    return { erasedAt: forgotten ? null : opened ?? null, verifiable: false };
  }

  /** Drops documents whose time is over. */
  async tidy(): Promise<void> {
    const writing = this.#writing(["documents"]);
    const asked = writing.store("documents").openCursor();
    await new Promise<void>((resolve, reject) => {
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (cursor === null) return resolve();
        if (this.#isOver(cursor.value)) cursor.delete();
        cursor.continue();
      };
    });
    await writing.end();
  }

  async ping(): Promise<void> {
    await this.#reading(["marks"]).get("marks", OPENED);
  }

  close(): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }

  #reading(stores: readonly StoreName[]): Transaction {
    return new Transaction(this.#database.transaction([...stores], "readonly"));
  }

  #writing(stores: readonly StoreName[]): Transaction {
    // Told to be there only when it is on the disk.
    return new Transaction(
      this.#database.transaction([...stores], "readwrite", { durability: "strict" }),
    );
  }

  async #several(
    store: "records" | "shelf",
    space: string,
    generation: string,
    ids: readonly string[],
  ): Promise<readonly (Memory | undefined)[]> {
    if (ids.length === 0) return [];
    const reading = this.#reading([store]);
    return await Promise.all(ids.map((id) => reading.get<Memory>(store, [space, generation, id])));
  }

  async *#batches(store: "records" | "shelf", space: string, generation: string) {
    for (let after = "";;) {
      const range = IDBKeyRange.bound(
        [space, generation, after],
        [space, generation, []],
        after !== "",
      );
      // A transaction each: whoever reads may take its time between two.
      const batch = await this.#reading([store]).getAll<Memory>(store, range, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      after = batch.at(-1)!.id;
    }
  }

  /** Carries out what a write does to records and photos. */
  async #apply(writing: Transaction, life: readonly [string, string], write: Write): Promise<void> {
    const { add = [], remove = [], relabel = [], shelve = [], restore = [], discard = [] } = write;
    const move = async (ids: readonly string[], from: "records" | "shelf", to: StoreName) => {
      for (const id of ids) {
        const record = await writing.get(from, [...life, id]);
        if (record === undefined) continue;
        writing.delete(from, [...life, id]);
        writing.set(to, [...life, id], record);
      }
    };
    await move(shelve, "records", "shelf");
    await move(restore, "shelf", "records");
    for (const { memory, photo } of add) {
      // A view is cloned with all of the buffer that it is of.
      const record = { ...memory, embedding: memory.embedding.slice() };
      writing.set("records", [...life, memory.id], record);
      if (photo !== undefined) writing.set("photos", [...life, memory.id], photo.slice());
    }
    for (const { id } of remove) {
      writing.delete("records", [...life, id]);
      writing.delete("photos", [...life, id]);
    }
    for (const { id } of discard) {
      writing.delete("shelf", [...life, id]);
      writing.delete("photos", [...life, id]);
    }
    for (const memory of relabel) {
      const record = { ...memory, embedding: memory.embedding.slice() };
      writing.set("records", [...life, memory.id], record);
    }
  }

  /** Whether the documents are still of the versions that were decided on. */
  async #holds(
    writing: Transaction,
    space: string,
    generation: string,
    documents: readonly DocumentWrite[],
  ): Promise<boolean> {
    for (const { collection, id, base } of documents) {
      if (base === undefined) continue;
      const key = [space, generation, collection, id];
      const there = await writing.get<VersionedDocument>("documents", key);
      if ((there && !this.#isOver(there) ? there.version : null) !== base) return false;
    }
    return true;
  }

  #set(
    writing: Transaction,
    space: string,
    generation: string,
    documents: readonly DocumentWrite[],
    version: string,
  ): void {
    for (const { collection, id, document } of documents) {
      const key = [space, generation, collection, id];
      if (document === undefined) writing.delete("documents", key);
      else writing.set("documents", key, { id, ...document, version });
    }
  }

  #isOver({ expiresAt }: Pick<VersionedDocument, "expiresAt">): boolean {
    return expiresAt !== undefined && Date.parse(expiresAt) <= this.#now();
  }
}

/** All keys that begin so. */
function below(prefix: readonly string[]): IDBKeyRange {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
