/**
 * Small models of the trained paradigms, in a folder of models beside the committed ones.
 *
 * @module
 */
import type { ParadigmsSection } from "../../models/paradigms.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { createRandom } from "../../training/eval/random.ts";
import { Graph } from "../../training/onnx/mod.ts";
import { join, toFileUrl } from "../../training/paths.ts";
import { root } from "./data.ts";
import { withFolder } from "./temp_folder.ts";

/** x · weights + bias, weights [D, outputs] row-major. */
export interface Linear {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Numbers of the backbone's embedding. */
export const FEATURES = 1280;

/** What the small models know. */
export const CLASSES = ["Abyssinian", "Shiba Inu", "coffee mug"] as const;

/** Random weights of a linear map, and a bias that is added to each row. */
export function randomLinear(
  features: number,
  outputs: number,
  random: () => number,
  bias: readonly number[] = [],
): Linear {
  return {
    weights: Float32Array.from({ length: features * outputs }, () => (random() - 0.5) / 10),
    bias: Float32Array.from({ length: outputs }, (_, i) => bias[i] ?? 0),
  };
}

/** A linear map that always gives the same. */
export function constantLinear(features: number, ...values: number[]): Linear {
  return {
    weights: new Float32Array(features * values.length),
    bias: Float32Array.from(values),
  };
}

/** x · weights + bias, in float64. */
export function applied({ weights, bias }: Linear, x: Float32Array): number[] {
  return [...bias].map((b, j) =>
    x.reduce((sum, value, i) => sum + value * weights[i * bias.length + j]!, b)
  );
}

/** A graph from `embedding` to one linear map of it for each name. */
export function linearGraph(
  features: number,
  outputs: Readonly<Record<string, Linear>>,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph("linear");
  const x = graph.input("embedding", "float32", ["N", features]);
  for (const [name, { weights, bias }] of Object.entries(outputs)) {
    const w = graph.constant(`${name}.weight`, { dims: [features, bias.length], data: weights });
    const b = graph.constant(`${name}.bias`, { dims: [bias.length], data: bias });
    graph.output(graph.node("Gemm", [x, w, b], name), "float32", ["N", bias.length]);
  }
  return graph.toBytes();
}

/** What two small models are made of. */
export interface SmallModels {
  readonly sequential: Readonly<Record<"generalizer" | "memorizer" | "known", Linear>>;
  readonly joint: Readonly<Record<"deep" | "wide", Linear>>;
}

/**
 * Models whose answers depend on the photo: the generalizer's class is a Shiba Inu, the memorizer's
 * and the wide part's a coffee mug, give or take random weights.
 *
 * @param known what the router says of every photo
 */
export function smallModels(known = 0.25): SmallModels {
  const random = createRandom(45);
  const linear = (...bias: number[]) => randomLinear(FEATURES, CLASSES.length, random, bias);
  return {
    sequential: {
      generalizer: linear(0, 4, 0),
      memorizer: linear(0, 0, 9),
      known: constantLinear(FEATURES, known),
    },
    joint: { deep: linear(0, 5, 0), wide: linear(0, 0, 9) },
  };
}

/** The manifest's word on two models of given classes and features. */
export function paradigmsSection(
  classes: readonly string[] = CLASSES,
  features: number = FEATURES,
): ParadigmsSection {
  const row = (name: string) => ({ name, dim: classes.length });
  const common = {
    bytes: 1,
    sha256: "0".repeat(64),
    licence: "Apache-2.0",
    sources: ["made for tests"],
    inputs: { embedding: { name: "embedding", dim: features } },
    doubt: -1000,
    sure: 0.9,
    novelty: { slope: -1, intercept: 2 },
    made: { command: "deno test", data: "nothing", photos: "0".repeat(64), seed: 45 },
  };
  return {
    classes,
    sequential: {
      ...common,
      file: "sequential.onnx",
      outputs: {
        generalizer: row("generalizer"),
        memorizer: row("memorizer"),
        known: { name: "known", dim: 1 },
      },
      temperature: { generalizer: 2, memorizer: 0.5 },
      known: 0.41,
    },
    joint: {
      ...common,
      file: "joint.onnx",
      outputs: { deep: row("deep"), wide: row("wide") },
      temperature: 1.5,
    },
  };
}

/** Files of `models/` that a folder with models of its own does not share. */
const OWN = new Set(["manifest.json", "sequential.onnx", "joint.onnx", "paradigms"]);

/** Runs a test on a folder of the committed models without the trained paradigms'. */
export async function withoutParadigms(fn: (folder: URL) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for await (const { name } of Deno.readDir(join(root, "models"))) {
      if (!OWN.has(name)) await Deno.symlink(join(root, "models", name), join(folder, name));
    }
    const committed = JSON.parse(await Deno.readTextFile(join(root, "models/manifest.json")));
    const { paradigms: _, ...manifest } = committed;
    await Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    await fn(toFileUrl(`${folder}/`));
  });
}

/** Runs a test on a folder of the committed models and two small ones. */
export async function withParadigms(
  fn: (folder: URL, section: ParadigmsSection) => Promise<void>,
  models: SmallModels = smallModels(),
): Promise<void> {
  await withoutParadigms(async (folder) => {
    const section = paradigmsSection();
    const files = {
      sequential: linearGraph(FEATURES, models.sequential),
      joint: linearGraph(FEATURES, models.joint),
    };
    const withFile = async <T extends { readonly file: string }>(
      model: T,
      bytes: Uint8Array<ArrayBuffer>,
    ): Promise<T> => {
      await Deno.writeFile(new URL(model.file, folder), bytes);
      return { ...model, bytes: bytes.length, sha256: await sha256Hex(bytes) };
    };
    const paradigms: ParadigmsSection = {
      classes: section.classes,
      sequential: await withFile(section.sequential, files.sequential),
      joint: await withFile(section.joint, files.joint),
    };
    const path = new URL("manifest.json", folder);
    const manifest = { ...JSON.parse(await Deno.readTextFile(path)), paradigms };
    await Deno.writeTextFile(path, JSON.stringify(manifest));
    await fn(folder, paradigms);
  });
}
