/**
 * What encoding a photo needs of whoever reads and writes the formats of files: libvips on a server,
 * the browser in a tab.
 *
 * @module
 */
import type { WorkingImage } from "../../models/pixels.ts";
import type { ImageSize } from "../core/encoder.ts";
import type { PhotoLimits } from "./limits.ts";

/** Long side of the working image. */
export const WORKING_SIDE = 1280;

/** A decoded photo. */
export interface DecodedPhoto {
  /** Upright sRGB, long side ≤ {@linkcode WORKING_SIDE}, what is transparent laid over white. */
  readonly working: WorkingImage;
  /** Size of the upright photo itself. */
  readonly image: ImageSize;
}

/** Reads photos, and writes those that are kept. */
export interface PhotoCodec {
  /**
   * Decodes a photo to an upright sRGB working image. It is never enlarged.
   *
   * @throws {UnsupportedPhotoError} for a format that is not read
   * @throws {DamagedPhotoError} for a damaged file
   * @throws {PhotoTooLargeError} for more bytes or pixels than the limits, before decoding
   */
  decode(bytes: Uint8Array, limits?: PhotoLimits): Promise<DecodedPhoto>;
  /**
   * The working image as a JPEG without any metadata.
   *
   * @param side most pixels of the longer side; as large as it is when left out
   */
  encodeKept(working: WorkingImage, side?: number): Promise<Uint8Array>;
}
