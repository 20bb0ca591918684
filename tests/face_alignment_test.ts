import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import type { FacePoints, Point } from "../models/face.ts";
import {
  alignFace,
  DLIB_TEMPLATE,
  SFACE_TEMPLATE,
  shrinkOf,
  type Similarity,
  similarityOf,
} from "../models/face_alignment.ts";
import { contrastOf, type WorkingImage } from "../models/pixels.ts";
import { createRandom } from "../training/eval/random.ts";
import { largestDifference, madePicture } from "./support/pictures.ts";

function moved(points: FacePoints, move: (point: Point) => Point): FacePoints {
  const [a, b, c, d, e] = points;
  return [move(a), move(b), move(c), move(d), move(e)];
}

function residual(from: FacePoints, to: FacePoints, { a, b, x0, y0 }: Similarity): number {
  return from.reduce(
    (sum, { x, y }, i) =>
      sum + (a * x - b * y + x0 - to[i]!.x) ** 2 + (b * x + a * y + y0 - to[i]!.y) ** 2,
    0,
  );
}

/** The definition in exact arithmetic: one bilinear sample where the pixel's middle comes from. */
function bruteForce(image: WorkingImage, { a, b, x0, y0 }: Similarity, size: number): Uint8Array {
  const found = new Uint8Array(size * size * 3);
  const level = (x: number, y: number, c: number) =>
    x < 0 || y < 0 || x >= image.width || y >= image.height
      ? 0
      : image.data[(y * image.width + x) * 3 + c]!;
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const square = a * a + b * b;
      const x = (a * (u - x0) + b * (v - y0)) / square;
      const y = (-b * (u - x0) + a * (v - y0)) / square;
      const left = Math.floor(x), top = Math.floor(y);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const [px, wx] of [[left, 1 - (x - left)], [left + 1, x - left]] as const) {
          for (const [py, wy] of [[top, 1 - (y - top)], [top + 1, y - top]] as const) {
            sum += wx * wy * level(px, py, c);
          }
        }
        found[(v * size + u) * 3 + c] = Math.round(sum);
      }
    }
  }
  return found;
}

Deno.test("similarityOf() gives less residual than every similarity beside it when points are noisy", () => {
  const random = createRandom(3);
  for (let round = 0; round < 20; round++) {
    const noise = () => 12 * (random() - 0.5);
    const from = moved(SFACE_TEMPLATE.points, ({ x, y }) => ({
      x: 200 - 2 * y + noise(),
      y: 50 + 2 * x + noise(),
    }));
    const best = similarityOf(from, SFACE_TEMPLATE.points);
    const least = residual(from, SFACE_TEMPLATE.points, best);
    for (const key of ["a", "b", "x0", "y0"] as const) {
      for (const step of [-1e-3, 1e-3]) {
        const other = { ...best, [key]: best[key] + step };
        assert(residual(from, SFACE_TEMPLATE.points, other) > least, `${key} ${step}`);
      }
    }
  }
});

Deno.test("similarityOf() throws when the points are one or not finite", () => {
  const one = moved(SFACE_TEMPLATE.points, () => ({ x: 4, y: 7 }));
  assertThrows(() => similarityOf(one, SFACE_TEMPLATE.points), RangeError, "4,7 4,7");
  const none = moved(SFACE_TEMPLATE.points, ({ x }) => ({ x, y: NaN }));
  assertThrows(() => similarityOf(none, SFACE_TEMPLATE.points), RangeError, "NaN");
});

Deno.test("shrinkOf() is how many pixels become one, whatever the turn", () => {
  for (const angle of [0, 0.4, Math.PI / 2, 3]) {
    const sin = 2.5 * Math.sin(angle), cos = 2.5 * Math.cos(angle);
    const points = moved(DLIB_TEMPLATE.points, ({ x, y }) => ({
      x: cos * x - sin * y + 9,
      y: sin * x + cos * y - 30,
    }));
    assertAlmostEquals(shrinkOf(points, DLIB_TEMPLATE), 2.5, 1e-9);
  }
});

Deno.test("alignFace() gives the picture's own pixels when the face stands where it should", () => {
  for (const template of [SFACE_TEMPLATE, DLIB_TEMPLATE]) {
    const image = madePicture(template.size, template.size, 4);
    assertEquals(alignFace(image, template.points, template), image.data);
  }
});

Deno.test("alignFace() is within one level of exact arithmetic when the face is turned, small or half outside", () => {
  const image = madePicture(180, 140, 5);
  const views = [
    { angle: 0.3, scale: 0.6, x: 60, y: 20 },
    { angle: -1.5, scale: 1.4, x: 20, y: 130 },
    { angle: 3, scale: 0.9, x: 200, y: 120 },
    { angle: 0, scale: 1, x: -60.5, y: -40.25 },
    { angle: 0.1, scale: 2.4, x: -20, y: -30 },
  ];
  for (const { angle, scale, x: left, y: top } of views) {
    const sin = scale * Math.sin(angle), cos = scale * Math.cos(angle);
    const points = moved(SFACE_TEMPLATE.points, ({ x, y }) => ({
      x: cos * x - sin * y + left,
      y: sin * x + cos * y + top,
    }));
    const crop = alignFace(image, points, SFACE_TEMPLATE);
    const expected = bruteForce(image, similarityOf(points, SFACE_TEMPLATE.points), 112);
    assert(expected.some((level) => level > 0));
    assert(largestDifference(crop, expected) <= 1, `at ${angle}, ${scale}`);
  }
});

Deno.test("alignFace() averages what shrinks to less than a third", () => {
  const random = createRandom(9);
  const side = 112 * 8;
  const noise = { width: side, height: side, data: new Uint8Array(side * side * 3) };
  for (let i = 0; i < noise.data.length; i++) noise.data[i] = 256 * random();
  const crop = (scale: number) => {
    const points = moved(SFACE_TEMPLATE.points, ({ x, y }) => ({ x: x * scale, y: y * scale }));
    return contrastOf(alignFace(noise, points, SFACE_TEMPLATE));
  };
  // Of nine samples a third of one sample's deviation is left.
  assertLess(crop(7.7), crop(2.7) / 2.5);
});

Deno.test("alignFace() is black when the face is beyond the picture", () => {
  const white = { width: 50, height: 50, data: new Uint8Array(7500).fill(255) };
  const points = moved(SFACE_TEMPLATE.points, ({ x, y }) => ({ x: x + 500, y }));
  assertEquals(alignFace(white, points, SFACE_TEMPLATE), new Uint8Array(112 * 112 * 3));
});
