/**
 * The views of a picture that the network can be given.
 *
 * @module
 */
import { networkPixels, resizePicture, type View, type WorkingImage } from "./pixels.ts";

/**
 * `centre`: the centre square, what the network was trained on. `mirrored`: its mirror image.
 * `whole`: all of the picture, squashed to a square, where the subject may stand at the edge.
 */
export type ViewName = "centre" | "mirrored" | "whole";

/** All views, the usual one first. */
export const VIEWS: readonly ViewName[] = ["centre", "mirrored", "whole"];

/**
 * Prepares the views of a picture.
 *
 * @param view size of the network's input, and how much the centre square leaves out
 * @returns what gives the pixels of a view, [size, size, 3] row-major, red, green, blue, 0 to 255
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [black, white] = [[0, 0, 0], [255, 255, 255]];
 * const image = { width: 2, height: 1, data: Uint8Array.from([...black, ...white]) };
 * const pixels = viewsOf(image, { size: 2, border: 0 })("whole");
 * assertEquals([...pixels.subarray(0, 6)], [...black, ...white]);
 * ```
 */
export function viewsOf(image: WorkingImage, view: View): (name: ViewName) => Uint8Array {
  const { size } = view;
  let centre: Uint8Array | undefined;
  return function pixelsOf(name) {
    if (name === "whole") return resizePicture(image, { width: size, height: size }).data;
    centre ??= networkPixels(image, view);
    return name === "mirrored" ? mirrored(centre, size) : centre;
  };
}

/** Every row from right to left. */
function mirrored(pixels: Uint8Array, size: number): Uint8Array {
  const turned = new Uint8Array(pixels.length);
  for (let y = 0; y < size; y++) {
    let to = (y + 1) * size * 3;
    for (let from = y * size * 3; from < (y + 1) * size * 3; from += 3) {
      to -= 3;
      turned[to] = pixels[from]!;
      turned[to + 1] = pixels[from + 1]!;
      turned[to + 2] = pixels[from + 2]!;
    }
  }
  return turned;
}
