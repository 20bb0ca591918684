/**
 * Batch normalisation, folded away.
 *
 * @module
 */
/** A batch normalisation as it is at inference, one number a channel. */
export interface BatchNorm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** Added to the variance, > 0. */
  readonly epsilon: number;
}

/** `factor · x + offset`, one of each a channel. */
export interface Affine {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

/** γ (x − μ) / √(σ² + ε) + β as a factor and an offset (Ioffe & Szegedy, 2015, eq. of §3.1). */
export function affineOf({ gamma, beta, mean, variance, epsilon }: BatchNorm): Affine {
  const factor = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  const offset = Float64Array.from(beta, (b, c) => b - mean[c]! * factor[c]!);
  return { factor, offset };
}
