/**
 * libvips (`sharp`), hardened, and the step from any picture of it to the working image.
 *
 * @module
 */
import sharp from "sharp";
import type { Sharp } from "sharp";
import type { WorkingImage } from "../../models/pixels.ts";
import { WORKING_SIDE } from "./codec.ts";

// libvips keeps its settings once a process. They are set where `sharp` is imported, so that no
// photo reaches it before: no cache of what was seen, one thread a photo (the pool is what runs
// photos side by side), and no loader but those of the formats that are read: neither SVG nor
// TIFF nor anything that goes by a file's name.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadHeifBuffer",
    "VipsForeignLoadNsgifBuffer",
  ],
});

export { sharp };

/**
 * Shrinks a picture to the working image: sRGB, 8 bits, what is transparent laid over white.
 *
 * @param photo upright, or told to turn itself upright
 */
export async function toWorking(photo: Sharp): Promise<WorkingImage> {
  const { data, info } = await photo
    .resize({
      width: WORKING_SIDE,
      height: WORKING_SIDE,
      fit: "inside",
      withoutEnlargement: true,
    })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (channels === 3) return { width, height, data: pixels };
  if (channels !== 1) throw new TypeError(`Expected 1 or 3 channels, got ${channels}`);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i]!, i * 3, i * 3 + 3);
  return { width, height, data: rgb };
}
