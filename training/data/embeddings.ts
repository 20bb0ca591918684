/**
 * The embeddings of many photos, kept on disk so that each photo is looked at once.
 *
 * @module
 */
import { digestOf } from "../eval/seen_photos.ts";
import type { EmbeddingReader } from "./embedding_reader.ts";
import { photoRecords, type PhotoRecordsOptions } from "./photo_records.ts";

/** Embeddings of the photos that could be read, in the order of the photos. */
export interface PhotoEmbeddings {
  /** [photos, dimension], each ≥ 0; not of unit length. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  /** Of the photos that could be read. */
  readonly paths: readonly string[];
  /** SHA-256 of each photo's bytes, hexadecimal; of the photo, not of its variant. */
  readonly sha256: readonly string[];
  /** Which collection it is, as {@linkcode digestOf} tells. */
  readonly photos: string;
}

/**
 * Embeds photos, or variants of them. What was seen before is read from the cache by the model's
 * id and version, the variant's name and the photo's bytes; so a variant that is changed needs
 * another name. Photos that cannot be read are left out and told.
 *
 * @throws as {@linkcode photoRecords} does
 */
export async function embedPhotos(
  paths: readonly string[],
  reader: Pick<EmbeddingReader, "model" | "dimension" | "embed">,
  options: PhotoRecordsOptions,
): Promise<PhotoEmbeddings> {
  const { records, ...kept } = await photoRecords(paths, {
    name: `embedding ${reader.model.id} ${reader.model.version}`,
    length: reader.dimension * Float32Array.BYTES_PER_ELEMENT,
    async make(photo) {
      const { buffer, byteOffset, byteLength } = await reader.embed(photo);
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
  }, options);
  return {
    ...kept,
    embeddings: new Float32Array(records.buffer),
    photos: await digestOf(kept.sha256.map((sha256) => ({ sha256 }))),
  };
}
