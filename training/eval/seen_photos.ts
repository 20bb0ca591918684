/**
 * Labelled photos together with what the encoder saw in them.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import type { Hierarchy } from "../../models/hierarchy.ts";
import { type Features, features, type FeaturesOptions } from "./features.ts";
import { type LabelledPhoto, labelledPhotos } from "./labelled_photos.ts";

/** A labelled photo and its features. */
export type SeenPhoto = LabelledPhoto & Features;

/**
 * Lists and looks at the photos.
 *
 * @param data as of {@linkcode labelledPhotos}
 * @throws as {@linkcode labelledPhotos} and {@linkcode features} do
 */
export async function seenPhotos(
  data: string,
  hierarchy: Hierarchy,
  encoder: Encoder,
  options: FeaturesOptions,
): Promise<SeenPhoto[]> {
  const photos = await labelledPhotos(data, hierarchy);
  const seen: SeenPhoto[] = [];
  for await (const found of features(photos.map(({ path }) => path), encoder, options)) {
    seen.push({ ...photos[seen.length]!, ...found });
  }
  return seen;
}
