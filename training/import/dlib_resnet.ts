/**
 * dlib's face recognition network from TensorFlow.js's weights to an ONNX graph.
 *
 * The architecture is a ResNet (He et al., 2015) of 29 convolutions, as dlib's
 * `dnn_face_recognition_ex.cpp` defines it and the package `@vladmandic/face-api` builds it. What
 * the weights hold of a batch normalisation is its scale and its bias, already joined with its
 * statistics.
 *
 * @module
 */
import { int, ints } from "../onnx/attribute.ts";
import { addFloat16Weight } from "../onnx/float16_weight.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { addUint8Weight } from "../onnx/uint8_weight.ts";
import { NamedWeights } from "./named_weights.ts";
import type { PinnedPackage } from "./npm_package.ts";
import type { TfjsTensor } from "./tfjs_weights.ts";

/** Where the weights are published. */
export const DLIB_SOURCE: {
  readonly package: PinnedPackage;
  readonly manifest: string;
  readonly weights: { readonly path: string; readonly sha256: string };
} = {
  package: {
    package: "@vladmandic/face-api",
    version: "1.7.15",
    file: "vladmandic-face-api-1.7.15.tgz",
    sha256: "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031",
  },
  manifest: "package/model/face_recognition_model-weights_manifest.json",
  weights: {
    path: "package/model/face_recognition_model.bin",
    sha256: "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
  },
};

/** Side of the input in pixels. */
export const DLIB_SIZE = 150;
/** Length of the embedding. */
export const DLIB_EMBEDDING = 128;

/** Pixels become `(x − mean) / 256` (dlib's `input_rgb_image_sized`). */
const PIXEL_MEAN = [122.782, 117.001, 104.298];
const PIXEL_SCALE = 256;

const STEM = { kernel: 7, channels: 32 } as const;

/** Residual blocks in their order; those that halve the picture end in `down`. */
const BLOCKS: readonly (readonly [name: string, channels: number])[] = [
  ["conv32_1", 32],
  ["conv32_2", 32],
  ["conv32_3", 32],
  ["conv64_down", 64],
  ["conv64_1", 64],
  ["conv64_2", 64],
  ["conv64_3", 64],
  ["conv128_down", 128],
  ["conv128_1", 128],
  ["conv128_2", 128],
  ["conv256_down", 256],
  ["conv256_1", 256],
  ["conv256_2", 256],
  ["conv256_down_out", 256],
];

/** The index in [height, width, inputs, outputs] of each element of [outputs, inputs, height, width]. */
function channelsFirst([height, width, inputs, outputs]: readonly number[]): Uint32Array {
  const order = new Uint32Array(height! * width! * inputs! * outputs!);
  let at = 0;
  for (let o = 0; o < outputs!; o++) {
    for (let i = 0; i < inputs!; i++) {
      for (let p = 0; p < height! * width!; p++) {
        order[at++] = (p * inputs! + i) * outputs! + o;
      }
    }
  }
  return order;
}

