/**
 * Decides how alike two photos must look to show the same individual.
 *
 * One cut cannot fit all: two photos of different corgis are more alike than two of one mug. So
 * the threshold rises with how crowded the neighbourhood of both photos is, measured against a
 * cohort of aggregates (centroids of groups of photos), as adaptive score normalisation does for
 * voices (Matějka et al. 2017, "Analysis of Score Normalization in Multilingual Speaker
 * Recognition", adaptive s-norm with the nearest cohort members).
 *
 * @module
 */
import type { LookSection } from "../../models/look.ts";
import { cosine } from "./look.ts";
import type { Memory } from "./memory.ts";

/** Judges likeness. */
export interface LookJudge {
  /** Differing bits up to which two perceptual hashes are of one picture. */
  readonly copyBits: number;
  /** Cosine from which two photos are one picture whatever their hashes say. */
  readonly copyCosine: number;
  /** Cosine below which equal hashes are taken for a collision. */
  readonly copyFloor: number;
  /** Confidence in a copy: a little below 1, for no evaluation is large enough to say 1. */
  readonly copyConfidence: number;
  /** Cosine below which nobody is even "perhaps", however lonely. */
  readonly lowest: number;
  /** How crowded the surroundings of a look are: mean cosine to its nearest cohort members. */
  crowd(look: Float32Array): number;
  /** The same of a memory; remembered by its id, for a memory's look never changes. */
  crowdOf(memory: Pick<Memory, "id" | "embedding">): number;
  /** Cosines that make two looks "is" and "perhaps", given the crowds of both. */
  thresholds(a: number, b: number): { readonly is: number; readonly perhaps: number };
  /** Probability of the same individual at this many cosine points above the "is" threshold. */
  confidence(margin: number): number;
}

/** Memories whose crowd is remembered. */
const REMEMBERED = 20_000;

/**
 * Makes a judge of what the manifest says.
 *
 * @param section thresholds and their provenance
 * @param cohort [n, dimension] unit vectors, row-major
 * @throws {RangeError} when the cohort does not hold whole rows of the section's dimension
 */
export function createLookJudge(section: LookSection, cohort: Float32Array): LookJudge {
  const { dimension, nearest } = section.cohort;
  if (cohort.length % dimension !== 0 || cohort.length < nearest * dimension) {
    throw new RangeError(
      `the cohort should hold at least ${nearest} rows of ${dimension} numbers, it holds ${cohort.length} numbers`,
    );
  }
  const rows = Array.from(
    { length: cohort.length / dimension },
    (_, i) => cohort.subarray(i * dimension, (i + 1) * dimension),
  );
  const crowds = new Map<string, number>();
  function crowd(look: Float32Array): number {
    const top = new Float64Array(nearest).fill(-1);
    for (const row of rows) {
      const near = cosine(look, row);
      if (near <= top[0]!) continue;
      top[0] = near;
      top.sort();
    }
    return top.reduce((sum, value) => sum + value, 0) / nearest;
  }
  return {
    copyBits: section.copy.bits,
    copyCosine: section.copy.cosine,
    copyFloor: section.copy.floor,
    copyConfidence: section.copy.confidence,
    // Looks have no negative parts, so no crowd is below 0.
    lowest: section.perhaps.base,
    crowd,
    crowdOf({ id, embedding }) {
      let known = crowds.get(id);
      if (known === undefined) {
        known = crowd(embedding);
        if (crowds.size >= REMEMBERED) crowds.delete(crowds.keys().next().value!);
        crowds.set(id, known);
      }
      return known;
    },
    thresholds(a, b) {
      const crowd = (a + b) / 2;
      return {
        is: Math.min(section.copy.cosine, section.is.base + section.is.slope * crowd),
        perhaps: Math.min(
          section.copy.cosine,
          section.perhaps.base + section.perhaps.slope * crowd,
        ),
      };
    },
    confidence(margin) {
      const { bias, slope } = section.confidence;
      return 1 / (1 + Math.exp(-(bias + slope * margin)));
    },
  };
}
