/**
 * Small models of the trained paradigms, in a folder of models beside the committed ones.
 *
 * @module
 */
import type { Seen } from "../../models/backbone.ts";
import type { ParadigmSection, ParadigmsSection } from "../../models/paradigms.ts";

/** A section with both paradigms. */
export type AllParadigms = ParadigmsSection & {
  readonly sequential: ParadigmSection<"sequential">;
  readonly joint: ParadigmSection<"joint">;
};
import { sha256Hex } from "../../models/sha256.ts";
import { createRandom } from "../../training/eval/random.ts";
import { Graph, int } from "../../training/onnx/mod.ts";
import { join, toFileUrl } from "../../training/paths.ts";
import { root } from "./data.ts";
import { withFolder } from "./temp_folder.ts";

/** x · weights + bias, x the embedding and then the logits, weights [D, outputs] row-major. */
export interface Linear {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Numbers of the backbone's embedding. */
export const FEATURES = 1280;

/** Numbers of the backbone's logits. */
export const LOGITS = 1000;

/** Numbers that a small model takes of each. */
export type Sizes = Readonly<Record<keyof Seen, number>>;

/** As many as the backbone gives. */
const BACKBONE: Sizes = { embedding: FEATURES, logits: LOGITS };

/** What the small models know. */
export const CLASSES = ["Abyssinian", "Shiba Inu", "coffee mug"] as const;

/** Random weights of a linear map, and a bias that is added to each row. */
export function randomLinear(
  { embedding, logits }: Sizes,
  outputs: number,
  random: () => number,
  bias: readonly number[] = [],
): Linear {
  return {
    weights: Float32Array.from(
      { length: (embedding + logits) * outputs },
      () => (random() - 0.5) / 10,
    ),
    bias: Float32Array.from({ length: outputs }, (_, i) => bias[i] ?? 0),
  };
}

/** A linear map that always gives the same. */
export function constantLinear({ embedding, logits }: Sizes, ...values: number[]): Linear {
  return {
    weights: new Float32Array((embedding + logits) * values.length),
    bias: Float32Array.from(values),
  };
}

/** x · weights + bias, in float64. */
export function applied({ weights, bias }: Linear, { embedding, logits }: Seen): number[] {
  const x = [...embedding, ...logits];
  return [...bias].map((b, j) =>
    x.reduce((sum, value, i) => sum + value * weights[i * bias.length + j]!, b)
  );
}

/** A graph from `embedding` and `logits` to one linear map of both for each name. */
export function linearGraph(
  { embedding, logits }: Sizes,
  outputs: Readonly<Record<string, Linear>>,
): Uint8Array<ArrayBuffer> {
  const graph = new Graph("linear");
  const inputs = [
    graph.input("embedding", "float32", ["N", embedding]),
    graph.input("logits", "float32", ["N", logits]),
  ];
  const x = graph.node("Concat", inputs, "both", { axis: int(1) });
  for (const [name, { weights, bias }] of Object.entries(outputs)) {
    const w = graph.constant(`${name}.weight`, {
      dims: [embedding + logits, bias.length],
      data: weights,
    });
    const b = graph.constant(`${name}.bias`, { dims: [bias.length], data: bias });
    graph.output(graph.node("Gemm", [x, w, b], name), "float32", ["N", bias.length]);
  }
  return graph.toBytes();
}

/** What two small models are made of. */
export interface SmallModels {
  readonly sequential: Readonly<Record<"generalizer" | "memorizer" | "known" | "familiar", Linear>>;
  readonly joint: Readonly<Record<"deep" | "wide" | "familiar", Linear>>;
}

/**
 * Models whose answers depend on the photo: the generalizer's class is a Shiba Inu, the memorizer's
 * and the wide part's a coffee mug, give or take random weights.
 *
 * @param known what the router says of every photo
 */
export function smallModels(known = 0.25): SmallModels {
  const random = createRandom(45);
  const linear = (...bias: number[]) => randomLinear(BACKBONE, CLASSES.length, random, bias);
  const familiar = () => randomLinear(BACKBONE, 1, random);
  return {
    sequential: {
      generalizer: linear(0, 4, 0),
      memorizer: linear(0, 0, 9),
      known: constantLinear(BACKBONE, known),
      familiar: familiar(),
    },
    joint: { deep: linear(0, 5, 0), wide: linear(0, 0, 9), familiar: familiar() },
  };
}

/** The manifest's word on two models of given classes and inputs. */
export function paradigmsSection(
  classes: readonly string[] = CLASSES,
  { embedding, logits }: Sizes = BACKBONE,
): AllParadigms {
  const row = (name: string) => ({ name, dim: classes.length });
  const familiar = { name: "familiar", dim: 1 } as const;
  const common = {
    bytes: 1,
    sha256: "0".repeat(64),
    licence: "Apache-2.0",
    sources: ["made for tests"],
    inputs: {
      embedding: { name: "embedding", dim: embedding },
      logits: { name: "logits", dim: logits },
    },
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
        familiar,
      },
      temperature: { generalizer: 2, memorizer: 0.5 },
      known: 0.41,
    },
    joint: {
      ...common,
      file: "joint.onnx",
      outputs: { deep: row("deep"), wide: row("wide"), familiar },
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
  fn: (folder: URL, section: AllParadigms) => Promise<void>,
  models: SmallModels = smallModels(),
): Promise<void> {
  await withoutParadigms(async (folder) => {
    const section = paradigmsSection();
    const files = {
      sequential: linearGraph(BACKBONE, models.sequential),
      joint: linearGraph(BACKBONE, models.joint),
    };
    const withFile = async <T extends { readonly file: string }>(
      model: T,
      bytes: Uint8Array<ArrayBuffer>,
    ): Promise<T> => {
      await Deno.writeFile(new URL(model.file, folder), bytes);
      return { ...model, bytes: bytes.length, sha256: await sha256Hex(bytes) };
    };
    const paradigms: AllParadigms = {
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
