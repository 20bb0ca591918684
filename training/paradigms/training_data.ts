/**
 * The photos that a paradigm's recipe is run on.
 *
 * @module
 */
import { parseManifest } from "../../models/manifest.ts";
import { sharedPath } from "../collections.ts";
import { type EmbeddingReader, openEmbeddingReader } from "../data/embedding_reader.ts";
import { embedPhotos } from "../data/embeddings.ts";
import { photosBelow } from "../data/photo_folders.ts";
import { join } from "../paths.ts";
import type { RecipeContext } from "../recipe.ts";
import { readClassifier } from "../recipes/classifier.ts";
import { type BackboneHead, createBackboneHead } from "./backbone_head.ts";
import { readCollection, splitWorld, type World } from "./world.ts";

/** A folder of this name beside the classes holds photos of none of them. */
export const CLUTTER = "BACKGROUND_Google";

/** What a recipe trains on. */
export interface TrainingData {
  readonly world: World;
  /** Embeddings of photos that show none of the classes, [n, dim]; may be none. */
  readonly strangers: Float32Array;
  /** Names the network that made the embeddings. */
  readonly model: EmbeddingReader["model"];
  /** What the backbone itself makes of embeddings. */
  readonly backbone: BackboneHead;
  /** The data in words, and whose it is. */
  readonly name: string;
  readonly source: string;
}

/**
 * Reads the user's photos, or the collection that the committed models are trained on.
 *
 * @returns undefined when there are no photos on this machine, which is told
 * @throws as `readCollection` does
 */
export async function readTrainingData(
  { data, models, cache, log }: RecipeContext,
  seed: number,
): Promise<TrainingData | undefined> {
  const folder = data ?? sharedPath("data/caltech101");
  if (!folder) {
    log("no photos here: name a folder of classes by --data; what is committed stays as it is");
    return undefined;
  }
  const { backbone } = parseManifest(
    JSON.parse(await Deno.readTextFile(join(models, "manifest.json"))),
  );
  const reader = await openEmbeddingReader(backbone, models);
  const options = { reader, cache: join(cache, "embeddings"), leaveOut: [CLUTTER], log };
  try {
    const world = splitWorld(await readCollection(folder, options), seed);
    if (world.validation.labels.length === 0) {
      throw new RangeError(
        `Expected at least 7 photos of some class in ${folder}: with fewer none is left to choose by`,
      );
    }
    const clutter = await photosOf(join(folder, CLUTTER));
    const { embeddings } = clutter.length === 0
      ? { embeddings: new Float32Array(0) }
      : await embedPhotos(clutter, reader, { cache: options.cache });
    const file = await Deno.readFile(join(models, backbone.file));
    return {
      world,
      strangers: embeddings,
      model: reader.model,
      backbone: createBackboneHead(readClassifier(file)),
      name: data ? "the user's photos" : "Caltech-101",
      source: data
        ? "the user's photos"
        : "Caltech-101, Fei-Fei Li, Marco Andreetto, Marc'Aurelio Ranzato, Pietro Perona, 2022, CC BY 4.0",
    };
  } finally {
    await reader.close();
  }
}

async function photosOf(folder: string): Promise<string[]> {
  try {
    await Deno.stat(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return photosBelow(folder);
}
