/**
 * Records in Deno KV.
 *
 * ```
 * ["format"]                        version of this layout
 * ["s", space]                      head
 * ["m", space, generation, id]      record
 * ["p", space, generation, id, n]   kept photo, part n
 * ["t", space, generation, id]      record on the shelf: taken back, and perhaps wanted again
 * ["d", space, generation, collection, id] document
 * ["l", space, generation, revision] what a revision changed: ids alone
 * ["part", id]                      photo parts that may belong to no record
 * ["batch", batch]                  a write that is staged and not committed, named by its time
 * ["ended", space, generation]      a life of a space whose records are to be purged
 * ["erase"]                         something was forgotten and the files still hold it
 * ["erased"]                        when they were last made clean
 * ```
 * Labels and hashes are in no key. Every write is one atomic that checks the space's head; what
 * does not fit into one (photos, large batches) is written before under marks, so that a process
 * that is killed in between leaves nothing visible and the next one sweeps it.
 *
 * @module
 */
import { decodeTime, ulid } from "ulid";
import type { VersionedDocument } from "../core/ledger.ts";
import type { Erasure, Memory } from "../core/memory.ts";
import { changeOf } from "./change_of.ts";
import { patiently } from "./patiently.ts";
import { batchOf, decodeRecord, encodeRecord, photoBytesOf, type StoredRecord } from "./record.ts";
import { weigh } from "../core/weigh.ts";
import type {
  Addition,
  Change,
  DocumentQuery,
  DocumentWrite,
  Head,
  RecordStore,
  Removal,
  VersionedHead,
  Write,
} from "./store.ts";

/** Makes a store's files clean of what was deleted. */
export interface Eraser {
  /** Resolves when the files hold nothing that is not in the store. */
  run(): Promise<void>;
}

/** What a store may be told. */
export interface KvStoreOptions {
  /** Absent for a hosted store, whose files are out of reach. */
  readonly eraser?: Eraser;
  /** Whether the store is in this process's memory alone. */
  readonly volatile?: boolean;
  /** Whether `close` closes the database. */
  readonly owned: boolean;
  /** Takes what should be looked at by whoever runs this. */
  readonly report: (message: string) => void;
  readonly now: () => number;
}

const FORMAT = 1;
/**
 * KV allows 64 KiB a value, and 1,000 mutations with 800 KiB in all and 80 KiB of keys an atomic;
 * these leave room for framing and for the head's and the log's own mutations.
 */
const PART_BYTES = 60_000;
const ATOMIC_BYTES = 600_000;
const ATOMIC_KEYS = 60_000;
const ATOMIC_MUTATIONS = 900;
/** What a key holds beside the space's name: a generation, an id and their framing. */
const KEY_BYTES = 100;
/** What one record weighs beside its embedding, at most about. */
const RECORD_BYTES = 3_000;
/** What a record that is moved weighs, at most about: an embedding of 1280 numbers. */
const MOVED_BYTES = 1280 * 4 + RECORD_BYTES;
/** Keys that KV reads in one go. */
const READ = 10;
/** Revisions that the log keeps. */
const LOG = 256;
/** After how long a mark is nobody's: its writer is dead, in milliseconds. */
const ABANDONED_MS = 10 * 60_000;
/** How long forgetting is collected before the files are cleaned, in milliseconds. */
const ERASE_AFTER_MS = 500;
/** Pause between two cleanings, as a multiple of the first one's duration: writers wait meanwhile. */
const REST = 3;
/** Longest pause between two tries, in milliseconds. */
const BACK_OFF_MS = 30_000;

/** What is kept under a mark of photo parts. */
interface PartMark {
  readonly space: string;
  readonly generation: string;
  /** The write that they are staged for; none when the record was forgotten. */
  readonly batch?: string;
}

/** What is kept under a mark of a staged write. */
interface BatchMark {
  readonly space: string;
  readonly generation: string;
}

/** What is kept of a document. */
interface StoredDocument {
  readonly value: unknown;
  readonly about: readonly string[];
  readonly expiresAt?: string;
}

