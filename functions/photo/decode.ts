/**
 * From the bytes of a photo to the working image, by libvips (`sharp`).
 *
 * @module
 */
import type { WorkingImage } from "../../models/pixels.ts";
import type { ImageSize } from "../core/encoder.ts";
import { DamagedPhotoError, PhotoTooLargeError } from "../core/errors.ts";
import { readHeader } from "./header.ts";
import type { PhotoHeader } from "./header.ts";
import { decodeHeicApart } from "./heic_apart.ts";
import { checkBytes, checkPixels, DEFAULT_LIMITS } from "./limits.ts";
import type { PhotoLimits } from "./limits.ts";
import type { DecodedPhoto, PhotoCodec } from "./codec.ts";
import { sharp, toWorking } from "./vips.ts";

/**
 * Decodes a photo to an upright sRGB working image. It is never enlarged.
 *
 * - EXIF orientation, colour profiles, CMYK, greyscale and 16 bits are undone.
 * - Transparent parts are laid over white.
 * - Of an animation the first frame is taken.
 * - A photo that ends early is damaged, even where a decoder could show its upper part: what is
 *   missing would be learnt as part of the picture.
 *
 * @throws {UnsupportedPhotoError} for a format that is not read
 * @throws {DamagedPhotoError} for a damaged file
 * @throws {PhotoTooLargeError} for more bytes or pixels than the limits, before decoding
 */
export async function decodePhoto(
  bytes: Uint8Array,
  limits: PhotoLimits = DEFAULT_LIMITS,
): Promise<DecodedPhoto> {
  checkBytes(bytes, limits);
  const header = readHeader(bytes);
  checkPixels(header, limits);
  if (header.format === "heic") {
    return await decodeHeicApart(bytes);
  }
  try {
    const photo = sharp(bytes, {
      failOn: "error",
      limitInputPixels: limits.pixels,
      sequentialRead: true,
      pages: 1,
    });
    const working = await toWorking(photo.autoOrient());
    return { working, image: uprightSize(header, working) ?? (await photo.metadata()).autoOrient };
  } catch (error) {
    // libvips answers with a list of what its parts said; the first line is the cause.
    const cause = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
    if (cause.includes("exceeds pixel limit")) {
      throw new PhotoTooLargeError(
        `The photo has more pixels than its header says, at most ${
          limits.pixels / 1e6
        } million are read`,
      );
    }
    throw new DamagedPhotoError(
      `The photo is a damaged ${header.format.toUpperCase()}: ${
        cause.replace(/^Input buffer has /, "")
      }`,
    );
  }
}

/**
 * Size of the upright photo, where the header and the proportions of the working image leave no
 * doubt about it: asking libvips reads the header once more.
 */
function uprightSize({ format, width, height }: PhotoHeader, working: WorkingImage):
  | ImageSize
  | undefined {
  // AVIF may be cropped as well as turned.
  if (format === "avif") return undefined;
  if (width === height) return { width, height };
  if (working.width === working.height) return undefined;
  const isTurned = width > height !== working.width > working.height;
  return isTurned ? { width: height, height: width } : { width, height };
}

/** The working image as a JPEG of quality 90 without any metadata. */
export async function encodeKept(
  { data, width, height }: WorkingImage,
  side?: number,
): Promise<Uint8Array> {
  const whole = sharp(data, { raw: { width, height, channels: 3 } });
  const fitting = { width: side, height: side, fit: "inside", withoutEnlargement: true } as const;
  const jpeg = await (side === undefined ? whole : whole.resize(fitting))
    .jpeg({ quality: 90 })
    .toBuffer();
  return new Uint8Array(jpeg);
}

/** Photos by libvips. */
export const vipsCodec: PhotoCodec = { decode: decodePhoto, encodeKept };
