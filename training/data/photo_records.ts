/**
 * What was computed from photos, kept on disk by the photos' bytes, many photos to a file.
 *
 * @module
 */
import {
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../../functions/core/errors.ts";
import { sha256Hex } from "../../models/sha256.ts";
import type { Variant } from "../eval/variants.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** Where results are kept, and what is told on the way. */
export interface PhotoRecordsOptions {
  /** Folder that keeps them; it must not be committed, for a result tells of its photo. */
  readonly cache: string;
  /** Copies to compute from in place of the photos. Results are kept by its name. */
  readonly variant?: Variant;
  /** Told how many photos are done, now and then. */
  readonly progress?: (done: number, of: number) => void;
  /** Told of each photo that cannot be read. */
  readonly skipped?: (path: string, reason: string) => void;
}

/** What is computed from a photo. */
export interface RecordMaker {
  /** Names what is computed: another name, another part of the cache. */
  readonly name: string;
  /** Bytes of a record. */
  readonly length: number;
  /** @param photo bytes of a file or of its variant */
  make(photo: Uint8Array): Promise<Uint8Array>;
}

/** Records of the photos that could be read, in the order of the photos. */
export interface PhotoRecords {
  /** [photos, length] */
  readonly records: Uint8Array<ArrayBuffer>;
  readonly paths: readonly string[];
  /** SHA-256 of each photo's bytes, hexadecimal; of the photo, not of its variant. */
  readonly sha256: readonly string[];
}

/**
 * Photos at a time. The network computes one after the other whatever this is, but others are
 * decoded meanwhile: on two cores that saves a tenth of the time with photos of 0.1 megapixels and
 * nearly half with those of 12. Eight save no more than four, and each takes memory.
 */
const IN_FLIGHT = 4;
/** Photos between two tellings. */
const TELL_EVERY = 50;
/**
 * Hexadecimal digits of a photo's SHA-256 that choose its file: 16 files at most. A run that is
 * stopped loses the file that it was at, a sixteenth of the photos or less.
 */
const DIGITS = 1;
/** Bytes of a SHA-256. */
const KEY = 32;

/**
 * Computes a record of each photo, or reads it where the same bytes were seen before. Records are
 * written file by file, so that a run that was stopped goes on where it was.
 *
 * Photos that are damaged, too large or of no format that is read are left out, as are those
 * whose variant cannot be made.
 *
 * @throws {RangeError} when not one of the photos can be read
 * @throws {TypeError} when a record is not of the maker's length
 * @throws as {@linkcode Deno.readFile} and the maker do otherwise
 */
export async function photoRecords(
  paths: readonly string[],
  { name, length, make }: RecordMaker,
  { cache, variant, progress = () => {}, skipped = () => {} }: PhotoRecordsOptions,
): Promise<PhotoRecords> {
  const key = new TextEncoder().encode(`${name}\n${variant?.name ?? ""}`);
  const folder = join(cache, await sha256Hex(key));
  await Deno.mkdir(folder, { recursive: true });

  const digests: string[] = new Array(paths.length);
  await inFlight(paths.entries(), async ([i, path]) => {
    digests[i] = await sha256Hex(await Deno.readFile(path));
  });
  const groups = Map.groupBy(digests.keys(), (i) => digests[i]!.slice(0, DIGITS));

  const records = new Uint8Array(paths.length * length);
  const reasons = new Map<string, string>();
  let done = 0;
  for (const [start, group] of [...groups].sort()) {
    const file = join(folder, start);
    const known = unpack(await readIfThere(file) ?? new Uint8Array(), length);
    const before = known.size;
    // Of photos that are there twice the first is looked at.
    const fresh = new Map(group.toReversed().map((i) => [digests[i]!, paths[i]!]));
    for (const digest of known.keys()) fresh.delete(digest);
    const tell = () => {
      if (done++ % TELL_EVERY === 0) progress(done - 1, paths.length);
    };
    for (let i = fresh.size; i < group.length; i++) tell();
    try {
      await inFlight(fresh, async ([digest, path]) => {
        const made = await madeOf(path);
        if (typeof made === "string") reasons.set(digest, made);
        else known.set(digest, made);
        tell();
      });
    } finally {
      if (known.size > before) await writeWhole(file, pack(known, length));
    }
    for (const i of group) {
      const record = known.get(digests[i]!);
      if (record) records.set(record, i * length);
    }
  }
  progress(paths.length, paths.length);

  const kept = [...paths.keys()].filter((i) => !reasons.has(digests[i]!));
  for (const [i, path] of paths.entries()) {
    const reason = reasons.get(digests[i]!);
    if (reason !== undefined) skipped(path, reason);
  }
  if (kept.length === 0 && paths.length > 0) {
    throw new RangeError(
      `None of ${paths.length} photos can be read, the first because: ${reasons.get(digests[0]!)}`,
    );
  }
  // In place: a record never moves towards the end.
  for (const [to, from] of kept.entries()) {
    records.copyWithin(to * length, from * length, (from + 1) * length);
  }
  return {
    records: kept.length === paths.length ? records : records.slice(0, kept.length * length),
    paths: kept.map((i) => paths[i]!),
    sha256: kept.map((i) => digests[i]!),
  };

  /** The record, or why there is none. */
  async function madeOf(path: string): Promise<Uint8Array | string> {
    const photo = await Deno.readFile(path);
    let copy = photo as Uint8Array;
    try {
      if (variant) copy = await variant.make(photo);
    } catch (error) {
      return `its variant "${variant!.name}" cannot be made: ${messageOf(error)}`;
    }
    try {
      const record = await make(copy);
      if (record.length === length) return record;
      throw new TypeError(`Expected ${length} bytes of ${name} for ${path}, got ${record.length}`);
    } catch (error) {
      if (isUnreadable(error)) return messageOf(error);
      throw error;
    }
  }
}

function isUnreadable(error: unknown): boolean {
  return [DamagedPhotoError, UnsupportedPhotoError, PhotoTooLargeError]
    .some((meaning) => error instanceof meaning);
}

const messageOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!;

/** Does something with each item, a few at a time; after an error no more are begun. */
async function inFlight<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  // A generator is closed for all who draw from it as soon as one of them throws.
  const queue = (function* () {
    yield* items;
  })();
  const ended = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, async () => {
    for (const item of queue) await work(item);
  }));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

/** For each photo the bytes of its SHA-256 and its record. */
function pack(known: ReadonlyMap<string, Uint8Array>, length: number): Uint8Array {
  const bytes = new Uint8Array(known.size * (KEY + length));
  let at = 0;
  for (const [digest, record] of known) {
    for (let i = 0; i < KEY; i++) bytes[at + i] = parseInt(digest.slice(2 * i, 2 * i + 2), 16);
    bytes.set(record, at + KEY);
    at += KEY + length;
  }
  return bytes;
}

function unpack(bytes: Uint8Array, length: number): Map<string, Uint8Array> {
  const known = new Map<string, Uint8Array>();
  // What is no multiple was not written by this file, and is computed again.
  if (bytes.length % (KEY + length) !== 0) return known;
  for (let at = 0; at < bytes.length; at += KEY + length) {
    const digest = Array.from(
      bytes.subarray(at, at + KEY),
      (byte) => byte.toString(16).padStart(2, "0"),
    );
    known.set(digest.join(""), bytes.subarray(at + KEY, at + KEY + length));
  }
  return known;
}

/** Renamed when whole, under a name of this process's own: another may be at the same photos. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const partial = `${file}.${Deno.pid}.tmp`;
  await Deno.writeFile(partial, bytes);
  await Deno.rename(partial, file);
}
