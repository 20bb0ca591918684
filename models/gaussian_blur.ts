/**
 * Blurs a picture.
 *
 * @module
 */
import type { WorkingImage } from "./pixels.ts";

/** Reach of the kernel in standard deviations: what is beyond weighs 1 %. */
const REACH = 2.5;

/**
 * Blurs by a Gaussian, rows and then columns; the picture's edges are continued beyond it.
 *
 * @param sigma standard deviation in pixels, above 0
 * @returns a picture of the same size
 * @throws {RangeError} when the standard deviation is not above 0, or not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = { width: 3, height: 1, data: new Uint8Array([0, 0, 0, 255, 255, 255, 0, 0, 0]) };
 * const { data } = gaussianBlur(line, 0.8);
 * assertEquals(data[0], data[6]);
 * ```
 */
export function gaussianBlur(
  { width, height, data }: WorkingImage,
  sigma: number,
): WorkingImage {
  if (!(sigma > 0 && Number.isFinite(sigma))) {
    throw new RangeError(`A blur's standard deviation should be above 0, it is ${sigma}`);
  }
  const reach = Math.ceil(REACH * sigma);
  const kernel = Float32Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < kernel.length; i++) kernel[i]! /= total;

  const row = width * 3;
  const across = new Float32Array(row * height);
  // A line with its ends repeated needs no look at the edge for every tap.
  const line = new Float32Array((width + 2 * reach) * 3);
  for (let y = 0; y < height; y++) {
    for (let x = -reach; x < width + reach; x++) {
      const from = y * row + Math.min(width - 1, Math.max(0, x)) * 3;
      const to = (x + reach) * 3;
      line[to] = data[from]!;
      line[to + 1] = data[from + 1]!;
      line[to + 2] = data[from + 2]!;
    }
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0, at = i; k < kernel.length; k++, at += 3) sum += kernel[k]! * line[at]!;
      across[y * row + i] = sum;
    }
  }
  const blurred = new Uint8Array(row * height);
  const sums = new Float32Array(row);
  for (let y = 0; y < height; y++) {
    // 0.5 rounds when the sum is cut to an integer.
    sums.fill(0.5);
    for (let k = -reach; k <= reach; k++) {
      const weight = kernel[k + reach]!;
      const from = Math.min(height - 1, Math.max(0, y + k)) * row;
      for (let i = 0; i < row; i++) sums[i]! += weight * across[from + i]!;
    }
    blurred.set(sums, y * row);
  }
  return { width, height, data: blurred };
}
