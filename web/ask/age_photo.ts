/**
 * Ages a photo as time does: small, brown, faded, grainy, badly compressed. Loaded when it is first
 * asked for.
 *
 * @module
 */

/** Longer side of an aged photo, in pixels. */
const LONG_SIDE = 360;

/** Share of the contrast that is left, and what is added to every sample: black turns grey. */
const FADE = { contrast: 0.6, lift: 64 };

/** How far the grain goes to either side, in samples of 0 to 255. */
const GRAIN = 17;

/** Luma to a brown that is warmer in its lights. */
const SEPIA = [1.07, 0.95, 0.74] as const;

/** Of the JPEG, 0 to 1. */
const QUALITY = 0.4;

/** What is cut off at every edge, as a share of the side: prints are not framed like files. */
const CROP = 0.03;

/** A photo that the browser cannot draw. */
export class UndrawablePhotoError extends Error {
  override name = "UndrawablePhotoError";
}

/**
 * Turns pixels brown, faded and grainy, in place. The same pixels give the same result.
 *
 * @param samples RGBA
 *
 * @example
 * ```ts
 * import { agePixels } from "./age_photo.ts";
 *
 * const blue = new Uint8ClampedArray([0, 0, 255, 255]);
 * agePixels(blue);
 * console.assert(blue[0]! > blue[2]! && blue[3] === 255);
 * ```
 */
export function agePixels(samples: Uint8ClampedArray): void {
  let seed = 1;
  for (let i = 0; i + 3 < samples.length; i += 4) {
    const luma = 0.299 * samples[i]! + 0.587 * samples[i + 1]! + 0.114 * samples[i + 2]!;
    // Numerical Recipes' generator: the grain need not be better than that.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const grain = (seed / 2 ** 31 - 1) * GRAIN;
    const faded = luma * FADE.contrast + FADE.lift + grain;
    for (const [channel, tint] of SEPIA.entries()) samples[i + channel] = faded * tint;
  }
}

/**
 * Ages a photo.
 *
 * @returns a JPEG
 * @throws {UndrawablePhotoError} when the browser cannot read it
 */
export async function agePhoto(photo: Blob): Promise<Blob> {
  const picture = await createImageBitmap(photo).catch(() => {
    throw new UndrawablePhotoError("the browser cannot read this photo");
  });
  const [left, top] = [picture.width * CROP, picture.height * CROP];
  const [across, down] = [picture.width - 2 * left, picture.height - 2 * top];
  const scale = Math.min(1, LONG_SIDE / Math.max(across, down));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(across * scale));
  canvas.height = Math.max(1, Math.round(down * scale));
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left, top, across, down, 0, 0, canvas.width, canvas.height);
  picture.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  agePixels(pixels.data);
  context.putImageData(pixels, 0, 0);
  return await new Promise<Blob>((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob) resolve(new File([blob], "aged.jpg", { type: blob.type }));
        else reject(new UndrawablePhotoError("the aged photo could not be written"));
      },
      "image/jpeg",
      QUALITY,
    );
  });
}
