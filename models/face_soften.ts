/**
 * Takes grain and compression noise off a cut-out face.
 *
 * @module
 */

/** In pixels of the working image: what suits a face of 48 pixels and one of 120, see the model card. */
const SIGMA = 1.2;
/** A blur of less, in pixels of the crop, changes nothing. */
const LEAST = 0.35;
/** Reach of the kernel in standard deviations: what is beyond weighs 1 %. */
const REACH = 2.5;

/**
 * Blurs a crop as if its picture had been blurred by a Gaussian of 1.2 pixels before it was cut out.
 * The embedders take grain for features: a faded and grainy print is named twice as often without
 * it, and a clean photo is recognised as well as before. The crop's edges are continued beyond it.
 *
 * @param crop [size, size, 3], RGB, 0 to 255
 * @param size side in pixels
 * @param scale pixels of the crop for one of the working image
 * @returns a crop of the same size, or the same one where the blur would change nothing
 * @throws {RangeError} when the crop is not of that size
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const grey = new Uint8Array(8 * 8 * 3).fill(100);
 * assertEquals(softenCrop(grey, 8, 1), grey);
 * ```
 */
export function softenCrop(crop: Uint8Array, size: number, scale: number): Uint8Array {
  if (crop.length !== size * size * 3) {
    throw new RangeError(
      `Expected a crop of ${size * size * 3} samples [${size},${size},3], got ${crop.length}`,
    );
  }
  const sigma = SIGMA * scale;
  if (!(sigma >= LEAST)) return crop;
  const reach = Math.min(size - 1, Math.ceil(REACH * sigma));
  const kernel = Float32Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= total;

  const row = size * 3;
  const across = new Float32Array(crop.length);
  // A line with its ends repeated needs no look at the edge for every tap.
  const line = new Float32Array((size + 2 * reach) * 3);
  for (let y = 0; y < size; y++) {
    for (let x = -reach; x < size + reach; x++) {
      const from = y * row + Math.min(size - 1, Math.max(0, x)) * 3;
      const to = (x + reach) * 3;
      line[to] = crop[from]!;
      line[to + 1] = crop[from + 1]!;
      line[to + 2] = crop[from + 2]!;
    }
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0, at = i; k < kernel.length; k++, at += 3) sum += kernel[k]! * line[at]!;
      across[y * row + i] = sum;
    }
  }
  const soft = new Uint8Array(crop.length);
  const sums = new Float32Array(row);
  for (let y = 0; y < size; y++) {
    // 0.5 rounds when the sum is cut to an integer.
    sums.fill(0.5);
    for (let k = -reach; k <= reach; k++) {
      const weight = kernel[k + reach]!;
      const from = Math.min(size - 1, Math.max(0, y + k)) * row;
      for (let i = 0; i < row; i++) sums[i]! += weight * across[from + i]!;
    }
    soft.set(sums, y * row);
  }
  return soft;
}
