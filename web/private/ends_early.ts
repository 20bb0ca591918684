/**
 * Whether a file stops before its picture does.
 *
 * @module
 */
import type { PhotoFormat } from "../../functions/photo/header.ts";

/** What a PNG ends with. */
const IEND = [0x49, 0x45, 0x4e, 0x44];

/**
 * Tells what browsers do not: they show the upper part of what they have got, and what is missing
 * would be learnt as part of the picture. Of the other formats a browser says so itself.
 *
 * - JPEG: the end marker should come after the last scan's beginning. In the scan itself no byte FF is
 *   followed by that of a marker (ITU-T T.81, B.1.1.5).
 * - PNG: there should be an IEND chunk.
 * - WebP: the RIFF header says how long the file is.
 */
export function endsEarly(bytes: Uint8Array, format: PhotoFormat): boolean {
  if (format === "jpeg") return lastOf(bytes, [0xff, 0xd9]) < lastOf(bytes, [0xff, 0xda]);
  if (format === "png") return lastOf(bytes, IEND) < 0;
  if (format !== "webp") return false;
  const { buffer, byteOffset, byteLength } = bytes;
  return new DataView(buffer, byteOffset, byteLength).getUint32(4, true) + 8 > byteLength;
}

/** Where bytes come last; −1 where they do not. */
function lastOf(bytes: Uint8Array, sought: readonly number[]): number {
  for (let at = bytes.lastIndexOf(sought[0]!); at >= 0;) {
    if (sought.every((one, i) => bytes[at + i] === one)) return at;
    if (at === 0) return -1;
    at = bytes.lastIndexOf(sought[0]!, at - 1);
  }
  return -1;
}
