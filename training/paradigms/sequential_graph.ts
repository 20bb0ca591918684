/**
 * The sequential paradigm as one network: both moments of the training, and what the router goes by.
 *
 * @module
 */
import type { Standardizer } from "../fit/standardizer.ts";
import { addMlp, type QuantizedLayer } from "../nets/quantized_mlp.ts";
import { Graph } from "../onnx/graph.ts";
import { addSketch } from "../sketch/sketch_graph.ts";
import type { Sketch } from "../sketch/sketch.ts";
import { addFamiliarity, type Familiarity } from "./familiarity.ts";
import { addStandardizer } from "./standardizer_graph.ts";

/** All numbers of the graph. */
export interface SequentialParts {
  readonly standardizer: Standardizer;
  readonly generalizer: readonly QuantizedLayer[];
  readonly memorizer: readonly QuantizedLayer[];
  readonly sketch: Sketch;
  readonly familiarity: Familiarity;
}

/**
 * Builds the graph: `embedding` [N, dim] and the backbone's `logits` [N, backbone classes] →
 * `generalizer` [N, classes], `memorizer` [N, classes] (logits), `known` [N, 1] (how far the nearest
 * exemplar stands out, ≥ 0) and `familiar` [N, 1].
 */
export function buildSequential(
  { standardizer, generalizer, memorizer, sketch, familiarity }: SequentialParts,
): Graph {
  const graph = new Graph("sequential");
  const classes = generalizer.at(-1)!.bias.length;
  const embedding = graph.input("embedding", "float32", ["N", standardizer.mean.length]);
  const width = familiarity.profile.length / classes;
  const backbone = graph.input("logits", "float32", ["N", width]);
  const x = addStandardizer(graph, embedding, standardizer);
  const early = addMlp(graph, x, generalizer, "generalizer.");
  const late = addMlp(graph, x, memorizer, "memorizer.");
  for (const [name, logits] of [["generalizer", early], ["memorizer", late]] as const) {
    graph.output(graph.node("Identity", [logits], name), "float32", ["N", classes]);
  }
  const { known } = addSketch(graph, embedding, sketch, "seen.");
  graph.output(graph.node("Identity", [known], "known"), "float32", ["N", 1]);
  addFamiliarity(graph, early, backbone, familiarity);
  return graph;
}
