/**
 * Which photos were seen, without keeping any of them.
 *
 * @module
 */
import { createRandom, draw } from "../eval/random.ts";
import { fitWhitening, rowsOf, whiten, type Whitening } from "./whitening.ts";

/** How a sketch is made. */
export interface SketchOptions {
  /** Length of an embedding. */
  readonly dim: number;
  /** Of the rotation, the comparisons and the groups. */
  readonly seed: number;
  /** Coordinates that the embeddings are whitened to, 1 to `dim`. By default 512. */
  readonly features?: number;
  /** Of the whitening, ≥ 0. By default 0.05. */
  readonly shrinkage?: number;
  /** T, codes a photo, at least 1. By default {@linkcode TABLES}. */
  readonly tables?: number;
  /** M, comparisons a code, at least 1. By default 3. */
  readonly comparisons?: number;
  /** K, coordinates a comparison, 2 to `features`. By default 5. */
  readonly among?: number;
  /** G, a multiple of 8, at most as many as there are photos. By default {@linkcode groupsFor}. */
  readonly groups?: number;
  /** One that was fitted already. It says `features`, and `shrinkage` is then of no use. */
  readonly whitening?: Whitening;
}

/** What is known of many photos together. Plain data. */
export interface Sketch {
  readonly whitening: Whitening;
  /** T. */
  readonly tables: number;
  /** M. */
  readonly comparisons: number;
  /** K. */
  readonly among: number;
  /** G. */
  readonly groups: number;
  /** Coordinates that are compared, [T, M, K]; those of one comparison differ. */
  readonly picks: Uint16Array;
  /**
   * [T · K^M, G / 8]: the bit g mod 8 of byte g / 8 in row t · K^M + c is 1 when some photo of
   * group g has the code c in table t.
   */
  readonly bits: Uint8Array;
}

/** A sketch, and what it was made from. */
export interface FittedSketch {
  readonly sketch: Sketch;
  /** The group of each photo, 0 to G − 1. The sketch itself does not hold it. */
  readonly groupOf: Uint16Array;
}

/** What a sketch says of a photo. */
export interface SketchAnswer {
  /**
   * By how many standard deviations of all groups' hits the best group's are above their mean, ≥ 0.
   * Unlike the bare count it does not rise with how common a photo is.
   */
  readonly known: number;
  /** The group with most hits, the first of them when several have as many. */
  readonly group: number;
  /** Tables in which each group has the photo's code, [G], each 0 to T. */
  readonly hits: Uint16Array;
  /** The whitened embedding at unit length, [features]; zeros for the mean itself. */
  readonly projected: Float32Array;
}

/** The length by which is divided is never below it. */
export const SHORTEST = 1e-9;

/** `count` comparisons among `among` coordinates each. All coordinates serve about as often. */
function drawPicks(
  features: number,
  count: number,
  among: number,
  random: () => number,
): Uint16Array {
  const coordinates = Array.from({ length: features }, (_, i) => i);
  const picks = new Uint16Array(count * among);
  // What a permutation has left over is dropped: across two, a coordinate could meet itself.
  const each = Math.floor(features / among);
  for (let done = 0; done < count; done += each) {
    const drawn = draw(coordinates, features, random);
    picks.set(drawn.slice(0, Math.min(each, count - done) * among), done * among);
  }
  return picks;
}

/** Codes a photo, when nothing else is asked. */
export const TABLES = 260;

/** Coordinates that embeddings are whitened to, when nothing else is asked. */
export const FEATURES = 512;

/** Most groups: with more, the likest one stands out by chance. */
const MOST_GROUPS = 256;
/** Photos that a group should mix at least. */
const MIXED = 16;

/** As many groups as leave many photos to each: a multiple of 8, at least 8. */
export function groupsFor(photos: number): number {
  return Math.min(MOST_GROUPS, Math.max(8, Math.floor(photos / MIXED / 8) * 8));
}

/** Equally many photos in each group, give or take one. */
function drawGroups(photos: number, groups: number, random: () => number): Uint16Array {
  const groupOf = new Uint16Array(photos);
  draw([...groupOf.keys()], photos, random).forEach((photo, i) => groupOf[photo] = i % groups);
  return groupOf;
}

/** The row of the bits that each table has for some coordinates, [T]. */
function rowsOfCodes(
  { tables, comparisons, among, picks }: Sketch,
  coordinates: Float64Array,
): Uint32Array {
  const codes = among ** comparisons;
  return Uint32Array.from({ length: tables }, (_, table) => {
    let code = 0;
    for (let m = 0; m < comparisons; m++) {
      const start = (table * comparisons + m) * among;
      let best = 0;
      for (let k = 1; k < among; k++) {
        if (coordinates[picks[start + k]!]! > coordinates[picks[start + best]!]!) best = k;
      }
      code = code * among + best;
    }
    return table * codes + code;
  });
}

/** Sets the bits of one photo, in place. */
function mark(sketch: Sketch, embedding: Float32Array, group: number): void {
  for (const row of rowsOfCodes(sketch, whiten(sketch.whitening, embedding))) {
    sketch.bits[row * sketch.groups / 8 + (group >> 3)]! |= 1 << (group & 7);
  }
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`Expected ${name} from ${least} to ${most}, got ${value}`);
  }
}

