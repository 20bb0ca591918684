/**
 * What a space keeps besides memories, and the history of both: the interface above its
 * implementations (`functions/memory/`). Rules, judgements and items of review are *documents*;
 * every decision of a person is an *event*, written together with what it changes, and can be taken
 * back.
 *
 * @module
 */
import type { NewMemory, Taught, TeachOptions } from "./memory.ts";

/** What documents there are, each kind with ids of its own. */
export type Collection =
  /** Rules that people wrote, and how often each made a difference. */
  | "rule"
  | "hits"
  /** Answers that wait for a person, a mark that changes with them, and what became of them. */
  | "item"
  | "queue"
  | "answered"
  /** What people found answers to be. */
  | "judgement"
  /** The last answers, and how many there were by the hour. */
  | "answers"
  | "tally"
  | "setting";

/** Something small that a space keeps besides memories. */
export interface Document {
  /** 1–64 characters; ULIDs where the order of time matters. */
  readonly id: string;
  /** What structured cloning takes; with its tags less than 60 kB. */
  readonly value: unknown;
  /**
   * What it speaks of, as `label:Rex`, `memory:01J…` or `bytes:<sha256>`. Forgetting any of these
   * drops the document: nothing that was forgotten may be read anywhere.
   */
  readonly about: readonly string[];
  /** When it is there no more, ISO 8601; never by itself when left out. */
  readonly expiresAt?: string;
}

/** A document as it was read; `version` is handed back unread. */
export interface VersionedDocument extends Document {
  readonly version: string;
}

/** A document that is to be set, or dropped where the value is left out. */
export interface DocumentChange {
  readonly collection: Collection;
  readonly id: string;
  readonly document?: Omit<Document, "id">;
  /**
   * The version that this was decided on; null when there was none. Left out, it is set whatever
   * is there.
   */
  readonly base?: string | null;
}

/** What an event was. */
export type EventType =
  | "teach"
  | "correct"
  | "rename"
  | "merge"
  | "import"
  | "rule"
  | "review"
  | "setting"
  | "undo"
  | "forget";

/** One change that a person made. */
export interface Event {
  /** ULID: sorts by time. */
  readonly id: string;
  readonly type: EventType;
  /** ISO 8601. */
  readonly at: string;
  /** Who, as the caller said; "somebody" when nothing was said. */
  readonly by: string;
  /** What was done, in words. Of forgetting: empty. */
  readonly what: string;
  /** Why, as the caller said; empty when nothing was said. */
  readonly why: string;
  /** How many memories it is about; of forgetting, how many were forgotten. */
  readonly count: number;
  /** Whether it can be taken back now; false once it was, and of forgetting. */
  readonly undoable: boolean;
  /** The event that took it back, while that holds. */
  readonly undoneBy?: string;
  /** Of `undo`: the event that it took back. */
  readonly undoes?: string;
}

/** Who changes something, and why. */
export interface Actor {
  /** 1–100 characters. */
  readonly by: string;
  /** At most 500 characters. */
  readonly why?: string;
}

/** What is decided together: carried out whole or not at all. */
export interface Decision {
  readonly type: EventType;
  /** What was done, in words, for {@linkcode Event.what}. */
  readonly what: string;
  /** Memories to teach, as {@linkcode MemoryTable.teach} does. */
  readonly teach?: readonly NewMemory[];
  readonly options?: TeachOptions;
  readonly documents?: readonly DocumentChange[];
}

/** Documents and history of a space. */
export interface Ledger {
  /** One document. */
  document(
    space: string,
    collection: Collection,
    id: string,
  ): Promise<VersionedDocument | undefined>;
  /**
   * Documents by id: those after `after`, or with `newest` from the last one backwards those
   * before `before`; at most `limit` (1–1000).
   */
  documents(
    space: string,
    collection: Collection,
    options: {
      readonly limit: number;
      readonly after?: string;
      readonly newest?: boolean;
      readonly before?: string;
    },
  ): Promise<readonly VersionedDocument[]>;
  /**
   * Changes documents that are nobody's decision (a queue, a count), all or none and without an
   * event; a space that is not there comes to be.
   *
   * @param options the {@linkcode Ledger.era} that they are about; any when left out
   * @returns the version of all that was set; undefined, with nothing changed, where one is no longer of its `base` version
   * @throws {NotFoundError} when the space has expired
   * @throws {ConflictError} when something was forgotten since that era
   */
  keep(
    space: string,
    changes: readonly DocumentChange[],
    options?: { readonly era?: string },
  ): Promise<string | undefined>;
  /**
   * Names the time since something was last forgotten in a space; empty where there is no space. What
   * was read before must not be written after it: whoever keeps what an answer said asks first.
   */
  era(space: string): Promise<string>;
  /**
   * Carries out a decision durably and whole, with its event. `decide` is called with the state
   * that the decision will hold on, again where another writer was quicker; what it throws is
   * thrown on. Where it teaches nothing new and changes no document no event comes to be. More than
   * a thousand memories or so are several events, "part 1 of 3", each taken back by itself.
   *
   * @throws what {@linkcode MemoryTable.teach} throws
   * @throws {ConflictError} when a document is no longer of its `base` version
   */
  decide(
    space: string,
    actor: Actor,
    decide: () => Promise<Decision>,
  ): Promise<{ readonly taught: readonly Taught[]; readonly event: Event | null }>;
  /**
   * Rises with every decision, undo or forgetting that changed a document of the collection, or
   * with `dropped` those alone that dropped or replaced one; 0 where none did. What was derived from
   * its documents holds while this stays. A look may be .2 s old; own changes are seen at once.
   */
  revisionOf(
    space: string,
    collection: Collection,
    options?: { readonly dropped?: boolean },
  ): Promise<number>;
  /** Newest first, those before the id `before`. */
  events(
    space: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<readonly Event[]>;
  /**
   * Takes an event back: the space is then as if it had never been, and everything after it had. An
   * undo is an event itself and can be taken back. Done in several writes where it moves many; one
   * that was cut off goes on when it is asked for again. A document whose time is over by now does not
   * come back.
   *
   * @param options most memories that the space may hold afterwards
   * @returns the event of the undo
   * @throws {NotFoundError} when no event of that id is known
   * @throws {ConflictError} when it is forgetting, was taken back already, or a later event depends on it, which is named
   * @throws {CapacityError} when what comes back has no room
   * @throws {QuotaError} when the space would hold more than `maxMemories`
   */
  undo(
    space: string,
    id: string,
    actor: Actor,
    options?: { readonly maxMemories?: number },
  ): Promise<Event>;
}
