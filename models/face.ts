/**
 * Faces as they are found and described: the words that detector, embedders and memory share.
 *
 * @module
 */
import type { Box, WorkingImage } from "./pixels.ts";

/** A point of a picture in its own pixels; not rounded. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Eye on the image's left, eye on its right, nose, mouth corner on its left, on its right. */
export type FacePoints = readonly [Point, Point, Point, Point, Point];

/** The detector's score from which a face needs no second look. */
export const SURE_SCORE = 0.88;

/** A face that was found, in pixels of the upright working image. */
export interface FoundFace {
  /** May reach beyond the picture. */
  readonly box: Box;
  /** As the face stands: a face that lies on its side has its eyes above each other. */
  readonly points: FacePoints;
  /** The detector's, 0 to 1. */
  readonly score: number;
}

/** How good an example of a face is; what each number should be is the manifest's to say. */
export interface FaceQuality {
  /** The detector's score, 0 to 1. */
  readonly score: number;
  /** √(width · height) of its box in pixels of the working image. */
  readonly size: number;
  /** How sharp the aligned face is, 0 for a blank one; independent of its contrast. */
  readonly sharpness: number;
  /** How far it is turned to a side, 0 for frontal to 1 for profile. */
  readonly turn: number;
}

/** What the embedders made of a face, before any statistics are taken off. */
export interface FaceDescriptor {
  /** [128], unit length. */
  readonly sface: Float32Array;
  /** [128], not normalised; null in light mode, which does without. */
  readonly dlib: Float32Array | null;
}

/** How thoroughly faces are looked at: `light` takes a smaller picture and one embedder. */
export type FaceMode = "full" | "light";

/** A face turned upright and cut out for each embedder, RGB, 0 to 255, row-major. */
export interface FaceCrop {
  /** [112, 112, 3] */
  readonly sface: Uint8Array;
  /** [150, 150, 3]; null in light mode. */
  readonly dlib: Uint8Array | null;
}

/**
 * Finds faces: all that needs the picture. What embeds them is apart ({@linkcode FaceEmbedder}),
 * for it takes ten times the memory: one thread of many may hold it, and a picture without
 * faces, or a space without people, never wakes it.
 */
export interface FaceFinder {
  /** The best first, at most 32; none when there is no face. */
  find(image: WorkingImage, mode: FaceMode): Promise<readonly FoundFace[]>;
  /** The faces as the embedders take them, in their order. */
  crop(image: WorkingImage, faces: readonly FoundFace[], mode: FaceMode): readonly FaceCrop[];
  /** How good an example each face is, in their order. */
  quality(image: WorkingImage, faces: readonly FoundFace[]): readonly FaceQuality[];
}

/** Embeds cut-out faces. */
export interface FaceEmbedder {
  /** Names what made the descriptors; those of different ones are never compared. */
  readonly id: string;
  /**
   * One descriptor for each crop, in their order; the mirrored crops of full mode are made here.
   *
   * @throws {RangeError} when a crop has another size, or lacks what the mode needs
   */
  embed(crops: readonly FaceCrop[], mode: FaceMode): Promise<readonly FaceDescriptor[]>;
}
