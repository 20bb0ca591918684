/**
 * One photo from bytes to numbers, in whatever thread.
 *
 * @module
 */
import type { Seen } from "../../models/backbone.ts";
import type { FaceFinder, FaceMode } from "../../models/face.ts";
import { fingerprint } from "../../models/fingerprint.ts";
import type { ParadigmScores } from "../../models/paradigms.ts";
import { toPhotoBox, type WorkingImage } from "../../models/pixels.ts";
import type { Recognize } from "../../models/recognizer.ts";
import type { Encoded, ImageSize, SeenFace } from "../core/encoder.ts";
import type { PhotoCodec } from "./codec.ts";
import type { PhotoLimits } from "./limits.ts";

/** Longer side of a thumbnail in pixels. */
const THUMBNAIL = 128;

/** How one photo is encoded. */
export interface EncodePhotoOptions {
  readonly codec: PhotoCodec;
  readonly recognize: Recognize;
  readonly finder: FaceFinder;
  readonly limits?: PhotoLimits;
  /** Whether the photo is given back as a JPEG, whole or as a thumbnail. */
  readonly keepPhoto: boolean | "thumbnail";
  /** Whether the look takes in the mirror image. */
  readonly mirrored: boolean;
  /** How thoroughly faces are looked for. */
  readonly faces: FaceMode | "none";
  /** The trained paradigms that are asked, if any, by what the backbone makes of the centre view. */
  readonly scoreParadigms?: (centre: Seen) => Promise<ParadigmScores>;
  /** Whether the photo's bytes are nobody else's, so that they can be given back at once. */
  readonly owned: boolean;
}

/**
 * Decodes, resizes, hashes, infers and looks for faces.
 *
 * @throws as {@linkcode Encoder.encode} does
 */
export async function encodePhoto(
  photo: Uint8Array,
  options: EncodePhotoOptions,
): Promise<Encoded> {
  const { codec, recognize, finder, limits, keepPhoto, mirrored, faces: mode, owned } = options;
  const begun = performance.now();
  const { working, image } = await codec.decode(photo, limits);
  if (owned) drop(photo);
  const decoded = performance.now();
  const { scores, look, centre, views, contrast } = await recognize(working, { mirrored });
  const paradigms = await options.scoreParadigms?.(centre);
  const hashes = fingerprint(working);
  const side = keepPhoto === "thumbnail" ? THUMBNAIL : undefined;
  const kept = keepPhoto ? await codec.encodeKept(working, side) : undefined;
  const encoded = performance.now();
  const faces = mode === "none" ? [] : await seeFaces(working, image, finder, mode);
  drop(working.data);
  return {
    image,
    fingerprint: hashes,
    contrast,
    scores,
    ...(paradigms ? { paradigms } : {}),
    look,
    views,
    faces,
    ...(kept ? { photo: kept } : {}),
    timings: {
      decode: decoded - begun,
      encode: encoded - decoded,
      faces: performance.now() - encoded,
    },
  };
}

async function seeFaces(
  working: WorkingImage,
  image: ImageSize,
  finder: FaceFinder,
  mode: FaceMode,
): Promise<SeenFace[]> {
  const found = await finder.find(working, mode);
  if (found.length === 0) return [];
  const crops = finder.crop(working, found, mode);
  const qualities = finder.quality(working, found);
  return found.map(({ box }, i) => ({
    box: toPhotoBox(box, working, image),
    quality: qualities[i]!,
    crop: crops[i]!,
  }));
}

/** Frees megabytes now that the garbage collector, who sees a small object, would leave for long. */
function drop({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
