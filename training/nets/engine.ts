/**
 * The engine that differentiates: started once, on the processor.
 *
 * @module
 */
import { init, numpy as np, tree } from "@jax-js/jax";
import type { Layer, Mlp } from "./mlp.ts";

/** A network as the engine's arrays. */
export type MlpArrays = { weight: np.Array; bias: np.Array }[];

/** Milliseconds that the engine's Workers have to answer at all. */
const DEADLINE = 60_000;

/**
 * Starts the engine. By name: left to choose, it waits for a graphics card, for ever where there is
 * none, and a figure would depend on the machine.
 */
export async function startEngine(): Promise<void> {
  await init("wasm");
  // Its Workers are started by the first computation.
  const one = np.ones([8, 8]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The engine's Workers did not answer in ${DEADLINE / 1000} s`)),
      DEADLINE,
    );
  });
  try {
    await Promise.race([np.dot(one.ref, one).sum().data(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An array of the engine from numbers in row-major order. */
export function arrayOf(data: Float32Array, shape: readonly number[]): np.Array {
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (size !== data.length) {
    throw new RangeError(`Expected ${size} numbers for the shape [${shape}], got ${data.length}`);
  }
  // The engine takes the buffer as its own.
  return np.array(data.slice(), { shape: [...shape] });
}

/** Hands a network to the engine. */
export function toArrays(mlp: Mlp): MlpArrays {
  return mlp.map(({ weight, bias, inputs, outputs }) => ({
    weight: arrayOf(weight, [inputs, outputs]),
    bias: arrayOf(bias, [outputs]),
  }));
}

/** Takes a network out of the engine; does not consume the arrays. */
export async function toMlp(arrays: MlpArrays): Promise<Mlp> {
  const mlp: Layer[] = [];
  for (const { weight, bias } of arrays) {
    const [inputs, outputs] = weight.shape;
    mlp.push({
      weight: Float32Array.from(await weight.ref.data() as Float32Array),
      bias: Float32Array.from(await bias.ref.data() as Float32Array),
      inputs: inputs!,
      outputs: outputs!,
    });
  }
  return mlp;
}

/** Frees a tree of arrays. */
export const free: typeof tree.dispose = tree.dispose;
