import { assertEquals, assertThrows } from "@std/assert";
import { openNative } from "../models/runtime_native.ts";
import {
  composeModels,
  dataTypes,
  decodeModel,
  encodeModel,
  float,
  floats,
  Graph,
  int,
  ints,
  tensor,
  text,
  type Value,
} from "../training/onnx/mod.ts";

const f32 = (...values: number[]) => Float32Array.of(...values);

/** y = x · [[1, 2], [3, 4], [5, 6]] + [10, 20] */
function linear(): Graph {
  const graph = new Graph("linear");
  const x = graph.input("x", "float32", ["N", 3]);
  const weight = graph.constant("weight", { dims: [3, 2], data: f32(1, 2, 3, 4, 5, 6) });
  const bias = graph.constant("bias", { dims: [2], data: f32(10, 20) });
  const y = graph.node("Gemm", [x, weight, bias], "y", { alpha: float(1), transB: int(0) });
  graph.output(y, "float32", ["N", 2]);
  return graph;
}

Deno.test("Graph writes a model that the runtime computes when the batch is symbolic", async () => {
  const session = await openNative(linear().toBytes());
  try {
    assertEquals([session.inputNames, session.outputNames], [["x"], ["y"]]);
    const { y } = await session.run({ x: { data: f32(1, 0, 0, 0, 1, 1), dims: [2, 3] } });
    assertEquals(y, { data: f32(11, 22, 18, 30), dims: [2, 2] });
  } finally {
    await session.release();
  }
});

Deno.test("Graph writes every element type, several outputs and left-out inputs", async () => {
  const graph = new Graph("types");
  const x = graph.input("x", "float32", [4]);
  const half = graph.constant("half", { dims: [], data: Float16Array.of(0.5) });
  const u8 = graph.constant("u8", { dims: [], data: Uint8Array.of(200) });
  const i8 = graph.constant("i8", { dims: [], data: Int8Array.of(-100) });
  const i32 = graph.constant("i32", { dims: [], data: Int32Array.of(70_000) });
  const toFloat = (value: Value) =>
    graph.node("Cast", [value], `${value}.float`, { to: int(dataTypes.float32) });
  const sum = graph.node("Sum", [half, u8, i8, i32].map(toFloat), "sum");
  graph.output(sum, "float32", []);
  const clipped = graph.node("Clip", [
    x,
    undefined,
    graph.constant("high", { dims: [], data: f32(3) }),
  ], "clipped");
  const k = graph.constant("k", { dims: [1], data: BigInt64Array.of(2n) });
  const [values, indices] = graph.nodes("TopK", [clipped, k], ["values", "indices"], {
    axis: int(0),
  });
  graph.output(values!, "float32", [2]);
  graph.output(indices!, "int64", [2]);
  const session = await openNative(graph.toBytes());
  try {
    const made = await session.run({ x: { data: f32(1, 9, -5, 2), dims: [4] } });
    assertEquals(made.sum!.data, f32(70_100.5));
    assertEquals(made.values!.data, f32(3, 2));
    assertEquals(made.indices!.data, BigInt64Array.of(1n, 3n));
  } finally {
    await session.release();
  }
});

Deno.test("Graph writes every kind of attribute", () => {
  const graph = new Graph("attributes");
  const x = graph.input("x", "float32", [1]);
  const y = graph.node("Anything", [x], "y", {
    a: int(-3),
    b: ints([1, 2]),
    c: float(0.5),
    d: floats([1.5, 2]),
    e: text("é"),
    f: tensor({ dims: [1], data: f32(7) }),
  });
  graph.output(y, "float32", [1]);
  const [node] = decodeModel(graph.toBytes()).graph!.node;
  const [a, b, c, d, e, f] = node!.attribute;
  assertEquals(a!.i, -3n);
  assertEquals(b!.ints, [1n, 2n]);
  assertEquals(c!.f, 0.5);
  assertEquals(d!.floats, [1.5, 2]);
  assertEquals(new TextDecoder().decode(e!.s), "é");
  assertEquals(f!.t!.rawData, new Uint8Array(f32(7).buffer));
});

Deno.test("Graph.toBytes() gives the same bytes when it is built again, metadata by key", () => {
  const forth = linear().toBytes({ metadata: { b: "2", a: "1" } });
  assertEquals(linear().toBytes({ metadata: { a: "1", b: "2" } }), forth);
  assertEquals(
    decodeModel(forth).metadataProps.map(({ key, value }) => [key, value]),
    [["a", "1"], ["b", "2"]],
  );
  assertEquals(encodeModel(decodeModel(forth)), forth);
});

Deno.test("Graph refuses what would be no graph", () => {
  const graph = linear();
  assertThrows(() => graph.input("x", "float32", [1]), TypeError, '"x" already');
  assertThrows(() => graph.node("Relu", ["z" as Value], "r"), TypeError, '"z", which the graph');
  assertThrows(() => graph.nodes("Relu", [], []), TypeError, "must have an output");
  assertThrows(
    () => graph.constant("c", { dims: [2, 2], data: f32(1) }),
    RangeError,
    "[2,2] must have 4 elements, got 1",
  );
  assertThrows(() => graph.node("Relu", [], "r", { a: int(1.5) }), RangeError, "got 1.5");
  assertThrows(() => new Graph("empty").toBytes(), TypeError, "no output");
});

/** z = relu(y) with a constant of the same name as one in {@linkcode linear}. */
function head(input = "y"): Graph {
  const graph = new Graph("head");
  const y = graph.input(input, "float32", ["N", 2]);
  const bias = graph.constant("bias", { dims: [2], data: f32(-15, -25) });
  const z = graph.node("Relu", [graph.node("Add", [y, bias], "added")], "z");
  graph.output(z, "float32", ["N", 2]);
  return graph;
}

Deno.test("composeModels() computes what the two models compute one after the other", async () => {
  const joined = composeModels(linear().toModel(), head("scores").toModel(), {
    wires: { scores: "y" },
    prefix: "head.",
  });
  const session = await openNative(encodeModel(joined));
  try {
    assertEquals(session.outputNames, ["y", "z"]);
    const { y, z } = await session.run({ x: { data: f32(1, 0, 0, 0, 1, 1), dims: [2, 3] } });
    assertEquals(y!.data, f32(11, 22, 18, 30));
    assertEquals(z!.data, f32(0, 0, 3, 5));
  } finally {
    await session.release();
  }
});

Deno.test("composeModels() refuses models that do not fit together", () => {
  const first = linear().toModel();
  const join = (wires: Record<string, string>, second = head("scores").toModel()) => () =>
    composeModels(first, second, { wires, prefix: "head." });
  assertThrows(join({ nothing: "y" }), TypeError, 'no input "nothing"');
  assertThrows(join({ scores: "nothing" }), TypeError, 'no output "nothing"');
  assertThrows(join({}, head("y").toModel()), TypeError, 'Both models have a tensor "y"');
  const other = head("scores").toModel();
  other.opsetImport[0]!.version = 17n;
  assertThrows(join({ scores: "y" }, other), TypeError, "got onnx 21 and onnx 17");
});
