/**
 * From the bytes of a photo to the working image, by libvips (`sharp`).
 *
 * @module
 */
import sharp from "sharp";
import type { Sharp } from "sharp";
import type { WorkingImage } from "../../models/pixels.ts";
import type { ImageSize } from "../core/encoder.ts";
import { DamagedPhotoError, PhotoTooLargeError } from "../core/errors.ts";
import { readHeader } from "./header.ts";
import { decodeHeic } from "./heic.ts";
import { checkBytes, checkPixels, DEFAULT_LIMITS } from "./limits.ts";
import type { PhotoLimits } from "./limits.ts";

// libvips keeps its settings once a process. They are set where `sharp` is imported, so that no
// photo reaches it before: no cache of what was seen, one thread a photo (the pool is what runs
// photos side by side), and no loader but those of the formats that are read: neither SVG nor
// TIFF nor anything that goes by a file's name.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadHeifBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});

/** Long side of the working image. */
export const WORKING_SIDE = 1280;

/** A decoded photo. */
export interface DecodedPhoto {
  /** Upright sRGB, long side ≤ 1280, what is transparent laid over white. */
  readonly working: WorkingImage;
  /** Size of the upright photo itself. */
  readonly image: ImageSize;
}

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
    const { data, width, height, channels } = await decodeHeic(bytes);
    checkPixels({ ...header, width, height }, limits);
    return {
      working: await toWorking(sharp(data, { raw: { width, height, channels } })),
      image: { width, height },
    };
  }
  try {
    const photo = sharp(bytes, {
      failOn: "error",
      limitInputPixels: limits.pixels,
      sequentialRead: true,
      pages: 1,
    });
    const { autoOrient } = await photo.metadata();
    return {
      working: await toWorking(photo.autoOrient()),
      image: { width: autoOrient.width, height: autoOrient.height },
    };
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

async function toWorking(photo: Sharp): Promise<WorkingImage> {
  const { data, info } = await photo
    .resize({
      width: WORKING_SIDE,
      height: WORKING_SIDE,
      fit: "inside",
      withoutEnlargement: true,
    })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (channels === 3) return { width, height, data: pixels };
  if (channels !== 1) throw new TypeError(`Expected 1 or 3 channels, got ${channels}`);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i]!, i * 3, i * 3 + 3);
  return { width, height, data: rgb };
}

/** The working image as a JPEG of quality 90 without any metadata. */
export async function encodeKept({ data, width, height }: WorkingImage): Promise<Uint8Array> {
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
  return new Uint8Array(jpeg);
}
