/**
 * From the working image to the network's input: the one routine that the server, training and a
 * browser share, in integer arithmetic, so that every platform computes the same bits.
 *
 * @module
 */

/** An upright sRGB picture, whose long side is at most 1280. */
export interface WorkingImage {
  /** At least 1. */
  readonly width: number;
  /** At least 1. */
  readonly height: number;
  /** [height, width, 3], red, green, blue, 0 to 255. */
  readonly data: Uint8Array;
}

/** Which part of the picture the network sees, and how large. */
export interface View {
  /** Side of the network's input in pixels, such as 224. */
  readonly size: number;
  /**
   * How much of a picture whose short side was resized to `size + border` is cut off, half of it
   * on either side. 0 takes the whole centre square.
   */
  readonly border: number;
}

/** A square in a picture's own pixels; not rounded. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixel data that a working image must have at least. */
function checkImage({ width, height, data }: WorkingImage): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new RangeError(
      `Cannot use a picture of ${width}×${height}: sides must be integers of at least 1`,
    );
  }
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `Cannot use a picture of ${width}×${height} with ${data.length} bytes: RGB needs ${
        width * height * 3
      }`,
    );
  }
}

/**
 * The centre square that the network sees: its side is `size / (size + border)` of the short side.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(centreSquare({ width: 640, height: 480 }, { size: 224, border: 32 }), {
 *   x: 110,
 *   y: 30,
 *   side: 420,
 * });
 * ```
 */
export function centreSquare(
  image: { readonly width: number; readonly height: number },
  { size, border }: View,
): Square {
  const side = (size / (size + border)) * Math.min(image.width, image.height);
  return { x: (image.width - side) / 2, y: (image.height - side) / 2, side };
}

/**
 * Bits of the weights down the columns. Two samples are weighted by one multiplication, each in
 * half of an integer, so that 8 bits of sample and 8 of weight fill its 16 bits.
 */
const DOWN_BITS = 8;
/** Bits of the weights along the rows: 16 bits of sum and 15 of weight stay below 2^31. */
const ACROSS_BITS = 15;

/** The samples in the lower byte of either half of an integer. */
const PAIR = 0x00ff00ff;

/** What each output pixel of one axis takes from the input. */
interface Taps {
  /** [outputs] first input pixel. */
  readonly first: Int32Array;
  /** [outputs] number of input pixels. */
  readonly count: Int32Array;
  /** [outputs, width] weights, which sum up to 2^bits for each output. */
  readonly weights: Int32Array;
  /** Most taps of one output. */
  readonly width: number;
}

/**
 * The weights of an antialiased bilinear resize: a triangle as wide as two output pixels (or two
 * input pixels, when enlarging), centred on the output pixel.
 */
function triangleTaps(
  length: number,
  start: number,
  span: number,
  outputs: number,
  bits: number,
): Taps {
  const one = 1 << bits;
  const scale = span / outputs;
  const reach = Math.max(scale, 1);
  const width = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(outputs);
  const count = new Int32Array(outputs);
  const weights = new Int32Array(outputs * width);
  const raw = new Float64Array(width);
  for (let i = 0; i < outputs; i++) {
    const centre = start + (i + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - reach + 0.5));
    const to = Math.min(length, Math.floor(centre + reach + 0.5));
    const n = Math.max(1, to - from);
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const weight = Math.max(0, 1 - Math.abs(from + k + 0.5 - centre) / reach);
      raw[k] = weight;
      sum += weight;
    }
    // What rounding leaves over goes to the heaviest tap: a flat picture stays exactly flat.
    let left = one;
    let heaviest = 0;
    for (let k = 0; k < n; k++) {
      const weight = sum > 0 ? Math.round((raw[k]! / sum) * one) : k === 0 ? one : 0;
      weights[i * width + k] = weight;
      left -= weight;
      if (raw[k]! > raw[heaviest]!) heaviest = k;
    }
    weights[i * width + heaviest]! += left;
    first[i] = Math.min(from, length - 1);
    count[i] = n;
  }
  return { first, count, weights, width };
}

/**
 * Cuts out the centre square and resizes it, antialiased: what the network takes.
 *
 * The filter is the triangle of Pillow's `BILINEAR`; of photos the result is within one level of
 * exact arithmetic. Columns are weighted first, because that pass runs along memory.
 *
 * @returns [size, size, 3], red, green, blue, 0 to 255
 * @throws {RangeError} when the picture's data does not fit its sides, or the view is no view
 *
 * @example A flat picture stays flat
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grey = { width: 30, height: 20, data: new Uint8Array(30 * 20 * 3).fill(77) };
 * const pixels = networkPixels(grey, { size: 8, border: 2 });
 * assertEquals(pixels, new Uint8Array(8 * 8 * 3).fill(77));
 * ```
 */
export function networkPixels(image: WorkingImage, view: View): Uint8Array {
  checkImage(image);
  const { size, border } = view;
  if (!(Number.isInteger(size) && size >= 1 && border >= 0)) {
    throw new RangeError(
      `Cannot make a view of size ${size} and border ${border}: need an integer ≥ 1 and a number ≥ 0`,
    );
  }
  const { x, y, side } = centreSquare(image, view);
  const across = triangleTaps(image.width, x, side, size, ACROSS_BITS);
  const down = triangleTaps(image.height, y, side, size, DOWN_BITS);

  // Only the columns that some output pixel takes from are weighted at all.
  const left = across.first[0]!;
  const right = across.first[size - 1]! + across.count[size - 1]!;
  const rowLength = (right - left) * 3;
  const stride = image.width * 3;
  const samples = new DataView(image.data.buffer, image.data.byteOffset, image.data.length);
  // Four samples at a time, and those that are left over one by one.
  const words = rowLength >> 2;
  const sums = new Uint16Array(rowLength + 1);
  const packed = new Uint32Array(sums.buffer, 0, words * 2);
  const pixels = new Uint8Array(size * size * 3);
  const half = 1 << (DOWN_BITS + ACROSS_BITS - 1);

  for (let row = 0; row < size; row++) {
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

    let out = row * size * 3;
    for (let column = 0; column < size; column++, out += 3) {
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

/**
 * Maps a box of the working image to upright pixels of the photo it was made from, rounded
 * outwards and kept inside.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(
 *   toPhotoBox({ x: 10, y: 20, width: 30, height: 40 }, { width: 1280, height: 960 }, {
 *     width: 4000,
 *     height: 3000,
 *   }),
 *   { x: 31, y: 62, width: 94, height: 126 },
 * );
 * ```
 */
export function toPhotoBox(
  box: Box,
  working: { readonly width: number; readonly height: number },
  photo: { readonly width: number; readonly height: number },
): Box {
  const across = photo.width / working.width;
  const down = photo.height / working.height;
  const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const x = clamp(Math.floor(box.x * across), photo.width);
  const y = clamp(Math.floor(box.y * down), photo.height);
  return {
    x,
    y,
    width: clamp(Math.ceil((box.x + box.width) * across), photo.width) - x,
    height: clamp(Math.ceil((box.y + box.height) * down), photo.height) - y,
  };
}

/**
 * How much a picture's brightness varies: the standard deviation of its samples' mean over the
 * channels, 0 for a blank one to 127.5.
 *
 * @param pixels RGB samples, row-major, as of {@linkcode networkPixels}
 */
export function contrastOf(pixels: Uint8Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i + 2 < pixels.length; i += 3) {
    const value = pixels[i]! + pixels[i + 1]! + pixels[i + 2]!;
    sum += value;
    squares += value * value;
  }
  const count = pixels.length / 3;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / 3;
}
