/**
 * How familiar logits look.
 *
 * @module
 */

/**
 * T · ln Σᵢ exp(lᵢ / T): high where some class fits well, low where none does. The negative of the
 * free energy of Liu et al., "Energy-based Out-of-distribution Detection" (NeurIPS 2020), eq. 4.
 *
 * @param logits scores, any length of at least 1
 * @param temperature > 0
 * @throws {RangeError} when the temperature is not above 0, or a logit is not finite
 *
 * @example
 * ```ts
 * import { energy } from "./energy.ts";
 * console.assert(Math.abs(energy(Float32Array.of(0, 0), 2) - 2 * Math.log(2)) < 1e-12);
 * ```
 */
export function energy(logits: Float32Array, temperature = 1): number {
  if (!(temperature > 0)) {
    throw new RangeError(`The temperature is ${temperature}; it must be above 0.`);
  }
  const max = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let sum = 0;
  for (const logit of logits) {
    if (!Number.isFinite(logit)) throw new RangeError(`A logit is ${logit}; it must be finite.`);
    // Shifted by the largest, no exponential overflows.
    sum += Math.exp((logit - max) / temperature);
  }
  return max + temperature * Math.log(sum);
}
