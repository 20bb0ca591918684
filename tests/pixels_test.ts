import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { centreSquare, networkPixels, toPhotoBox } from "../models/pixels.ts";
import type { View, WorkingImage } from "../models/pixels.ts";
import golden from "./golden/pixels.json" with { type: "json" };
import { largestDifference, madePicture } from "./support/pictures.ts";

/** SHA-256 in hexadecimal digits. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * The definition, pixel by pixel in floating point: the mean of the input under a triangle that
 * is two output pixels wide, both axes at once.
 */
function bruteForce(image: WorkingImage, view: View): Uint8Array {
  const { x, y, side } = centreSquare(image, view);
  const scale = side / view.size;
  const reach = Math.max(scale, 1);
  const weight = (pixel: number, centre: number) =>
    Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
  const found = new Uint8Array(view.size ** 2 * 3);
  for (let row = 0; row < view.size; row++) {
    for (let column = 0; column < view.size; column++) {
      const cx = x + (column + 0.5) * scale;
      const cy = y + (row + 0.5) * scale;
      const sums = [0, 0, 0];
      let all = 0;
      for (let py = Math.max(0, Math.floor(cy - reach - 1)); py < image.height; py++) {
        const wy = weight(py, cy);
        if (wy === 0 && py > cy) break;
        for (let px = Math.max(0, Math.floor(cx - reach - 1)); px < image.width; px++) {
          const w = wy * weight(px, cx);
          if (w === 0 && px > cx) break;
          all += w;
          for (let c = 0; c < 3; c++) sums[c]! += w * image.data[(py * image.width + px) * 3 + c]!;
        }
      }
      for (let c = 0; c < 3; c++) {
        found[(row * view.size + column) * 3 + c] = Math.round(sums[c]! / all);
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
    const difference = largestDifference(networkPixels(image, view), bruteForce(image, view));
    assertLessOrEqual(difference, 1, `${width}×${height} → ${view.size}`);
  }
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
