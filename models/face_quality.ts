/**
 * How good an example of somebody a face is, beside its size and the detector's score.
 *
 * @module
 */
import type { FacePoints, Point } from "./face.ts";

/**
 * How far the tip of a nose stands out of the plane of eyes and mouth, as a share of half the
 * distance between the eyes: what makes it move aside when the head turns.
 */
const NOSE = 0.7;

/**
 * How far a head is turned to a side, from its five points: 0 for frontal to 1 for profile.
 *
 * Seen from the side by an angle t, the nose is `NOSE · sin t` beside the middle of eyes and mouth
 * and half the eyes' distance is `cos t`; the result is t as a share of 90°. Tilting the head, and
 * nodding, leave it as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const face = [[0, 0], [60, 0], [30, 35], [10, 60], [50, 60]].map(([x, y]) => ({ x: x!, y: y! }));
 * const [left, right, , ...mouth] = face;
 * assertEquals(turnOf([left!, right!, { x: 30, y: 35 }, mouth[0]!, mouth[1]!]), 0);
 * assertEquals(turnOf([left!, right!, { x: 51, y: 35 }, mouth[0]!, mouth[1]!]), 0.5);
 * ```
 */
export function turnOf([leftEye, rightEye, nose, leftMouth, rightMouth]: FacePoints): number {
  const half = (a: Point, b: Point): Point => ({ x: (b.x - a.x) / 2, y: (b.y - a.y) / 2 });
  const mid = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const eyes = mid(leftEye, rightEye), mouth = mid(leftMouth, rightMouth);
  const across = half(leftEye, rightEye);
  const downX = mouth.x - eyes.x, downY = mouth.y - eyes.y;
  // nose = eyes + along · down + beside · across; Cramer's rule for `beside`.
  const area = across.x * downY - across.y * downX;
  const beside = ((nose.x - eyes.x) * downY - (nose.y - eyes.y) * downX) / area;
  if (!Number.isFinite(beside)) return 1;
  return Math.min(1, Math.atan(Math.abs(beside) / NOSE) / (Math.PI / 2));
}

/** Columns and rows of an aligned face that show skin and features, whatever the hair. */
const FACE = { left: 0.25, right: 0.75, top: 0.3, bottom: 0.9 } as const;

/**
 * How sharp an aligned face is: the variance of its Laplacian over the variance of its luma, 0 for
 * a blank one. Contrast and brightness do not enter. What a mouth or an eye leaves at the scale
 * of a few pixels counts, not the size of the picture it came from.
 *
 * @param crop [size, size, 3], RGB
 */
export function sharpnessOf(crop: Uint8Array, size: number): number {
  const left = Math.round(FACE.left * size), right = Math.round(FACE.right * size);
  const top = Math.round(FACE.top * size), bottom = Math.round(FACE.bottom * size);
  const width = right - left, height = bottom - top;
  const luma = new Int32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let at = ((top + y) * size + left) * 3, x = 0; x < width; x++, i++, at += 3) {
      luma[i] = crop[at]! * 77 + crop[at + 1]! * 150 + crop[at + 2]! * 29;
    }
  }
  let sum = 0, squares = 0, edges = 0, edgeSquares = 0, count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const here = luma[i]! / 256;
      const edge = (luma[i - 1]! + luma[i + 1]! + luma[i - width]! + luma[i + width]!) / 256 -
        4 * here;
      sum += here;
      squares += here * here;
      edges += edge;
      edgeSquares += edge * edge;
      count++;
    }
  }
  const variance = squares / count - (sum / count) ** 2;
  // Below one level of deviation there is nothing but rounding.
  if (variance < 1) return 0;
  return Math.max(0, edgeSquares / count - (edges / count) ** 2) / variance;
}
