/**
 * Makes `models/recall.onnx`: bounds of the cosines of a query to a block of coded memories, and
 * the best of them. It holds no weights; the table is its input (`functions/memory/graph_scorer.ts`).
 *
 * `deno task train recall`
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { int } from "../onnx/attribute.ts";
import { Graph } from "../onnx/graph.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";

const FILE = "recall.onnx";
/** ONNX's number for float32. */
const FLOAT = 1;

/**
 * Builds the graph: `bounds = scales ⊙ (query · codes) + weights · terms`, the `k` highest.
 *
 * Unsigned by signed bytes without zero points and one row on the left is the one shape of
 * `MatMulInteger` that ONNX Runtime computes as a matrix-vector product in place; in every other it
 * first copies the table into its own layout, which takes three times as long.
 */
export function buildRecall(): Graph {
  const graph = new Graph("recall");
  const codes = graph.input("codes", "int8", ["D", "N"]);
  const query = graph.input("query", "uint8", [1, "D"]);
  const scales = graph.input("scales", "float32", [1, "N"]);
  const terms = graph.input("terms", "float32", [3, "N"]);
  const weights = graph.input("weights", "float32", [1, 3]);
  const k = graph.input("k", "int64", [1]);
  const products = graph.node("MatMulInteger", [query, codes], "products");
  const cast = graph.node("Cast", [products], "products_float", { to: int(FLOAT) });
  const scaled = graph.node("Mul", [cast, scales], "scaled");
  const rest = graph.node("MatMul", [weights, terms], "rest");
  const all = graph.node("Add", [scaled, rest], "all");
  const [bounds, rows] = graph.nodes("TopK", [all, k], ["bounds", "rows"]);
  graph.output(bounds!, "float32", [1, "K"]);
  graph.output(rows!, "int64", [1, "K"]);
  return graph;
}

/** Makes and stores the graph. */
export const recipe: Recipe = {
  name: "recall",
  purpose: "write the graph that searches the memory table",
  async run({ models, log }) {
    const bytes = buildRecall().toBytes({ metadata: { licence: "Apache-2.0" } });
    const sha256 = await sha256Hex(bytes);
    await writeAtomically(join(models, FILE), bytes);
    await updateManifest("recall", {
      file: FILE,
      bytes: bytes.length,
      sha256,
      licence: "Apache-2.0",
      made: { command: "deno task train recall" },
    }, join(models, "manifest.json"));
    log(`${FILE}: ${bytes.length} bytes, SHA-256 ${sha256}`);
  },
};
