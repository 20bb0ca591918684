/**
 * Pictures made by code, the same on every machine.
 *
 * @module
 */
import type { WorkingImage } from "../../models/pixels.ts";

/** Odd, near 2^32 divided by the golden ratio: its multiples have well-mixed upper bits. */
const SPREAD = 0x9e3779b1;

/**
 * A picture with gradients, edges and texture, in integer arithmetic.
 *
 * @param seed another one gives another picture
 */
export function madePicture(width: number, height: number, seed = 1): WorkingImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      let block = Math.imul(
        ((x * 7 / width) | 0) * 31 + ((y * 5 / height) | 0) + seed * 997,
        SPREAD,
      );
      block = Math.imul(block ^ (block >>> 15), SPREAD) >>> 8;
      const texture = (Math.imul(x + 3, y + 5) + Math.imul(x ^ y, 5)) & 31;
      data[at] = ((block & 127) + ((x * 96 / width) | 0) + texture) & 255;
      data[at + 1] = (((block >> 3) & 127) + ((y * 96 / height) | 0) + texture) & 255;
      data[at + 2] = (((block >> 5) & 127) + (((x + y) * 96 / (width + height)) | 0)) & 255;
    }
  }
  return { width, height, data };
}

/** The picture mirrored left to right. */
export function mirrored({ width, height, data }: WorkingImage): WorkingImage {
  const other = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) {
    const j = i - (i % width) + width - 1 - (i % width);
    other.set(data.subarray(i * 3, i * 3 + 3), j * 3);
  }
  return { width, height, data: other };
}

/** Largest difference of a sample. */
export function largestDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** Mean difference of a sample. */
export function meanDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
