/**
 * Moves of whole pixels: nothing is resampled.
 *
 * @module
 */
import type { WorkingImage } from "./pixels.ts";

/** Which way a picture is turned by a quarter. */
export type Turn = "clockwise" | "counterclockwise";

/**
 * Cuts out a rectangle, black beyond the picture's edges.
 *
 * @param part whole numbers; may reach beyond the picture, even lie outside
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const white = { width: 1, height: 1, data: new Uint8Array(3).fill(255) };
 * const { data } = cutOut(white, { x: -1, y: 0, width: 2, height: 1 });
 * assertEquals([...data], [0, 0, 0, 255, 255, 255]);
 * ```
 */
export function cutOut(
  image: WorkingImage,
  part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): WorkingImage {
  const { width, height } = part;
  const data = new Uint8Array(width * height * 3);
  const left = Math.max(0, part.x), right = Math.min(image.width, part.x + width);
  const top = Math.max(0, part.y), bottom = Math.min(image.height, part.y + height);
  for (let y = top; y < bottom && left < right; y++) {
    const row = y * image.width;
    data.set(
      image.data.subarray((row + left) * 3, (row + right) * 3),
      ((y - part.y) * width + left - part.x) * 3,
    );
  }
  return { width, height, data };
}

/**
 * Turns a picture by a quarter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const row = { width: 2, height: 1, data: new Uint8Array([1, 1, 1, 2, 2, 2]) };
 * assertEquals(turned(row, "clockwise"), { width: 1, height: 2, data: row.data });
 * assertEquals([...turned(row, "counterclockwise").data], [2, 2, 2, 1, 1, 1]);
 * ```
 */
export function turned({ width, height, data }: WorkingImage, turn: Turn): WorkingImage {
  const other = new Uint8Array(data.length);
  // Where the first pixel goes, and how far its neighbours in the row and the column go from it.
  const first = turn === "clockwise" ? height - 1 : (width - 1) * height;
  const across = (turn === "clockwise" ? height : -height) * 3;
  const down = turn === "clockwise" ? -1 : 1;
  let from = 0;
  for (let y = 0; y < height; y++) {
    let to = (first + down * y) * 3;
    for (let x = 0; x < width; x++, from += 3, to += across) {
      other[to] = data[from]!;
      other[to + 1] = data[from + 1]!;
      other[to + 2] = data[from + 2]!;
    }
  }
  return { width: height, height: width, data: other };
}
