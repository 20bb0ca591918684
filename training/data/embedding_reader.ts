/**
 * What the backbone makes of the centre view of a photo: what small heads are trained on.
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { viewsOf } from "../../models/views.ts";
import { openBackbone } from "../open_backbone.ts";

/** Embeds photos. */
export interface EmbeddingReader {
  /** Names the network. */
  readonly model: { readonly id: string; readonly version: string };
  /** Length of an embedding, such as 1280. */
  readonly dimension: number;
  /**
   * @param photo bytes of a file
   * @returns the pooled features, [dimension], each ≥ 0; not of unit length
   * @throws as `decodePhoto` does
   */
  embed(photo: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the backbone.
 *
 * @param models folder of its file
 * @throws as {@linkcode openBackbone} does
 */
export async function openEmbeddingReader(
  section: BackboneSection,
  models: string,
): Promise<EmbeddingReader> {
  const { backbone, close } = await openBackbone(section, models);
  return {
    model: { id: section.id, version: section.version },
    dimension: section.outputs.embedding.dim,
    async embed(photo) {
      const { working } = await decodePhoto(photo);
      return (await backbone.run(viewsOf(working, section.input)("centre"))).embedding;
    },
    close,
  };
}
