/**
 * The standardizer as part of a network.
 *
 * @module
 */
import { FEATURE_LIMIT, type Standardizer } from "../fit/standardizer.ts";
import type { Graph, Value } from "../onnx/graph.ts";

/**
 * Adds what `standardize()` computes.
 *
 * @param embedding float32 [N, dim], each ≥ 0
 * @returns float32 [N, dim]
 */
export function addStandardizer(
  graph: Graph,
  embedding: Value,
  { mean, scale }: Standardizer,
): Value {
  const row = (name: string, data: Float32Array) =>
    graph.constant(name, { dims: [1, data.length], data });
  const limit = (name: string, value: number) =>
    graph.constant(name, { dims: [], data: Float32Array.of(value) });
  const root = graph.node("Sqrt", [embedding], "root");
  const centred = graph.node("Sub", [root, row("mean", mean)], "centred");
  const scaled = graph.node("Mul", [centred, row("scale", scale)], "scaled");
  return graph.node(
    "Clip",
    [scaled, limit("least", -FEATURE_LIMIT), limit("most", FEATURE_LIMIT)],
    "standardized",
  );
}
