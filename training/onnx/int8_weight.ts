/**
 * Weights stored as one byte each.
 *
 * @module
 */
import { int } from "./attribute.ts";
import type { Graph, Value } from "./graph.ts";
import { dataTypes, type OnnxTensor, sizeOf } from "./tensor.ts";

/** A weight in 8 bits: `data[i] × scale[channel]`, the channel being the first axis. */
export interface Int8Weight {
  readonly dims: readonly number[];
  /** −127 to 127. */
  readonly data: Int8Array;
  /** One a channel, ≥ 0. */
  readonly scale: Float32Array;
}

/** A weight tensor in float32, the output channel on its first axis. */
export interface FloatWeight extends OnnxTensor {
  readonly data: Float32Array;
}

/**
 * How much smaller than the largest weight the range may be, tried from the whole range on. A few
 * outliers that are clipped can cost less than a coarser step for all the others.
 */
const RANGES = Array.from({ length: 41 }, (_, i) => 1 - i / 80);

function squaredError(weights: Float32Array, scale: number): number {
  let sum = 0;
  for (const weight of weights) {
    const code = Math.max(-127, Math.min(127, Math.round(weight / scale)));
    sum += (weight - code * scale) ** 2;
  }
  return sum;
}

/**
 * Rounds a weight to 8 bits, symmetric about 0, with one scale an output channel: the one of
 * 41 ranges between half and the whole of the largest weight with the least squared error.
 *
 * @param weight its first axis is the output channel
 * @throws {RangeError} when there is a weight that is not finite, or no axis
 */
export function quantizeInt8(weight: FloatWeight): Int8Weight {
  const [channels] = weight.dims;
  if (channels === undefined) throw new RangeError("A weight must have an output channel axis");
  const each = sizeOf(weight.dims) / channels;
  const data = new Int8Array(weight.data.length);
  const scale = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const row = weight.data.subarray(channel * each, (channel + 1) * each);
    let largest = 0;
    for (const w of row) {
      if (!Number.isFinite(w)) throw new RangeError(`A weight must be finite, got ${w}`);
      largest = Math.max(largest, Math.abs(w));
    }
    if (largest === 0) continue;
    let best = Infinity;
    for (const range of RANGES) {
      // What is stored is the float32, so that is what is tried.
      const candidate = Math.fround(largest * range / 127);
      const error = squaredError(row, candidate);
      if (error < best) {
        best = error;
        scale[channel] = candidate;
      }
    }
    for (let i = 0; i < each; i++) {
      data[channel * each + i] = Math.max(
        -127,
        Math.min(127, Math.round(row[i]! / scale[channel]!)),
      );
    }
  }
  return { dims: weight.dims, data, scale };
}

/**
 * Adds a weight in 8 bits to a graph and gives the float32 tensor that it stands for.
 *
 * The runtime computes `Cast` and `Mul` once, when it loads the model. It does not fold
 * `DequantizeLinear` by default, which then costs more than the network itself on every run.
 *
 * @param name of the float32 tensor; the stored ones are `name.int8` and `name.scale`
 */
export function addInt8Weight(graph: Graph, name: string, weight: FloatWeight): Value {
  const { dims, data, scale } = quantizeInt8(weight);
  const codes = graph.constant(`${name}.int8`, { dims, data });
  const scales = graph.constant(`${name}.scale`, {
    dims: [scale.length, ...dims.slice(1).map(() => 1)],
    data: scale,
  });
  const cast = graph.node("Cast", [codes], `${name}.float`, { to: int(dataTypes.float32) });
  return graph.node("Mul", [cast, scales], name);
}
