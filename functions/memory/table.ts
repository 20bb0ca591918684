/**
 * The memory table over any {@linkcode RecordStore}: decides, searches, keeps the compact columns
 * of the spaces in use and brings them up to date by the heads' revisions.
 *
 * @module
 */
import {
  CapacityError,
  ConflictError,
  NotFoundError,
  QuotaError,
  UnteachableError,
} from "../core/errors.ts";
import { cosine } from "../core/cosine.ts";
import type {
  Kind,
  Memory,
  MemoryTable,
  NewMemory,
  SpaceState,
  Taught,
  TeachOptions,
} from "../core/memory.ts";
import { checkHash, checkLabel, checkLimit, checkMemory, checkUnit } from "./checks.ts";
import { type Example, isOtherFace, isSameExample } from "./examples.ts";
import { Ids } from "./ids.ts";
import { createLoopScorer } from "./loop_scorer.ts";
import { Mutexes } from "./mutexes.ts";
import type { Exact } from "./nearest.ts";
import { RecordCache } from "./record_cache.ts";
import type { Scorer } from "./scorer.ts";
import { SpaceIndex } from "./space_index.ts";
import type { Addition, Head, RecordStore, Removal, VersionedHead } from "./store.ts";

/** What a table may be told. */
export interface TableOptions {
  /** Most bytes that the tables of all spaces together take in memory; 128 MiB by default. */
  readonly tableBytes?: number;
  /** Scores the codes; a plain loop by default. The table closes it. */
  readonly scorer?: Scorer;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Tables in memory are bounded by this unless told otherwise. */
const TABLE_BYTES = 128 * 1024 * 1024;
/** Share of the tables' bytes that exact records may take on top. */
const CACHE_SHARE = 1 / 8;
/** How long a look at a space's head holds, in milliseconds: five looks within the promised second. */
const LOOK_MS = 200;
/** When asking again may help where a space without an end is full, in seconds. */
const RETRY_S = 3600;
/** How long the name of an expired space stays taken, in milliseconds. */
const EXPIRED_MS = 7 * 24 * 3600 * 1000;
/** How often expired spaces are looked for, in milliseconds. */
const SWEEP_MS = 60_000;
/** Records read at once while scanning a listing. */
const READ_BATCH = 64;

/** A look at a space's head that others wait for too. */
interface Look {
  /** An own write came between: what was read before it must not be answered after it. */
  stale: boolean;
  promise: Promise<Entry | undefined>;
}

/** A space in use. */
interface Entry {
  index: SpaceIndex;
  expiresAt: number | null;
  /** When its head was last looked at. */
  lookedAt: number;
}

/**
 * Makes a table over a store.
 *
 * @param store where the records are; the table closes it
 * @param options budget, scorer and clock
 */
export function createTable(store: RecordStore, options: TableOptions = {}): MemoryTable {
  return new Table(store, options);
}

class Table implements MemoryTable {
  readonly #store: RecordStore;
  readonly #scorer: Scorer;
  readonly #budget: number;
  readonly #now: () => number;
  readonly #ids = new Ids();
  readonly #entries = new Map<string, Entry>();
  readonly #looks = new Map<string, Look>();
  readonly #writing = new Mutexes();
  readonly #syncing = new Mutexes();
  readonly #cache: RecordCache;
  readonly #sweeper: ReturnType<typeof setInterval>;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(store: RecordStore, options: TableOptions) {
    this.#store = store;
    this.#scorer = options.scorer ?? createLoopScorer();
    this.#budget = options.tableBytes ?? TABLE_BYTES;
    this.#now = options.now ?? Date.now;
    this.#cache = new RecordCache(this.#budget * CACHE_SHARE);
    this.#sweeper = setInterval(() => this.#sweepNext(), SWEEP_MS);
    // What expired while no process was there goes first.
    this.#sweepNext();
  }

