/**
 * The joint paradigm as one network: the wide and the deep part side by side.
 *
 * @module
 */
import type { Standardizer } from "../fit/standardizer.ts";
import { addMlp, type QuantizedLayer } from "../nets/quantized_mlp.ts";
import { int, text } from "../onnx/attribute.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { addSketch, type SketchValues } from "../sketch/sketch_graph.ts";
import type { ExemplarFeatures } from "../wide/exemplar_features.ts";
import type { WideRows } from "../wide/wide_rows.ts";
import { addFamiliarity, type Familiarity } from "./familiarity.ts";
import { addStandardizer } from "./standardizer_graph.ts";

/** All numbers of the graph. */
export interface JointParts {
  readonly standardizer: Standardizer;
  readonly deep: readonly QuantizedLayer[];
  readonly features: ExemplarFeatures;
  readonly wide: WideRows;
  readonly familiarity: Familiarity;
}

/**
 * Builds the graph: `embedding` [N, dim] and the backbone's `logits` [N, backbone classes] → `deep`
 * [N, classes] and `wide` [N, classes], whose sum is the scores, and `familiar` [N, 1].
 */
export function buildJoint(
  { standardizer, deep, features, wide, familiarity }: JointParts,
): Graph {
  const graph = new Graph("joint");
  const embedding = graph.input("embedding", "float32", ["N", standardizer.mean.length]);
  const width = familiarity.profile.length / wide.classes;
  const backbone = graph.input("logits", "float32", ["N", width]);
  const x = addStandardizer(graph, embedding, standardizer);
  const byDeep = addMlp(graph, x, deep, "deep.");
  const seen = addSketch(graph, embedding, features.sketch, "seen.");
  const byWide = addWide(graph, seen, features, wide);
  for (const [name, logits] of [["deep", byDeep], ["wide", byWide]] as const) {
    graph.output(graph.node("Identity", [logits], name), "float32", ["N", wide.classes]);
  }
  addFamiliarity(graph, byDeep, backbone, familiarity);
  return graph;
}

/** What `featureIds()` and `WideTable.addTo()` compute: a photo's sparse ids, and the sum of their rows. */
function addWide(
  graph: Graph,
  { projected, known, group }: SketchValues,
  { prototypes, classes, nearest, levels }: ExemplarFeatures,
  { offsets, classOf, weights, longest }: WideRows,
): Value {
  const integers = (name: string, ...data: number[]) =>
    graph.constant(name, { dims: [data.length], data: BigInt64Array.from(data, BigInt) });
  const width = prototypes.length / classes;
  const cosines = graph.node(
    "Gemm",
    [projected, graph.constant("prototypes", { dims: [classes, width], data: prototypes })],
    "cosines",
    { transB: int(1) },
  );
  const [, kinds] = graph.nodes(
    "TopK",
    [cosines, integers("nearest", nearest)],
    ["best_cosines", "kinds"],
    { axis: int(1) },
  );
  // (group · classes + kind) · levels: the first id of each cross.
  const exemplar = graph.node("Unsqueeze", [group, integers("wide.axis", 1)], "exemplar");
  const crossed = graph.node(
    "Add",
    [graph.node("Mul", [exemplar, integers("classes", classes)], "exemplar_start"), kinds!],
    "crossed",
  );
  const first = graph.node("Mul", [crossed, integers("levels", levels.length)], "first_id");
  // One id behind the vocabulary, whose row is empty, stands for a level that was not passed.
  const none = integers("none", offsets.length - 1);
  const ids = graph.node(
    "Concat",
    levels.map((level, i) => {
      const id = graph.node("Add", [first, integers(`level${i}.number`, i)], `level${i}.id`);
      const least = graph.constant(`level${i}.least`, { dims: [], data: Float32Array.of(level) });
      const passed = graph.node("GreaterOrEqual", [known, least], `level${i}.passed`);
      return graph.node("Where", [passed, id, none], `level${i}.told`);
    }),
    "ids",
    { axis: int(1) },
  );
  const starts = graph.constant("offsets", {
    dims: [offsets.length + 1],
    data: Int32Array.from([...offsets, offsets.at(-1)!]),
  });
  const last = integers("last_axis", 2);
  const start = graph.node(
    "Unsqueeze",
    [graph.node("Gather", [starts, ids], "row_start"), last],
    "from",
  );
  const next = graph.node("Add", [ids, integers("one", 1)], "next_ids");
  const end = graph.node(
    "Unsqueeze",
    [graph.node("Gather", [starts, next], "row_end"), last],
    "to",
  );
  const steps = graph.constant("steps", {
    dims: [Math.max(1, longest)],
    data: Int32Array.from({ length: Math.max(1, longest) }, (_, i) => i),
  });
  const place = graph.node("Add", [start, steps], "place");
  const inside = graph.node("Less", [place, end], "inside");
  // Behind the last weight lies a zero, for the places that a shorter row leaves over.
  const zero = graph.constant("zero_place", { dims: [], data: Int32Array.of(weights.length) });
  const flat = integers("flat", 0, -1);
  const taken = graph.node(
    "Reshape",
    [graph.node("Where", [inside, place, zero], "places"), flat],
    "taken",
  );
  const gather = (name: string, data: Int32Array | Float32Array) =>
    graph.node(
      "Gather",
      [graph.constant(`wide.${name}`, { dims: [data.length], data }), taken],
      `spoken.${name}`,
    );
  const shape = graph.node(
    "Concat",
    [graph.node("Shape", [group], "photos"), integers("width", classes)],
    "wide.shape",
    { axis: int(0) },
  );
  const nothing = graph.node("ConstantOfShape", [shape], "nothing");
  return graph.node(
    "ScatterElements",
    [
      nothing,
      gather("classes", Int32Array.from([...classOf, 0])),
      gather("weights", Float32Array.from([...weights, 0])),
    ],
    "wide.sum",
    { axis: int(1), reduction: text("add") },
  );
}
