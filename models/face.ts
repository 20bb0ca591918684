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

/** Finds and describes faces. */
export interface FacePipeline {
  /** Names what made the descriptors; those of different ones are never compared. */
  readonly id: string;
  /** The best first, at most the manifest's number; none when there is no face. */
  find(image: WorkingImage, mode: FaceMode): Promise<readonly FoundFace[]>;
  /** Opens the embedders at the first call. One descriptor for each face, in their order. */
  describe(
    image: WorkingImage,
    faces: readonly FoundFace[],
    mode: FaceMode,
  ): Promise<readonly FaceDescriptor[]>;
  /** How good an example each face is, in their order. */
  quality(image: WorkingImage, faces: readonly FoundFace[]): readonly FaceQuality[];
}
