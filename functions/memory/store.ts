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
import type { Document, VersionedDocument } from "../core/ledger.ts";
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
  /** Whether it is what is left of an expired space: a name that stays taken, and nothing else. */
  readonly isSwept?: boolean;
  /** The revision of the last forgetting; none when left out. */
  readonly forgets?: number;
  /** Events that are kept; none when left out. */
  readonly events?: number;
  /** The newest event's id. */
  readonly lastEvent?: string;
  /** The revision at which a decision last changed a document of each collection. */
  readonly decided?: Readonly<Record<string, number>>;
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
  | { readonly type: "relabel"; readonly ids: readonly string[] }
  /** Of documents alone. */
  | { readonly type: "none"; readonly ids: readonly string[] };

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

/** A document to be set, or dropped where there is none, if what is there is of the version `base`. */
export interface DocumentWrite {
  readonly collection: string;
  readonly id: string;
  readonly document?: Omit<Document, "id">;
  /** Null when there should be none; unchecked when left out. */
  readonly base?: string | null;
}

/** Which documents of a collection: see {@linkcode Ledger.documents}. */
export interface DocumentQuery {
  readonly limit: number;
  readonly after?: string;
  readonly newest?: boolean;
  readonly before?: string;
}

/** One atomic write; `remove`, `shelve` and `restore` beside `add` are of others. */
export interface Write {
  /** The head that it was decided on; undefined when there was none. */
  readonly base: VersionedHead | undefined;
  /** The head after it; null removes the space. */
  readonly head: Head | null;
  readonly add?: readonly Addition[];
  /** At most {@linkcode RecordStore.maxRemovals}. */
  readonly remove?: readonly Removal[];
  /** The whole records as they are now called; at most {@linkcode MOVES}. */
  readonly relabel?: readonly Memory[];
  /** Records to be put on the shelf: out of sight, but kept; at most {@linkcode MOVES}. */
  readonly shelve?: readonly string[];
  /** Records to be taken off the shelf; at most {@linkcode MOVES}. */
  readonly restore?: readonly string[];
  /** Records on the shelf to be dropped; with `remove` at most {@linkcode RecordStore.maxRemovals}. */
  readonly discard?: readonly Removal[];
  /** Documents that change with it. */
  readonly documents?: readonly DocumentWrite[];
  /** Whether a document that is dropped or changed must be gone from the files, too. */
  readonly erases?: boolean;
  /** A life of the space that ends with this write; its records are then purged. */
  readonly ended?: string;
}

/** Most records that one write moves as they are. */
export const MOVES = 64;

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
  /** Records on the shelf, in the order of `ids`; undefined for one that is not there or damaged. */
  shelved(
    space: string,
    generation: string,
    ids: readonly string[],
  ): Promise<readonly (Memory | undefined)[]>;
  /** Every record on the shelf, in batches. */
  scanShelf(space: string, generation: string): AsyncIterable<readonly Memory[]>;
  document(
    space: string,
    generation: string,
    collection: string,
    id: string,
  ): Promise<VersionedDocument | undefined>;
  documents(
    space: string,
    generation: string,
    collection: string,
    query: DocumentQuery,
  ): Promise<readonly VersionedDocument[]>;
  /**
   * Carries the write out whole and durably, or not at all.
   *
   * @returns the new head's version (empty when the head was removed), or undefined when `base` is no longer the head or a document is of another version
   */
  commit(space: string, write: Write): Promise<string | undefined>;
  /**
   * Changes documents alone, all or none, and leaves the head as it is.
   *
   * @returns the version of all that was set, or undefined when `base` is no longer the head or a document is of another version
   */
  keep(
    space: string,
    base: VersionedHead,
    documents: readonly DocumentWrite[],
  ): Promise<string | undefined>;
  /** All spaces with their heads. */
  spaces(): AsyncIterable<{ readonly space: string; readonly head: VersionedHead }>;
  erasure(): Promise<Erasure>;
  /** Does now what a driver puts off: purging and erasing. */
  tidy(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
