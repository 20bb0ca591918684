/**
 * Softmax with a temperature.
 *
 * @param logits scores, any length of at least 1
 * @param temperature > 0; below 1 makes the probabilities more extreme
 * @returns probabilities in float64 that sum to 1: exp(lᵢ / T) / Σⱼ exp(lⱼ / T)
 * @throws {RangeError} when the temperature is not above 0, or a logit is not finite
 *
 * @example
 * ```ts
 * import { softmax } from "./softmax.ts";
 * const [a, b] = softmax(Float32Array.of(0, Math.log(3)));
 * console.assert(Math.abs(a! - 0.25) < 1e-7 && Math.abs(b! - 0.75) < 1e-7);
 * ```
 */
export function softmax(logits: Float32Array, temperature = 1): Float64Array {
  if (!(temperature > 0)) {
    throw new RangeError(`The temperature is ${temperature}; it must be above 0.`);
  }
  let max = -Infinity;
  for (const logit of logits) {
    if (!Number.isFinite(logit)) throw new RangeError(`A logit is ${logit}; it must be finite.`);
    if (logit > max) max = logit;
  }
  // Shifted by the largest, no exponential overflows.
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    sum += probabilities[i] = Math.exp((logits[i]! - max) / temperature);
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= sum;
  return probabilities;
}
