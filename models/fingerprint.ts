/**
 * Perceptual hash of a picture and of its mirror.
 *
 * It follows PDQ (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
 * Algorithm", 2019): luminance, 64×64, the 16×16 lowest frequencies of a cosine transform without
 * the constant ones, one bit each for being above their median. It differs in how 64×64 is reached:
 * by the exact mean of each cell instead of two box filters and picking points. So its bits are
 * close to PDQ's but not the same, and the two are not to be compared with each other.
 *
 * @module
 */
import { chooseKernel } from "./choose_kernel.ts";
import type { PixelKernel, Taps } from "./pixel_kernel.ts";
import type { WorkingImage } from "./pixels.ts";

/** Two 256-bit hashes, each as 64 lower-case hexadecimal digits. */
export interface Fingerprint {
  /** Of the picture as it stands. */
  readonly upright: string;
  /** Of the picture mirrored left to right. */
  readonly mirrored: string;
}

/** PDQ's published cut: a picture of this quality or less is too flat to be told apart. */
export const FLAT_QUALITY = 49;
/** PDQ's published cut: two pictures whose hashes differ in so many bits or fewer match. */
export const MATCH_DISTANCE = 31;

const CELLS = 64;
const FREQUENCIES = 16;

/** [16, 64]: rows 1 to 16 of the orthonormal cosine transform (type II) of 64 values. */
const COSINES = /* @__PURE__ */ cosines();

function cosines(): Float64Array {
  const table = new Float64Array(FREQUENCIES * CELLS);
  for (let k = 0; k < FREQUENCIES; k++) {
    for (let n = 0; n < CELLS; n++) {
      table[k * CELLS + n] = Math.sqrt(2 / CELLS) *
        Math.cos((Math.PI / CELLS) * (n + 0.5) * (k + 1));
    }
  }
  return table;
}

/**
 * What the cells of one axis take from its pixels. With lengths in 64ths of a pixel every border is
 * an integer: cell `i` covers `[i·length, (i+1)·length)`, pixel `p` covers `[64·p, 64·p + 64)`, and
 * the weight is how much they share.
 */
function cellTaps(length: number): Taps {
  const width = Math.ceil(length / CELLS) + 1;
  const first = new Int32Array(CELLS);
  const count = new Int32Array(CELLS);
  const weights = new Int32Array(CELLS * width);
  for (let i = 0; i < CELLS; i++) {
    const from = Math.floor((i * length) / CELLS);
    const last = Math.floor(((i + 1) * length - 1) / CELLS);
    for (let p = from; p <= last; p++) {
      weights[i * width + p - from] = Math.min((i + 1) * length, (p + 1) * CELLS) -
        Math.max(i * length, p * CELLS);
    }
    first[i] = from;
    count[i] = last - from + 1;
  }
  return { first, count, weights, width };
}

/**
 * [64, 64] mean luminance of the cells, 0 to 255. Of a tall picture every second, third … row is
 * left out, as long as a cell keeps two rows: that halves the time and moves next to no bit.
 */
function luminanceCells(image: WorkingImage, kernel: PixelKernel): Float64Array {
  const step = Math.max(1, Math.floor(image.height / (2 * CELLS)));
  // At most 255, so that samples weighted down a column stay below 2^16.
  const rows = { begin: step >> 1, step, count: Math.floor(image.height / step) };
  const cells = kernel.cellSums(image, rows, cellTaps(image.width), cellTaps(rows.count));
  const area = image.width * rows.count * 256;
  for (let i = 0; i < cells.length; i++) cells[i]! /= area;
  return cells;
}

/** PDQ's measure of how much there is to see, 0 to 100: the sum of the gradients. */
function quality(cells: Float64Array): number {
  let sum = 0;
  for (let y = 0; y < CELLS; y++) {
    for (let x = 0; x < CELLS; x++) {
      const here = cells[y * CELLS + x]!;
      if (x + 1 < CELLS) sum += Math.trunc(Math.abs(here - cells[y * CELLS + x + 1]!) * 100 / 255);
      if (y + 1 < CELLS) {
        sum += Math.trunc(Math.abs(here - cells[(y + 1) * CELLS + x]!) * 100 / 255);
      }
    }
  }
  return Math.min(100, Math.floor(sum / 90));
}

