/**
 * A network in 8 bits: what is exported, and the same rounded numbers as a network again, so that
 * the file and the engine that trained it can be held to each other.
 *
 * @module
 */
import { int } from "../onnx/attribute.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { addInt8Weight, type Int8Weight, quantizeInt8 } from "../onnx/int8_weight.ts";
import type { Mlp } from "./mlp.ts";

/** A linear layer in 8 bits. */
export interface QuantizedLayer {
  /** [outputs, inputs]: one scale an output. */
  readonly weight: Int8Weight;
  /** [outputs] */
  readonly bias: Float32Array;
}

/** Rounds the weights; the biases stay as they are. */
export function quantizeMlp(mlp: Mlp): QuantizedLayer[] {
  return mlp.map(({ weight, bias, inputs, outputs }) => {
    const turned = new Float32Array(weight.length);
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) turned[o * inputs + i] = weight[i * outputs + o]!;
    }
    return { weight: quantizeInt8({ dims: [outputs, inputs], data: turned }), bias };
  });
}

/** The network that the rounded numbers are. */
export function dequantizeMlp(layers: readonly QuantizedLayer[]): Mlp {
  return layers.map(({ weight: { dims, data, scale }, bias }) => {
    const [outputs, inputs] = dims as [number, number];
    const weight = new Float32Array(data.length);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        weight[i * outputs + o] = data[o * inputs + i]! * scale[o]!;
      }
    }
    return { weight, bias, inputs, outputs };
  });
}

/**
 * Adds a network to a graph.
 *
 * @param x float32 [N, inputs]
 * @param prefix of all names that are added
 * @returns logits, float32 [N, outputs]
 */
export function addMlp(
  graph: Graph,
  x: Value,
  layers: readonly QuantizedLayer[],
  prefix: string,
): Value {
  layers.forEach(({ weight, bias }, i) => {
    const name = `${prefix}layer${i}`;
    const weights = addInt8Weight(graph, `${name}.weight`, weight);
    const biases = graph.constant(`${name}.bias`, { dims: [bias.length], data: bias });
    x = graph.node("Gemm", [x, weights, biases], `${name}.sum`, { transB: int(1) });
    if (i < layers.length - 1) x = graph.node("Relu", [x], `${name}.relu`);
  });
  return x;
}
