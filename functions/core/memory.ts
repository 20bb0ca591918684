/**
 * The memory table: the interface above its implementations (`functions/memory/`, and the
 * browser's). Searching belongs behind it: a caller hands in what was seen and gets back the
 * nearest memories, never the table; nobody may assume that a space fits in memory.
 *
 * @module
 */
import type { Box } from "../../models/pixels.ts";
import type { ImageSize } from "./encoder.ts";
import type { Actor, Event, Ledger } from "./ledger.ts";

/** What is recognised: a person by face, or an animal or object by look. */
export type Kind = "person" | "thing";

/** Whether the label names one individual ("Rex") or a type ("Shiba Inu"). */
export type Scope = "individual" | "type";

/** Which of a photo's faces a memory is of. */
export interface FaceOfPhoto {
  /** 0-based among the photo's faces, and so among the subjects of an answer to it. */
  readonly index: number;
  /** In pixels of the upright photo. */
  readonly box: Box;
}

/** One taught example, before it is stored. */
export interface NewMemory {
  /** 1–200 characters. */
  readonly label: string;
  readonly kind: Kind;
  readonly scope: Scope;
  /** A negative example: what was seen is *not* `label`. */
  readonly not: boolean;
  /** Id of the model that made the embedding; different ones are never compared. */
  readonly model: string;
  /** Unit length. Its dimension is the model's. */
  readonly embedding: Float32Array;
  /** SHA-256 of the photo's bytes, 64 hexadecimal digits. */
  readonly bytes: string;
  /** Perceptual hash of the upright picture, 64 hexadecimal digits, or null for a flat one and for a face, which is known by itself. */
  readonly fingerprint: string | null;
  readonly image: ImageSize;
  /** Which face of the photo it is; null for a thing. */
  readonly face: FaceOfPhoto | null;
  /** How many faces the photo shows. */
  readonly faces: number;
  /** Whether it was taught although it was too poor an example, or unlike the others. */
  readonly forced: boolean;
  /** What the network said when it was taught, general → specific. */
  readonly path: readonly string[];
  /** The upright photo as a JPEG, only when the teacher asked to keep it. */
  readonly photo?: Uint8Array;
  /** When it was taught, ISO 8601, if that was earlier and elsewhere; now when left out. */
  readonly createdAt?: string;
}

/** One taught example, as it is stored. */
export interface Memory extends Omit<NewMemory, "photo" | "createdAt"> {
  /** ULID: sorts by time. */
  readonly id: string;
  readonly space: string;
  /** When it was taught, ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Whether a photo was kept. */
  readonly hasPhoto: boolean;
}

/** A memory and how near it is. */
export interface Neighbour {
  readonly memory: Memory;
  /** Cosine of the embeddings, −1 to 1, exact in float32. */
  readonly similarity: number;
}

/** A memory and how much its perceptual hash differs. */
export interface HashMatch {
  readonly memory: Memory;
  /** Differing bits, 0 to 256. */
  readonly distance: number;
}

/** One taught example's fate. */
export interface Taught {
  readonly memory: Memory;
  /** False when the same bytes were already taught under this label in this space. */
  readonly created: boolean;
}

/** Bounds and knowledge that teaching goes by. */
export interface TeachOptions {
  /** Most memories that the space may hold afterwards; what is known already needs no room. */
  readonly maxMemories?: number;
  /**
   * Ids of the models in use. An example of one takes the place (the time, and the photo unless it
   * brings one) of the same example of another model; one of another model is known where the
   * same is there already.
   */
  readonly models?: Readonly<Partial<Record<Kind, string>>>;
  /** Who teaches, for the history. */
  readonly actor?: Actor;
  /** Whether it is an import; teaching, or correcting where all are negative, when left out. */
  readonly imports?: boolean;
}

/** How a memory is called, and whether that names an individual or a type. */
export interface Naming {
  readonly label?: string;
  readonly scope?: Scope;
}

/** What to forget; all given fields must hold. `{}` is the whole space. */
export interface Selection {
  readonly id?: string;
  readonly label?: string;
}

/** What forgetting did. */
export interface Forgotten {
  /** Memories. */
  readonly count: number;
  /** Entries of the history and documents that spoke of them. */
  readonly purged: number;
  /** When it was logically gone, ISO 8601. */
  readonly forgottenAt: string;
}

/** A label and what is known under it. */
export interface LabelSummary {
  readonly label: string;
  /** `person` where a positive example of a person is known, else `thing`. */
  readonly kind: Kind;
  /** Positive examples. */
  readonly memories: number;
  /** Negative examples. */
  readonly negatives: number;
  readonly photos: number;
  /** ISO 8601. */
  readonly firstTaughtAt: string;
  readonly lastTaughtAt: string;
}

/** One page of a listing; `next` is the cursor of the following one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** State of a space. */
export interface SpaceState {
  readonly space: string;
  readonly memories: number;
  /** Rises with every change. */
  readonly revision: number;
  /** ISO 8601; null when it does not expire. */
  readonly expiresAt: string | null;
}

