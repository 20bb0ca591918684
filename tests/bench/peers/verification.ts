/**
 * How well descriptors tell whether two photos show the same person, over all pairs of photos.
 *
 * @module
 */
import { auroc, type Scored } from "../../../training/eval/measures.ts";

/** What is measured of one engine. */
export interface Verification {
  /** Pairs of the same person, and of two persons. */
  readonly genuine: number;
  readonly impostor: number;
  /** Area under the ROC curve. */
  readonly auc: number;
  /** Share of genuine pairs accepted where at most one impostor pair of a hundred is. */
  readonly tar: number;
}

/** Impostor pairs that may be accepted. */
const FAR = 0.01;

/**
 * Scores all pairs.
 *
 * @param persons who is on each photo
 * @param score how alike two photos' faces are, by their indices; −Infinity where there is no face
 */
export function verify(
  persons: readonly string[],
  score: (a: number, b: number) => number,
): Verification {
  const scored: Scored[] = [];
  for (let a = 0; a < persons.length; a++) {
    for (let b = a + 1; b < persons.length; b++) {
      scored.push({ score: score(a, b), positive: persons[a] === persons[b] });
    }
  }
  const genuine = scored.filter(({ positive }) => positive).map(({ score }) => score);
  const impostor = scored.filter(({ positive }) => !positive).map(({ score }) => score);
  return {
    genuine: genuine.length,
    impostor: impostor.length,
    auc: auroc(scored),
    tar: acceptedAt(FAR, genuine, impostor),
  };
}

/**
 * Share of genuine scores above the lowest threshold that at most the share `far` of the impostor
 * scores is above. A pair without a score (−Infinity) is never accepted.
 */
export function acceptedAt(
  far: number,
  genuine: readonly number[],
  impostor: readonly number[],
): number {
  const threshold = impostor.toSorted((a, b) => b - a)[Math.floor(far * impostor.length)] ??
    -Infinity;
  return genuine.filter((score) => score > threshold).length / genuine.length;
}
