/**
 * One photo from bytes to numbers, in whatever thread.
 *
 * @module
 */
import type { Backbone } from "../../models/backbone.ts";
import { fingerprint } from "../../models/fingerprint.ts";
import { contrastOf, networkPixels, type View } from "../../models/pixels.ts";
import type { Encoded } from "../core/encoder.ts";
import { decodePhoto, encodeKept } from "./decode.ts";
import type { PhotoLimits } from "./limits.ts";

/** How one photo is encoded. */
export interface EncodePhotoOptions {
  readonly backbone: Backbone;
  /** What of the picture the network sees. */
  readonly view: View;
  readonly limits?: PhotoLimits;
  readonly keepPhoto: boolean;
  /** Whether the photo's bytes are nobody else's, so that they can be given back at once. */
  readonly owned: boolean;
}

/**
 * Decodes, resizes, hashes and infers.
 *
 * @throws as {@linkcode Encoder.encode} does
 */
export async function encodePhoto(
  photo: Uint8Array,
  { backbone, view, limits, keepPhoto, owned }: EncodePhotoOptions,
): Promise<Encoded> {
  const begun = performance.now();
  const { working, image } = await decodePhoto(photo, limits);
  if (owned) drop(photo);
  const decoded = performance.now();
  const pixels = networkPixels(working, view);
  const { logits, embedding } = await backbone.run(pixels);
  const hashes = fingerprint(working);
  const kept = keepPhoto ? await encodeKept(working) : undefined;
  drop(working.data);
  return {
    image,
    fingerprint: hashes,
    contrast: contrastOf(pixels),
    logits,
    embedding,
    ...(kept ? { photo: kept } : {}),
    timings: { decode: decoded - begun, encode: performance.now() - decoded },
  };
}

/** Frees megabytes now that the garbage collector, who sees a small object, would leave for long. */
function drop({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
