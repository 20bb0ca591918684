/**
 * What a clipped activation is on average, without data.
 *
 * @module
 */

/** Standard normal density. */
const density = (x: number): number => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/**
 * Standard normal distribution function, to 1e-7 (Abramowitz & Stegun 7.1.26 for the error
 * function).
 */
function distribution(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-z * z);
  return (1 + Math.sign(x) * erf) / 2;
}

/**
 * Mean of min(max(x, low), high) for x ~ N(mean, std²), in closed form (Nagel et al., "Data-Free
 * Quantization Through Weight Equalization and Bias Correction", 2019, appendix C).
 *
 * @param std ≥ 0
 *
 * @example A ReLU6 that clips half of a normal around 0
 * ```ts
 * import { clippedNormalMean } from "./clipped_normal.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(clippedNormalMean(0, 1, 0, 6), 1 / Math.sqrt(2 * Math.PI), 1e-6);
 * ```
 */
export function clippedNormalMean(mean: number, std: number, low: number, high: number): number {
  if (std < 1e-6) return Math.min(Math.max(mean, low), high);
  const a = (low - mean) / std;
  const b = (high - mean) / std;
  const below = distribution(a);
  const above = 1 - distribution(b);
  return low * below + high * above + mean * (1 - below - above) +
    std * (density(a) - density(b));
}
