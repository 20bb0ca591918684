/**
 * Takes grain and compression noise off a cut-out face.
 *
 * @module
 */
import { gaussianBlur } from "./gaussian_blur.ts";

/** In pixels of the working image: what suits a face of 48 pixels and one of 120. */
const SIGMA = 1.2;
/** A blur of less, in pixels of the crop, changes nothing. */
const LEAST = 0.35;

/**
 * Blurs a crop as if its picture had been blurred by a Gaussian of 1.2 pixels before it was cut out.
 * The embedders take grain for features: of a faded and grainy print of 48 pixels half as many
 * people again are named with it, and in clean photos as many as before.
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
  return gaussianBlur({ width: size, height: size, data: crop }, sigma).data;
}