/** What {@linkcode buildDlibResNet} makes. */
export interface DlibResNetOptions {
  /** Stored in the file as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Builds the network: input `pixels` uint8 [N, 150, 150, 3] (RGB, 0–255; the normalisation is
 * folded into the first convolution), output `embedding` float32 [N, 128], not normalised.
 *
 * Weights that are published in 8 bits keep them, those in 32 bits get 16.
 *
 * @param tensors TensorFlow.js's weights by name
 * @returns the bytes of the `.onnx` file, the same for the same input
 * @throws {TypeError} when a tensor is missing, of another shape, or has no place
 */
export function buildDlibResNet(
  tensors: ReadonlyMap<string, TfjsTensor>,
  { metadata = {} }: DlibResNetOptions = {},
): Uint8Array<ArrayBuffer> {
  const weights = new NamedWeights(tensors);
  const graph = new Graph("dlib-resnet");
  const pixels = graph.input("pixels", "uint8", ["N", DLIB_SIZE, DLIB_SIZE, 3]);

  /** Stores [rows, …] with each row multiplied by its factor. */
  const store = (
    name: string,
    tensor: TfjsTensor,
    dims: readonly number[],
    order: Uint32Array,
    factor: Float64Array,
  ): Value => {
    if (tensor.stored) {
      const { codes, scale, min } = tensor.stored;
      return addUint8Weight(graph, name, {
        dims,
        data: Uint8Array.from(order, (at) => codes[at]!),
        scale: Float32Array.from(factor, (f) => f * scale),
        offset: Float32Array.from(factor, (f) => f * min),
      });
    }
    // The factors stay apart: they would take weights out of the range of 16 bits.
    const half = addFloat16Weight(graph, `${name}.float`, {
      dims,
      data: Float32Array.from(order, (at) => tensor.data[at]!),
    });
    const factors = graph.constant(`${name}.scale`, {
      dims: [dims[0]!, ...dims.slice(1).map(() => 1)],
      data: Float32Array.from(factor),
    });
    return graph.node("Mul", [half, factors], name);
  };

  /** Convolution and scale: `(w∗x + b) · s + t = (s·w)∗x + (s·b + t)`. */
  const convolve = (
    x: Value,
    name: string,
    [inputs, outputs]: readonly [number, number],
    { kernel = 3, stride = 1, ofPixels = false }: {
      kernel?: number;
      stride?: number;
      ofPixels?: boolean;
    } = {},
  ): Value => {
    const filters = weights.take(`${name}/conv/filters`, [kernel, kernel, inputs, outputs]);
    const bias = weights.take(`${name}/conv/bias`, [outputs]).data;
    const scale = weights.take(`${name}/scale/weights`, [outputs]).data;
    const shift = weights.take(`${name}/scale/biases`, [outputs]).data;
    const factor = Float64Array.from(scale, (s) => ofPixels ? s / PIXEL_SCALE : s);
    const offset = Float64Array.from(bias, (b, o) => b * scale[o]! + shift[o]!);
    if (ofPixels) {
      // Nothing is padded here, so the mean is the same at every place.
      filters.data.forEach((w, at) => {
        const channel = Math.floor(at / outputs) % inputs;
        offset[at % outputs]! -= w * factor[at % outputs]! * PIXEL_MEAN[channel]!;
      });
    }
    const dims = [outputs, inputs, kernel, kernel];
    const order = channelsFirst(filters.dims);
    const stored = store(`${name}.weight`, filters, dims, order, factor);
    const biases = graph.constant(`${name}.bias`, {
      dims: [outputs],
      data: Float32Array.from(offset),
    });
    const pad = stride === 1 ? (kernel - 1) / 2 : 0;
    return graph.node("Conv", [x, stored, biases], name, {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([pad, pad, pad, pad]),
    });
  };

  const pad = (x: Value, name: string, pads: readonly number[]): Value =>
    graph.node("Pad", [
      x,
      graph.constant(`${name}.pads`, {
        dims: [pads.length],
        data: BigInt64Array.from(pads, BigInt),
      }),
    ], name);

  const planes = graph.node("Transpose", [pixels], "planes", { perm: ints([0, 3, 1, 2]) });
  const cast = graph.node("Cast", [planes], "planes.float", { to: int(dataTypes.float32) });
  const stem = convolve(cast, "conv32_down", [3, STEM.channels], {
    kernel: STEM.kernel,
    stride: 2,
    ofPixels: true,
  });
  let x = graph.node("MaxPool", [graph.node("Relu", [stem], "conv32_down.relu")], "pool", {
    kernel_shape: ints([3, 3]),
    strides: ints([2, 2]),
  });
  const halved = (size: number, kernel: number) => Math.floor((size - kernel) / 2) + 1;
  let side = halved(halved(DLIB_SIZE, STEM.kernel), 3);
  let inputs: number = STEM.channels;
  for (const [name, channels] of BLOCKS) {
    const down = name.includes("_down");
    const first = convolve(x, `${name}/conv1`, [inputs, channels], { stride: down ? 2 : 1 });
    const relu = graph.node("Relu", [first], `${name}/conv1.relu`);
    let added = convolve(relu, `${name}/conv2`, [channels, channels]);
    let shortcut = x;
    if (down) {
      shortcut = graph.node("AveragePool", [x], `${name}.pool`, {
        kernel_shape: ints([2, 2]),
        strides: ints([2, 2]),
      });
      const pooled = halved(side, 2);
      const lacking = pooled - halved(side, 3);
      // dlib adds tensors of unlike shapes as if the smaller one went on with zeros.
      if (lacking > 0) added = pad(added, `${name}.wide`, [0, 0, 0, 0, 0, 0, lacking, lacking]);
      if (channels > inputs) {
        shortcut = pad(shortcut, `${name}.deep`, [0, 0, 0, 0, 0, channels - inputs, 0, 0]);
      }
      side = pooled;
    }
    x = graph.node("Relu", [graph.node("Add", [added, shortcut], `${name}.sum`)], `${name}.relu`);
    inputs = channels;
  }

  const pooled = graph.node("GlobalAveragePool", [x], "pooled");
  const flat = graph.node("Flatten", [pooled], "flat", { axis: int(1) });
  const classifier = weights.take("fc", [inputs, DLIB_EMBEDDING]);
  const order = channelsFirst([1, 1, inputs, DLIB_EMBEDDING]);
  const fc = store(
    "fc",
    classifier,
    [DLIB_EMBEDDING, inputs],
    order,
    new Float64Array(DLIB_EMBEDDING).fill(1),
  );
  const embedding = graph.node("Gemm", [flat, fc], "embedding", { transB: int(1) });
  weights.finish();
  graph.output(embedding, "float32", ["N", DLIB_EMBEDDING]);
  return graph.toBytes({ metadata });
}
