/**
 * YuNet from OpenCV's ONNX file to a graph of the project's.
 *
 * Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023: depthwise separable
 * convolutions, a feature pyramid over three strides, one anchor-free head a stride.
 *
 * @module
 */
import type { ModelProto } from "onnx-buf";
import { int, ints, text } from "../onnx/attribute.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import type { FloatWeight } from "../onnx/int8_weight.ts";
import { readInitializers } from "../onnx/read_initializers.ts";
import { dataTypes } from "../onnx/tensor.ts";

/** Pixels between the cells of each head. */
export const YUNET_STRIDES = [8, 16, 32] as const;
/** Height and width of the input must be multiples of it. */
export const YUNET_MULTIPLE = 32;

const COLOURS = 3;
const STEM_CHANNELS = 16;
/** Output channels of the units up to each level of the pyramid; "/" halves the picture. */
const STAGES: readonly (readonly (number | "/")[])[] = [
  [16, "/", 16, 32, 32, 64, "/", 64, 64],
  ["/", 64, 64],
  ["/", 64, 64],
];
const PYRAMID_CHANNELS = 64;
/** What a head says of a cell, in the order of the file, and in how many numbers. */
const PARTS = { cls: 1, bbox: 4, obj: 1, kps: 10 } as const;

type Part = keyof typeof PARTS;

interface Convolution {
  /** [outputs, inputs of its group, height, width] */
  readonly weight: FloatWeight;
  readonly bias: Float32Array;
}

/** A pointwise convolution and the depthwise one behind it. */
interface Unit {
  readonly pointwise: Convolution;
  readonly depthwise: Convolution;
}

/** Hands out convolutions in the file's order: half of their weights have numbers for names. */
class Convolutions {
  readonly #convolutions: Convolution[];
  #taken = 0;

  constructor(model: ModelProto) {
    const tensors = readInitializers(model);
    this.#convolutions = model.graph!.node
      .filter(({ opType }) => opType === "Conv")
      .map(({ name, input: [, weight = "", bias = ""] }) => {
        const found = { weight: tensors.get(weight), bias: tensors.get(bias) };
        if (found.weight && found.bias) return { weight: found.weight, bias: found.bias.data };
        throw new TypeError(`Expected constants for weight and bias of the convolution "${name}"`);
      });
  }

  next(dims: readonly number[]): Convolution {
    const found = this.#convolutions[this.#taken++];
    if (`${found?.weight.dims}` === `${dims}` && found?.bias.length === dims[0]) return found!;
    throw new TypeError(
      `Expected convolution ${this.#taken} of shape [${dims}], got ` +
        (found ? `shape [${found.weight.dims}]` : "no more"),
    );
  }

  unit(inputs: number, outputs: number): Unit {
    return {
      pointwise: this.next([outputs, inputs, 1, 1]),
      depthwise: this.next([outputs, 1, 3, 3]),
    };
  }

  finish(): void {
    const left = this.#convolutions.length - this.#taken;
    if (left > 0) throw new TypeError(`The network has no place for the last ${left} convolutions`);
  }
}

/** Convolutions side by side as one: of the same input, or each of its own channels. */
function together(convolutions: readonly Convolution[]): Convolution {
  const join = (parts: readonly Float32Array[]) => {
    const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };
  const bias = join(convolutions.map(({ bias }) => bias));
  const [, ...rest] = convolutions[0]!.weight.dims;
  return {
    weight: {
      dims: [bias.length, ...rest],
      data: join(convolutions.map(({ weight }) => weight.data)),
    },
    bias,
  };
}

/** A convolution of BGR as one of RGB. */
function ofRgb({ weight, bias }: Convolution): Convolution {
  const [, , height, width] = weight.dims as [number, number, number, number];
  const plane = height * width;
  const data = weight.data.map((_, at) => {
    const colour = Math.floor(at / plane) % COLOURS;
    return weight.data[at + (COLOURS - 1 - 2 * colour) * plane]!;
  });
  return { weight: { dims: weight.dims, data }, bias };
}

