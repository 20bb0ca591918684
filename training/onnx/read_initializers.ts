/**
 * Reads the weights of ONNX files that others made.
 *
 * @module
 */
import { type ModelProto, TensorProto_DataType as DataType } from "onnx-buf";
import type { FloatWeight } from "./int8_weight.ts";
import { sizeOf } from "./tensor.ts";

/**
 * The float32 constants of a model by name; those of other types are left out.
 *
 * @throws {TypeError} when the model has no graph or a constant does not have the elements that its
 * shape holds
 */
export function readInitializers(model: ModelProto): Map<string, FloatWeight> {
  if (!model.graph) throw new TypeError("The model has no graph");
  const tensors = new Map<string, FloatWeight>();
  for (const { name, dims: sizes, dataType, rawData, floatData } of model.graph.initializer) {
    if (dataType !== DataType.FLOAT) continue;
    const dims = sizes.map(Number);
    // A copy, for raw data begins at any byte of the file.
    const data = rawData.length > 0
      ? new Float32Array(rawData.slice().buffer)
      : Float32Array.from(floatData);
    if (data.length !== sizeOf(dims)) {
      throw new TypeError(
        `The constant "${name}" of shape [${dims}] must have ${sizeOf(dims)} elements, got ` +
          `${data.length}`,
      );
    }
    tensors.set(name, { dims, data });
  }
  return tensors;
}
