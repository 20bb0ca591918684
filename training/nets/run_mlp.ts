/**
 * What a network makes of features, by the engine that trains it.
 *
 * @module
 */
import { jit, nn, numpy as np } from "@jax-js/jax";
import { arrayOf, free, type MlpArrays, toArrays } from "./engine.ts";
import type { Mlp } from "./mlp.ts";

/** The network as a function that can be differentiated: consumes both. x [n, inputs] → [n, outputs]. */
export function runMlp(mlp: MlpArrays, x: np.Array): np.Array {
  mlp.forEach(({ weight, bias }, i) => {
    x = np.dot(x, weight).add(bias);
    if (i < mlp.length - 1) x = nn.relu(x);
  });
  return x;
}

/** Rows that are computed at a time. */
const ROWS = 512;

const forward = jit(runMlp);

/**
 * Logits of many rows.
 *
 * @param features [n, inputs] row-major
 * @returns [n, outputs] row-major
 * @throws {RangeError} when the features are not whole rows
 */
export async function logitsOf(mlp: Mlp, features: Float32Array): Promise<Float32Array> {
  const { inputs } = mlp[0]!;
  const { outputs } = mlp.at(-1)!;
  const n = features.length / inputs;
  if (!Number.isInteger(n)) {
    throw new RangeError(`Expected rows of ${inputs} features, got ${features.length} numbers`);
  }
  const logits = new Float32Array(n * outputs);
  const arrays = toArrays(mlp);
  try {
    for (let at = 0; at < n; at += ROWS) {
      // The last rows are filled up with zeros: another shape would be compiled again.
      const rows = new Float32Array(ROWS * inputs);
      rows.set(features.subarray(at * inputs, Math.min(n, at + ROWS) * inputs));
      const given = arrays.map(({ weight, bias }) => ({ weight: weight.ref, bias: bias.ref }));
      const made = await forward(given, arrayOf(rows, [ROWS, inputs])).data() as Float32Array;
      const count = Math.min(ROWS, n - at);
      logits.set(made.subarray(0, count * outputs), at * outputs);
    }
  } finally {
    free(arrays);
  }
  return logits;
}
