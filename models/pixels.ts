/**
 * From the working image to the network's input: the one routine that the server, training and a
 * browser share, in integer arithmetic, so that every platform computes the same bits.
 *
 * @module
 */
import { chooseKernel } from "./choose_kernel.ts";
import { ACROSS_BITS, DOWN_BITS } from "./pixel_kernel.ts";
import type { PixelKernel, Taps } from "./pixel_kernel.ts";

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
 * @param kernel the inner loops; every one gives the same bits
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
export function networkPixels(
  image: WorkingImage,
  view: View,
  kernel: PixelKernel = chooseKernel(),
): Uint8Array {
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
  return kernel.resize(image, across, down);
}

/**
 * Resizes a whole picture, antialiased; both axes by what its own sides ask for.
 *
 * @param size sides of the result in pixels, integers of at least 1
 * @param kernel the inner loops; every one gives the same bits
 * @returns the picture itself when it is of that size already, else a new one
 * @throws {RangeError} when the picture's data does not fit its sides, or a side is no such integer
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const halves = { width: 4, height: 1, data: new Uint8Array([0, 0, 9, 9].flatMap((v) => [v, v, v])) };
 * assertEquals([...resizePicture(halves, { width: 2, height: 1 }).data], [1, 1, 1, 8, 8, 8]);
 * ```
 */
export function resizePicture(
  image: WorkingImage,
  { width, height }: { readonly width: number; readonly height: number },
  kernel: PixelKernel = chooseKernel(),
): WorkingImage {
  checkImage(image);
  if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
    throw new RangeError(
      `Cannot resize to ${width}×${height}: sides must be integers of at least 1`,
    );
  }
  if (width === image.width && height === image.height) return image;
  const across = triangleTaps(image.width, 0, image.width, width, ACROSS_BITS);
  const down = triangleTaps(image.height, 0, image.height, height, DOWN_BITS);
  return { width, height, data: kernel.resize(image, across, down) };
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
 * @param kernel the inner loops; every one gives the same number
 */
export function contrastOf(pixels: Uint8Array, kernel: PixelKernel = chooseKernel()): number {
  const { sum, squares } = kernel.moments(pixels);
  const count = pixels.length / 3;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / 3;
}
