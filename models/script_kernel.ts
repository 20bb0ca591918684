/**
 * The inner loops in plain JavaScript: for engines that lack WebAssembly's vectors, for pictures
 * larger than the fast kernel's memory, and as what the fast kernel is tested against.
 *
 * @module
 */
import { ACROSS_BITS, DOWN_BITS } from "./pixel_kernel.ts";
import type { PixelKernel, RowSteps, Taps } from "./pixel_kernel.ts";
import type { WorkingImage } from "./pixels.ts";

/** The samples in the lower byte of either half of an integer. */
const PAIR = 0x00ff00ff;

function resize(image: WorkingImage, across: Taps, down: Taps): Uint8Array {
  const columns = across.first.length;
  const outputRows = down.first.length;
  // Only the columns that some output pixel takes from are weighted at all.
  const left = across.first[0]!;
  const right = across.first[columns - 1]! + across.count[columns - 1]!;
  const rowLength = (right - left) * 3;
  const stride = image.width * 3;
  const samples = new DataView(image.data.buffer, image.data.byteOffset, image.data.length);
  // Two samples are weighted by one multiplication, each in half of an integer: four samples at a
  // time, and those that are left over one by one.
  const words = rowLength >> 2;
  const sums = new Uint16Array(rowLength + 1);
  const packed = new Uint32Array(sums.buffer, 0, words * 2);
  const pixels = new Uint8Array(outputRows * columns * 3);
  const half = 1 << (DOWN_BITS + ACROSS_BITS - 1);

  for (let row = 0; row < outputRows; row++) {
    const at = (down.first[row]! * image.width + left) * 3;
    const weightAt = row * down.width;
    const rows = down.count[row]!;
    // Four rows at a time: the sums travel through memory once for each four. A row that is not
    // there stands in as the first one with no weight.
    for (let k = 0; k < rows; k += 4) {
      const w0 = down.weights[weightAt + k]!;
      const w1 = k + 1 < rows ? down.weights[weightAt + k + 1]! : 0;
      const w2 = k + 2 < rows ? down.weights[weightAt + k + 2]! : 0;
      const w3 = k + 3 < rows ? down.weights[weightAt + k + 3]! : 0;
      let p0 = at + k * stride;
      let p1 = k + 1 < rows ? p0 + stride : p0;
      let p2 = k + 2 < rows ? p1 + stride : p0;
      let p3 = k + 3 < rows ? p2 + stride : p0;
      const kept = k === 0 ? 0 : -1;
      for (let i = 0; i < words * 2; i += 2) {
        const a = samples.getInt32(p0, true), b = samples.getInt32(p1, true);
        const c = samples.getInt32(p2, true), d = samples.getInt32(p3, true);
        const even = (Math.imul(a & PAIR, w0) + Math.imul(b & PAIR, w1) +
          Math.imul(c & PAIR, w2) + Math.imul(d & PAIR, w3)) | 0;
        const odd = (Math.imul((a >>> 8) & PAIR, w0) + Math.imul((b >>> 8) & PAIR, w1) +
          Math.imul((c >>> 8) & PAIR, w2) + Math.imul((d >>> 8) & PAIR, w3)) | 0;
        packed[i] = ((packed[i]! & kept) + ((even & 0xffff) | (odd << 16))) | 0;
        packed[i + 1] = ((packed[i + 1]! & kept) + ((even >>> 16) | (odd & 0xffff0000))) | 0;
        p0 += 4, p1 += 4, p2 += 4, p3 += 4;
      }
      for (let i = words * 4; i < rowLength; i++) {
        sums[i] = (sums[i]! & kept) + samples.getUint8(p0++) * w0 + samples.getUint8(p1++) * w1 +
          samples.getUint8(p2++) * w2 + samples.getUint8(p3++) * w3;
      }
    }

    let out = row * columns * 3;
    for (let column = 0; column < columns; column++, out += 3) {
      let red = half, green = half, blue = half;
      let from = (across.first[column]! - left) * 3;
      const begin = column * across.width;
      const end = begin + across.count[column]!;
      for (let w = begin; w < end; w++, from += 3) {
        const weight = across.weights[w]!;
        red += Math.imul(sums[from]!, weight);
        green += Math.imul(sums[from + 1]!, weight);
        blue += Math.imul(sums[from + 2]!, weight);
      }
      pixels[out] = red >> (DOWN_BITS + ACROSS_BITS);
      pixels[out + 1] = green >> (DOWN_BITS + ACROSS_BITS);
      pixels[out + 2] = blue >> (DOWN_BITS + ACROSS_BITS);
    }
  }
  return pixels;
}

function cellSums(
  { width, data }: WorkingImage,
  rows: RowSteps,
  across: Taps,
  down: Taps,
): Float64Array {
  const size = across.first.length;
  const stride = rows.step * width * 3;
  const sums = new Float64Array(size * size);
  // At most 65,280 times 256: far below 2^31.
  const columns = new Int32Array(width);
  for (let row = 0; row < size; row++) {
    columns.fill(0);
    for (let k = 0; k < down.count[row]!; k++) {
      const weight = down.weights[row * down.width + k]!;
      const red = weight * 77, green = weight * 150, blue = weight * 29;
      let at = rows.begin * width * 3 + (down.first[row]! + k) * stride;
      for (let x = 0; x < width; x++, at += 3) {
        columns[x] = (columns[x]! + Math.imul(data[at]!, red) + Math.imul(data[at + 1]!, green) +
          Math.imul(data[at + 2]!, blue)) | 0;
      }
    }
    for (let column = 0; column < size; column++) {
      let sum = 0;
      const first = across.first[column]!;
      for (let k = 0; k < across.count[column]!; k++) {
        sum += columns[first + k]! * across.weights[column * across.width + k]!;
      }
      sums[row * size + column] = sum;
    }
  }
  return sums;
}

function moments(pixels: Uint8Array): { sum: number; squares: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i + 2 < pixels.length; i += 3) {
    const value = pixels[i]! + pixels[i + 1]! + pixels[i + 2]!;
    sum += value;
    squares += value * value;
  }
  return { sum, squares };
}

/** The kernel that runs everywhere. */
export const scriptKernel: PixelKernel = { resize, cellSums, moments };
