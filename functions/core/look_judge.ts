/**
 * Decides how alike a photo must look to what was taught, for an individual and for a type.
 *
 * One cut cannot fit all: two photos of different corgis are more alike than two of one mug. So
 * the threshold of an individual rises with how crowded the neighbourhood of both sides is, measured
 * against a cohort of aggregates (centroids of groups of photos), as adaptive score normalisation
 * does for voices (Matějka et al. 2017, "Analysis of Score Normalization in Multilingual Speaker
 * Recognition", adaptive s-norm with the nearest cohort members).
 *
 * A type is a prototype, the mean of what was taught of it (Snell, Swersky & Zemel, "Prototypical
 * Networks for Few-shot Learning", NeurIPS 2017), beside what the network knows already (as in
 * Zhang et al., "Tip-Adapter", ECCV 2022): a photo is of it when it is like the prototype, more than
 * like the groups of the cohort, and when the network does not know its type. Where several types are
 * taught, which of them it is, if it is any, is told by how much less it is like the next.
 *
 * @module
 */
import { type LookSection, unit } from "../../models/look.ts";
import type { Certainty } from "./answer_type.ts";
import { cosine } from "./cosine.ts";
import { logOdds, sigmoid } from "./log_odds.ts";
import type { Memory } from "./memory.ts";

/** What was taught under one label, as one reference. */
export interface LookReference {
  /** Unit vector. */
  readonly centroid: Float32Array;
  /** Length of the mean of the memories' unit vectors, 0 to 1: 1 when all are alike. */
  readonly unity: number;
  /** Whether the network saw an animal when it was taught. */
  readonly animal: boolean;
  /** Mean cosine of the centroid to its nearest cohort members. */
  readonly crowd: number;
}

/** How a look stands to the cohort. */
export interface LookSurroundings {
  /** Mean cosine to the nearest cohort members. */
  readonly crowd: number;
  /** Cosine to the nearest one. */
  readonly nearest: number;
}

/** What is decided of one label. */
export interface LookVerdict {
  readonly certainty: Certainty;
  /** 0 to 1, calibrated. */
  readonly confidence: number;
  /** The likeness that the certainty needed. */
  readonly threshold: number;
  /** The likeness that `is` needs. */
  readonly isFrom: number;
}

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
  /** Cosine of a single memory below which none is worth weighing, in such surroundings. */
  lowest(around: LookSurroundings): number;
  /** How crowded the surroundings of a look are. */
  surroundings(look: Float32Array): LookSurroundings;
  /**
   * One reference out of memories of one label, oldest first.
   *
   * @throws {RangeError} when there is none
   */
  reference(memories: readonly Pick<Memory, "id" | "embedding" | "path">[]): LookReference;
  /** How like a photo is to a reference: {@linkcode likenessOf}. */
  likeness(reference: LookReference, look: Float32Array): number;
  /** Whether it is the individual. */
  individual(reference: LookReference, likeness: number, around: LookSurroundings): LookVerdict;
  /**
   * Whether it is of the type.
   *
   * @param novelty of the photo by the network, 0 to 1; ½ tells nothing
   */
  type(likeness: number, around: LookSurroundings, novelty: number): LookVerdict;
  /**
   * How likely a photo of one of several taught types is of the one that it is most like.
   *
   * @param likeness to that one
   * @param rival likeness to the next
   * @param memories of that one, ≥ 1
   * @returns 0 to 1
   */
  among(likeness: number, rival: number, memories: number): number;
}

/** Of 0, .3, .4 and .5 the one by which about as many strangers pass whatever the number of memories. */
const UNITY = 0.3;

/**
 * How like a photo is to several memories: the cosine to their centroid times a power of their unity.
 * So one threshold serves one memory and many: the cosine alone would favour many, their mean cosine
 * (the power of 1) a single one.
 *
 * @param unity length of the mean of the memories' unit vectors, 0 to 1
 * @param similarity cosine to the centroid
 */
export function likenessOf(unity: number, similarity: number): number {
  return unity ** UNITY * similarity;
}

/**
 * The prototype of memories of one label.
 *
 * @throws {RangeError} when there is none
 */
export function prototypeOf(
  memories: readonly Pick<Memory, "embedding">[],
): Pick<LookReference, "centroid" | "unity"> {
  const [first, ...others] = memories;
  if (!first) throw new RangeError("A reference is of at least one memory.");
  const mean = first.embedding.slice();
  for (const { embedding } of others) {
    for (let d = 0; d < mean.length; d++) mean[d]! += embedding[d]!;
  }
  const length = Math.sqrt(cosine(mean, mean));
  return {
    centroid: mean.map((value) => value / length),
    unity: length / memories.length,
  };
}

