/**
 * Constant tensors of an ONNX graph.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import { type TensorProto, TensorProto_DataType as DataType, TensorProtoSchema } from "onnx-buf";

/** Element types that the project's graphs use, under ONNX's names. */
export type ElementType =
  | "float32"
  | "float16"
  | "uint8"
  | "int8"
  | "int32"
  | "int64"
  | "bool";

/** The number that ONNX gives an element type. */
export const dataTypes: Readonly<Record<ElementType, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

/** Elements of a constant; the array's class says the element type. */
export type OnnxData =
  | Float32Array
  | Float16Array
  | Uint8Array
  | Int8Array
  | Int32Array
  | BigInt64Array;

/** A dense row-major tensor; `dims` is empty for a scalar. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

/** The ONNX element type of an array. */
export function elementType(data: OnnxData): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float16Array) return "float16";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Int32Array) return "int32";
  return "int64";
}

/** How many elements `dims` hold. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/**
 * The tensor as ONNX stores it, elements as raw little-endian bytes.
 *
 * @throws {RangeError} when `dims` do not hold exactly the elements that are there
 */
export function tensorProto(name: string, { dims, data }: OnnxTensor): TensorProto {
  if (sizeOf(dims) !== data.length) {
    throw new RangeError(
      `Tensor "${name}" of shape [${dims}] must have ${sizeOf(dims)} elements, got ${data.length}`,
    );
  }
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: dataTypes[elementType(data)],
    // A copy: the caller may go on to change its array. ONNX's order of bytes is that of every
    // platform that Deno runs on.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  });
}
