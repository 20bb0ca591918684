/**
 * What lies between decoding and inference: the resize and the hash.
 *
 *     deno bench -A tests/bench/pixels_bench.ts
 *
 * @module
 */
import { fingerprint } from "../../models/fingerprint.ts";
import { networkPixels } from "../../models/pixels.ts";
import { madePicture } from "../support/pictures.ts";

for (const [width, height] of [[640, 480], [1280, 960]] as const) {
  const picture = madePicture(width, height);
  const group = `${width}×${height}`;
  Deno.bench({
    name: `networkPixels, ${group}`,
    group,
    fn() {
      networkPixels(picture, { size: 224, border: 32 });
    },
  });
  Deno.bench({
    name: `fingerprint, ${group}`,
    group,
    fn() {
      fingerprint(picture);
    },
  });
}