/** [16 vertical, 16 horizontal] frequencies: C · cells · Cᵀ. */
function lowFrequencies(cells: Float64Array): Float64Array {
  const half = new Float64Array(FREQUENCIES * CELLS);
  // Four rows of cells at a time: the sums travel through memory once for each four.
  for (let v = 0; v < FREQUENCIES; v++) {
    const to = v * CELLS;
    for (let y = 0; y < CELLS; y += 4) {
      const f0 = COSINES[to + y]!, f1 = COSINES[to + y + 1]!;
      const f2 = COSINES[to + y + 2]!, f3 = COSINES[to + y + 3]!;
      const from = y * CELLS;
      for (let x = 0; x < CELLS; x++) {
        half[to + x] = half[to + x]! + f0 * cells[from + x]! + f1 * cells[from + CELLS + x]! +
          f2 * cells[from + 2 * CELLS + x]! + f3 * cells[from + 3 * CELLS + x]!;
      }
    }
  }
  const found = new Float64Array(FREQUENCIES * FREQUENCIES);
  // Two frequencies at a time: each addition need not wait for the one before it.
  for (let v = 0; v < FREQUENCIES; v++) {
    for (let u = 0; u < FREQUENCIES; u += 2) {
      let even = 0, odd = 0;
      for (let x = 0; x < CELLS; x++) {
        const value = half[v * CELLS + x]!;
        even += value * COSINES[u * CELLS + x]!;
        odd += value * COSINES[(u + 1) * CELLS + x]!;
      }
      found[v * FREQUENCIES + u] = even;
      found[v * FREQUENCIES + u + 1] = odd;
    }
  }
  return found;
}

/** One bit for each frequency above the median, the lowest frequency in the highest bit. */
function bits(frequencies: Float64Array): string {
  const median = Float64Array.from(frequencies).sort()[frequencies.length / 2 - 1]!;
  let text = "";
  for (let i = 0; i < frequencies.length; i += 4) {
    let digit = 0;
    for (let k = 0; k < 4; k++) digit = digit * 2 + (frequencies[i + k]! > median ? 1 : 0);
    text += digit.toString(16);
  }
  return text;
}

/**
 * The perceptual hashes of a picture, or null when it is too flat (PDQ's quality ≤ 49), because
 * two flat pictures would match whatever they show.
 *
 * @param kernel the inner loops; every one gives the same bits
 *
 * @example A mirrored picture has the same hashes, swapped
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const side = 64;
 * const here = { width: side, height: side, data: new Uint8Array(side * side * 3) };
 * const mirror = { width: side, height: side, data: new Uint8Array(side * side * 3) };
 * for (let i = 0; i < side * side; i++) {
 *   const x = i % side, y = (i - x) / side;
 *   const level = (x * x + 7 * y * x + ((x >> 3) ^ (y >> 2)) * 40) % 256;
 *   here.data.fill(level, i * 3, i * 3 + 3);
 *   const j = y * side + side - 1 - x;
 *   mirror.data.fill(level, j * 3, j * 3 + 3);
 * }
 * assertEquals(fingerprint(mirror)!.upright, fingerprint(here)!.mirrored);
 * ```
 */
export function fingerprint(
  image: WorkingImage,
  kernel: PixelKernel = chooseKernel(),
): Fingerprint | null {
  const cells = luminanceCells(image, kernel);
  if (quality(cells) <= FLAT_QUALITY) return null;
  const frequencies = lowFrequencies(cells);
  const upright = bits(frequencies);
  // Mirroring turns the sign of the odd horizontal frequencies: those at even columns, which
  // begin at frequency 1.
  for (let i = 0; i < frequencies.length; i += 2) frequencies[i] = -frequencies[i]!;
  return { upright, mirrored: bits(frequencies) };
}

/**
 * How many bits two hashes differ in, 0 to 256.
 *
 * @throws {RangeError} when one is not 64 hexadecimal digits
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(hammingDistance("0".repeat(64), "f".repeat(63) + "1"), 253);
 * ```
 */
export function hammingDistance(a: string, b: string): number {
  if (!HASH.test(a) || !HASH.test(b)) {
    throw new RangeError(`Cannot compare "${a}" and "${b}": a hash has 64 hexadecimal digits`);
  }
  let distance = 0;
  for (let i = 0; i < 64; i += 8) {
    let differing = parseInt(a.slice(i, i + 8), 16) ^ parseInt(b.slice(i, i + 8), 16);
    for (; differing !== 0; differing &= differing - 1) distance++;
  }
  return distance;
}

const HASH = /^[0-9a-f]{64}$/i;
