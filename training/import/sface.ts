/**
 * SFace from OpenCV's ONNX file to a graph of the project's.
 *
 * SFace (Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition",
 * 2021) is the loss; the network of this file is a MobileNet (Howard et al., 2017) with PReLU.
 *
 * @module
 */
import type { ModelProto } from "onnx-buf";
import { int, ints } from "../onnx/attribute.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { addFloat16Weight } from "../onnx/float16_weight.ts";
import { addInt8Weight, type FloatWeight, quantizeInt8 } from "../onnx/int8_weight.ts";
import { readInitializers } from "../onnx/read_initializers.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { affineOf, type BatchNorm } from "./batch_norm.ts";
import { clippedNormalMean } from "./clipped_normal.ts";
import { roundingShift, type WeightStorage } from "./efficientnet_lite.ts";
import { NamedWeights } from "./named_weights.ts";

/** Side of the input in pixels. */
export const SFACE_SIZE = 112;
/** Length of the embedding. */
export const SFACE_EMBEDDING = 128;

/** Output channels of each pointwise convolution; the depthwise one in front of it has the input's. */
const CHANNELS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
const STEM_CHANNELS = 32;
/** Names of the depthwise convolutions that halve the picture. */
const HALVING = new Set(["conv_3_dw", "conv_5_dw", "conv_7_dw", "conv_13_dw"]);
/** Of the batch normalisations behind convolutions … */
const EPSILON = 1e-3;
/** … and of the two around the last layer. */
const LAST_EPSILON = 2e-5;
/** Pixels become `(x − 127.5) / 128`. */
const PIXEL_MEAN = 127.5;
const PIXEL_SCALE = 128;

/**
 * Layers of so many weights at most are stored in 16 bits: they take 2 % of the file, and rounding
 * them to 8 costs more than rounding all the others.
 */
const MOST_IN_16_BITS = 65_536;

