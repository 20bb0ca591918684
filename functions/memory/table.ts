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
import type { Actor, Collection, Decision, DocumentChange, Event } from "../core/ledger.ts";
import type {
  Forgotten,
  Kind,
  Memory,
  MemoryTable,
  Naming,
  NewMemory,
  Scope,
  Selection,
  SpaceState,
  Taught,
  TeachOptions,
} from "../core/memory.ts";
import {
  checkActor,
  checkDocuments,
  checkHash,
  checkLabel,
  checkLimit,
  checkMemory,
  checkUnit,
} from "./checks.ts";
import { based, decidedAt, droppedFrom, keptApart, withoutVersion } from "./document_writes.ts";
import { EventLog, EVENTS, goingOn } from "./event_log.ts";
import { isOtherFace, isSameExample } from "./examples.ts";
import { Forgetter } from "./forgetting.ts";
import { Ids } from "./ids.ts";
import {
  type DocumentEffect,
  eventsOf,
  IDS_AN_EVENT,
  type NamedEvent,
  NO_EFFECTS,
  readEvent,
  type StoredEvent,
  viewOfEvent,
} from "./journal.ts";
import { eraOf, LoadedSpaces, megabytes } from "./loaded_spaces.ts";
import { createLoopScorer } from "./loop_scorer.ts";
import { Mutexes } from "./mutexes.ts";
import type { Exact } from "./nearest.ts";
import { SamePhotos } from "./same_photos.ts";
import type { Scorer } from "./scorer.ts";
import { SpaceIndex } from "./space_index.ts";
import {
  type Addition,
  type DocumentQuery,
  type Head,
  MOVES,
  type RecordStore,
  type Removal,
  type VersionedHead,
} from "./store.ts";
import { Undoing } from "./undoing.ts";

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
/** When asking again may help where a space without an end is full, in seconds. */
const RETRY_S = 3600;
/** How long the name of an expired space stays taken, in milliseconds. */
const EXPIRED_MS = 7 * 24 * 3600 * 1000;
/** How often expired spaces are looked for, in milliseconds. */
const SWEEP_MS = 60_000;
/** Records read at once while scanning a listing. */
const READ_BATCH = 64;
/** Memories that one write takes in: its events must fit, too. */
const MOST_TAUGHT = 20_000;
/** How often a decision is tried again that others are quicker than. */
const MOST_TRIES = 100;
const BUSY = "others change the same all the time: try again";
/** Who changes something without saying who it is. */
const SOMEBODY: Actor = { by: "somebody" };

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
  readonly #spaces: LoadedSpaces;
  readonly #now: () => number;
  readonly #ids = new Ids();
  readonly #log: EventLog;
  readonly #photos: SamePhotos;
  readonly #undoing: Undoing;
  readonly #forgetter: Forgetter;
  readonly #writing = new Mutexes();
  readonly #sweeper: ReturnType<typeof setInterval>;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(store: RecordStore, options: TableOptions) {
    this.#store = store;
    this.#scorer = options.scorer ?? createLoopScorer();
    this.#now = options.now ?? Date.now;
    this.#spaces = new LoadedSpaces(store, {
      budget: options.tableBytes ?? TABLE_BYTES,
      now: this.#now,
    });
    this.#log = new EventLog(store, this.#now);
    this.#photos = new SamePhotos(this.#spaces);
    const parts = { store, spaces: this.#spaces, log: this.#log, photos: this.#photos };
    this.#undoing = new Undoing(parts);
    this.#forgetter = new Forgetter(parts);
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
    if (memories.length > MOST_TAUGHT) {
      throw new UnteachableError(
        `${memories.length} memories were given, expected at most ${MOST_TAUGHT} at once`,
      );
    }
    const corrects = memories.every(({ not }) => not);
    const type = options.imports ? "import" : corrects ? "correct" : "teach";
    const decision = { type, what: "", teach: memories, options } as const;
    const { taught } = await this.decide(
      space,
      options.actor ?? SOMEBODY,
      () => Promise.resolve(decision),
    );
    return taught;
  }

  async decide(
    space: string,
    actor: Actor,
    decide: () => Promise<Decision>,
  ): Promise<{ taught: readonly Taught[]; event: Event | null }> {
    checkActor(actor);
    return await this.#writing.run(space, async () => {
      for (let tries = 1;; tries++) {
        const base = await this.#writable(space);
        const decision = await decide();
        const { teach = [], options = {}, documents: changes = [] } = decision;
        teach.forEach(checkMemory);
        checkDocuments(changes);
        const index = base === undefined
          ? undefined
          : (await this.#spaces.entry(space, base)).index;
        const { taught, add, shelve } = await this.#sorted(space, index, teach, options.models);
        const { documents, kept } = keptApart(await this.#effectsOf(space, base, changes));
        if (add.length === 0 && documents.length === 0) return { taught, event: null };
        this.#checkRoom(index, add.map((one) => one.memory));
        const before = base?.head ?? this.#reborn(undefined, null);
        const event = {
          ...this.#log.signed(actor),
          type: decision.type,
          what: decision.what,
          labels: labelsIn(changes),
          added: [],
          shelved: shelve.map(({ id }) => id),
          renamed: null,
          documents: documents.map(({ version: _, ...effect }) => effect),
        };
        const noted = await this.#log.note(
          space,
          before,
          eventsOf(event, add.map((one) => one.memory)),
        );
        const head: Head = {
          ...noted.head,
          revision: before.revision + 1,
          count: before.count + add.length - shelve.length,
          ...decidedAt(before, documents),
        };
        this.#checkQuota(before, head, options.maxMemories);
        const version = await this.#store.commit(space, {
          ...noted.write,
          base,
          head,
          ...(add.length === 0 ? {} : { add }),
          ...(shelve.length === 0 ? {} : { shelve: event.shelved }),
          documents: [
            ...noted.write.documents,
            ...changes.map((change) => based(change, documents)),
            ...kept,
          ],
        });
        if (version === undefined) {
          if (tries === MOST_TRIES) throw new ConflictError(BUSY);
          continue;
        }
        this.#spaces.applied(space, base, head, (columns) => {
          columns.remove(event.shelved);
          for (const { memory } of add) columns.add(memory);
        });
        this.#spaces.drop(space, event.shelved);
        for (const { memory } of add) this.#spaces.remember(space, memory);
        return { taught, event: viewOfEvent(noted.events[0]!) };
      }
    });
  }

  /** What becomes of each example: it is known, is added, or takes an outdated one's place. */
  async #sorted(
    space: string,
    index: SpaceIndex | undefined,
    memories: readonly NewMemory[],
    models: TeachOptions["models"],
  ): Promise<{ taught: Taught[]; add: Addition[]; shelve: Memory[] }> {
    const taught: Taught[] = [];
    const add: Addition[] = [];
    const shelve: Memory[] = [];
    const gone = new Set<string>();
    // What is added, by its photo.
    const here = new Map<string, Memory[]>();
    const dimensions = new Map<string, number>();
    for (const memory of memories) {
      const current = models?.[memory.kind];
      const beside = here.get(memory.bytes) ?? [];
      const other = beside.find((one) => isOtherFace(one, memory)) ??
        await this.#photos.otherFace(space, index, memory);
      if (other !== undefined) throw new UnteachableError(twoFaces(other));
      // One of them may have made room for another face of the photo already.
      const twins = (await this.#photos.twins(space, index, memory)).filter(({ id }) =>
        !gone.has(id)
      );
      const added = beside.find((one) => one.model === memory.model && isSameExample(one, memory));
      const known = added ?? twins.find((one) => one.model === memory.model) ??
        (current === undefined || memory.model === current ? undefined : twins[0]);
      const fits = memory.model === current && shelve.length + twins.length <= MOVES;
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
          shelve.push(old);
          gone.add(old.id);
        }
      }
      const stored = this.#stored(space, renewed);
      here.set(memory.bytes, [...beside, stored]);
      const { photo } = renewed;
      add.push({ memory: stored, ...(photo === undefined ? {} : { photo }) });
      taught.push({ memory: stored, created: !renews });
    }
    return { taught, add, shelve };
  }

  async get(space: string, id: string): Promise<Memory | undefined> {
    // Straight from the store, like all that needs no search: it must not load a space.
    const living = await this.#spaces.living(space);
    if (living === undefined) return undefined;
    const [memory] = await this.#store.read(space, living.head.generation, [id]);
    return memory;
  }

  async photo(space: string, id: string): Promise<Uint8Array | undefined> {
    const living = await this.#spaces.living(space);
    if (living === undefined) return undefined;
    return await this.#store.photo(space, living.head.generation, id);
  }

  async rename(
    space: string,
    id: string,
    naming: Naming,
    actor: Actor = SOMEBODY,
  ): Promise<Memory> {
    if (naming.label !== undefined) checkLabel(naming.label);
    checkActor(actor);
    return await this.#writing.run(space, async () => {
      for (;;) {
        const base = await this.#spaces.living(space);
        const index = base && (await this.#spaces.entry(space, base)).index;
        const [memory] = index ? await this.#store.read(space, index.generation, [id]) : [];
        if (base === undefined || index === undefined || memory === undefined) {
          throw new NotFoundError(`no memory ${id} in this space`);
        }
        const renamed: Memory = { ...memory, ...naming };
        const { label, scope } = renamed;
        if (memory.label === label && memory.scope === scope) return memory;
        if (memory.label !== label) await this.#checkName(space, index, renamed);
        const event = {
          ...this.#log.signed(actor),
          ...NO_EFFECTS,
          type: "rename" as const,
          what: "",
          labels: [...new Set([memory.label, label])],
          renamed: { ids: [id], ...namingsOf(memory, renamed) },
        };
        const noted = await this.#log.note(space, base.head, [event]);
        const head: Head = { ...noted.head, revision: base.head.revision + 1 };
        const version = await this.#store.commit(space, {
          ...noted.write,
          base,
          head,
          relabel: [renamed],
        });
        if (version === undefined) continue;
        this.#spaces.drop(space, [id]);
        this.#spaces.applied(space, base, head, (columns) => columns.relabel(id, label));
        return renamed;
      }
    });
  }

  async renameLabel(space: string, from: string, to: string, actor: Actor = SOMEBODY) {
    checkLabel(to);
    checkActor(actor);
    return await this.#writing.run(space, async () => {
      let count = 0;
      let event: NamedEvent | undefined;
      for (;;) {
        const base = await this.#spaces.living(space);
        const index = base && (await this.#spaces.entry(space, base)).index;
        const rows = from === to ? [] : index?.under(from) ?? [];
        if (base === undefined || index === undefined || (rows.length === 0 && count === 0)) {
          throw new NotFoundError(`nothing is known as "${from}" in this space`);
        }
        if (rows.length === 0) return { count, event: event ? viewOfEvent(event) : null };
        if (event === undefined) await this.#checkMerge(space, index, rows, to);
        const ids = rows.slice(0, MOVES).map(({ id }) => id);
        const found = await this.#store.read(space, index.generation, ids);
        const memories: Memory[] = [];
        const twins: string[] = [];
        for (const memory of found) {
          if (memory === undefined) continue;
          const renamed: Memory = { ...memory, label: to };
          // What is remembered so already need not be twice.
          if ((await this.#photos.twins(space, index, renamed)).length > 0) twins.push(memory.id);
          else memories.push(renamed);
        }
        const moved = memories.map(({ id }) => id);
        const goesOn: boolean = event !== undefined &&
          event.renamed!.ids.length + event.shelved.length + ids.length <= IDS_AN_EVENT;
        const next: StoredEvent = {
          ...this.#log.signed(actor),
          ...NO_EFFECTS,
          type: event?.type ?? (index.under(to).length > 0 ? "merge" : "rename"),
          what: "",
          labels: [from, to],
          shelved: [...goesOn ? event!.shelved : [], ...twins],
          renamed: {
            ids: [...goesOn ? event!.renamed!.ids : [], ...moved],
            from: { label: from },
            to: { label: to },
          },
        };
        const noted = goesOn
          ? goingOn(base.head, { ...next, id: event!.id })
          : await this.#log.note(space, base.head, [next]);
        const head: Head = {
          ...noted.head,
          revision: base.head.revision + 1,
          count: base.head.count - twins.length,
        };
        const version = await this.#store.commit(space, {
          ...noted.write,
          base,
          head,
          ...(twins.length === 0 ? {} : { shelve: twins }),
          relabel: memories,
        });
        if (version === undefined) continue;
        event = noted.events[0]!;
        count += ids.length;
        this.#spaces.drop(space, ids);
        this.#spaces.applied(space, base, head, (columns) => {
          columns.remove(twins);
          for (const id of moved) columns.relabel(id, to);
        });
      }
    });
  }

  async list(space: string, options: { label?: string; after?: string; limit: number }) {
    checkLimit(options.limit, 1000);
    const entry = await this.#spaces.fresh(space);
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
    const entry = await this.#spaces.fresh(space);
    if (entry === undefined) return { items: [] };
    const all = entry.index.labels({ ...options, limit: options.limit + 1 });
    const items = all.slice(0, options.limit);
    const next = items.at(-1)?.label;
    return all.length > options.limit && next !== undefined ? { items, next } : { items };
  }

  async forget(space: string, selection: Selection, actor: Actor = SOMEBODY): Promise<Forgotten> {
    checkActor(actor);
    return await this.#writing.run(space, async () => {
      const everything = selection.id === undefined && selection.label === undefined;
      const gone = everything
        ? { count: await this.#forgetAll(space), purged: 0 }
        : await this.#forgetter.forget(space, selection, actor);
      return { ...gone, forgottenAt: new Date(this.#now()).toISOString() };
    });
  }

  async byBytes(space: string, sha256: string): Promise<readonly Memory[]> {
    checkHash(sha256);
    const entry = await this.#spaces.fresh(space);
    if (entry === undefined) return [];
    return await this.#photos.of(space, entry.index, sha256);
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
    const entry = await this.#spaces.fresh(space);
    if (entry === undefined) return [];
    const matches = entry.index.byFingerprint(hashes, options);
    const read = await this.#spaces.read(space, entry.index, matches.map((match) => match.id));
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
    const entry = await this.#spaces.fresh(space);
    if (entry === undefined) return [];
    // Vectors of another dimension are no neighbours, whatever names their model.
    const signs = entry.index.vectors(query.model, query.not)
      .filter(({ index }) => index.dimension === embedding.length);
    const before = (a: Memory, b: Memory) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
    const found = await Promise.all(signs.map(({ index, idOf }) => {
      const exact = async (slots: readonly number[]) => {
        const ids = slots.map(idOf).filter((id) => id !== undefined);
        const read = await this.#spaces.read(space, entry.index, ids);
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
    const entry = await this.#spaces.fresh(space);
    if (entry === undefined) return [];
    const { index } = entry;
    const read = await this.#spaces.read(space, index, index.references(query.labels, query));
    return read.filter((memory) => memory !== undefined);
  }

  async people(space: string): Promise<number> {
    return (await this.#spaces.fresh(space))?.index.people ?? 0;
  }

  async space(space: string): Promise<SpaceState | undefined> {
    const living = await this.#spaces.living(space);
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
        if (base !== undefined && !this.#spaces.expired(base.head.expiresAt)) {
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
        this.#spaces.ended(space);
        return stateOf(space, head);
      }
    });
  }

  async document(space: string, collection: Collection, id: string) {
    const base = await this.#spaces.living(space);
    if (base === undefined) return undefined;
    return await this.#store.document(space, base.head.generation, collection, id);
  }

  async documents(space: string, collection: Collection, options: DocumentQuery) {
    checkLimit(options.limit, 1000);
    const base = await this.#spaces.living(space);
    if (base === undefined) return [];
    return await this.#store.documents(space, base.head.generation, collection, options);
  }

  async keep(
    space: string,
    changes: readonly DocumentChange[],
    { era }: { era?: string } = {},
  ): Promise<string | undefined> {
    checkDocuments(changes);
    for (;;) {
      let base = await this.#writable(space);
      // Where there was no space, nothing can have been forgotten that one begins with.
      const now = base === undefined || (era === "" && !base.head.forgets) ? "" : eraOf(base.head);
      if (era !== undefined && era !== now) {
        throw new ConflictError("something was forgotten meanwhile, which this may tell of");
      }
      if (base === undefined) {
        const head = this.#reborn(undefined, null);
        const version = await this.#store.commit(space, { base, head });
        if (version === undefined) continue;
        base = { head, version };
      }
      const kept = await this.#store.keep(space, base, changes);
      if (kept !== undefined) return kept;
      const { generation } = base.head;
      for (const { collection, id, base: expected } of changes) {
        if (expected === undefined) continue;
        const there = await this.#store.document(space, generation, collection, id);
        if ((there?.version ?? null) !== expected) return undefined;
      }
    }
  }

  async era(space: string): Promise<string> {
    return (await this.#spaces.fresh(space))?.era ?? "";
  }

  async revisionOf(
    space: string,
    collection: Collection,
    { dropped = false }: { dropped?: boolean } = {},
  ): Promise<number> {
    const decided = (await this.#spaces.fresh(space))?.decided;
    return decided?.[dropped ? droppedFrom(collection) : collection] ?? 0;
  }

  async events(space: string, options: { limit: number; before?: string }) {
    checkLimit(options.limit, 1000);
    const base = await this.#spaces.living(space);
    if (base === undefined) return [];
    const found = await this.#store.documents(space, base.head.generation, EVENTS, {
      ...options,
      newest: true,
    });
    return found.map((one) => viewOfEvent(readEvent(one)));
  }

  async undo(
    space: string,
    id: string,
    actor: Actor,
    { maxMemories }: { maxMemories?: number } = {},
  ): Promise<Event> {
    checkActor(actor);
    return await this.#writing.run(
      space,
      () =>
        this.#undoing.undo(space, id, actor, (index, restored, before, after) => {
          this.#checkRoom(index, restored);
          this.#checkQuota(before, after, maxMemories);
        }),
    );
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
      const { expiresAt, generation, isSwept = false } = base.head;
      if (!this.#spaces.expired(expiresAt) || expiresAt === null) continue;
      if (!isSwept) {
        // The head stays for a while: an expired space must not come back as one that never expires.
        const head: Head = { ...this.#reborn(base, expiresAt), isSwept: true };
        await this.#store.commit(space, { base, head, ended: generation });
      } else if (expiresAt + EXPIRED_MS < now) {
        await this.#store.commit(space, { base, head: null, ended: generation });
      }
      this.#spaces.ended(space);
    }
    await this.#store.tidy();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#sweeping;
    await this.#writing.idle();
    await this.#spaces.idle();
    await this.#scorer.close();
    await this.#store.close();
  }

  #sweepNext(): void {
    this.#sweeping = this.#sweeping.then(() => this.sweep()).catch(() => {
      // The store does not answer: the next sweep finds what this one left.
    });
  }

  /** The head that a write is decided on. @throws {NotFoundError} when the space has expired */
  async #writable(space: string): Promise<VersionedHead | undefined> {
    const base = await this.#store.head(space);
    if (base !== undefined && this.#spaces.expired(base.head.expiresAt)) {
      throw new NotFoundError("the space has expired: nothing can be taught in it");
    }
    return base;
  }

  /** What decided documents are and will be; those that stay as they are left out. */
  async #effectsOf(
    space: string,
    base: VersionedHead | undefined,
    changes: readonly DocumentChange[],
  ): Promise<(DocumentEffect & { readonly version: string | null })[]> {
    const effects = [];
    for (const { collection, id, document, base: expected } of changes) {
      const there = base === undefined
        ? undefined
        : await this.#store.document(space, base.head.generation, collection, id);
      const version = there?.version ?? null;
      if (expected !== undefined && expected !== version) {
        throw new ConflictError(`the ${collection} ${id} was changed by somebody else meanwhile`);
      }
      if (there === undefined && document === undefined) continue;
      effects.push({
        collection,
        id,
        before: there ? withoutVersion(there) : null,
        after: document ?? null,
        version,
      });
    }
    return effects;
  }

  /** @throws {ConflictError} when a memory cannot be called as it would be */
  async #checkName(space: string, index: SpaceIndex, renamed: Memory): Promise<void> {
    const apart = await this.#photos.otherFace(space, index, renamed);
    if (apart !== undefined) throw new ConflictError(twoFaces(apart));
    const [other] = await this.#photos.twins(space, index, renamed);
    if (other === undefined) return;
    throw new ConflictError(
      `the same photo is already remembered under that label, as ${other.id}`,
    );
  }

  /** @throws {ConflictError} when two faces of one photo would become one person */
  async #checkMerge(
    space: string,
    index: SpaceIndex,
    rows: readonly Removal[],
    to: string,
  ): Promise<void> {
    if (index.under(to).length === 0) return;
    for (let at = 0; at < rows.length; at += READ_BATCH) {
      const ids = rows.slice(at, at + READ_BATCH).map(({ id }) => id);
      for (const memory of await this.#store.read(space, index.generation, ids)) {
        if (memory === undefined || memory.kind !== "person") continue;
        const apart = await this.#photos.otherFace(space, index, { ...memory, label: to });
        if (apart !== undefined) throw new ConflictError(twoFaces(apart));
      }
    }
  }

  /** An empty life after `base`. Revisions start from the clock, so that no two lives share one. */
  #reborn(base: VersionedHead | undefined, expiresAt: number | null): Head {
    const revision = Math.max(this.#now(), (base?.head.revision ?? 0) + 1);
    return { generation: this.#ids.now(this.#now()), revision, count: 0, expiresAt };
  }

  async #forgetAll(space: string): Promise<number> {
    for (;;) {
      const base = await this.#spaces.living(space);
      if (base === undefined) return 0;
      const { generation, expiresAt, count } = base.head;
      const head = expiresAt === null ? null : this.#reborn(base, expiresAt);
      const version = await this.#store.commit(space, { base, head, ended: generation });
      if (version === undefined) continue;
      this.#spaces.ended(space);
      return count;
    }
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

  #checkRoom(index: SpaceIndex | undefined, add: readonly Memory[]): void {
    if (add.length === 0) return;
    let bytes = 0;
    for (const { embedding } of add) bytes += SpaceIndex.memoryBytes(embedding.length);
    const held = index?.size ?? 0;
    if ((index?.need ?? 0) + bytes <= this.#spaces.budget) return;
    throw new CapacityError(
      `the space holds ${held} memories and its table may take ${
        megabytes(this.#spaces.budget)
      }, which leaves no room for ${add.length} more: give the process more memory (XOLO_MEMORY_MB) or forget some`,
    );
  }
}

/** What changes in how a memory is called. */
function namingsOf(before: Memory, after: Memory): { from: Naming; to: Naming } {
  const from: { label?: string; scope?: Scope } = {};
  const to: { label?: string; scope?: Scope } = {};
  if (before.label !== after.label) [from.label, to.label] = [before.label, after.label];
  if (before.scope !== after.scope) [from.scope, to.scope] = [before.scope, after.scope];
  return { from, to };
}

/** Labels that documents speak of. */
function labelsIn(changes: readonly DocumentChange[]): string[] {
  const tags = changes.flatMap(({ document }) => document?.about ?? []);
  const labels = tags.filter((tag) => tag.startsWith("label:"));
  return [...new Set(labels.map((tag) => tag.slice("label:".length)))];
}

function twoFaces({ label, face }: Memory): string {
  return `two faces of one photo are never the same person: face ${face?.index} of it is remembered as "${label}"`;
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
