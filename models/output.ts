/**
 * Checks at a graph's edge.
 *
 * @module
 */
import type { Tensor } from "./session.ts";

/**
 * The numbers of an output of one row.
 *
 * @param dim numbers of the row
 * @throws {TypeError} that names the tensor, what was expected and what came
 */
export function output(name: string, dim: number, tensor: Tensor | undefined): Float32Array {
  if (
    !(tensor?.data instanceof Float32Array) || tensor.dims.length !== 2 ||
    tensor.dims[0] !== 1 || tensor.dims[1] !== dim
  ) {
    const got = tensor ? `${tensor.data.constructor.name} [${tensor.dims}]` : "nothing";
    throw new TypeError(`Expected the output "${name}" as Float32Array [1,${dim}], got ${got}`);
  }
  return tensor.data;
}
