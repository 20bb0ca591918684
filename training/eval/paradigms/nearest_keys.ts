/**
 * The nearest of many vectors, by brute force.
 *
 * @module
 */

/** A key and how near it is. */
export interface NearestKey {
  readonly key: number;
  /** Dot product: the cosine of unit vectors. */
  readonly similarity: number;
}

/** The nearest key of each query; key −1 where there is none. */
export function nearestKeys(
  queries: readonly Float32Array[],
  keys: readonly Float32Array[],
): NearestKey[] {
  return queries.map((query) => {
    let best = { key: -1, similarity: -Infinity };
    for (const [i, key] of keys.entries()) {
      let sum = 0;
      for (let d = 0; d < key.length; d++) sum += key[d]! * query[d]!;
      if (sum > best.similarity) best = { key: i, similarity: sum };
    }
    return best;
  });
}
