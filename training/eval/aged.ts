/**
 * Photos as time leaves them: small, faded, brown, grainy, badly compressed.
 *
 * @module
 */
import sharp from "sharp";
import type { Box } from "../../models/pixels.ts";
import { createRandom } from "./random.ts";

/** How a photo has aged. */
export interface Ageing {
  readonly name: string;
  /** √(width · height) of the face's box that is left of it, in pixels. */
  readonly size: number;
  /** Share of the contrast that is left, and what is added to every sample: black turns grey. */
  readonly fade: { readonly contrast: number; readonly lift: number };
  /** Standard deviation of a Gaussian blur in pixels; 0 for none. */
  readonly blur: number;
  /** Standard deviation of the grain in samples of 0 to 255, the same in all three channels. */
  readonly grain: number;
  readonly sepia: boolean;
  /** Of the JPEG, 1 to 100. */
  readonly quality: number;
}

const mild = { fade: { contrast: 0.6, lift: 64 }, blur: 0, grain: 10, sepia: true, quality: 40 };
const harsh = { fade: { contrast: 0.5, lift: 80 }, blur: 0.8, grain: 14, sepia: true, quality: 40 };
const none = { fade: { contrast: 1, lift: 0 }, blur: 0, grain: 0, sepia: false, quality: 90 };

/** What is asked of: each kind at 120 and at 48 pixels. */
export const AGEINGS: readonly Ageing[] = [
  { name: "small", size: 48, ...none },
  { name: "aged, 120 px", size: 120, ...mild },
  { name: "aged, 48 px", size: 48, ...mild },
  { name: "badly aged, 120 px", size: 120, ...harsh },
  { name: "badly aged, 48 px", size: 48, ...harsh },
];

/**
 * Those that scores are fitted with; the worst would make them timid about all others, and take
 * strangers in.
 */
export const FITTED_AGEINGS: readonly Ageing[] = AGEINGS.filter(({ name }) =>
  name !== "small" && name !== "badly aged, 48 px"
);

/** Luma (BT.601) to a brown that is warmer in its lights. */
const SEPIA = [1.07, 0.95, 0.74] as const;

/**
 * Ages a photo. The grain comes from the seed: the same photo and seed give the same bytes.
 *
 * @param face box of its face in pixels of the upright photo
 * @returns a JPEG
 */
export async function agePhoto(
  photo: Uint8Array,
  face: Box,
  { size, fade, blur, grain, sepia, quality }: Ageing,
  seed: number,
): Promise<Uint8Array> {
  const upright = sharp(photo).autoOrient().removeAlpha().toColourspace("srgb");
  const { width, height } =
    (await upright.clone().raw().toBuffer({ resolveWithObject: true })).info;
  const scale = size / Math.sqrt(face.width * face.height);
  let image = upright.resize(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
    { kernel: scale < 1 ? "lanczos3" : "cubic", fit: "fill" },
  );
  // sharp does no less.
  if (blur >= 0.3) image = sharp(await image.png().toBuffer()).blur(blur);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const normal = createNormal(seed);
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]!, green = data[at + 1]!, blue = data[at + 2]!;
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    const colour = sepia ? SEPIA.map((share) => share * luma) : [red, green, blue];
    const noise = grain > 0 ? grain * normal() : 0;
    for (let c = 0; c < 3; c++) {
      const value = colour[c]! * fade.contrast + fade.lift + noise;
      data[at + c] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality }).toBuffer();
}

/** Normally distributed numbers (Box & Muller 1958). */
function createNormal(seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
