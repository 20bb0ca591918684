/**
 * Tensors to and from ONNX Runtime's own class, which its native and web packages share.
 *
 * @module
 */
import type { Tensor as OrtTensor, TensorConstructor } from "onnxruntime-common";
import type { Tensor, TensorData } from "./session.ts";

type OrtType = "float32" | "uint8" | "int8" | "int32" | "int64";

function typeOf(data: TensorData): OrtType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Int32Array) return "int32";
  return "int64";
}

/** Wraps inputs without copying them. */
export function toOrt(
  constructor: TensorConstructor,
  inputs: Readonly<Record<string, Tensor>>,
): Record<string, OrtTensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { data, dims }]) => [
      name,
      new constructor(typeOf(data), data as never, dims),
    ]),
  );
}

/** Copies outputs out of the engine's memory. */
export function fromOrt(outputs: Readonly<Record<string, OrtTensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [
      name,
      { data: (data as TensorData).slice(), dims: [...dims] },
    ]),
  );
}
