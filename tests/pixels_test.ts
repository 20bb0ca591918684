import { assertEquals, assertLessOrEqual, assertStrictEquals, assertThrows } from "@std/assert";
import { centreSquare, networkPixels, resizePicture, toPhotoBox } from "../models/pixels.ts";
import type { Box, View, WorkingImage } from "../models/pixels.ts";
import golden from "./golden/pixels.json" with { type: "json" };
import { largestDifference, madePicture } from "./support/pictures.ts";

/** SHA-256 in hexadecimal digits. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * The definition, pixel by pixel in floating point: the mean of the input under a triangle that
 * is two output pixels wide, both axes at once.
 *
 * @param part what is taken of the picture
 */
function bruteForce(image: WorkingImage, part: Box, width: number, height: number): Uint8Array {
  const across = part.width / width, down = part.height / height;
  const reachX = Math.max(across, 1), reachY = Math.max(down, 1);
  const weight = (pixel: number, centre: number, reach: number) =>
    Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
  const found = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const cx = part.x + (column + 0.5) * across;
      const cy = part.y + (row + 0.5) * down;
      const sums = [0, 0, 0];
      let all = 0;
      for (let py = Math.max(0, Math.floor(cy - reachY - 1)); py < image.height; py++) {
        const wy = weight(py, cy, reachY);
        if (wy === 0 && py > cy) break;
        for (let px = Math.max(0, Math.floor(cx - reachX - 1)); px < image.width; px++) {
          const w = wy * weight(px, cx, reachX);
          if (w === 0 && px > cx) break;
          all += w;
          for (let c = 0; c < 3; c++) sums[c]! += w * image.data[(py * image.width + px) * 3 + c]!;
        }
      }
      for (let c = 0; c < 3; c++) {
        found[(row * width + column) * 3 + c] = Math.round(sums[c]! / all);
      }
    }
  }
  return found;
}

Deno.test("networkPixels() gives the golden pixels when the working image is the computed one", async () => {
  for (const { width, height, size, border, sha256: expected, corner } of golden) {
    const pixels = networkPixels(madePicture(width, height), { size, border });
    const at = `${width}×${height} → ${size}+${border}`;
    assertEquals([...pixels.subarray(0, corner.length)], corner, at);
    assertEquals(await sha256(pixels as Uint8Array<ArrayBuffer>), expected, at);
  }
});

Deno.test("networkPixels() is within one level of exact arithmetic when shrinking and enlarging", () => {
  const cases: readonly (readonly [number, number, View])[] = [
    [333, 257, { size: 64, border: 8 }],
    [640, 480, { size: 56, border: 8 }],
    [50, 91, { size: 64, border: 0 }],
    [7, 3, { size: 32, border: 4 }],
    [1, 1, { size: 5, border: 1 }],
    [1280, 40, { size: 24, border: 8 }],
  ];
  for (const [width, height, view] of cases) {
    const image = madePicture(width, height, 7);
    const { x, y, side } = centreSquare(image, view);
    const expected = bruteForce(image, { x, y, width: side, height: side }, view.size, view.size);
    const difference = largestDifference(networkPixels(image, view), expected);
    assertLessOrEqual(difference, 1, `${width}×${height} → ${view.size}`);
  }
});

Deno.test("resizePicture() is within one level of exact arithmetic when the sides change apart", () => {
  for (
    const [width, height, toWidth, toHeight] of [
      [333, 257, 64, 49],
      [97, 130, 24, 160],
      [640, 40, 160, 7],
      [40, 50, 80, 101],
      [5, 1, 1, 3],
    ] as const
  ) {
    const image = madePicture(width, height, 3);
    const resized = resizePicture(image, { width: toWidth, height: toHeight });
    assertEquals([resized.width, resized.height], [toWidth, toHeight]);
    const whole = { x: 0, y: 0, width, height };
    const difference = largestDifference(
      resized.data,
      bruteForce(image, whole, toWidth, toHeight),
    );
    assertLessOrEqual(difference, 1, `${width}×${height} → ${toWidth}×${toHeight}`);
  }
});

Deno.test("resizePicture() gives the picture itself when it is of that size", () => {
  const image = madePicture(31, 17);
  assertStrictEquals(resizePicture(image, { width: 31, height: 17 }), image);
});

Deno.test("resizePicture() throws when a side is not an integer of at least 1", () => {
  const image = madePicture(31, 17);
  assertThrows(() => resizePicture(image, { width: 0, height: 3 }), RangeError, "0×3");
  assertThrows(() => resizePicture(image, { width: 2, height: 1.5 }), RangeError, "2×1.5");
  const data = new Uint8Array(5);
  assertThrows(
    () => resizePicture({ width: 2, height: 1, data }, { width: 1, height: 1 }),
    RangeError,
    "5 bytes",
  );
});

Deno.test("networkPixels() reaches both extremes when the picture is black or white", () => {
  for (const level of [0, 255]) {
    const data = new Uint8Array(97 * 61 * 3).fill(level);
    const pixels = networkPixels({ width: 97, height: 61, data }, { size: 32, border: 4 });
    assertEquals(pixels, new Uint8Array(32 * 32 * 3).fill(level));
  }
});

Deno.test("networkPixels() throws when data and sides do not fit, or the view is none", () => {
  const view = { size: 8, border: 0 };
  const data = new Uint8Array(12);
  assertThrows(
    () => networkPixels({ width: 2, height: 3, data }, view),
    RangeError,
    "12 bytes: RGB needs 18",
  );
  assertThrows(() => networkPixels({ width: 0, height: 2, data }, view), RangeError, "0×2");
  const image = { width: 2, height: 2, data };
  assertThrows(() => networkPixels(image, { size: 0, border: 0 }), RangeError, "size 0");
  assertThrows(() => networkPixels(image, { size: 8, border: -1 }), RangeError, "border -1");
});

Deno.test("toPhotoBox() stays inside the photo when the box reaches out of the working image", () => {
  const box = { x: -5, y: 470, width: 700, height: 40 };
  const mapped = toPhotoBox(box, { width: 640, height: 480 }, { width: 4032, height: 3024 });
  assertEquals(mapped, { x: 0, y: 2961, width: 4032, height: 63 });
});
