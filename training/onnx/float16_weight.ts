/**
 * Weights stored as two bytes each.
 *
 * @module
 */
import { int } from "./attribute.ts";
import type { Graph, Value } from "./graph.ts";
import type { FloatWeight } from "./int8_weight.ts";
import { dataTypes } from "./tensor.ts";

/** The largest number of 16 bits. */
const LARGEST = 65_504;

/**
 * Adds a weight in 16 bits to a graph and gives the float32 tensor that it stands for. The runtime
 * computes the `Cast` once, when it loads the model.
 *
 * @param name of the float32 tensor; the stored one is `name.float16`
 * @throws {RangeError} when a weight is not within ±65504
 */
export function addFloat16Weight(graph: Graph, name: string, { dims, data }: FloatWeight): Value {
  const outside = data.find((w) => !(Math.abs(w) <= LARGEST));
  if (outside !== undefined) {
    throw new RangeError(`A weight of "${name}" must be within ±${LARGEST}, got ${outside}`);
  }
  const half = graph.constant(`${name}.float16`, { dims, data: Float16Array.from(data) });
  return graph.node("Cast", [half], name, { to: int(dataTypes.float32) });
}
