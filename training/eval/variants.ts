/**
 * Copies of a photo as they come about in daily life: re-encoded, resized, cropped, mirrored,
 * brightened, turned.
 *
 * @module
 */
import sharp, { type Sharp } from "sharp";

/** How a copy is made. */
export interface Variant {
  readonly name: string;
  make(photo: Uint8Array): Promise<Uint8Array>;
}

/** Quality of a copy whose re-encoding is not what is tested. */
const QUALITY = 90;

type Edit = (
  image: Sharp,
  size: { width: number; height: number },
) => Sharp;

function variant(name: string, edit: Edit, quality = QUALITY): Variant {
  return {
    name,
    async make(photo) {
      const { width, height } = await sharp(photo).metadata();
      return await edit(sharp(photo), { width, height }).jpeg({ quality }).toBuffer();
    },
  };
}

/** A tenth of each side less. */
const crop = (left: number, top: number): Edit => (image, { width, height }) => {
  const kept = { width: Math.round(width * 0.9), height: Math.round(height * 0.9) };
  return image.extract({
    ...kept,
    left: Math.round((width - kept.width) * left),
    top: Math.round((height - kept.height) * top),
  });
};

/** The copies that a taught photo must be recalled from. */
export const VARIANTS: readonly Variant[] = [
  variant("JPEG q50", (image) => image, 50),
  variant("half size", (image, { width }) => image.resize(Math.round(width / 2))),
  variant("10 % crop, centred", crop(0.5, 0.5)),
  variant("10 % crop, corner", crop(0, 0)),
  variant("mirrored", (image) => image.flop()),
  variant("20 % brighter", (image) => image.linear(1.2, 0)),
  variant("20 % darker", (image) => image.linear(0.8, 0)),
  variant("turned by 5°", (image) => image.rotate(5, { background: "#808080" })),
];
