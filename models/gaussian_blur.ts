/**
 * Blurs a picture.
 *
 * @module
 */
import { chooseKernel } from "./choose_kernel.ts";
import { ACROSS_BITS, DOWN_BITS, type PixelKernel, type Taps } from "./pixel_kernel.ts";
import type { WorkingImage } from "./pixels.ts";

/** Reach of the kernel in standard deviations: what is beyond weighs 1 %. */
const REACH = 2.5;

/** The weights of one axis; the edges are continued by giving theirs what is beyond. */
function gaussianTaps(length: number, sigma: number, bits: number): Taps {
  const reach = Math.ceil(REACH * sigma);
  const bell = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const kernel = bell.map((weight) => Math.round(weight / total * (1 << bits)));
  // What rounding leaves over goes to the middle: a flat picture stays flat.
  kernel[reach]! += (1 << bits) - kernel.reduce((sum, weight) => sum + weight, 0);

  const width = kernel.length;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * width);
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, i - reach), last = Math.min(length - 1, i + reach);
    first[i] = from;
    count[i] = last - from + 1;
    for (let k = -reach; k <= reach; k++) {
      const at = Math.min(last, Math.max(from, i + k)) - from;
      weights[i * width + at]! += kernel[k + reach]!;
    }
  }
  return { first, count, weights, width };
}

/**
 * Blurs by a Gaussian; the picture's edges are continued beyond it. The weights are integers, and
 * the work is the resize's, which runs on vectors.
 *
 * @param sigma standard deviation in pixels, above 0
 * @param kernel the inner loops; every one gives the same bits
 * @returns a new picture of the same size
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
  image: WorkingImage,
  sigma: number,
  kernel: PixelKernel = chooseKernel(),
): WorkingImage {
  if (!(sigma > 0 && Number.isFinite(sigma))) {
    throw new RangeError(`A blur's standard deviation should be above 0, it is ${sigma}`);
  }
  const { width, height } = image;
  const across = gaussianTaps(width, sigma, ACROSS_BITS);
  const down = gaussianTaps(height, sigma, DOWN_BITS);
  return { width, height, data: kernel.resize(image, across, down) };
}
