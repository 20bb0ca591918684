/**
 * A sketch of seen photos as part of a network.
 *
 * @module
 */
import { int } from "../onnx/attribute.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { addInt8Weight } from "../onnx/int8_weight.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { SHORTEST, type Sketch } from "./sketch.ts";

/** The tensors that {@linkcode addSketch} adds. */
export interface SketchValues {
  /** The whitened embeddings at unit length, float32 [N, features]. */
  readonly projected: Value;
  /** Tables in which each group has the photo's code, float32 [N, G], whole numbers from 0 to T. */
  readonly hits: Value;
  /** By how many standard deviations the best group's hits stand out, float32 [N, 1], ≥ 0. */
  readonly known: Value;
  /** The group with most hits, the first of them when several have as many, int64 [N]. */
  readonly group: Value;
}

/**
 * Adds what `lookUp()` of `sketch.ts` computes to a graph, for any number N of photos at once.
 * None of the tensors is made an output.
 *
 * @param embedding float32 [N, dim], numbers ≥ 0
 * @param prefix of all names that are added, as "seen."
 * @throws {TypeError} when the graph has one of the names already
 */
export function addSketch(
  graph: Graph,
  embedding: Value,
  sketch: Sketch,
  prefix: string,
): SketchValues {
  const { whitening: { mean, projection }, tables, comparisons, among, groups } = sketch;
  const codes = among ** comparisons;
  const name = (short: string) => `${prefix}${short}`;
  const floats = (short: string, dims: readonly number[], data: readonly number[]) =>
    graph.constant(name(short), { dims, data: Float32Array.from(data) });
  const integers = (short: string, dims: readonly number[], data: readonly number[]) =>
    graph.constant(name(short), { dims, data: BigInt64Array.from(data, BigInt) });
  const first = integers("axis_1", [1], [1]);

  const root = graph.node("Sqrt", [embedding], name("root"));
  const middle = graph.constant(name("mean"), { dims: [1, mean.length], data: mean });
  const centred = graph.node("Sub", [root, middle], name("centred"));
  const weight = addInt8Weight(graph, name("projection"), projection);
  const whitened = graph.node("Gemm", [centred, weight], name("whitened"), { transB: int(1) });
  const length = graph.node("ReduceL2", [whitened, first], name("length"), { keepdims: int(1) });
  const divisor = graph.node(
    "Max",
    [length, floats("shortest", [], [SHORTEST])],
    name("length_floored"),
  );
  const projected = graph.node("Div", [whitened, divisor], name("projected"));

  // Codes do not depend on the length: two coordinates that division would make equal still differ.
  const picks = graph.constant(name("picks"), {
    dims: [sketch.picks.length],
    data: Int32Array.from(sketch.picks),
  });
  const compared = graph.node(
    "Reshape",
    [
      graph.node("Gather", [whitened, picks], name("picked"), { axis: int(1) }),
      // 0 keeps the axis as it is.
      integers("picks_shape", [4], [0, tables, comparisons, among]),
    ],
    name("compared"),
  );
  const largest = graph.node("ArgMax", [compared], name("largest"), {
    axis: int(3),
    keepdims: int(0),
  });
  const powers = Array.from({ length: comparisons }, (_, m) => among ** (comparisons - 1 - m));
  const digits = graph.node(
    "Mul",
    [largest, integers("powers", [comparisons], powers)],
    name("digits"),
  );
  const code = graph.node(
    "ReduceSum",
    [digits, integers("axis_2", [1], [2])],
    name("code"),
    { keepdims: int(0) },
  );
  const starts = Array.from({ length: tables }, (_, table) => table * codes);
  const row = graph.node("Add", [code, integers("starts", [tables], starts)], name("row"));

  const bits = graph.constant(name("bits"), {
    dims: [tables * codes, groups / 8, 1],
    data: sketch.bits,
  });
  const bytes = graph.node("Gather", [bits, row], name("bytes"), { axis: int(0) });
  // Each bit stays where it is in its byte, worth 1, 2, 4 … 128, and is made 1 once it is summed:
  // the sums are far below 2²⁴, so float32 holds them exactly.
  const worth = Array.from({ length: 8 }, (_, bit) => 1 << bit);
  const masks = graph.constant(name("masks"), { dims: [8], data: Uint8Array.from(worth) });
  const kept = graph.node("BitwiseAnd", [bytes, masks], name("kept"));
  const summed = graph.node(
    "ReduceSum",
    [graph.node("Cast", [kept], name("kept_float"), { to: int(dataTypes.float32) }), first],
    name("summed"),
    { keepdims: int(0) },
  );
  const counted = graph.node(
    "Mul",
    [summed, floats("unit_bits", [8], worth.map((value) => 1 / value))],
    name("counted"),
  );
  const hits = graph.node(
    "Reshape",
    [counted, integers("hits_shape", [2], [0, groups])],
    name("hits"),
  );
  const most = graph.node("ReduceMax", [hits, first], name("most"), { keepdims: int(1) });
  const usual = graph.node("ReduceMean", [hits, first], name("hits_mean"), { keepdims: int(1) });
  const apart = graph.node("Sub", [hits, usual], name("hits_apart"));
  const squares = graph.node("Mul", [apart, apart], name("hits_squares"));
  const variance = graph.node("ReduceMean", [squares, first], name("hits_variance"), {
    keepdims: int(1),
  });
  const spread = graph.node(
    "Max",
    [graph.node("Sqrt", [variance], name("hits_deviation")), floats("least", [], [SHORTEST])],
    name("hits_spread"),
  );
  const known = graph.node(
    "Div",
    [graph.node("Sub", [most, usual], name("hits_above")), spread],
    name("known"),
  );
  const group = graph.node("ArgMax", [hits], name("group"), { axis: int(1), keepdims: int(0) });
  return { projected, hits, known, group };
}
