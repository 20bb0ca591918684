/**
 * Builds ONNX graphs, one typed call a node.
 *
 * @module
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type Attribute, attributeProto } from "./attribute.ts";
import { dataTypes, type ElementType, type OnnxTensor, tensorProto } from "./tensor.ts";

/** The operator set that all of the project's graphs are written in, so that they compose. */
export const OPSET = 21;

/** The file format's version that came with {@linkcode OPSET}; older runtimes read it too. */
export const IR_VERSION = 10;

/** The size of an axis, or the name of one that is known only when the graph runs, as "N". */
export type Dim = number | string;

declare const value: unique symbol;
/** The name of a tensor of one graph. Only a {@linkcode Graph} hands them out. */
export type Value = string & { readonly [value]: true };

/** What describes a whole model. */
export interface ModelInfo {
  /** Stored as `metadata_props`, in the order of their keys. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** For people. */
  readonly description?: string;
}

function valueInfo(name: string, type: ElementType, dims: readonly Dim[]): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: dataTypes[type],
          shape: create(TensorShapeProtoSchema, {
            dim: dims.map((dim) =>
              create(TensorShapeProto_DimensionSchema, {
                value: typeof dim === "number"
                  ? { case: "dimValue", value: BigInt(dim) }
                  : { case: "dimParam", value: dim },
              })
            ),
          }),
        }),
      },
    }),
  });
}

/**
 * An ONNX graph under construction. Tensors are named by who builds it, nodes after their output,
 * and the bytes that come out depend on nothing but the calls: the same calls give the same file.
 *
 * @example A linear layer
 * ```ts
 * import { Graph } from "./graph.ts";
 * import { int } from "./attribute.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const graph = new Graph("linear");
 * const x = graph.input("x", "float32", ["N", 3]);
 * const weight = graph.constant("weight", { dims: [2, 3], data: new Float32Array(6) });
 * const y = graph.node("Gemm", [x, weight], "y", { transB: int(1) });
 * graph.output(y, "float32", ["N", 2]);
 * assertEquals(graph.toModel().graph?.node.length, 1);
 * ```
 */
export class Graph {
  readonly #name: string;
  readonly #names = new Set<string>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];

  /** @param name the graph's name, for people */
  constructor(name: string) {
    this.#name = name;
  }

  #define(name: string): Value {
    if (name === "") throw new TypeError("A tensor must have a name");
    if (this.#names.has(name)) throw new TypeError(`The graph has a tensor "${name}" already`);
    this.#names.add(name);
    return name as Value;
  }

  #check(name: Value, where: string): void {
    if (!this.#names.has(name)) {
      throw new TypeError(`${where} takes the tensor "${name}", which the graph does not have`);
    }
  }

  /** Declares an input. @throws {TypeError} when the name is taken */
  input(name: string, type: ElementType, dims: readonly Dim[]): Value {
    const defined = this.#define(name);
    this.#inputs.push(valueInfo(name, type, dims));
    return defined;
  }

  /**
   * Adds a constant (an ONNX initializer).
   *
   * @throws {TypeError} when the name is taken
   * @throws {RangeError} when the shape does not hold exactly the elements that are there
   */
  constant(name: string, tensor: OnnxTensor): Value {
    const proto = tensorProto(name, tensor);
    const defined = this.#define(name);
    this.#initializers.push(proto);
    return defined;
  }

  /** Adds a node with one output. @see {@linkcode Graph.nodes} */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const [only] = this.nodes(op, inputs, [output], attributes);
    return only!;
  }

  /**
   * Adds a node. Nodes run in the order they are added, so its inputs must be there already.
   *
   * @param op the operator's name in ONNX's default domain
   * @param inputs undefined leaves an optional input out
   * @param outputs names of the tensors that it makes, at least one
   * @throws {TypeError} when an input is not there or an output's name is taken
   */
  nodes(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const [first] = outputs;
    if (first === undefined) throw new TypeError(`The node ${op} must have an output`);
    for (const input of inputs) {
      if (input !== undefined) this.#check(input, `The node ${op} "${first}"`);
    }
    const defined = outputs.map((output) => this.#define(output));
    this.#nodes.push(create(NodeProtoSchema, {
      opType: op,
      name: first,
      input: inputs.map((input) => input ?? ""),
      output: [...outputs],
      attribute: Object.entries(attributes).map(([name, attribute]) =>
        attributeProto(name, attribute)
      ),
    }));
    return defined;
  }

  /** Makes a tensor an output. @throws {TypeError} when the graph does not have it */
  output(tensor: Value, type: ElementType, dims: readonly Dim[]): void {
    this.#check(tensor, "The output");
    this.#outputs.push(valueInfo(tensor, type, dims));
  }

  /** The model so far. @throws {TypeError} when it has no output */
  toModel({ metadata = {}, description = "" }: ModelInfo = {}): ModelProto {
    if (this.#outputs.length === 0) throw new TypeError(`The graph "${this.#name}" has no output`);
    return create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(OPSET) })],
      producerName: "xolo",
      docString: description,
      graph: create(GraphProtoSchema, {
        name: this.#name,
        input: [...this.#inputs],
        output: [...this.#outputs],
        node: [...this.#nodes],
        initializer: [...this.#initializers],
      }),
      metadataProps: Object.keys(metadata).sort().map((key) =>
        create(StringStringEntryProtoSchema, { key, value: metadata[key]! })
      ),
    });
  }

  /** The bytes of the `.onnx` file. @throws {TypeError} when it has no output */
  toBytes(info: ModelInfo = {}): Uint8Array<ArrayBuffer> {
    return encodeModel(this.toModel(info));
  }
}

/** The bytes of a model's `.onnx` file. */
export function encodeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, model);
}
