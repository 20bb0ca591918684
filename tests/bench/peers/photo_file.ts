/**
 * Decoded photos as files, so that every engine's process reads the same pixels.
 *
 * @module
 */
import type { Photo } from "./engine.ts";

/** Width and height, four bytes each. */
const HEADER = 8;

/** A photo as bytes: width and height as little-endian uint32, then its pixels. */
export function writePhoto({ width, height, data }: Photo): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, height, true);
  bytes.set(data, HEADER);
  return bytes;
}

/**
 * What {@linkcode writePhoto} wrote.
 *
 * @throws {RangeError} when the bytes are not of the length that their sides say
 */
export function readPhoto(bytes: Uint8Array): Photo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(0, true), view.getUint32(4, true)];
  const data = bytes.subarray(HEADER);
  if (data.length !== width * height * 3) {
    throw new RangeError(
      `A photo of ${width}×${height} should have ${
        width * height * 3
      } samples, it has ${data.length}`,
    );
  }
  return { width, height, data };
}
