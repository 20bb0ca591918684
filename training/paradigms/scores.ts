/**
 * What is read off a table of scores.
 *
 * @module
 */

/** The best class of each row, the first of equals. @param scores [n, classes] row-major */
export function bestClasses(scores: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: scores.length / classes }, (_, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (scores[i * classes + c]! > scores[i * classes + best]!) best = c;
    }
    return best;
  });
}

/** Share of rows in which two lists agree, of the rows given or of all; NaN for none. */
export function agreement(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rows: readonly number[] = Array.from({ length: a.length }, (_, i) => i),
): number {
  return rows.filter((row) => a[row] === b[row]).length / rows.length;
}

/**
 * Free energy −E(x) = T · log Σ exp(zᵢ / T): the higher, the more the network has seen of it (Liu et
 * al., "Energy-based Out-of-distribution Detection", NeurIPS 2020, eq. 4).
 *
 * @param scores [n, classes] row-major
 */
export function energies(scores: Float32Array, classes: number, temperature = 1): Float64Array {
  return Float64Array.from({ length: scores.length / classes }, (_, i) => {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    const top = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const z of row) sum += Math.exp((z - top) / temperature);
    return top + temperature * Math.log(sum);
  });
}

/** Mean cross-entropy of rows, nats. @param scores [n, classes] row-major */
export function crossEntropyOf(scores: Float32Array, labels: ArrayLike<number>): number {
  const classes = scores.length / labels.length;
  const partition = energies(scores, classes);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += partition[i]! - scores[i * classes + labels[i]!]!;
  return sum / labels.length;
}

/** The value that a share of the numbers lies below. @param share 0 to 1 */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new RangeError("A quantile needs at least one number, got none");
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Four digits: what a figure of some hundred photos can tell. */
export function digits(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
