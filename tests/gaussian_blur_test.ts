import { assert, assertEquals, assertThrows } from "@std/assert";
import { gaussianBlur } from "../models/gaussian_blur.ts";
import type { WorkingImage } from "../models/pixels.ts";
import { scriptKernel } from "../models/script_kernel.ts";
import { largestDifference, madePicture } from "./support/pictures.ts";

/** The definition in floating point, both axes at once, edges continued. */
function bruteForce({ width, height, data }: WorkingImage, sigma: number): Uint8Array {
  const reach = Math.ceil(2.5 * sigma);
  const bell = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0) ** 2;
  const inside = (value: number, length: number) => Math.min(length - 1, Math.max(0, value));
  return Uint8Array.from(data, (_, at) => {
    const c = at % 3, x = ((at - c) / 3) % width, y = Math.floor(at / 3 / width);
    let sum = 0;
    for (let j = -reach; j <= reach; j++) {
      for (let i = -reach; i <= reach; i++) {
        const from = inside(y + j, height) * width + inside(x + i, width);
        sum += bell[j + reach]! * bell[i + reach]! / total * data[from * 3 + c]!;
      }
    }
    return Math.round(sum);
  });
}

Deno.test("gaussianBlur() is within one level of exact arithmetic, and the same by both kernels", () => {
  for (
    const [width, height, sigma] of [[41, 23, 0.4], [41, 23, 1.6], [5, 30, 3], [1, 1, 2]] as const
  ) {
    const image = madePicture(width, height, 6);
    const blurred = gaussianBlur(image, sigma);
    assertEquals(gaussianBlur(image, sigma, scriptKernel), blurred);
    assert(largestDifference(blurred.data, bruteForce(image, sigma)) <= 1, `σ ${sigma}`);
  }
});

Deno.test("gaussianBlur() leaves a flat picture as it is", () => {
  const image = { width: 30, height: 20, data: new Uint8Array(1800).fill(201) };
  assertEquals(gaussianBlur(image, 1.7), image);
});

Deno.test("gaussianBlur() throws when the deviation is not above 0", () => {
  for (const sigma of [0, -1, NaN, Infinity]) {
    assertThrows(() => gaussianBlur(madePicture(3, 3), sigma), RangeError, `${sigma}`);
  }
});
