/**
 * Joins two models to one.
 *
 * @module
 */
import { clone, create, fromBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
} from "onnx-buf";

/** How two models are joined. */
export interface ComposeOptions {
  /** Each input of the second model that an output of the first feeds: `{ input: output }`. */
  readonly wires: Readonly<Record<string, string>>;
  /** Put before the names of everything inside the second model, as "head."; not before its outputs'. */
  readonly prefix: string;
}

/** Reads the bytes of an `.onnx` file. @throws {Error} when they are none */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return fromBinary(ModelProtoSchema, bytes);
}

function graphOf(model: ModelProto, which: string): GraphProto {
  if (!model.graph) throw new TypeError(`The ${which} model has no graph`);
  return model.graph;
}

function opsetsOf(model: ModelProto): string {
  return model.opsetImport.map(({ domain, version }) => `${domain || "onnx"} ${version}`).sort()
    .join(", ");
}

/** A node of a graph without inner graphs, under other names. */
function renamed(node: NodeProto, rename: (name: string) => string): NodeProto {
  if (node.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0)) {
    throw new TypeError(`The node "${node.name}" has an inner graph, which is not composed`);
  }
  return {
    ...node,
    name: rename(node.name),
    input: node.input.map((name) => name === "" ? name : rename(name)),
    output: node.output.map((name) => name === "" ? name : rename(name)),
  };
}

/**
 * One model that runs `first`, then `second` on its outputs. Its inputs are the first's and those
 * of the second that no wire feeds; its outputs are the outputs of both.
 *
 * @throws {TypeError} when the operator sets differ, a wire's end is not there, or a name of the
 * second is taken in the first
 */
export function composeModels(
  first: ModelProto,
  second: ModelProto,
  { wires, prefix }: ComposeOptions,
): ModelProto {
  const from = graphOf(first, "first");
  const to = graphOf(second, "second");
  if (opsetsOf(first) !== opsetsOf(second)) {
    throw new TypeError(
      `Models must have the same operator sets, got ${opsetsOf(first)} and ${opsetsOf(second)}`,
    );
  }
  for (const [input, output] of Object.entries(wires)) {
    if (!to.input.some(({ name }) => name === input)) {
      throw new TypeError(`The second model has no input "${input}"`);
    }
    if (!from.output.some(({ name }) => name === output)) {
      throw new TypeError(`The first model has no output "${output}"`);
    }
  }
  const outputs = new Set(to.output.map(({ name }) => name));
  const freeInputs = to.input.filter(({ name }) => !Object.hasOwn(wires, name));
  const kept = new Set([...outputs, ...freeInputs.map(({ name }) => name)]);
  const rename = (name: string) => {
    if (Object.hasOwn(wires, name)) return wires[name]!;
    return kept.has(name) ? name : prefix + name;
  };
  const taken = new Set([
    ...from.input.map(({ name }) => name),
    ...from.initializer.map(({ name }) => name),
    ...from.node.flatMap(({ output }) => output),
  ]);
  for (
    const name of [
      ...kept,
      ...to.initializer.map(({ name }) => rename(name)),
      ...to.node.flatMap(({ output }) => output.filter((name) => name !== "").map(rename)),
    ]
  ) {
    if (taken.has(name)) throw new TypeError(`Both models have a tensor "${name}"`);
  }
  return {
    ...clone(ModelProtoSchema, first),
    graph: create(GraphProtoSchema, {
      name: `${from.name}, ${to.name}`,
      input: [...from.input, ...freeInputs],
      output: [...from.output, ...to.output],
      initializer: [
        ...from.initializer,
        ...to.initializer.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
      ],
      node: [...from.node, ...to.node.map((node) => renamed(node, rename))],
    }),
    metadataProps: [
      ...first.metadataProps,
      ...second.metadataProps.filter(({ key }) =>
        !first.metadataProps.some((entry) => entry.key === key)
      ),
    ],
  };
}
