/**
 * The graph behind the backbone: a head that tells the kinds with many types, and the cosines by
 * which a type never learnt is told from a known one. `calibrate.ts` fits it.
 *
 * @module
 */
import { softmax } from "../../functions/core/softmax.ts";
import type { Hierarchy } from "../../models/hierarchy.ts";
import type { KindScores } from "../../models/kinds.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { float, int } from "../onnx/attribute.ts";
import { Graph } from "../onnx/graph.ts";
import type { SoftmaxFit } from "./fit_softmax.ts";

/** The classifier that the backbone ends in. */
export interface Classifier {
  /** [classes, features] row-major. */
  readonly weights: Float32Array;
  /** [classes] */
  readonly bias: Float32Array;
}

/** All numbers of the graph. */
export interface KindsParameters {
  /** Of the softmax under the groups. */
  readonly temperature: number;
  /** The group of each class; the last group is of what is in no other. */
  readonly groups: Uint8Array;
  /** Kinds over logarithms of the groups' summed probabilities. */
  readonly head: SoftmaxFit;
  /** Mean embedding of many photos, [features]. */
  readonly mean: Float32Array;
  readonly classifier: Classifier;
}

/** Below it a group's probability tells nothing more. */
const FLOOR = 1e-6;

/**
 * The group of each class: the first of the named kinds that it lies below, or a last one.
 *
 * @throws {RangeError} when a name is not in the hierarchy
 */
export function groupsOf(hierarchy: Hierarchy, names: readonly string[]): Uint8Array {
  const groups = new Uint8Array(hierarchy.leafCount).fill(names.length);
  for (const [i, name] of names.entries()) {
    const node = hierarchy.find(name);
    if (!node) throw new RangeError(`The hierarchy has no "${name}".`);
    for (const leaf of node.leaves) groups[leaf] = Math.min(groups[leaf]!, i);
  }
  return groups;
}

/** Logarithms of the groups' summed probabilities: what the head's weights apply to. */
export function groupFeatures(
  logits: Float32Array,
  groups: Uint8Array,
  temperature: number,
): Float64Array {
  const sums = new Float64Array(Math.max(...groups) + 1);
  const probabilities = softmax(logits, temperature);
  for (let i = 0; i < groups.length; i++) sums[groups[i]!]! += probabilities[i]!;
  return sums.map((sum) => Math.log(Math.max(sum, FLOOR)));
}

/**
 * For each class what turns its logit into a cosine: (w · (x − μ)) / ‖w‖ = (logit − offset) · scale,
 * where w · x = logit − b, so offset = b + w · μ and scale = 1 / ‖w‖.
 */
function cosineTerms({ classifier: { weights, bias }, mean }: KindsParameters) {
  const features = mean.length;
  const offset = new Float32Array(bias.length);
  const scale = new Float32Array(bias.length);
  for (let c = 0; c < bias.length; c++) {
    let square = 0, atMean = 0;
    for (let d = 0; d < features; d++) {
      const w = weights[c * features + d]!;
      square += w * w;
      atMean += w * mean[d]!;
    }
    offset[c] = bias[c]! + atMean;
    scale[c] = 1 / Math.sqrt(square);
  }
  return { offset, scale };
}

/** The graph's arithmetic in TypeScript: what training fits by, and what the graph is held to. */
export function scoreKindsBy(
  parameters: KindsParameters,
): (seen: { readonly logits: Float32Array; readonly embedding: Float32Array }) => KindScores {
  const { groups, temperature, head, mean } = parameters;
  const { offset, scale } = cosineTerms(parameters);
  return function scoreKinds({ logits, embedding }) {
    const features = groupFeatures(logits, groups, temperature);
    const scores = head.weights.map((row, k) =>
      row.reduce((sum, weight, i) => sum + weight * features[i]!, head.biases[k]!)
    );
    let square = 0;
    for (let d = 0; d < mean.length; d++) square += (embedding[d]! - mean[d]!) ** 2;
    const length = Math.max(Math.sqrt(square), FLOOR);
    return {
      kinds: Float32Array.from(softmax(Float32Array.of(...scores, 0))),
      cosines: logits.map((logit, c) => (logit - offset[c]!) * scale[c]! / length),
    };
  };
}

/** Builds the graph. */
export function buildKinds(parameters: KindsParameters): Graph {
  const { groups, temperature, head, mean } = parameters;
  const { offset, scale } = cosineTerms(parameters);
  const classes = groups.length;
  const count = Math.max(...groups) + 1;
  const graph = new Graph("kinds");
  const logits = graph.input("logits", "float32", ["N", classes]);
  const embedding = graph.input("embedding", "float32", ["N", mean.length]);
  const scalar = (name: string, value: number) =>
    graph.constant(name, { dims: [], data: Float32Array.of(value) });
  const row = (name: string, data: Float32Array) =>
    graph.constant(name, { dims: [1, data.length], data });
  const floor = scalar("floor", FLOOR);

  const membership = new Uint8Array(classes * count);
  groups.forEach((group, i) => membership[i * count + group] = 1);
  const member = graph.node(
    "Cast",
    [graph.constant("groups", { dims: [classes, count], data: membership })],
    "groups_float",
    { to: int(dataTypes.float32) },
  );
  const tempered = graph.node("Div", [logits, scalar("temperature", temperature)], "tempered");
  const shares = graph.node("Softmax", [tempered], "shares", { axis: int(1) });
  const sums = graph.node("MatMul", [shares, member], "sums");
  const logs = graph.node("Log", [graph.node("Max", [sums, floor], "sums_floored")], "log_sums");
  // Anything else scores 0: a last row of zeros.
  const weights = graph.constant("head", {
    dims: [head.weights.length + 1, count],
    data: Float32Array.from([...head.weights.flat(), ...new Float32Array(count)]),
  });
  const biases = graph.constant("head_bias", {
    dims: [head.biases.length + 1],
    data: Float32Array.from([...head.biases, 0]),
  });
  const scores = graph.node("Gemm", [logs, weights, biases], "kind_scores", {
    alpha: float(1),
    beta: float(1),
    transB: int(1),
  });
  const kinds = graph.node("Softmax", [scores], "kinds", { axis: int(1) });

  const centred = graph.node("Sub", [embedding, row("mean", mean)], "centred");
  const axes = graph.constant("features", { dims: [1], data: BigInt64Array.of(1n) });
  const length = graph.node("ReduceL2", [centred, axes], "length", { keepdims: int(1) });
  const bare = graph.node("Sub", [logits, row("offset", offset)], "bare");
  const scaled = graph.node("Mul", [bare, row("scale", scale)], "scaled");
  const cosines = graph.node("Div", [
    scaled,
    graph.node("Max", [length, floor], "length_floored"),
  ], "cosines");

  graph.output(kinds, "float32", ["N", head.weights.length + 1]);
  graph.output(cosines, "float32", ["N", classes]);
  return graph;
}