/** Opens the layout in a database, new or used. @throws {Error} when it is of a version that this program does not know */
export async function openKvStore(kv: Deno.Kv, options: KvStoreOptions): Promise<KvStore> {
  const format = await patiently(() => kv.get(["format"]));
  if (format.value === null) {
    await patiently(() =>
      kv.atomic().check(format).set(["format"], FORMAT)
        .set(["erased"], new Date(options.now()).toISOString()).commit()
    );
  } else if (format.value !== FORMAT) {
    throw new Error(`the store has format ${format.value}, this program reads ${FORMAT}`);
  }
  return new KvStore(kv, options);
}

/** A {@linkcode RecordStore} in Deno KV. */
export class KvStore implements RecordStore {
  readonly #kv: Deno.Kv;
  readonly #options: KvStoreOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tidying: Promise<void> | undefined;
  #again = false;
  #closing = false;
  #failures = 0;
  /** When the files may be cleaned again. */
  #restUntil = 0;

  constructor(kv: Deno.Kv, options: KvStoreOptions) {
    this.#kv = kv;
    this.#options = options;
    this.#schedule(0);
  }

  maxRemovals(space: string): number {
    // A delete and a mark each.
    return Math.max(1, Math.floor(keysAtOnce(space) / 2));
  }

  async head(space: string): Promise<VersionedHead | undefined> {
    const entry = await this.#kv.get<Head>(["s", space]);
    return entry.value === null ? undefined : { head: entry.value, version: entry.versionstamp };
  }

  async *scan(space: string, generation: string): AsyncGenerator<readonly Memory[]> {
    const open = new Map<string, boolean>();
    let batch: Memory[] = [];
    const entries = this.#kv.list({ prefix: ["m", space, generation] }, { batchSize: 100 });
    for await (const { key, value } of entries) {
      const part = batchOf(value);
      if (part !== undefined) {
        if (!open.has(part)) open.set(part, (await this.#kv.get(["batch", part])).value !== null);
        // Not committed. Should it be now, its revision is later than the one that is being read.
        if (open.get(part)) continue;
      }
      const memory = this.#decode(space, String(key[3]), value);
      if (memory !== undefined) batch.push(memory);
      if (batch.length === 100) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }

  read(space: string, generation: string, ids: readonly string[]) {
    return this.#readAll("m", space, generation, ids);
  }

  shelved(space: string, generation: string, ids: readonly string[]) {
    return this.#readAll("t", space, generation, ids);
  }

  async *scanShelf(space: string, generation: string): AsyncGenerator<readonly Memory[]> {
    let batch: Memory[] = [];
    for await (
      const { key, value } of this.#kv.list({ prefix: ["t", space, generation] }, {
        batchSize: 100,
      })
    ) {
      const memory = this.#decode(space, String(key[3]), value);
      if (memory !== undefined) batch.push(memory);
      if (batch.length === 100) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }

  async document(space: string, generation: string, collection: string, id: string) {
    const entry = await this.#kv.get<StoredDocument>(["d", space, generation, collection, id]);
    if (entry.value === null || this.#isOver(entry.value)) return undefined;
    return { id, ...entry.value, version: entry.versionstamp };
  }

  async documents(
    space: string,
    generation: string,
    collection: string,
    { limit, after, newest = false, before }: DocumentQuery,
  ) {
    const prefix = ["d", space, generation, collection];
    // A cursor itself is not part of what comes after it: the next key begins with it.
    const start = after === undefined ? undefined : [...prefix, `${after}\u0000`];
    const end = before === undefined ? undefined : [...prefix, before];
    const selector = {
      ...(start && end ? {} : { prefix }),
      ...(start ? { start } : {}),
      ...(end ? { end } : {}),
    };
    const found: VersionedDocument[] = [];
    const entries = this.#kv.list<StoredDocument>(selector as Deno.KvListSelector, {
      reverse: newest,
      batchSize: Math.min(limit, 500),
    });
    for await (const { key, value, versionstamp } of entries) {
      if (this.#isOver(value)) continue;
      found.push({ id: String(key[4]), ...value, version: versionstamp });
      if (found.length === limit) break;
    }
    return found;
  }

  /** Adds to a write what becomes of documents. */
  async #write(
    atomic: Deno.AtomicOperation,
    space: string,
    generation: string,
    documents: readonly DocumentWrite[],
  ): Promise<void> {
    for (const { collection, id, document, base } of documents) {
      const key = ["d", space, generation, collection, id];
      if (base !== undefined) {
        // One whose time is over counts as gone, though KV still has it.
        const there = base === null ? await this.#kv.get<StoredDocument>(key) : null;
        const isOver = there !== null && there.value !== null && this.#isOver(there.value);
        atomic.check({ key, versionstamp: isOver ? there.versionstamp : base });
      }
      if (document === undefined) {
        atomic.delete(key);
        continue;
      }
      const { expiresAt } = document;
      const left = expiresAt === undefined
        ? undefined
        : Date.parse(expiresAt) - this.#options.now();
      atomic.set(key, document, left === undefined ? {} : { expireIn: Math.max(1, left) });
    }
  }

  /** Whether a document's time is over: KV drops it a while later. */
  #isOver({ expiresAt }: StoredDocument): boolean {
    return expiresAt !== undefined && Date.parse(expiresAt) <= this.#options.now();
  }