/**
 * Makes a sketch of photos: their codes, mixed up in groups.
 *
 * A code holds which of K coordinates is largest, M times over (winner takes all; Yagnik et al.,
 * "The Power of Comparative Reasoning", ICCV 2011), so what changes a photo little leaves most of
 * its T codes as they are. Each photo is put into one of G groups by chance, and a group keeps
 * for each table and code no more than whether any of its photos has it: a dense variant of
 * RAMBO (Gupta et al., "Fast Processing and Querying of 170TB of Genomics Data via a Repeated And
 * Merged BloOm Filter", SIGMOD 2021) with these codes in place of k-mers.
 *
 * The sketch has no row for a photo: the codes of a group's photos lie mixed up, so let there be
 * many photos a group; one alone would lie open. Anybody who has a photo can ask whether it was
 * seen, which is what the sketch is for. It is no proof of privacy (as differential privacy is).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createRandom } from "../eval/random.ts";
 * import { fitSketch, lookUp } from "./sketch.ts";
 *
 * const embeddings = Float32Array.from({ length: 40 * 16 }, createRandom(1));
 * const options = { dim: 16, seed: 1, features: 12, tables: 20, groups: 8 };
 * const { sketch, groupOf } = fitSketch(embeddings, options);
 * const { group, hits } = lookUp(sketch, embeddings.subarray(16, 32));
 * assertEquals([group, hits[group]], [groupOf[1], 20]);
 * ```
 *
 * @param embeddings [n, dim] row-major, finite numbers ≥ 0
 * @throws {RangeError} when the embeddings are no rows of `dim`, fewer than the groups, all the
 * same or not finite numbers from 0 on, or when an option is out of its range
 */
export function fitSketch(embeddings: Float32Array, options: SketchOptions): FittedSketch {
  const { dim, seed, tables = TABLES, comparisons = 3, among = 5 } = options;
  const rows = rowsOf(embeddings, dim);
  const { groups = groupsFor(rows.length) } = options;
  const features = options.whitening?.projection.scale.length ?? options.features ??
    FEATURES;
  checkWhole("features", features, 1, Math.min(dim, 2 ** 16));
  // Hits are counted in 16 bits.
  checkWhole("tables", tables, 1, 2 ** 16 - 1);
  checkWhole("comparisons", comparisons, 1, 16);
  checkWhole("coordinates to compare", among, 2, features);
  checkWhole("groups", groups, 8, 2 ** 16);
  if (groups % 8 !== 0) throw new RangeError(`Expected a multiple of 8 groups, got ${groups}`);
  if (rows.length < groups) {
    throw new RangeError(`${groups} groups need as many embeddings, got ${rows.length}`);
  }
  const random = createRandom(seed);
  const picks = drawPicks(features, tables * comparisons, among, random);
  const groupOf = drawGroups(rows.length, groups, random);
  const whitening = options.whitening ??
    fitWhitening(embeddings, { dim, features, shrinkage: options.shrinkage ?? 0.05, random });
  const bits = new Uint8Array(tables * among ** comparisons * groups / 8);
  const sketch = { whitening, tables, comparisons, among, groups, picks, bits };
  rows.forEach((row, i) => mark(sketch, row, groupOf[i]!));
  return { sketch, groupOf };
}

/** (most − mean) / standard deviation. */
function standsOut(hits: Uint16Array, most: number): number {
  const mean = hits.reduce((sum, h) => sum + h, 0) / hits.length;
  const variance = hits.reduce((sum, h) => sum + (h - mean) ** 2, 0) / hits.length;
  return (most - mean) / Math.max(Math.sqrt(variance), SHORTEST);
}

/**
 * Tells how well a photo is known, and in which group.
 *
 * @param embedding [dim], finite numbers ≥ 0
 * @throws {RangeError} when it is of another length or has a number that is not
 */
export function lookUp(sketch: Sketch, embedding: Float32Array): SketchAnswer {
  const coordinates = whiten(sketch.whitening, embedding);
  const hits = new Uint16Array(sketch.groups);
  for (const row of rowsOfCodes(sketch, coordinates)) {
    const start = row * sketch.groups / 8;
    for (let g = 0; g < hits.length; g++) {
      hits[g]! += sketch.bits[start + (g >> 3)]! >> (g & 7) & 1;
    }
  }
  const most = hits.reduce((a, b) => Math.max(a, b));
  const length = Math.max(Math.sqrt(coordinates.reduce((sum, p) => sum + p * p, 0)), SHORTEST);
  return {
    known: standsOut(hits, most),
    group: hits.indexOf(most),
    hits,
    projected: Float32Array.from(coordinates, (p) => p / length),
  };
}

/**
 * A sketch that knows one more photo. The given one stays as it is; the new one has bits of its
 * own and shares all else with it. Who has both can tell the photo's codes by the difference.
 *
 * @param embedding [dim], finite numbers ≥ 0
 * @param group where the photo goes, 0 to G − 1
 * @throws {RangeError} when there is no such group, or the embedding is of another length or has a
 * number that is not finite and ≥ 0
 */
export function insert(sketch: Sketch, embedding: Float32Array, group: number): Sketch {
  checkWhole("a group", group, 0, sketch.groups - 1);
  const taught = { ...sketch, bits: sketch.bits.slice() };
  mark(taught, embedding, group);
  return taught;
}
