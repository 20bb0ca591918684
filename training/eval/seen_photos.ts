/**
 * Listed photos together with what the backbone saw in them.
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import { type Features, features, type FeaturesOptions } from "./features.ts";
import type { LabelledPhoto } from "./labelled_photos.ts";
import type { ViewReader } from "./view_reader.ts";

/** A labelled photo and its features. */
export type SeenPhoto = LabelledPhoto & Features;

/** Looks at the photos of a list. @throws as {@linkcode features} does */
export async function seenPhotos<T extends { readonly path: string }>(
  photos: readonly T[],
  reader: Pick<ViewReader, "model" | "see">,
  options: FeaturesOptions,
): Promise<(T & Features)[]> {
  const seen: (T & Features)[] = [];
  for await (const found of features(photos.map(({ path }) => path), reader, options)) {
    seen.push({ ...photos[seen.length]!, ...found });
  }
  return seen;
}

/** SHA-256 of the photos' sorted SHA-256s: which collection it is, whatever the folder is called. */
export async function digestOf(photos: readonly Pick<Features, "sha256">[]): Promise<string> {
  const sorted = photos.map(({ sha256 }) => sha256).sort().join("\n");
  return await sha256Hex(new TextEncoder().encode(sorted));
}