/** What {@linkcode buildYuNet} makes. */
export interface YuNetOptions {
  /** Stored in the file as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Builds the network: input `pixels` uint8 [1, H, W, 3] (RGB, 0–255; H and W multiples of 32); for
 * each stride s of 8, 16 and 32 the outputs, float32 and in planes (channel c of the cell (row,
 * col) is at (c · H/s + row) · W/s + col):
 *
 * - `score_s` [1, 1, H/s, W/s]: √(class · objectness), 0 to 1,
 * - `box_s` [1, 4, H/s, W/s]: b0, b1, b2, b3 of a box whose centre is ((col + b0) · s,
 *   (row + b1) · s) and whose sides are e^b2 · s and e^b3 · s,
 * - `points_s` [1, 10, H/s, W/s]: x and y of each of five points at ((col + x) · s,
 *   (row + y) · s): eye on the image's left, on its right, nose, mouth corner on its left, on its
 *   right.
 *
 * The four convolutions of a head run as one; nothing else differs from the file.
 *
 * @param model OpenCV's `face_detection_yunet_2023mar.onnx`
 * @returns the bytes of the `.onnx` file, the same for the same input
 * @throws {TypeError} when a convolution is missing, of another shape, or has no place
 */
export function buildYuNet(
  model: ModelProto,
  { metadata = {} }: YuNetOptions = {},
): Uint8Array<ArrayBuffer> {
  const convolutions = new Convolutions(model);
  const graph = new Graph("yunet");
  const pixels = graph.input("pixels", "uint8", [1, "H", "W", COLOURS]);

  const convolve = (x: Value, name: string, { weight, bias }: Convolution, stride = 1): Value => {
    const [channels, inputs, height, width] = weight.dims as [number, number, number, number];
    const [top, left] = [(height - 1) / 2, (width - 1) / 2];
    return graph.node(
      "Conv",
      [
        x,
        graph.constant(`${name}.weight`, weight),
        graph.constant(`${name}.bias`, { dims: [channels], data: bias }),
      ],
      name,
      {
        kernel_shape: ints([height, width]),
        strides: ints([stride, stride]),
        pads: ints([top, left, top, left]),
        // A pointwise convolution of one channel would be the same in groups.
        group: int(inputs === 1 ? channels : 1),
      },
    );
  };
  const unit = (x: Value, name: string, { pointwise, depthwise }: Unit): Value =>
    convolve(convolve(x, `${name}.pointwise`, pointwise), `${name}.depthwise`, depthwise);
  const relu = (x: Value): Value => graph.node("Relu", [x], `${x}.relu`);

  const planes = graph.node("Transpose", [pixels], "planes", { perm: ints([0, 3, 1, 2]) });
  const cast = graph.node("Cast", [planes], "planes.float", { to: int(dataTypes.float32) });
  const stem = ofRgb(convolutions.next([STEM_CHANNELS, COLOURS, 3, 3]));
  let x = relu(convolve(cast, "stem", stem, 2));
  let channels = STEM_CHANNELS;
  /** The backbone's output at each stride. */
  const stages = STAGES.map((stage, level) => {
    for (const [i, outputs] of stage.entries()) {
      if (outputs === "/") {
        x = graph.node("MaxPool", [x], `stage${level}.${i}`, {
          kernel_shape: ints([2, 2]),
          strides: ints([2, 2]),
        });
      } else {
        x = relu(unit(x, `stage${level}.${i}`, convolutions.unit(channels, outputs)));
        channels = outputs;
      }
    }
    return x;
  });

  const twice = graph.constant("twice", { dims: [4], data: Float32Array.of(1, 1, 2, 2) });
  const levels: Value[] = [];
  for (let level = stages.length - 1; level >= 0; level--) {
    let y = stages[level]!;
    const coarser = levels[level + 1];
    if (coarser !== undefined) {
      const wide = graph.node("Resize", [coarser, undefined, twice], `pyramid${level}.wide`, {
        mode: text("nearest"),
        nearest_mode: text("floor"),
        coordinate_transformation_mode: text("asymmetric"),
      });
      y = graph.node("Add", [y, wide], `pyramid${level}.sum`);
    }
    levels[level] = relu(
      unit(y, `pyramid${level}`, convolutions.unit(PYRAMID_CHANNELS, PYRAMID_CHANNELS)),
    );
  }

  const heads = YUNET_STRIDES.map(() => ({}) as Record<Part, Unit>);
  for (const [part, outputs] of Object.entries(PARTS)) {
    for (const head of heads) {
      head[part as Part] = convolutions.unit(PYRAMID_CHANNELS, outputs);
    }
  }
  convolutions.finish();
  const split = graph.constant("parts", {
    dims: [3],
    data: BigInt64Array.of(2n, BigInt(PARTS.bbox), BigInt(PARTS.kps)),
  });
  for (const [level, stride] of YUNET_STRIDES.entries()) {
    const { cls, obj, bbox, kps } = heads[level]!;
    const units = [cls, obj, bbox, kps];
    const joined = unit(levels[level]!, `head${level}`, {
      pointwise: together(units.map(({ pointwise }) => pointwise)),
      depthwise: together(units.map(({ depthwise }) => depthwise)),
    });
    const [raw, box, points] = graph.nodes(
      "Split",
      [joined, split],
      [`head${level}.raw`, `box_${stride}`, `points_${stride}`],
      { axis: int(1) },
    );
    const likely = graph.node("Sigmoid", [raw!], `head${level}.likely`);
    const [seen, face] = graph.nodes("Split", [likely], [`head${level}.cls`, `head${level}.obj`], {
      axis: int(1),
      num_outputs: int(2),
    });
    const both = graph.node("Mul", [seen!, face!], `head${level}.both`);
    const score = graph.node("Sqrt", [both], `score_${stride}`);
    const cells = [`rows_${stride}`, `columns_${stride}`];
    graph.output(score, "float32", [1, 1, ...cells]);
    graph.output(box!, "float32", [1, PARTS.bbox, ...cells]);
    graph.output(points!, "float32", [1, PARTS.kps, ...cells]);
  }
  return graph.toBytes({ metadata });
}
