/**
 * The spaces in use: their compact columns, brought up to date by the heads' revisions, and the
 * records that were read lately. Bounded; what does not fit is loaded again when it is asked for.
 *
 * @module
 */
import { CapacityError } from "../core/errors.ts";
import type { Memory } from "../core/memory.ts";
import { Mutexes } from "./mutexes.ts";
import { RecordCache } from "./record_cache.ts";
import { SpaceIndex } from "./space_index.ts";
import type { Head, RecordStore, VersionedHead } from "./store.ts";

/** Share of the tables' bytes that exact records may take on top. */
const CACHE_SHARE = 1 / 8;
/** How long a look at a space's head holds, in milliseconds: five looks within the promised second. */
const LOOK_MS = 200;

/** A look at a space's head that others wait for too. */
interface Look {
  /** An own write came between: what was read before it must not be answered after it. */
  stale: boolean;
  promise: Promise<Entry | undefined>;
}

/** A space in use. */
export interface Entry {
  index: SpaceIndex;
  expiresAt: number | null;
  /** As in its head. */
  decided: Readonly<Record<string, number>>;
  /** The time since something was last forgotten. */
  era: string;
  /** When its head was last looked at. */
  lookedAt: number;
}

/** Keeps the columns of the spaces in use. */
export class LoadedSpaces {
  /** Most bytes that all columns together may take. */
  readonly budget: number;
  readonly #store: RecordStore;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #looks = new Map<string, Look>();
  readonly #syncing = new Mutexes();
  readonly #cache: RecordCache;

  constructor(store: RecordStore, { budget, now }: { budget: number; now: () => number }) {
    this.#store = store;
    this.#now = now;
    this.budget = budget;
    this.#cache = new RecordCache(budget * CACHE_SHARE);
  }

  /** Resolves when nobody looks any more. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#looks.values()].map((look) => look.promise));
  }

  /** Keeps a record that was just written at hand. */
  remember(space: string, memory: Memory): void {
    this.#cache.set(cacheKey(space, memory.id), memory);
  }

  /** Lets go of records that changed. */
  drop(space: string, ids: readonly string[]): void {
    for (const id of ids) this.#cache.delete(cacheKey(space, id));
  }

  /** The head of a space that is there and has not expired. */
  async living(space: string): Promise<VersionedHead | undefined> {
    const base = await this.#store.head(space);
    return base === undefined || this.expired(base.head.expiresAt) ? undefined : base;
  }

  expired(expiresAt: number | null): boolean {
    return expiresAt !== null && expiresAt <= this.#now();
  }

  /** Carries an own write over to the columns, unless a refresh was quicker or will have to. */
  applied(
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
      this.#keep(space, { ...stateOf(head), index, lookedAt: this.#now() });
      return;
    }
    if (entry === undefined || entry.index.generation !== head.generation) return;
    if (entry.index.revision === base.head.revision) {
      change(entry.index);
      entry.index.revision = head.revision;
      Object.assign(entry, stateOf(head));
      this.#fit(space);
    } else if (entry.index.revision < head.revision) {
      // It was not up to date before: the next who asks looks first.
      entry.lookedAt = -Infinity;
    }
  }

  /** Lets go of what is known of a life that is over. */
  ended(space: string): void {
    this.#wrote(space);
    this.#entries.delete(space);
    this.#cache.clear();
  }

  /** A space's columns, not older than {@linkcode LOOK_MS}. */
  async fresh(space: string): Promise<Entry | undefined> {
    const entry = this.#entries.get(space);
    if (entry !== undefined && this.#now() - entry.lookedAt < LOOK_MS) {
      if (this.expired(entry.expiresAt)) return undefined;
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
      const base = await this.living(space);
      if (look.stale) continue;
      if (base === undefined) {
        this.#entries.delete(space);
        return undefined;
      }
      const entry = await this.entry(space, base, look);
      if (!look.stale) return entry;
    }
  }

  /** Notes that this process has written to a space. */
  #wrote(space: string): void {
    const look = this.#looks.get(space);
    if (look !== undefined) look.stale = true;
  }

  /** A space's columns at least as new as `base`; one load at a time, that others wait for. */
  entry(space: string, base: VersionedHead, look?: Look): Promise<Entry> {
    return this.#syncing.run(space, () => this.#synced(space, base, look));
  }

  async #synced(space: string, base: VersionedHead, look?: Look): Promise<Entry> {
    const lookedAt = this.#now();
    const { generation, revision } = base.head;
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
        if (index.need > this.budget) {
          throw new CapacityError(
            `the space holds ${base.head.count} memories, more than fit into a table of ${
              megabytes(this.budget)
            }: give the process more memory (XOLO_MEMORY_MB)`,
          );
        }
      }
      known = { ...stateOf(base.head), index, lookedAt };
      // A scan is no snapshot: the changes since the head was read may be half in it. Removed ones
      // that were already passed are caught by the log when the next look applies it.
      break;
    }
    // Own writes may have brought it further than `base` meanwhile.
    if (known.index.revision === revision) Object.assign(known, stateOf(base.head));
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
      if (bytes <= this.budget) return;
      if (name === space) continue;
      this.#entries.delete(name);
      bytes -= entry.index.bytes;
    }
  }

  async read(
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

/** What an entry has of its space's head. */
function stateOf(head: Head): Pick<Entry, "expiresAt" | "decided" | "era"> {
  const { expiresAt, decided = {} } = head;
  return { expiresAt, decided, era: eraOf(head) };
}

/** Names the time since something was last forgotten in a life of a space. */
export function eraOf({ generation, forgets = 0 }: Head): string {
  return `${generation}.${forgets}`;
}

function cacheKey(space: string, id: string): string {
  return `${id}\u0000${space}`;
}

/** A number of bytes in words. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
