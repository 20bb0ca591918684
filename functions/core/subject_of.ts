/**
 * What a photo is of.
 *
 * @module
 */
import type { Box } from "../../models/pixels.ts";
import type { ImageSize } from "./encoder.ts";

/** A face of this share is what the photo is of when it is in the middle; in a corner, of twice. */
const LEAST_SHARE = 0.12;

/** The same for somebody known: who is seen from head to foot is still what her photo is of. */
export const KNOWN_SHARE = 0.06;

/**
 * Whether a photo is of the people in it, for somebody who names it: of one of them, or of a group
 * that takes as much room together.
 *
 * @param boxes of the faces
 */
export function isOfPeople(boxes: readonly Box[], image: ImageSize): boolean {
  const area = boxes.reduce((sum, { width, height }) => sum + width * height, 0);
  return boxes.some((box) => isSubjectOf(box, image, KNOWN_SHARE)) ||
    (boxes.length > 1 && Math.sqrt(area / (image.width * image.height)) >= LEAST_SHARE);
}

/**
 * Whether a face is what a photo is of: by the side of its box, as a share of the photo's, and by
 * how far it is from the middle.
 *
 * @param least share that a face in the middle needs
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * const photo = { width: 1000, height: 1000 };
 * assert(isSubjectOf({ x: 400, y: 200, width: 150, height: 200 }, photo));
 * assertFalse(isSubjectOf({ x: 0, y: 0, width: 80, height: 100 }, photo));
 * ```
 */
export function isSubjectOf(
  box: Box,
  { width, height }: ImageSize,
  least: number = LEAST_SHARE,
): boolean {
  const share = Math.sqrt((box.width * box.height) / (width * height));
  const across = (box.x + box.width / 2) / width - 0.5;
  const down = (box.y + box.height / 2) / height - 0.5;
  // 0 in the middle, 1 in a corner.
  const offset = Math.min(1, Math.hypot(across, down) / Math.SQRT1_2);
  return share >= least * (1 + offset);
}
