/**
 * How much two boxes frame the same.
 *
 * @module
 */
import type { Box } from "./pixels.ts";

/** Overlap from which two boxes, perhaps of different detectors, frame one face. */
const SAME_FACE = 0.5;

/** Whether two boxes frame one face. */
export function frameSame(a: Box, b: Box): boolean {
  return overlap(a, b) >= SAME_FACE;
}

/**
 * Intersection over union of two boxes, 0 to 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const box = { x: 0, y: 0, width: 2, height: 2 };
 * assertEquals(overlap(box, { ...box, x: 1 }), 1 / 3);
 * ```
 */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
