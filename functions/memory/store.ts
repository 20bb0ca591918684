/**
 * What the memory table needs of a place that keeps records: the driver interface under
 * {@linkcode createTable}. Deciding (what is a duplicate, who is near, what to forget) is the
 * table's; a driver stores, compares one version and swaps, and erases.
 *
 * Every space has a *head*: a few numbers that change with every write. A write names the head it
 * was decided on and fails when another writer was quicker, so any number of processes may share
 * a store.
 *
 * @module
 */
import type { Erasure, Memory } from "../core/memory.ts";

/** The state of a space; everything else hangs on it. */
export interface Head {
  /**
   * Names one life of the space. Records are filed under it, so forgetting everything is one
   * write to the head, however many records there are. A ULID.
   */
  readonly generation: string;
  /** Rises with every write; a later life of the space starts higher. */
  readonly revision: number;
  /** Memories. */
  readonly count: number;
  /** Milliseconds since 1970; null when it does not expire. */
  readonly expiresAt: number | null;
}

/** A head as it was read; `version` is the driver's and is handed back unread. */
export interface VersionedHead {
  readonly head: Head;
  readonly version: string;
}

/** What one revision changed; ids alone, because a log outlives what was forgotten. */
export type Change =
  | { readonly type: "add"; readonly ids: readonly string[] }
  | { readonly type: "remove"; readonly ids: readonly string[] }
  | { readonly type: "relabel"; readonly ids: readonly string[] };

/** A record to be stored. */
export interface Addition {
  readonly memory: Memory;
  readonly photo?: Uint8Array;
}

/** A record to be dropped. */
export interface Removal {
  readonly id: string;
  readonly hasPhoto: boolean;
}

/** One atomic write; `remove` beside `add` is of others. */
export interface Write {
  /** The head that it was decided on; undefined when there was none. */
  readonly base: VersionedHead | undefined;
  /** The head after it; null removes the space. */
  readonly head: Head | null;
  readonly add?: readonly Addition[];
  /** At most {@linkcode RecordStore.maxRemovals}. */
  readonly remove?: readonly Removal[];
  /** The whole record under its new label. */
  readonly relabel?: Memory;
  /** A life of the space that ends with this write; its records are then purged. */
  readonly ended?: string;
}

/** Keeps records by space. */
export interface RecordStore {
  /** Most removals in one write to a space. */
  maxRemovals(space: string): number;
  head(space: string): Promise<VersionedHead | undefined>;
  /** Every record of one life of a space, in batches, in no promised order. Damaged ones are reported and left out. */
  scan(space: string, generation: string): AsyncIterable<readonly Memory[]>;
  /** Records in the order of `ids`; undefined for one that is not there or damaged. */
  read(
    space: string,
    generation: string,
    ids: readonly string[],
  ): Promise<readonly (Memory | undefined)[]>;
  photo(space: string, generation: string, id: string): Promise<Uint8Array | undefined>;
  /** The changes of the revisions after `from` up to `to`, or undefined when some are no longer known. */
  changes(
    space: string,
    generation: string,
    from: number,
    to: number,
  ): Promise<readonly Change[] | undefined>;
  /**
   * Carries the write out whole and durably, or not at all.
   *
   * @returns the new head's version (empty when the head was removed), or undefined when `base` is no longer the head
   */
  commit(space: string, write: Write): Promise<string | undefined>;
  /** All spaces with their heads. */
  spaces(): AsyncIterable<{ readonly space: string; readonly head: VersionedHead }>;
  erasure(): Promise<Erasure>;
  /** Does now what a driver puts off: purging and erasing. */
  tidy(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
