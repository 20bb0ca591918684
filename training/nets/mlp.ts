/**
 * A multi-layer perceptron as plain numbers: what is trained, kept, rewound and exported.
 *
 * @module
 */
import { createRandom } from "../eval/random.ts";
import { gaussian } from "./gaussian.ts";

/** A linear layer. */
export interface Layer {
  /** [inputs, outputs] row-major. */
  readonly weight: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** Linear layers with a rectifier between each two; the last one gives logits. */
export type Mlp = readonly Layer[];

/**
 * Weights drawn for rectifiers: N(0, 2 / inputs) (He et al., "Delving Deep into Rectifiers", ICCV
 * 2015, eq. 10), biases 0.
 *
 * @param sizes of the input, of each hidden layer, of the output
 * @throws {RangeError} for fewer than two sizes
 */
export function initMlp(sizes: readonly number[], seed: number): Mlp {
  if (sizes.length < 2) throw new RangeError(`A network has an input and an output, got ${sizes}`);
  const draw = gaussian(createRandom(seed));
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const scale = Math.sqrt(2 / inputs);
    const weight = new Float32Array(inputs * outputs);
    for (let k = 0; k < weight.length; k++) weight[k] = draw() * scale;
    return { weight, bias: new Float32Array(outputs), inputs, outputs };
  });
}

/** The network moved by a share of the way to another: a running mean when the share is 1 / n. */
export function towards(mlp: Mlp, other: Mlp, share: number): Mlp {
  const between = (a: Float32Array, b: Float32Array) => a.map((x, i) => x + (b[i]! - x) * share);
  return mlp.map((layer, i) => ({
    ...layer,
    weight: between(layer.weight, other[i]!.weight),
    bias: between(layer.bias, other[i]!.bias),
  }));
}

/**
 * The network with some of its layers taken back to another moment of its training.
 *
 * @param layers indices of those that come from `earlier`
 */
export function rewind(mlp: Mlp, earlier: Mlp, layers: readonly number[]): Mlp {
  return mlp.map((layer, i) => layers.includes(i) ? earlier[i]! : layer);
}