/** References whose surroundings are remembered. */
const REMEMBERED = 4000;

/** Several memories together can be a little more like a photo than the nearest of them. */
const AGREEMENT = 0.85;

/** The kind above all animals. */
const ANIMAL = "animal";

/**
 * Makes a judge of what the manifest says.
 *
 * @param section thresholds and their provenance
 * @param cohort [n, dimension] unit vectors, row-major
 * @throws {RangeError} when the cohort does not hold whole rows of the section's dimension
 */
export function createLookJudge(section: LookSection, cohort: Float32Array): LookJudge {
  const { dimension, nearest: count } = section.cohort;
  if (cohort.length % dimension !== 0 || cohort.length < count * dimension) {
    throw new RangeError(
      `the cohort should hold at least ${count} rows of ${dimension} numbers, it holds ${cohort.length} numbers`,
    );
  }
  const rows = Array.from(
    { length: cohort.length / dimension },
    // The file's 8 bits are not quite of length 1.
    (_, i) => unit(cohort.subarray(i * dimension, (i + 1) * dimension)),
  );
  const { individuals, types, rivals, copy } = section;
  const crowds = new Map<string, number>();

  function surroundings(look: Float32Array): LookSurroundings {
    const top = new Float64Array(count).fill(-1);
    for (const row of rows) {
      const near = cosine(look, row);
      if (near <= top[0]!) continue;
      top[0] = near;
      top.sort();
    }
    return { crowd: top.reduce((sum, value) => sum + value, 0) / count, nearest: top.at(-1)! };
  }

  /** Remembered, for a memory's look never changes. */
  function crowdOf(key: string, centroid: Float32Array): number {
    let known = crowds.get(key);
    if (known === undefined) {
      known = surroundings(centroid).crowd;
      if (crowds.size >= REMEMBERED) crowds.delete(crowds.keys().next().value!);
      crowds.set(key, known);
    }
    return known;
  }

  return {
    copyBits: copy.bits,
    copyCosine: copy.cosine,
    copyFloor: copy.floor,
    copyConfidence: copy.confidence,
    lowest: ({ crowd }) =>
      AGREEMENT * Math.min(
        ...[individuals.animal, individuals.object].map(({ perhaps: { base, slope } }) =>
          base + slope * (crowd + section.cohort.least) / 2
        ),
      ),
    surroundings,
    reference(memories) {
      const prototype = prototypeOf(memories);
      const animals = memories.filter(({ path }) => path.includes(ANIMAL)).length;
      return {
        ...prototype,
        animal: 2 * animals >= memories.length,
        crowd: crowdOf(memories.map(({ id }) => id).join(), prototype.centroid),
      };
    },
    likeness: ({ centroid, unity }, look) => likenessOf(unity, cosine(centroid, look)),
    individual(reference, likeness, around) {
      const kind = reference.animal ? "animal" : "object";
      const crowd = (reference.crowd + around.crowd) / 2;
      const from = (line: { base: number; slope: number }) =>
        Math.min(copy.cosine, line.base + line.slope * crowd);
      const [is, perhaps] = [from(individuals[kind].is), from(individuals[kind].perhaps)];
      return {
        certainty: likeness >= is ? "is" : likeness >= perhaps ? "perhaps" : "unknown",
        confidence: sigmoid(
          individuals[kind].confidence.bias + individuals[kind].confidence.slope * (likeness - is),
        ),
        threshold: likeness >= is ? is : perhaps,
        isFrom: is,
      };
    },
    type(likeness, around, novelty) {
      const rest = types.bias + types.rival * around.nearest +
        types.novelty * logOdds(novelty);
      const confidence = sigmoid(rest + types.likeness * likeness);
      const from = (probability: number) => (logOdds(probability) - rest) / types.likeness;
      return {
        certainty: confidence >= types.is
          ? "is"
          : confidence >= types.perhaps
          ? "perhaps"
          : "unknown",
        confidence,
        threshold: from(confidence >= types.is ? types.is : types.perhaps),
        isFrom: from(types.is),
      };
    },
    among: (likeness, rival, memories) =>
      sigmoid(
        rivals.bias + rivals.likeness * likeness + rivals.margin * (likeness - rival) +
          rivals.memories * Math.log(1 + memories),
      ),
  };
}