  async keep(space: string, base: VersionedHead, documents: readonly DocumentWrite[]) {
    const atomic = this.#kv.atomic().check({ key: ["s", space], versionstamp: base.version });
    await this.#write(atomic, space, base.head.generation, documents);
    const result = await patiently(() => atomic.commit());
    return result.ok ? result.versionstamp : undefined;
  }

  async #readAll(table: "m" | "t", space: string, generation: string, ids: readonly string[]) {
    const parts = Array.from(
      { length: Math.ceil(ids.length / READ) },
      (_, i) => ids.slice(i * READ, (i + 1) * READ),
    );
    const found = await Promise.all(parts.map(async (some) => {
      const entries = await this.#kv.getMany<unknown[]>(
        some.map((id) => [table, space, generation, id]),
      );
      return entries.map(({ value }, i) =>
        value === null ? undefined : this.#decode(space, some[i]!, value)
      );
    }));
    return found.flat();
  }

  async photo(space: string, generation: string, id: string): Promise<Uint8Array | undefined> {
    const key = ["m", space, generation, id];
    const record = await this.#kv.get(key);
    const expected = photoBytesOf(record.value);
    if (expected === undefined) return undefined;
    const parts: Uint8Array[] = [];
    const entries = this.#kv.list<Uint8Array>({ prefix: ["p", space, generation, id] });
    for await (const { value } of entries) parts.push(value);
    const photo = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of parts) {
      photo.set(part, at);
      at += part.byteLength;
    }
    if (photo.byteLength === expected) return photo;
    // Forgotten meanwhile, it has lost its parts rightly.
    if ((await this.#kv.get(key)).value !== null) {
      this.#options.report(
        `the photo of memory ${id} is damaged: ${photo.byteLength} of ${expected} bytes are there`,
      );
    }
    return undefined;
  }

  async changes(space: string, generation: string, from: number, to: number) {
    if (to - from > LOG) return undefined;
    const changes: Change[] = [];
    const entries = this.#kv.list<Change>({
      start: ["l", space, generation, from + 1],
      end: ["l", space, generation, to + 1],
    });
    for await (const { value } of entries) changes.push(value);
    return changes.length === to - from ? changes : undefined;
  }

  async commit(space: string, write: Write): Promise<string | undefined> {
    const { base, head, add = [], remove = [], relabel = [], ended } = write;
    const { shelve = [], restore = [], discard = [], documents = [] } = write;
    const atomic = this.#kv.atomic()
      .check({ key: ["s", space], versionstamp: base?.version ?? null });
    const photos = add.filter((one) => one.photo !== undefined).map((one) => one.memory.id);
    let batch: Batch | undefined;
    if (head === null) {
      atomic.delete(["s", space]);
    } else {
      atomic.set(["s", space], head);
      const { generation, revision } = head;
      const keys = 2 * (add.length + remove.length);
      const moved = (shelve.length + restore.length) * MOVED_BYTES + weigh(documents);
      const large = weighRecords(add) + moved > ATOMIC_BYTES || keys > keysAtOnce(space);
      if (large || photos.length > 0) {
        batch = await this.#openBatch(space, generation);
        // Whoever sweeps the batch changes its version first, and then this write is refused.
        atomic.check(batch).delete(batch.key);
      }
      if (large && batch !== undefined) await this.#stage(space, generation, add, batch);
      for (const one of add) {
        const { memory, photo } = one;
        if (!large) atomic.set(["m", space, generation, memory.id], recordOf(one));
        if (photo === undefined || batch === undefined) continue;
        await this.#stagePhoto(space, generation, memory.id, photo, batch);
        if (!large) atomic.delete(["part", memory.id]);
      }
      for (const { id, hasPhoto } of remove) {
        atomic.delete(["m", space, generation, id]);
        if (hasPhoto) atomic.set(["part", id], { space, generation });
      }
      for (const { id, hasPhoto } of discard) {
        atomic.delete(["t", space, generation, id]);
        if (hasPhoto) atomic.set(["part", id], { space, generation });
      }
      for (const memory of relabel) {
        const key = ["m", space, generation, memory.id];
        const photoBytes = photoBytesOf((await this.#kv.get(key)).value);
        atomic.set(key, encodeRecord(memory, { photoBytes }));
      }
      // What is moved cannot change before this is committed: that would change the head.
      await this.#move(atomic, ["m", space, generation], ["t", space, generation], shelve);
      await this.#move(atomic, ["t", space, generation], ["m", space, generation], restore);
      await this.#write(atomic, space, generation, documents);
      const change = changeOf(write);
      // A large write is too long for the log; without an entry readers load the space anew.
      if (change !== undefined && !large) {
        atomic.set(["l", space, generation, revision], change);
      }
      atomic.delete(["l", space, generation, revision - LOG]);
    }
    if (ended !== undefined) atomic.set(["ended", space, ended], true);
    const erases = remove.length > 0 || discard.length > 0 || ended !== undefined ||
      write.erases === true;
    if (erases) atomic.set(["erase"], this.#options.now());
    const result = await patiently(() => atomic.commit());
    if (!result.ok) {
      // What was staged for nothing goes at once; should this process die now, its marks are swept.
      if (head !== null && batch !== undefined) {
        await this.#dropParts(space, head.generation, photos);
        await this.#dropBatch(space, head.generation, batch.key, add);
      }
      return undefined;
    }
    if (erases) {
      if (head !== null) {
        await this.#dropParts(space, head.generation, withPhoto([...remove, ...discard]));
      }
      this.#schedule(ERASE_AFTER_MS);
    }
    return result.versionstamp;
  }

  async *spaces() {
    for await (const { key, value, versionstamp } of this.#kv.list<Head>({ prefix: ["s"] })) {
      yield { space: String(key[1]), head: { head: value, version: versionstamp } };
    }
  }

  async erasure(): Promise<Erasure> {
    const verifiable = this.#options.eraser !== undefined || this.#options.volatile === true;
    const [pending, erased] = await this.#kv.getMany<[number, string]>([["erase"], ["erased"]]);
    return { erasedAt: pending.value === null ? erased.value : null, verifiable };
  }

  async tidy(): Promise<void> {
    this.#again = true;
    this.#tidying ??= this.#tidyAll().finally(() => this.#tidying = undefined);
    await this.#tidying;
  }

  async ping(): Promise<void> {
    await this.#kv.get(["format"]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    try {
      // So that a command that forgets and ends leaves clean files; again for what was forgotten
      // while files were being cleaned.
      await this.tidy();
      if ((await this.erasure()).erasedAt === null) await this.tidy();
    } catch (error) {
      this.#options.report(`what was forgotten is erased at the next start: ${error}`);
    }
    if (this.#options.owned) this.#kv.close();
  }

  #decode(space: string, id: string, value: unknown): Memory | undefined {
    try {
      return decodeRecord(space, id, value);
    } catch (error) {
      this.#options.report(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Adds to a write that records move from one place to another as they are. */
  async #move(
    atomic: Deno.AtomicOperation,
    from: Deno.KvKey,
    to: Deno.KvKey,
    ids: readonly string[],
  ): Promise<void> {
    for (let at = 0; at < ids.length; at += READ) {
      const some = ids.slice(at, at + READ);
      const entries = await this.#kv.getMany<unknown[]>(some.map((id) => [...from, id]));
      entries.forEach(({ value }, i) => {
        if (value !== null) atomic.delete([...from, some[i]!]).set([...to, some[i]!], value);
      });
    }
  }

  /** Marks a write as being staged. */
  async #openBatch(space: string, generation: string): Promise<Batch> {
    const name = ulid(this.#options.now());
    const key = ["batch", name];
    const mark: BatchMark = { space, generation };
    const { versionstamp } = await patiently(() => this.#kv.set(key, mark));
    return { name, key, versionstamp };
  }

  /** Writes a photo's parts under a mark. */
  async #stagePhoto(
    space: string,
    generation: string,
    id: string,
    photo: Uint8Array,
    batch: Batch,
  ): Promise<void> {
    const mark: PartMark = { space, generation, batch: batch.name };
    const set = (key: Deno.KvKey, value: unknown) =>
      patiently(() => this.#kv.atomic().check(batch).set(key, value).commit());
    if (!(await set(["part", id], mark)).ok) return;
    for (let n = 0; n * PART_BYTES < photo.byteLength; n++) {
      const part = photo.slice(n * PART_BYTES, (n + 1) * PART_BYTES);
      if (!(await set(["p", space, generation, id, n], part)).ok) return;
    }
  }

  /** Writes more records than an atomic takes under a batch's mark. */
  async #stage(
    space: string,
    generation: string,
    add: readonly Addition[],
    batch: Batch,
  ): Promise<void> {
    for (let at = 0; at < add.length;) {
      // Without its mark a staged record would pass for a committed one.
      const atomic = this.#kv.atomic().check(batch);
      const start = at;
      for (let bytes = 0; at < add.length; at++) {
        const one = add[at]!;
        bytes += weighRecords([one]);
        if (at > start && (bytes > ATOMIC_BYTES || at - start >= keysAtOnce(space))) break;
        atomic.set(["m", space, generation, one.memory.id], recordOf(one, batch.name));
      }
      if (!(await patiently(() => atomic.commit())).ok) return;
    }
  }

  /** Drops the records of a batch that was not committed, and its mark. */
  async #dropBatch(
    space: string,
    generation: string,
    mark: Deno.KvKey,
    add: readonly Addition[],
  ): Promise<void> {
    for (let at = 0; at < add.length; at += keysAtOnce(space)) {
      const atomic = this.#kv.atomic();
      for (const { memory } of add.slice(at, at + keysAtOnce(space))) {
        atomic.delete(["m", space, generation, memory.id]);
      }
      await patiently(() => atomic.commit());
    }
    await patiently(() =>
      this.#kv.atomic().delete(mark).set(["erase"], this.#options.now()).commit()
    );
    this.#schedule(ERASE_AFTER_MS);
  }

  /** Drops the parts of photos that have no record, and their marks. */
  async #dropParts(space: string, generation: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#dropAll(["p", space, generation, id], 8);
      await patiently(() =>
        this.#kv.atomic().delete(["part", id]).set(["erase"], this.#options.now()).commit()
      );
    }
  }

  /** Drops everything below a key. */
  async #dropAll(prefix: Deno.KvKey, batchSize: number): Promise<void> {
    for (;;) {
      const atomic = this.#kv.atomic();
      let count = 0;
      for await (const { key } of this.#kv.list({ prefix }, { limit: batchSize, batchSize })) {
        atomic.delete(key);
        count++;
      }
      if (count === 0) return;
      await patiently(() => atomic.commit());
    }
  }

  /** Tidies after so many milliseconds, or sooner where that is planned already. */
  #schedule(after: number): void {
    // Not put off by what is forgotten meanwhile: somebody who forgets all the time is served too.
    if (this.#closing || this.#timer !== undefined) return;
    const wait = Math.max(after, this.#restUntil - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.tidy().then(() => {
        this.#failures = 0;
      }, (error) => {
        if (this.#failures++ === 3) this.#options.report(`erasing is still to be done: ${error}`);
        this.#schedule(Math.min(BACK_OFF_MS, ERASE_AFTER_MS * 2 ** this.#failures));
      });
    }, wait);
    // Tidying is no reason for a process to stay.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  async #tidyAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#purge();
      await this.#erase();
    }
  }

  /** Deletes the records of ended lives and what dead writers left. */
  async #purge(): Promise<void> {
    for await (const { key } of this.#kv.list({ prefix: ["ended"] })) {
      const [, space, generation] = key as [string, string, string];
      await this.#dropAll(["m", space, generation], Math.min(200, keysAtOnce(space)));
      await this.#dropAll(["p", space, generation], 16);
      for (const table of ["t", "d", "l"]) {
        await this.#dropAll([table, space, generation], Math.min(200, keysAtOnce(space)));
      }
      await patiently(() =>
        this.#kv.atomic().delete(key).set(["erase"], this.#options.now()).commit()
      );
    }
    await this.#sweepBatches();
    await this.#sweepParts();
  }

  /** Drops the writes of those who died before they committed. */
  async #sweepBatches(): Promise<void> {
    for await (const entry of this.#kv.list<BatchMark>({ prefix: ["batch"] })) {
      const batch = String(entry.key[1]);
      if (this.#options.now() - decodeTime(batch) <= ABANDONED_MS) continue;
      // Taken over under another version: from here on its writer can no longer commit it.
      const taken = await this.#kv.atomic().check(entry).set(entry.key, entry.value).commit();
      if (!taken.ok) continue;
      const { space, generation } = entry.value;
      for await (const { key, value } of this.#kv.list({ prefix: ["m", space, generation] })) {
        if (batchOf(value) === batch) await patiently(() => this.#kv.delete(key));
      }
      await patiently(() =>
        this.#kv.atomic().delete(entry.key).set(["erase"], this.#options.now()).commit()
      );
    }
  }

  /** Drops photo parts that belong to no record and to no write that may still be committed. */
  async #sweepParts(): Promise<void> {
    for await (const mark of this.#kv.list<PartMark>({ prefix: ["part"] })) {
      const id = String(mark.key[1]);
      const { space, generation, batch } = mark.value;
      // In one snapshot: a commit drops the batch's mark as it makes the record.
      const [record, shelved, open] = await this.#kv.getMany([
        ["m", space, generation, id],
        ["t", space, generation, id],
        ["batch", batch ?? ""],
      ]);
      if (open.value !== null) continue;
      if (record.value === null && shelved.value === null) {
        await this.#dropParts(space, generation, [id]);
      } // Unless it was forgotten meanwhile, which renews the mark.
      else await this.#kv.atomic().check(mark).delete(mark.key).commit();
    }
  }

  /** Cleans the files when something was forgotten since they were last clean. */
  async #erase(): Promise<void> {
    const { eraser, volatile } = this.#options;
    // Nothing can be said of a hosted store's files, so the mark stays.
    if (eraser === undefined && volatile !== true) return;
    const pending = await this.#kv.get<number>(["erase"]);
    if (pending.value === null) return;
    const at = new Date(this.#options.now()).toISOString();
    const start = performance.now();
    await eraser?.run();
    const end = performance.now();
    this.#restUntil = end + REST * (end - start);
    // Something forgotten meanwhile renews the mark, and then this was not the last time.
    const result = await patiently(() =>
      this.#kv.atomic().check(pending).delete(["erase"]).set(["erased"], at).commit()
    );
    if (!result.ok) this.#schedule(ERASE_AFTER_MS);
  }
}

/** A write that is being staged. */
interface Batch {
  readonly name: string;
  readonly key: Deno.KvKey;
  readonly versionstamp: string;
}

function recordOf({ memory, photo }: Addition, batch?: string): StoredRecord {
  return encodeRecord(memory, { batch, photoBytes: photo?.byteLength });
}

function withPhoto(removals: readonly Removal[]): string[] {
  return removals.filter((one) => one.hasPhoto).map((one) => one.id);
}

/** Bytes that records take in an atomic, generously. */
function weighRecords(add: readonly Addition[]): number {
  return add.reduce((sum, { memory }) => sum + memory.embedding.byteLength + RECORD_BYTES, 0);
}

/** Keys with this space's name that fit into an atomic. */
function keysAtOnce(space: string): number {
  const bytes = new TextEncoder().encode(space).byteLength + KEY_BYTES;
  return Math.max(1, Math.min(ATOMIC_MUTATIONS, Math.floor(ATOMIC_KEYS / bytes)));
}
