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

/** What is known of the inputs that a weight will meet. */
export interface QuantizeOptions {
  /**
   * How alike any two inputs of one output channel are: a symmetric matrix [n, n] with ones on
   * its diagonal, row-major, n being the number of weights a channel. By default all differ.
   */
  readonly correlation?: Float64Array;
}

/**
 * How much smaller than the largest weight the range may be, tried from the whole range on. A few
 * outliers that are clipped can cost less than a coarser step for all the others.
 */
const RANGES = Array.from({ length: 21 }, (_, i) => 1 - i / 80);

/** Changing one code at a time has settled long before. */
const MOST_STEPS = 64;

const LARGEST = 127;

/** Codes of one channel and what they cost: Δᵀ C Δ, Δ being the error of each weight. */
interface Rounded {
  readonly codes: Int8Array;
  readonly cost: number;
}

function roundNearest(row: Float32Array, scale: number): Rounded {
  const codes = new Int8Array(row.length);
  let cost = 0;
  for (let i = 0; i < row.length; i++) {
    codes[i] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(row[i]! / scale)));
    cost += (codes[i]! * scale - row[i]!) ** 2;
  }
  return { codes, cost };
}

/**
 * From the nearest codes on, takes the single step up or down that lowers Δᵀ C Δ most until none
 * does: errors on inputs that go together then cancel instead of adding up.
 */
function roundTogether(row: Float32Array, scale: number, correlation: Float64Array): Rounded {
  const n = row.length;
  const { codes } = roundNearest(row, scale);
  const error = Float64Array.from(row, (weight, i) => codes[i]! * scale - weight);
  const slope = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) slope[i]! += correlation[i * n + j]! * error[j]!;
  }
  for (let step = 0; step < MOST_STEPS; step++) {
    let best = -1;
    let change = 0;
    let gain = 0;
    for (let i = 0; i < n; i++) {
      const by = slope[i]! > 0 ? -1 : 1;
      if (Math.abs(codes[i]! + by) > LARGEST) continue;
      const costs = 2 * by * scale * slope[i]! + scale * scale * correlation[i * n + i]!;
      // Below rounding error no gain is real, and stepping to and fro would not end.
      if (costs < gain - 1e-9 * scale * scale) {
        best = i;
        change = by;
        gain = costs;
      }
    }
    if (best < 0) break;
    codes[best]! += change;
    error[best]! += change * scale;
    for (let j = 0; j < n; j++) slope[j]! += correlation[j * n + best]! * change * scale;
  }
  let cost = 0;
  for (let i = 0; i < n; i++) cost += error[i]! * slope[i]!;
  return { codes, cost };
}

/**
 * Rounds a weight to 8 bits, symmetric about 0, with one scale an output channel: the one of
 * 21 ranges from the whole of the largest weight down to three quarters that costs least.
 *
 * The cost is the expected squared error of the output, Δᵀ C Δ with the correlation C of the
 * inputs (Nagel et al., "Up or Down? Adaptive Rounding", 2020, eq. 13, with C in place of the
 * measured second moments and descent by single steps).
 *
 * @param weight its first axis is the output channel
 * @throws {RangeError} when a weight is not finite, there is no axis, or `correlation` is of
 * another size
 */
export function quantizeInt8(
  weight: FloatWeight,
  { correlation }: QuantizeOptions = {},
): Int8Weight {
  const [channels] = weight.dims;
  if (channels === undefined) throw new RangeError("A weight must have an output channel axis");
  const each = sizeOf(weight.dims) / channels;
  if (correlation && correlation.length !== each * each) {
    throw new RangeError(
      `The correlation of ${each} inputs must have ${
        each * each
      } values, got ${correlation.length}`,
    );
  }
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
    let least = Infinity;
    for (const range of RANGES) {
      // What is stored is the float32, so that is what is tried.
      const candidate = Math.fround(largest * range / LARGEST);
      const { codes, cost } = correlation
        ? roundTogether(row, candidate, correlation)
        : roundNearest(row, candidate);
      if (cost < least) {
        least = cost;
        scale[channel] = candidate;
        data.set(codes, channel * each);
      }
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
export function addInt8Weight(
  graph: Graph,
  name: string,
  { dims, data, scale }: Int8Weight,
): Value {
  const codes = graph.constant(`${name}.int8`, { dims, data });
  const scales = graph.constant(`${name}.scale`, {
    dims: [scale.length, ...dims.slice(1).map(() => 1)],
    data: scale,
  });
  const cast = graph.node("Cast", [codes], `${name}.float`, { to: int(dataTypes.float32) });
  return graph.node("Mul", [cast, scales], name);
}
