/**
 * Generalize with machines, memorize with humans: a table of exceptions that people taught, in front
 * of a network that is left alone.
 *
 * @module
 */

/** What is in the table, and what is around it. */
export interface ExceptionTableParts {
  /** Unit vectors of all known photos. */
  readonly keys: readonly Float32Array[];
  /** What each is to be answered with. */
  readonly labels: ArrayLike<number>;
  /** Which of them people taught as exceptions; the others are typical. */
  readonly exceptions: readonly number[];
}

/** A known photo and how like it is. */
export interface Neighbour {
  /** −1 where there is none. */
  readonly key: number;
  /** Cosine. */
  readonly similarity: number;
}

/** The nearest of either sort. */
export interface Neighbours {
  readonly exception: Neighbour;
  readonly typical: Neighbour;
}

/** A table of exceptions. */
export interface ExceptionTable {
  /** @param direction unit vector */
  look(direction: Float32Array): Neighbours;
  /**
   * The neighbours of each typical photo as if it were new: without itself. They are many more than
   * the validation photos, and a threshold is read off the few that are likest to an exception.
   */
  lookAnew(): Neighbours[];
  /**
   * The label of the likest exception, if it is at least as like as the threshold *and* liker than
   * every typical neighbour. An absolute threshold alone takes new photos that are like an
   * exception for it (GRACE, Hartvigsen et al. 2022, keeps a radius around each key instead).
   */
  recall(neighbours: Neighbours, threshold: number): number | undefined;
}

/** Makes the table. */
export function createExceptionTable(
  { keys, labels, exceptions }: ExceptionTableParts,
): ExceptionTable {
  const isException = new Set(exceptions);
  const marked = keys.map((_, i) => isException.has(i));

  function look(direction: Float32Array, itself = -1): Neighbours {
    let typical = { key: -1, similarity: -Infinity };
    let exception = typical;
    keys.forEach((vector, key) => {
      if (key === itself) return;
      let similarity = 0;
      for (let d = 0; d < vector.length; d++) similarity += vector[d]! * direction[d]!;
      if (marked[key]) {
        if (similarity > exception.similarity) exception = { key, similarity };
      } else if (similarity > typical.similarity) typical = { key, similarity };
    });
    return { exception, typical };
  }

  return {
    look: (direction) => look(direction),
    lookAnew: () => keys.flatMap((key, i) => marked[i] ? [] : [look(key, i)]),
    recall({ exception, typical }, threshold) {
      const answers = exception.key >= 0 && exception.similarity >= threshold &&
        exception.similarity > typical.similarity;
      return answers ? labels[exception.key]! : undefined;
    },
  };
}

/**
 * The least threshold at which the table answers no more than a share of new photos.
 *
 * @param seen neighbours of photos that are no copies of an exception
 * @param share of them that the table may answer, 0 to 1
 */
export function thresholdFor(seen: readonly Neighbours[], share: number): number {
  const answered = seen
    .filter(({ exception, typical }) => exception.similarity > typical.similarity)
    .map(({ exception }) => exception.similarity)
    .sort((a, b) => b - a);
  const least = answered[Math.floor(share * seen.length)];
  // Just above it; where fewer are liker to an exception than that, any similarity will do.
  return least === undefined ? -1 : least + 1e-6;
}
