/**
 * Cuts a face out of a picture, turned and scaled to where an embedder expects its features.
 *
 * @module
 */
import type { FacePoints, Point } from "./face.ts";
import type { WorkingImage } from "./pixels.ts";

/** Where an embedder expects the five points of a face. */
export interface FaceTemplate {
  /** Side of the square crop in pixels. */
  readonly size: number;
  /** In pixels of the crop; whole numbers are the middles of pixels. */
  readonly points: FacePoints;
}

/** SFace's: those of ArcFace, 112×112. */
export const SFACE_TEMPLATE: FaceTemplate = {
  size: 112,
  points: [
    { x: 38.2946, y: 51.6963 },
    { x: 73.5318, y: 51.5014 },
    { x: 56.0252, y: 71.7366 },
    { x: 41.5493, y: 92.3655 },
    { x: 70.7299, y: 92.2041 },
  ],
};

/** dlib's ResNet: where the five points lie, on average, in the crops that it was trained on. */
export const DLIB_TEMPLATE: FaceTemplate = {
  size: 150,
  points: [
    { x: 43.94, y: 43.35 },
    { x: 100.83, y: 42.82 },
    { x: 70.85, y: 73.77 },
    { x: 47.46, y: 97.18 },
    { x: 97.76, y: 97.13 },
  ],
};

/** A turn, scale and shift: `x' = a·x − b·y + x0`, `y' = b·x + a·y + y0`. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x0: number;
  readonly y0: number;
}

function middle(points: FacePoints): Point {
  let x = 0, y = 0;
  for (const point of points) x += point.x, y += point.y;
  return { x: x / points.length, y: y / points.length };
}

/**
 * The similarity that brings five points nearest to five others by least squares (Umeyama 1991,
 * for the plane and without reflection).
 *
 * @throws {RangeError} when the five points are one, or not finite
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const { points } = SFACE_TEMPLATE;
 * const far = points.map(({ x, y }) => ({ x: 3 - 2 * y, y: 5 + 2 * x }));
 * const { a, b, x0, y0 } = similarityOf(points, [far[0]!, far[1]!, far[2]!, far[3]!, far[4]!]);
 * for (const [got, expected] of [[a, 0], [b, 2], [x0, 3], [y0, 5]]) assertAlmostEquals(got!, expected!);
 * ```
 */
export function similarityOf(from: FacePoints, to: FacePoints): Similarity {
  const here = middle(from), there = middle(to);
  let a = 0, b = 0, spread = 0;
  from.forEach((point, i) => {
    const p = point.x - here.x, q = point.y - here.y;
    const r = to[i]!.x - there.x, s = to[i]!.y - there.y;
    a += p * r + q * s;
    b += p * s - q * r;
    spread += p * p + q * q;
  });
  a /= spread;
  b /= spread;
  if (!(Number.isFinite(a) && Number.isFinite(b) && (a !== 0 || b !== 0))) {
    const points = from.map(({ x, y }) => `${x},${y}`).join(" ");
    throw new RangeError(`Cannot align a face by the points ${points}: need five that differ`);
  }
  return {
    a,
    b,
    x0: there.x - (a * here.x - b * here.y),
    y0: there.y - (b * here.x + a * here.y),
  };
}

/**
 * How many pixels of the picture become one of the crop, along a side: above 1 the face shrinks.
 *
 * @throws {RangeError} when the points are one, or not finite
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(shrinkOf(SFACE_TEMPLATE.points, SFACE_TEMPLATE), 1);
 * ```
 */
export function shrinkOf(points: FacePoints, template: FaceTemplate): number {
  const { a, b } = similarityOf(points, template.points);
  return 1 / Math.hypot(a, b);
}

/**
 * The most pixels of the picture between two samples. With 3 a face's descriptor is nearest to
 * that of OpenCV's own alignment, which takes one sample however much it shrinks.
 */
const SAMPLE_STEP = 3;

/**
 * Cuts out an aligned face: bilinear, black beyond the picture's edges. Where the face shrinks to
 * less than a third, several samples are averaged for a pixel.
 *
 * @param points of the face in the picture
 * @returns [size, size, 3], RGB, 0 to 255
 * @throws {RangeError} when the points are one, or not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grey = { width: 300, height: 300, data: new Uint8Array(300 * 300 * 3).fill(9) };
 * assertEquals(alignFace(grey, SFACE_TEMPLATE.points, SFACE_TEMPLATE)[0], 9);
 * ```
 */
export function alignFace(
  { width, height, data }: WorkingImage,
  points: FacePoints,
  { size, points: targets }: FaceTemplate,
): Uint8Array {
  const { a, b, x0, y0 } = similarityOf(points, targets);
  const square = a * a + b * b;
  // From the crop to the picture: one pixel to the right there is (right, -down) here.
  const right = a / square, down = b / square;
  const samples = Math.max(1, Math.ceil(1 / Math.sqrt(square) / SAMPLE_STEP));
  const share = 1 / (samples * samples);
  const row = width * 3;
  const lastX = width - 1, lastY = height - 1;
  const crop = new Uint8Array(size * size * 3);
  let out = 0;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++, out += 3) {
      let red = 0, green = 0, blue = 0;
      for (let k = 0; k < samples; k++) {
        const dy = v + (k + 0.5) / samples - 0.5 - y0;
        for (let j = 0; j < samples; j++) {
          const dx = u + (j + 0.5) / samples - 0.5 - x0;
          const x = right * dx + down * dy;
          const y = right * dy - down * dx;
          const left = Math.floor(x), top = Math.floor(y);
          const fx = x - left, fy = y - top;
          if (left >= 0 && top >= 0 && left < lastX && top < lastY) {
            const at = top * row + left * 3;
            const w11 = fx * fy, w01 = fx - w11, w10 = fy - w11, w00 = 1 - fx - w10;
            red += w00 * data[at]! + w01 * data[at + 3]! + w10 * data[at + row]! +
              w11 * data[at + row + 3]!;
            green += w00 * data[at + 1]! + w01 * data[at + 4]! + w10 * data[at + row + 1]! +
              w11 * data[at + row + 4]!;
            blue += w00 * data[at + 2]! + w01 * data[at + 5]! + w10 * data[at + row + 2]! +
              w11 * data[at + row + 5]!;
          } else if (left >= -1 && top >= -1 && left <= lastX && top <= lastY) {
            for (let i = 0; i < 4; i++) {
              const px = left + (i & 1), py = top + (i >> 1);
              if (px < 0 || py < 0 || px > lastX || py > lastY) continue;
              const weight = (i & 1 ? fx : 1 - fx) * (i >> 1 ? fy : 1 - fy);
              const at = py * row + px * 3;
              red += weight * data[at]!;
              green += weight * data[at + 1]!;
              blue += weight * data[at + 2]!;
            }
          }
        }
      }
      crop[out] = red * share + 0.5;
      crop[out + 1] = green * share + 0.5;
      crop[out + 2] = blue * share + 0.5;
    }
  }
  return crop;
}