  async teach(
    space: string,
    memories: readonly NewMemory[],
    options: TeachOptions = {},
  ): Promise<readonly Taught[]> {
    memories.forEach(checkMemory);
    if (memories.length === 0) return [];
    return await this.#writing.run(space, async () => {
      for (;;) {
        const base = await this.#store.head(space);
        if (base !== undefined && this.#expired(base.head.expiresAt)) {
          throw new NotFoundError("the space has expired: nothing can be taught in it");
        }
        const index = base === undefined ? undefined : (await this.#entry(space, base)).index;
        const { taught, add, remove } = await this.#sorted(space, index, memories, options.models);
        if (add.length === 0) return taught;
        this.#checkRoom(index, add);
        const before = base?.head ?? this.#reborn(undefined, null);
        const head: Head = {
          ...before,
          revision: before.revision + 1,
          count: before.count + add.length - remove.length,
        };
        this.#checkQuota(before, head, options.maxMemories);
        const version = await this.#store.commit(space, {
          base,
          head,
          add,
          ...(remove.length === 0 ? {} : { remove }),
        });
        if (version === undefined) continue;
        const gone = remove.map(({ id }) => id);
        this.#applied(space, base, head, (columns) => {
          columns.remove(gone);
          for (const { memory } of add) columns.add(memory);
        });
        for (const id of gone) this.#cache.delete(cacheKey(space, id));
        for (const { memory } of add) this.#cache.set(cacheKey(space, memory.id), memory);
        return taught;
      }
    });
  }

  /** What becomes of each example: it is known, is added, or takes an outdated one's place. */
  async #sorted(
    space: string,
    index: SpaceIndex | undefined,
    memories: readonly NewMemory[],
    models: TeachOptions["models"],
  ): Promise<{ taught: Taught[]; add: Addition[]; remove: Removal[] }> {
    const taught: Taught[] = [];
    const add: Addition[] = [];
    const remove: Removal[] = [];
    const gone = new Set<string>();
    const mostRemovals = this.#store.maxRemovals(space);
    // What is added, by its photo.
    const here = new Map<string, Memory[]>();
    const dimensions = new Map<string, number>();
    for (const memory of memories) {
      const current = models?.[memory.kind];
      const beside = here.get(memory.bytes) ?? [];
      const other = beside.find((one) => isOtherFace(one, memory)) ??
        await this.#otherFace(space, index, memory);
      if (other !== undefined) throw new UnteachableError(twoFaces(other));
      // One of them may have made room for another face of the photo already.
      const twins = (await this.#twins(space, index, memory)).filter(({ id }) => !gone.has(id));
      const added = beside.find((one) => one.model === memory.model && isSameExample(one, memory));
      const known = added ?? twins.find((one) => one.model === memory.model) ??
        (current === undefined || memory.model === current ? undefined : twins[0]);
      const fits = memory.model === current && remove.length + twins.length <= mostRemovals;
      // The photo that is to be kept now was not kept then, or what is insisted on now was not then:
      // the known one is taught anew with it.
      const renews = known !== undefined && added === undefined && fits &&
        ((memory.photo !== undefined && !known.hasPhoto) || (memory.forced && !known.forced));
      if (known !== undefined && !renews) {
        taught.push({ memory: known, created: false });
        continue;
      }
      const { model, embedding } = memory;
      const expected = index?.dimensionOf(model) ?? dimensions.get(model) ?? embedding.length;
      if (embedding.length !== expected) {
        throw new UnteachableError(
          `the embedding has ${embedding.length} dimensions, those of ${model} in this space have ${expected}`,
        );
      }
      dimensions.set(model, expected);
      let renewed: NewMemory = { ...memory, forced: memory.forced || known?.forced === true };
      if (fits) {
        for (const old of twins) {
          const photo = renewed.photo ?? (await this.photo(space, old.id));
          renewed = { ...renewed, createdAt: old.createdAt, ...(photo ? { photo } : {}) };
          remove.push({ id: old.id, hasPhoto: old.hasPhoto });
          gone.add(old.id);
        }
      }
      const stored = this.#stored(space, renewed);
      here.set(memory.bytes, [...beside, stored]);
      const { photo } = renewed;
      add.push({ memory: stored, ...(photo === undefined ? {} : { photo }) });
      taught.push({ memory: stored, created: !renews });
    }
    return { taught, add, remove };
  }

  async get(space: string, id: string): Promise<Memory | undefined> {
    // Straight from the store, like all that needs no search: it must not load a space.
    const living = await this.#living(space);
    if (living === undefined) return undefined;
    const [memory] = await this.#store.read(space, living.head.generation, [id]);
    return memory;
  }

  async photo(space: string, id: string): Promise<Uint8Array | undefined> {
    const living = await this.#living(space);
    if (living === undefined) return undefined;
    return await this.#store.photo(space, living.head.generation, id);
  }

  async rename(space: string, id: string, label: string): Promise<Memory> {
    checkLabel(label);
    return await this.#writing.run(space, async () => {
      for (;;) {
        const base = await this.#living(space);
        const index = base === undefined ? undefined : (await this.#entry(space, base)).index;
        const [memory] = index === undefined
          ? []
          : await this.#store.read(space, index.generation, [id]);
        if (base === undefined || index === undefined || memory === undefined) {
          throw new NotFoundError(`no memory ${id} in this space`);
        }
        if (memory.label === label) return memory;
        const renamed: Memory = { ...memory, label };
        const apart = await this.#otherFace(space, index, renamed);
        if (apart !== undefined) throw new ConflictError(twoFaces(apart));
        const [other] = await this.#twins(space, index, renamed);
        if (other !== undefined) {
          throw new ConflictError(
            `the same photo is already remembered under that label, as ${other.id}`,
          );
        }
        const head: Head = { ...base.head, revision: base.head.revision + 1 };
        const version = await this.#store.commit(space, { base, head, relabel: renamed });
        if (version === undefined) continue;
        this.#cache.delete(cacheKey(space, id));
        this.#applied(space, base, head, (columns) => columns.relabel(id, label));
        return renamed;
      }
    });
  }

  async list(space: string, options: { label?: string; after?: string; limit: number }) {
    checkLimit(options.limit, 1000);
    const entry = await this.#fresh(space);
    if (entry === undefined) return { items: [] };
    const { index } = entry;
    const ids = index.list({ ...options, limit: options.limit + 1 });
    const page = ids.slice(0, options.limit);
    const items: Memory[] = [];
    for (let at = 0; at < page.length; at += READ_BATCH) {
      // Not through the cache: a listing would push out what recall needs.
      const read = await this.#store.read(
        space,
        index.generation,
        page.slice(at, at + READ_BATCH),
      );
      for (const memory of read) if (memory !== undefined) items.push(memory);
    }
    const next = page.at(-1);
    return ids.length > options.limit && next !== undefined ? { items, next } : { items };
  }

  async labels(space: string, options: { after?: string; limit: number }) {
    checkLimit(options.limit, 1000);
    const entry = await this.#fresh(space);
    if (entry === undefined) return { items: [] };
    const all = entry.index.labels({ ...options, limit: options.limit + 1 });
    const items = all.slice(0, options.limit);
    const next = items.at(-1)?.label;
    return all.length > options.limit && next !== undefined ? { items, next } : { items };
  }

  async forget(space: string, selection: { id?: string; label?: string }) {
    return await this.#writing.run(space, async () => {
      let count = 0;
      if (selection.id === undefined && selection.label === undefined) {
        count = await this.#forgetAll(space);
      } else {
        // A label may hold more than one write can drop.
        for (let dropped = -1; dropped !== 0; count += dropped) {
          dropped = await this.#forgetSome(space, selection);
        }
      }
      return { count, forgottenAt: new Date(this.#now()).toISOString() };
    });
  }

  async byBytes(space: string, sha256: string): Promise<readonly Memory[]> {
    checkHash(sha256);
    const entry = await this.#fresh(space);
    if (entry === undefined) return [];
    return await this.#sharing(space, entry.index, sha256);
  }

  async byFingerprint(
    space: string,
    hashes: readonly string[],
    options: { maxDistance: number; limit: number },
  ) {
    hashes.forEach(checkHash);
    checkLimit(options.limit, 1000);
    const { maxDistance } = options;
    if (!(Number.isInteger(maxDistance) && maxDistance >= 0 && maxDistance <= 256)) {
      throw new RangeError(`maxDistance is ${maxDistance}, expected 0 to 256 bits`);
    }
    const entry = await this.#fresh(space);
    if (entry === undefined) return [];
    const matches = entry.index.byFingerprint(hashes, options);
    const read = await this.#read(space, entry.index, matches.map((match) => match.id));
    return matches.flatMap(({ distance }, i) => {
      const memory = read[i];
      return memory === undefined ? [] : [{ memory, distance }];
    });
  }

  async nearest(
    space: string,
    query: { model: string; embedding: Float32Array; limit: number; not?: boolean },
  ) {
    const { embedding, limit } = query;
    checkLimit(limit, 256);
    checkUnit(embedding);
    const entry = await this.#fresh(space);
    if (entry === undefined) return [];
    // Vectors of another dimension are no neighbours, whatever names their model.
    const signs = entry.index.vectors(query.model, query.not)
      .filter(({ index }) => index.dimension === embedding.length);
    const before = (a: Memory, b: Memory) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
    const found = await Promise.all(signs.map(({ index, idOf }) => {
      const exact = async (slots: readonly number[]) => {
        const ids = slots.map(idOf).filter((id) => id !== undefined);
        const read = await this.#read(space, entry.index, ids);
        return read.map((memory): Exact<Memory> | undefined =>
          memory === undefined
            ? undefined
            : { item: memory, similarity: similarityOf(embedding, memory.embedding) }
        );
      };
      return index.search(embedding, limit, this.#scorer, exact, before);
    }));
    return found.flat()
      .sort((a, b) => b.similarity - a.similarity || before(a.item, b.item))
      .slice(0, limit)
      .map(({ item, similarity }) => ({ memory: item, similarity }));
  }

  async references(
    space: string,
    query: { labels: readonly string[]; kind: Kind; limit: number },
  ) {
    checkLimit(query.limit, 256);
    if (query.labels.length > 256) {
      throw new RangeError(`${query.labels.length} labels were given, expected at most 256`);
    }
    const entry = await this.#fresh(space);
    if (entry === undefined) return [];
    const { index } = entry;
    const read = await this.#read(space, index, index.references(query.labels, query));
    return read.filter((memory) => memory !== undefined);
  }

  async people(space: string): Promise<number> {
    return (await this.#fresh(space))?.index.people ?? 0;
  }

  async space(space: string): Promise<SpaceState | undefined> {
    const living = await this.#living(space);
    return living === undefined ? undefined : stateOf(space, living.head);
  }

  async openSpace(space: string, options: { expiresAt: string }): Promise<SpaceState> {
    const expiresAt = Date.parse(options.expiresAt);
    if (Number.isNaN(expiresAt)) {
      throw new RangeError(`expiresAt is "${options.expiresAt}", expected a time in ISO 8601`);
    }
    return await this.#writing.run(space, async () => {
      for (;;) {
        const base = await this.#store.head(space);
        if (base !== undefined && !this.#expired(base.head.expiresAt)) {
          throw new ConflictError("a space of that name is there already");
        }
        const head = this.#reborn(base, expiresAt);
        const ended = base?.head.generation;
        const version = await this.#store.commit(space, {
          base,
          head,
          ...(ended === undefined ? {} : { ended }),
        });
        if (version === undefined) continue;
        this.#ended(space);
        return stateOf(space, head);
      }
    });
  }

  erasure() {
    return this.#store.erasure();
  }

  ping() {
    return this.#store.ping();
  }

  /** Ends the lives of expired spaces, and lets their names go after a while. */
  async sweep(): Promise<void> {
    const now = this.#now();
    for await (const { space, head: base } of this.#store.spaces()) {
      const { expiresAt, count, generation } = base.head;
      if (!this.#expired(expiresAt) || expiresAt === null) continue;
      if (count > 0) {
        // The head stays for a while: an expired space must not come back as one that never expires.
        const head = this.#reborn(base, expiresAt);
        await this.#store.commit(space, { base, head, ended: generation });
      } else if (expiresAt + EXPIRED_MS < now) {
        await this.#store.commit(space, { base, head: null, ended: generation });
      }
      this.#ended(space);
    }
    await this.#store.tidy();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#sweeping;
    await this.#writing.idle();
    await Promise.allSettled([...this.#looks.values()].map((look) => look.promise));
    await this.#scorer.close();
    await this.#store.close();
  }

  #sweepNext(): void {
    this.#sweeping = this.#sweeping.then(() => this.sweep()).catch(() => {
      // The store does not answer: the next sweep finds what this one left.
    });
  }

  /** The head of a space that is there and has not expired. */
  async #living(space: string): Promise<VersionedHead | undefined> {
    const base = await this.#store.head(space);
    return base === undefined || this.#expired(base.head.expiresAt) ? undefined : base;
  }

  #expired(expiresAt: number | null): boolean {
    return expiresAt !== null && expiresAt <= this.#now();
  }

  /** An empty life after `base`. Revisions start from the clock, so that no two lives share one. */
  #reborn(base: VersionedHead | undefined, expiresAt: number | null): Head {
    const revision = Math.max(this.#now(), (base?.head.revision ?? 0) + 1);
    return { generation: this.#ids.now(this.#now()), revision, count: 0, expiresAt };
  }

  async #forgetAll(space: string): Promise<number> {
    for (;;) {
      const base = await this.#living(space);
      if (base === undefined) return 0;
      const { generation, expiresAt, count } = base.head;
      const head = expiresAt === null ? null : this.#reborn(base, expiresAt);
      const version = await this.#store.commit(space, { base, head, ended: generation });
      if (version === undefined) continue;
      this.#ended(space);
      return count;
    }
  }

  /** Forgets as much of a selection as one write can; returns how many. */
  async #forgetSome(
    space: string,
    selection: { id?: string; label?: string },
  ): Promise<number> {
    for (;;) {
      const base = await this.#living(space);
      if (base === undefined) return 0;
      const rows = await this.#selected(space, base, selection);
      if (rows.length === 0) return 0;
      const remove = rows.slice(0, this.#store.maxRemovals(space));
      const head: Head = {
        ...base.head,
        revision: base.head.revision + 1,
        count: base.head.count - remove.length,
      };
      const version = await this.#store.commit(space, { base, head, remove });
      if (version === undefined) continue;
      const ids = remove.map((row) => row.id);
      for (const id of ids) this.#cache.delete(cacheKey(space, id));
      this.#applied(space, base, head, (columns) => columns.remove(ids));
      return remove.length;
    }
  }

  async #selected(
    space: string,
    base: VersionedHead,
    selection: { id?: string; label?: string },
  ): Promise<Removal[]> {
    const { id, label } = selection;
    const { generation } = base.head;
    if (id !== undefined) {
      const [memory] = await this.#store.read(space, generation, [id]);
      const chosen = memory !== undefined && (label === undefined || memory.label === label);
      return chosen ? [{ id, hasPhoto: memory.hasPhoto }] : [];
    }
    if (label === undefined) return [];
    try {
      return (await this.#entry(space, base)).index.under(label);
    } catch (error) {
      // A table too small for the space must not keep anybody from forgetting.
      if (!(error instanceof CapacityError)) throw error;
      const found: Removal[] = [];
      for await (const memories of this.#store.scan(space, generation)) {
        for (const memory of memories) if (memory.label === label) found.push(memory);
      }
      return found.map(({ id, hasPhoto }) => ({ id, hasPhoto }));
    }
  }

  /** The memories of the same example, by whatever model. */
  async #twins(
    space: string,
    index: SpaceIndex | undefined,
    memory: Example,
  ): Promise<Memory[]> {
    const read = index === undefined ? [] : await this.#sharing(space, index, memory.bytes);
    return read.filter((one) => isSameExample(one, memory));
  }

  /** Another face of the same photo that is remembered as the person whom `memory` is of. */
  async #otherFace(
    space: string,
    index: SpaceIndex | undefined,
    memory: Example,
  ): Promise<Memory | undefined> {
    const read = index === undefined ? [] : await this.#sharing(space, index, memory.bytes);
    return read.find((one) => isOtherFace(one, memory));
  }

  /** Memories of exactly these bytes, newest first. */
  async #sharing(space: string, index: SpaceIndex, bytes: string): Promise<Memory[]> {
    const read = await this.#read(space, index, index.byBytes(bytes));
    return read.filter((one) => one !== undefined).filter((one) => one.bytes === bytes);
  }

  #stored(space: string, memory: NewMemory): Memory {
    const now = this.#now();
    const { photo, ...rest } = memory;
    const earlier = memory.createdAt === undefined ? undefined : Date.parse(memory.createdAt);
    return {
      ...rest,
      // Copies: the caller may go on using its arrays.
      embedding: memory.embedding.slice(),
      path: [...memory.path],
      id: earlier === undefined ? this.#ids.now(now) : this.#ids.at(earlier),
      space,
      createdAt: new Date(earlier ?? now).toISOString(),
      hasPhoto: photo !== undefined,
    };
  }

  #checkQuota(before: Head, after: Head, most = Infinity): void {
    if (after.count <= most || after.count <= before.count) return;
    const { expiresAt } = before;
    throw new QuotaError(
      `the space holds at most ${most} memories; it has ${before.count}, and ${
        after.count - before.count
      } new ones were sent`,
      expiresAt === null ? RETRY_S : Math.ceil((expiresAt - this.#now()) / 1000),
    );
  }

  #checkRoom(index: SpaceIndex | undefined, add: readonly Addition[]): void {
    let bytes = 0;
    for (const { memory } of add) bytes += SpaceIndex.memoryBytes(memory.embedding.length);
    const held = index?.size ?? 0;
    if ((index?.need ?? 0) + bytes <= this.#budget) return;
    throw new CapacityError(
      `the space holds ${held} memories and its table may take ${
        megabytes(this.#budget)
      }, which leaves no room for ${add.length} more: give the process more memory (XOLO_MEMORY_MB) or forget some`,
    );
  }

  /** Carries an own write over to the columns, unless a refresh was quicker or will have to. */
  #applied(
    space: string,
    base: VersionedHead | undefined,
    head: Head,
    change: (index: SpaceIndex) => void,
  ): void {
    this.#wrote(space);
    const entry = this.#entries.get(space);
    if (base === undefined) {
      if (entry !== undefined && entry.index.generation === head.generation) return;
      const index = new SpaceIndex(head.generation, head.revision);
      change(index);
      this.#keep(space, { index, expiresAt: head.expiresAt, lookedAt: this.#now() });
      return;
    }
    if (entry === undefined || entry.index.generation !== head.generation) return;
    if (entry.index.revision === base.head.revision) {
      change(entry.index);
      entry.index.revision = head.revision;
      this.#fit(space);
    }
  }

  /** Lets go of what is known of a life that is over. */
  #ended(space: string): void {
    this.#wrote(space);
    this.#entries.delete(space);
    this.#cache.clear();
  }

  /** A space's columns, not older than {@linkcode LOOK_MS}. */
  async #fresh(space: string): Promise<Entry | undefined> {
    const entry = this.#entries.get(space);
    if (entry !== undefined && this.#now() - entry.lookedAt < LOOK_MS) {
      if (this.#expired(entry.expiresAt)) return undefined;
      this.#entries.delete(space);
      this.#entries.set(space, entry);
      return entry;
    }
    let look = this.#looks.get(space);
    if (look === undefined) {
      look = { stale: false, promise: Promise.resolve(undefined) };
      this.#looks.set(space, look);
      look.promise = this.#look(space, look).finally(() => this.#looks.delete(space));
    }
    return await look.promise;
  }

  async #look(space: string, look: Look): Promise<Entry | undefined> {
    for (;;) {
      look.stale = false;
      const base = await this.#living(space);
      if (look.stale) continue;
      if (base === undefined) {
        this.#entries.delete(space);
        return undefined;
      }
      const entry = await this.#entry(space, base, look);
      if (!look.stale) return entry;
    }
  }

  /** Notes that this process has written to a space. */
  #wrote(space: string): void {
    const look = this.#looks.get(space);
    if (look !== undefined) look.stale = true;
  }

  /** A space's columns at least as new as `base`; one load at a time, that others wait for. */
  #entry(space: string, base: VersionedHead, look?: Look): Promise<Entry> {
    return this.#syncing.run(space, () => this.#synced(space, base, look));
  }

  async #synced(space: string, base: VersionedHead, look?: Look): Promise<Entry> {
    const lookedAt = this.#now();
    const { generation, revision, expiresAt } = base.head;
    let known = this.#entries.get(space);
    for (;;) {
      if (known !== undefined && known.index.generation === generation) {
        const { index } = known;
        if (index.revision >= revision) break;
        const from = index.revision;
        const changes = await this.#store.changes(space, generation, from, revision);
        if (changes !== undefined) {
          const read: Memory[] = [];
          for (const change of changes) {
            if (change.type === "remove") continue;
            const found = await this.#store.read(space, generation, change.ids);
            for (const memory of found) if (memory !== undefined) read.push(memory);
          }
          // Somebody else brought it further meanwhile: what was read may be gone by now.
          if (index.revision !== from) continue;
          for (const change of changes) {
            if (change.type === "add") continue;
            for (const id of change.ids) this.#cache.delete(cacheKey(space, id));
            if (change.type === "remove") index.remove(change.ids);
          }
          const removed = new Set(
            changes.flatMap((change) => change.type === "remove" ? change.ids : []),
          );
          for (const memory of read) {
            if (removed.has(memory.id)) continue;
            if (index.has(memory.id)) index.relabel(memory.id, memory.label);
            else index.add(memory);
          }
          index.revision = revision;
          break;
        }
      }
      // Labels may have changed while nobody kept up with the log.
      this.#cache.clear();
      const index = new SpaceIndex(generation, revision);
      for await (const memories of this.#store.scan(space, generation)) {
        for (const memory of memories) index.add(memory);
        if (index.need > this.#budget) {
          throw new CapacityError(
            `the space holds ${base.head.count} memories, more than fit into a table of ${
              megabytes(this.#budget)
            }: give the process more memory (XOLO_MEMORY_MB)`,
          );
        }
      }
      known = { index, expiresAt, lookedAt };
      // A scan is no snapshot: the changes since the head was read may be half in it. Removed ones
      // that were already passed are caught by the log when the next look applies it.
      break;
    }
    known.expiresAt = expiresAt;
    known.lookedAt = Math.max(known.lookedAt, lookedAt);
    if (look?.stale !== true) this.#keep(space, known);
    return known;
  }

  #keep(space: string, entry: Entry): void {
    this.#entries.delete(space);
    this.#entries.set(space, entry);
    this.#fit(space);
  }

  /** Lets go of the tables that were used longest ago until the rest fits; never of `space`. */
  #fit(space: string): void {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += entry.index.bytes;
    for (const [name, entry] of this.#entries) {
      if (bytes <= this.#budget) return;
      if (name === space) continue;
      this.#entries.delete(name);
      bytes -= entry.index.bytes;
    }
  }

  async #read(
    space: string,
    index: SpaceIndex,
    ids: readonly string[],
  ): Promise<readonly (Memory | undefined)[]> {
    const found = ids.map((id) => this.#cache.get(cacheKey(space, id)));
    const missing = ids.filter((_, i) => found[i] === undefined);
    if (missing.length === 0) return found;
    const { generation, revision } = index;
    const read = await this.#store.read(space, generation, missing);
    // Read beside a change, a record may be what the change did away with.
    const keep = index.revision === revision && this.#entries.get(space)?.index === index;
    let next = 0;
    return found.map((memory, i) => {
      if (memory !== undefined) return memory;
      const one = read[next++];
      if (one !== undefined && keep) this.#cache.set(cacheKey(space, ids[i]!), one);
      return one;
    });
  }
}

function twoFaces({ label, face }: Memory): string {
  return `two faces of one photo are never the same person: face ${face?.index} of it is remembered as "${label}"`;
}

function cacheKey(space: string, id: string): string {
  return `${id}${space}`;
}

function stateOf(space: string, head: Head): SpaceState {
  return {
    space,
    memories: head.count,
    revision: head.revision,
    expiresAt: head.expiresAt === null ? null : new Date(head.expiresAt).toISOString(),
  };
}

/** The cosine of two unit vectors, rounded once, to float32, and never beyond ±1. */
function similarityOf(a: Float32Array, b: Float32Array): number {
  return Math.fround(Math.min(1, Math.max(-1, cosine(a, b))));
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