/**
 * State of the physical erasure that follows forgetting. The store's files are clean when
 * `erasedAt` is not null.
 */
export interface Erasure {
  /** When the files were last made clean of everything forgotten so far; null while some remains. */
  readonly erasedAt: string | null;
  /** Whether this store can verify its files at all (a hosted store cannot). */
  readonly verifiable: boolean;
}

/**
 * Keeps memories by space and finds the nearest. All methods of one instance see their own
 * writes at once; another process on the same store sees them within a second.
 */
export interface MemoryTable extends Ledger {
  /**
   * Stores all of `memories` or none, at most 20,000. The same bytes, face, label, `not` and model
   * again in the same space return the memory that is there, with the photo now if one comes that
   * was not kept then, and forced now if it was not then (its id changes). When it resolves, a hard
   * kill loses nothing.
   *
   * @throws {CapacityError} when the space has no room left
   * @throws {QuotaError} when it would hold more than `maxMemories`
   * @throws {NotFoundError} when the space has expired
   * @throws {UnteachableError} when an embedding has another dimension than those of its model there, or two faces of one photo would be one person
   */
  teach(
    space: string,
    memories: readonly NewMemory[],
    options?: TeachOptions,
  ): Promise<readonly Taught[]>;
  get(space: string, id: string): Promise<Memory | undefined>;
  /** The kept photo of a memory. */
  photo(space: string, id: string): Promise<Uint8Array | undefined>;
  /**
   * Gives one memory another label, or has it name a type or an individual.
   *
   * @throws {NotFoundError} when there is none
   * @throws {ConflictError} when the same bytes are there under that label, or another face of the same photo is
   */
  rename(space: string, id: string, naming: Naming, actor?: Actor): Promise<Memory>;
  /**
   * Gives all memories of a label another one. Where that is known already the two become one, and
   * what is remembered under both stays once.
   * Done in several writes where they are many; killed in between, the event says how far it came.
   *
   * @returns how many, and the event
   * @throws {NotFoundError} when nothing is known under `from`
   * @throws {ConflictError} when two faces of one photo would be one person
   */
  renameLabel(
    space: string,
    from: string,
    to: string,
    actor?: Actor,
  ): Promise<{ readonly count: number; readonly event: Event | null }>;
  /** Oldest first, those after the id `after`. @throws {RangeError} when the limit is not 1–1000 */
  list(
    space: string,
    options: { label?: string; after?: string; limit: number },
  ): Promise<Page<Memory>>;
  /** By label, in code-unit order, those after the label `after`. */
  labels(space: string, options: { after?: string; limit: number }): Promise<Page<LabelSummary>>;
  /**
   * Forgets, finally, and purges the history and all documents of it; what is left is an event with
   * time, actor and count, and nothing at all of a whole space. When it resolves nothing of it is
   * answered any more, in this process at once; the files are clean when
   * {@linkcode MemoryTable.erasure} says so.
   */
  forget(space: string, selection: Selection, actor?: Actor): Promise<Forgotten>;
  /** Memories of exactly these bytes, newest first. */
  byBytes(space: string, sha256: string): Promise<readonly Memory[]>;
  /**
   * Memories whose hash differs from one of `hashes` in at most `maxDistance` bits, nearest
   * first, at most `limit`.
   */
  byFingerprint(
    space: string,
    hashes: readonly string[],
    options: { maxDistance: number; limit: number },
  ): Promise<readonly HashMatch[]>;
  /**
   * The memories of this model with the highest cosine to `embedding` (unit length), best first,
   * at most `limit` (1–256); none where theirs are of another dimension. With `not` only negative
   * (true) or only positive ones (false) are searched, however many of the others are nearer.
   * Exact: a store with an approximate index re-ranks and documents its recall.
   */
  nearest(
    space: string,
    query: { model: string; embedding: Float32Array; limit: number; not?: boolean },
  ): Promise<readonly Neighbour[]>;
  /**
   * The memories of each of `labels` (at most 256) that are of a kind: the newest `limit` (1–256)
   * positive ones and as many negative ones of every label.
   */
  references(
    space: string,
    query: { labels: readonly string[]; kind: Kind; limit: number },
  ): Promise<readonly Memory[]>;
  /** How many labels are of people: those with a positive example of kind `person`. */
  people(space: string): Promise<number>;
  /** Undefined for a space that nobody has taught in and that was not opened. */
  space(space: string): Promise<SpaceState | undefined>;
  /** Makes an empty space that expires. @throws {ConflictError} when it is there already */
  openSpace(space: string, options: { expiresAt: string }): Promise<SpaceState>;
  erasure(): Promise<Erasure>;
  /** Resolves when the store answers; rejects when it does not. */
  ping(): Promise<void>;
  /** Finishes what was begun, then lets go of the store. */
  close(): Promise<void>;
}
