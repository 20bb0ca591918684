/**
 * What a photo may cost, known from its header before it is decoded.
 *
 * @module
 */
import { PhotoTooLargeError } from "../core/errors.ts";
import type { PhotoHeader } from "./header.ts";

/** Limits of one photo. */
export interface PhotoLimits {
  /** Most bytes of a file. */
  readonly bytes: number;
  /** Most pixels of any photo. */
  readonly pixels: number;
  /** Most bytes of memory that decoding one photo may take by {@linkcode decodeMemory}. */
  readonly memory: number;
}

const MIB = 2 ** 20;

/** 20 MiB and 50 megapixels: the JPEG of any phone or camera of today. */
export const DEFAULT_LIMITS: PhotoLimits = { bytes: 20 * MIB, pixels: 50e6, memory: 256 * MIB };

/** What any decode takes: the working image, its rows on the way, the decoder's tables. */
const FIXED = 24 * MIB;

/**
 * Bytes a pixel that decoding takes at its peak, as measured with 12-megapixel photos and rounded
 * up: what streams through in rows costs next to nothing, what is decoded in one piece a lot.
 */
function bytesPerPixel(header: PhotoHeader): number {
  switch (header.format) {
    case "jpeg":
    case "png":
      return header.whole ? header.depth * 1.2 : 0.2;
    case "webp":
      return 5;
    case "gif":
      return 6;
    case "avif":
      return header.depth > 3 ? 26 : 17.5;
    case "heic":
      return header.depth > 3 ? 18 : 12;
  }
}

/** Bytes of memory that decoding takes at most, the file's own not counted. */
export function decodeMemory(header: PhotoHeader): number {
  return FIXED + header.width * header.height * bytesPerPixel(header);
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}

/** @throws {PhotoTooLargeError} when the file has more bytes than the limit */
export function checkBytes(bytes: Uint8Array, limits: PhotoLimits): void {
  if (bytes.length > limits.bytes) {
    throw new PhotoTooLargeError(
      `The photo has ${(bytes.length / MIB).toFixed(1)} MiB, at most ${
        (limits.bytes / MIB).toFixed(1)
      } MiB are read`,
    );
  }
}

/** @throws {PhotoTooLargeError} when the photo has more pixels than the limits allow for its kind */
export function checkPixels(header: PhotoHeader, limits: PhotoLimits): void {
  const pixels = header.width * header.height;
  const affordable = (limits.memory - FIXED) / bytesPerPixel(header);
  const most = Math.min(limits.pixels, affordable);
  if (pixels <= most) return;
  const kind = `${header.whole && header.format === "jpeg" ? "progressive " : ""}${
    header.whole && header.format === "png" ? "interlaced " : ""
  }${header.format === "webp" ? "WebP" : header.format.toUpperCase()}`;
  throw new PhotoTooLargeError(
    `The photo is a ${kind} of ${header.width}×${header.height} = ${
      megapixels(pixels)
    } megapixels, at most ${megapixels(most)} are read` +
      (affordable < limits.pixels ? ` of this kind with the memory given: send a plain JPEG` : ""),
  );
}
