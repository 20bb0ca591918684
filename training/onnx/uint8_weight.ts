/**
 * Weights stored as one unsigned byte each, as TensorFlow.js ships them.
 *
 * @module
 */
import { int } from "./attribute.ts";
import type { Graph, Value } from "./graph.ts";
import { dataTypes } from "./tensor.ts";

/** A weight in 8 bits: `data[i] × scale[channel] + offset[channel]`, the channel on the first axis. */
export interface Uint8Weight {
  readonly dims: readonly number[];
  readonly data: Uint8Array;
  /** One a channel. */
  readonly scale: Float32Array;
  /** One a channel: what the code 0 stands for. */
  readonly offset: Float32Array;
}

/**
 * Adds a weight in 8 bits to a graph and gives the float32 tensor that it stands for. The runtime
 * computes `Cast`, `Mul` and `Add` once, when it loads the model.
 *
 * @param name of the float32 tensor; the stored ones are `name.uint8`, `name.scale`, `name.offset`
 * @throws {RangeError} when there are not as many scales and offsets as channels
 */
export function addUint8Weight(
  graph: Graph,
  name: string,
  { dims, data, scale, offset }: Uint8Weight,
): Value {
  const [channels = 0] = dims;
  if (scale.length !== channels || offset.length !== channels) {
    throw new RangeError(
      `"${name}" of ${channels} channels must have as many scales and offsets, got ` +
        `${scale.length} and ${offset.length}`,
    );
  }
  const perChannel = [channels, ...dims.slice(1).map(() => 1)];
  const codes = graph.constant(`${name}.uint8`, { dims, data });
  const scales = graph.constant(`${name}.scale`, { dims: perChannel, data: scale });
  const offsets = graph.constant(`${name}.offset`, { dims: perChannel, data: offset });
  const cast = graph.node("Cast", [codes], `${name}.float`, { to: int(dataTypes.float32) });
  return graph.node("Add", [graph.node("Mul", [cast, scales], `${name}.scaled`), offsets], name);
}
