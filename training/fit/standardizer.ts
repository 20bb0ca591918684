/**
 * Brings embeddings to the scale that a network trains well on.
 *
 * @module
 */

/** Standardized features beyond it are cut: one odd feature does not drown all others. */
export const FEATURE_LIMIT = 8;

/** x = clip((√embedding − mean) · scale, ±{@linkcode FEATURE_LIMIT}). */
export interface Standardizer {
  /** Of √embedding, [features]. */
  readonly mean: Float32Array;
  /** One over the standard deviation of √embedding, [features]. */
  readonly scale: Float32Array;
}

/**
 * Fits it. The root is of Hellinger's kernel: it takes features that are sums of many small things
 * and a few large ones to a scale where differences count alike.
 *
 * @param embeddings [n, features] row-major, each ≥ 0
 */
export function fitStandardizer(embeddings: Float32Array, features: number): Standardizer {
  const n = embeddings.length / features;
  const sum = new Float64Array(features), square = new Float64Array(features);
  for (let i = 0; i < embeddings.length; i++) {
    const value = embeddings[i]!;
    sum[i % features]! += Math.sqrt(value);
    square[i % features]! += value;
  }
  const mean = Float32Array.from(sum, (s) => s / n);
  const scale = Float32Array.from(
    square,
    (s, d) => 1 / (Math.sqrt(Math.max(0, s / n - (sum[d]! / n) ** 2)) + 1e-6),
  );
  return { mean, scale };
}

/** Applies it to rows. @returns [n, features] row-major */
export function standardize(embeddings: Float32Array, { mean, scale }: Standardizer): Float32Array {
  const features = mean.length;
  const out = new Float32Array(embeddings.length);
  for (let i = 0; i < out.length; i++) {
    const d = i % features;
    const value = (Math.sqrt(embeddings[i]!) - mean[d]!) * scale[d]!;
    out[i] = Math.min(FEATURE_LIMIT, Math.max(-FEATURE_LIMIT, value));
  }
  return out;
}
