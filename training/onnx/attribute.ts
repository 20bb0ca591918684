/**
 * Attributes of ONNX nodes.
 *
 * A JavaScript number does not tell an ONNX integer from an ONNX float, so each attribute says
 * which it is.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
} from "onnx-buf";
import { type OnnxTensor, tensorProto } from "./tensor.ts";

/** The value of one attribute of a node. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: OnnxTensor };

function whole(value: number): bigint {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`An integer attribute must be a whole number, got ${value}`);
  }
  return BigInt(value);
}

/** An integer attribute, as `axis`. */
export const int = (value: number): Attribute => ({ kind: "int", value });
/** A list of integers, as `strides`. */
export const ints = (value: readonly number[]): Attribute => ({ kind: "ints", value });
/** A float attribute, as `alpha`. */
export const float = (value: number): Attribute => ({ kind: "float", value });
/** A list of floats. */
export const floats = (value: readonly number[]): Attribute => ({ kind: "floats", value });
/** A text attribute, as `mode`. */
export const text = (value: string): Attribute => ({ kind: "text", value });
/** A tensor attribute, as the `value` of `ConstantOfShape`. */
export const tensor = (value: OnnxTensor): Attribute => ({ kind: "tensor", value });

/**
 * The attribute as ONNX stores it.
 *
 * @throws {RangeError} when an integer attribute is not a whole number
 */
export function attributeProto(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: whole(attribute.value) });
    case "ints":
      return create(AttributeProtoSchema, {
        name,
        type: Kind.INTS,
        ints: attribute.value.map(whole),
      });
    case "float":
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value });
    case "floats":
      return create(AttributeProtoSchema, {
        name,
        type: Kind.FLOATS,
        floats: [...attribute.value],
      });
    case "text":
      return create(AttributeProtoSchema, {
        name,
        type: Kind.STRING,
        s: new TextEncoder().encode(attribute.value),
      });
    case "tensor":
      return create(AttributeProtoSchema, {
        name,
        type: Kind.TENSOR,
        t: tensorProto("", attribute.value),
      });
  }
}