/** What {@linkcode buildSFace} makes. */
export interface SFaceOptions {
  readonly storage: WeightStorage;
  /** Stored in the file as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Mean of PReLU over x ~ N(mean, std²): PReLU(x) = a·x + (1 − a)·ReLU(x). */
function meanAfterPRelu(mean: number, std: number, slope: number): number {
  return slope * mean + (1 - slope) * clippedNormalMean(mean, std, 0, Number.MAX_VALUE);
}

/** The nearest to 1 that a slope is taken for. */
const LEAST_BEND = 1e-3;

/** PReLU of one channel as a sum of what runtimes compute fast. */
interface SplitPRelu {
  /** What the channel is multiplied by in front, > 0. */
  readonly scale: number;
  /** What is added: so much of the scaled channel itself. */
  readonly slope: number;
  /** Of the sum beside PReLU's: 1 or −1. */
  readonly sign: 1 | -1;
}

/**
 * PReLU(x) = a·x + (1 − a)·ReLU(x) (He et al., "Delving Deep into Rectifiers", 2015, eq. 1). With
 * u = |1 − a|·x and s the sign of 1 − a that is s·(ReLU(u) + s·a/|1 − a|·u): the factor goes into
 * the convolution in front, the sign into the one behind.
 *
 * ONNX Runtime has no fast PReLU: it took as long as all convolutions, and kept them from the
 * layout that is fastest.
 */
function splitPRelu(slope: number): SplitPRelu {
  const sign = slope > 1 ? -1 : 1;
  const scale = Math.max(LEAST_BEND, Math.abs(1 - slope));
  return { scale, slope: sign * (1 - sign * scale) / scale, sign };
}

/**
 * Builds the network: input `pixels` uint8 [N, 112, 112, 3] (RGB, 0–255; the normalisation is
 * inside), output `embedding` float32 [N, 128], not normalised. Batch normalisations are folded
 * into the weights.
 *
 * @param model OpenCV's `face_recognition_sface_2021dec.onnx`
 * @returns the bytes of the `.onnx` file, the same for the same input
 * @throws {TypeError} when a tensor is missing, of another shape, or has no place
 */
export function buildSFace(
  model: ModelProto,
  { storage, metadata = {} }: SFaceOptions,
): Uint8Array<ArrayBuffer> {
  const weights = new NamedWeights(readInitializers(model));
  const graph = new Graph("sface");
  const pixels = graph.input("pixels", "uint8", ["N", SFACE_SIZE, SFACE_SIZE, 3]);
  const norm = (name: string, channels: number, epsilon = EPSILON): BatchNorm => {
    const of = (part: string) => weights.take(`${name}_${part}`, [channels]).data;
    return {
      gamma: of("gamma"),
      beta: of("beta"),
      mean: of("moving_mean"),
      variance: of("moving_var"),
      epsilon,
    };
  };
  /** What each channel of the tensor that is convolved next is on average, … */
  let mean: Float32Array = new Float32Array(3);
  /** … and the sign that it has beside the original's. */
  let signs: readonly number[] = [1, 1, 1];

  /** Stores a weight and takes off the bias what its rounding moves. */
  const store = (
    name: string,
    weight: FloatWeight,
    bias: ArrayLike<number>,
    shape: readonly number[] = weight.dims,
  ): { weight: Value; bias: Value } => {
    const biases = Float32Array.from(bias);
    let stored: Value;
    if (storage === "float32") {
      stored = graph.constant(`${name}.weight`, { dims: shape, data: weight.data });
    } else if (weight.data.length <= MOST_IN_16_BITS) {
      stored = addFloat16Weight(graph, `${name}.weight`, weight);
    } else {
      const rounded = quantizeInt8(weight);
      const shift = roundingShift(weight, rounded, mean, false);
      stored = addInt8Weight(graph, `${name}.weight`, { ...rounded, dims: shape });
      shift.forEach((s, channel) => biases[channel]! -= s);
    }
    return {
      weight: stored,
      bias: graph.constant(`${name}.bias`, { dims: [biases.length], data: biases }),
    };
  };

  const convolve = (
    x: Value,
    name: string,
    dims: readonly [number, number, number, number],
    inputScale = 1,
  ): Value => {
    const [channels, inputs, kernel] = dims;
    const depthwise = name.endsWith("_dw");
    const stride = HALVING.has(name) ? 2 : 1;
    const statistics = norm(`${name}_batchnorm`, channels);
    const { factor, offset } = affineOf(statistics);
    const slopes = weights.take(`${name}_relu_gamma`, [channels, 1, 1]).data;
    const shapes = Array.from(slopes, splitPRelu);
    const { data } = weights.take(`${name}_conv2d_weight`, dims);
    const plane = kernel * kernel;
    const stored = store(name, {
      dims,
      data: data.map((w, at) => {
        const row = Math.floor(at / (inputs * plane));
        const column = depthwise ? row : Math.floor(at / plane) % inputs;
        return w * factor[row]! * shapes[row]!.scale * signs[column]! * inputScale;
      }),
    }, offset.map((b, row) => b * shapes[row]!.scale));
    const pad = (kernel - 1) / 2;
    const convolved = graph.node("Conv", [x, stored.weight, stored.bias], name, {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([pad, pad, pad, pad]),
      group: int(depthwise ? channels : 1),
    });
    signs = shapes.map(({ sign }) => sign);
    mean = Float32Array.from(
      statistics.beta,
      (beta, c) => signs[c]! * meanAfterPRelu(beta, Math.abs(statistics.gamma[c]!), slopes[c]!),
    );
    const linear = graph.constant(`${name}.slope`, {
      dims: [channels, 1, 1],
      data: Float32Array.from(shapes, ({ slope }) => slope),
    });
    return graph.node("Add", [
      graph.node("Relu", [convolved], `${name}.relu`),
      graph.node("Mul", [convolved, linear], `${name}.linear`),
    ], `${name}.prelu`);
  };

  // The mean is taken off before the first convolution pads with 0, the scale is in its weights.
  const planes = graph.node("Transpose", [pixels], "planes", { perm: ints([0, 3, 1, 2]) });
  const cast = graph.node("Cast", [planes], "planes.float", { to: int(dataTypes.float32) });
  const middle = graph.constant("mean", { dims: [], data: new Float32Array([PIXEL_MEAN]) });
  weights.take("scalar_op1", [1]);
  weights.take("scalar_op2", [1]);
  const centred = graph.node("Sub", [cast, middle], "centred");
  let x = convolve(centred, "conv_1", [STEM_CHANNELS, 3, 3, 3], 1 / PIXEL_SCALE);
  let inputs = STEM_CHANNELS;
  for (const [i, channels] of CHANNELS.entries()) {
    x = convolve(x, `conv_${i + 2}_dw`, [inputs, 1, 3, 3]);
    x = convolve(x, `conv_${i + 2}`, [channels, inputs, 1, 1]);
    inputs = channels;
  }

  // Both normalisations around the last layer are its own rows' and columns' factors and its bias.
  const side = SFACE_SIZE / 2 ** HALVING.size;
  const cells = side * side;
  const before = affineOf(norm("bn1", inputs, LAST_EPSILON));
  const after = affineOf(norm("fc1", SFACE_EMBEDDING, LAST_EPSILON));
  const dense = weights.take("pre_fc1_weight", [SFACE_EMBEDDING, inputs * cells]);
  const denseBias = weights.take("pre_fc1_bias", [SFACE_EMBEDDING]).data;
  const bias = Float64Array.from(denseBias);
  const data = new Float32Array(dense.data.length);
  dense.data.forEach((w, at) => {
    const row = Math.floor(at / (inputs * cells));
    const channel = Math.floor(at / cells) % inputs;
    bias[row]! += w * before.offset[channel]!;
    data[at] = w * signs[channel]! * before.factor[channel]! * after.factor[row]!;
  });
  const last = store(
    "last",
    { dims: [SFACE_EMBEDDING, inputs, side, side], data },
    bias.map((b, row) => b * after.factor[row]! + after.offset[row]!),
    dense.dims,
  );
  const flat = graph.node("Flatten", [x], "flat", { axis: int(1) });
  const embedding = graph.node("Gemm", [flat, last.weight, last.bias], "embedding", {
    transB: int(1),
  });
  weights.finish();
  graph.output(embedding, "float32", ["N", SFACE_EMBEDDING]);
  return graph.toBytes({ metadata });
}
