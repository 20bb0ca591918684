/**
 * Photos read and written by the browser itself.
 *
 * @module
 */
import { DamagedPhotoError, UnsupportedPhotoError } from "../../functions/core/errors.ts";
import { type DecodedPhoto, type PhotoCodec, WORKING_SIDE } from "../../functions/photo/codec.ts";
import { readHeader } from "../../functions/photo/header.ts";
import { checkBytes, checkPixels, DEFAULT_LIMITS } from "../../functions/photo/limits.ts";
import { endsEarly } from "./ends_early.ts";
import type { WorkingImage } from "../../models/pixels.ts";

/** Quality of a kept JPEG, 0 to 1, as the server's. */
const QUALITY = 0.9;

/** A size whose longer side has at most so many pixels; never a larger one. */
export function sizeWithin(
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

async function decode(bytes: Uint8Array, limits = DEFAULT_LIMITS): Promise<DecodedPhoto> {
  checkBytes(bytes, limits);
  const header = readHeader(bytes);
  checkPixels(header, limits);
  const format = header.format.toUpperCase();
  if (endsEarly(bytes, header.format)) {
    throw new DamagedPhotoError(`The photo is a damaged ${format}: it ends early`);
  }
  let bitmap: ImageBitmap;
  try {
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${header.format}` });
    bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    if (header.format === "heic") {
      throw new UnsupportedPhotoError(
        "The photo is a HEIC, which this browser does not read; send a JPEG",
      );
    }
    throw new DamagedPhotoError(`The photo is a damaged ${format}: the browser cannot read it`);
  }
  try {
    const image = { width: bitmap.width, height: bitmap.height };
    const { width, height } = sizeWithin(image, WORKING_SIDE);
    const context = contextOf(width, height);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { working: { width, height, data: withoutAlpha(data) }, image };
  } finally {
    bitmap.close();
  }
}

async function encodeKept(working: WorkingImage, side = Infinity): Promise<Uint8Array> {
  const whole = contextOf(working.width, working.height);
  whole.putImageData(
    new ImageData(withAlpha(working.data), working.width, working.height),
    0,
    0,
  );
  const { width, height } = sizeWithin(working, side);
  const kept = contextOf(width, height);
  kept.imageSmoothingQuality = "high";
  kept.drawImage(whole.canvas, 0, 0, width, height);
  const blob = await kept.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Photos by the browser. */
export const browserCodec: PhotoCodec = { decode, encodeKept };

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true,
    colorSpace: "srgb",
  });
  if (context === null) throw new Error("the browser should draw in two dimensions");
  return context;
}

/** RGBA → RGB. */
function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

/** RGB → RGBA. */
function withAlpha(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(rgb.length / 3 * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from]!;
    rgba[to + 1] = rgb[from + 1]!;
    rgba[to + 2] = rgb[from + 2]!;
    rgba[to + 3] = 255;
  }
  return rgba;
}
