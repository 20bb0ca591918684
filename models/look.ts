/**
 * The part of the manifest that says how alike two looks must be.
 *
 * @module
 */
import { z } from "zod";
import type { BackboneSection } from "./manifest.ts";

/** threshold = base + slope · mean crowd of both sides */
const line = z.object({ base: z.number(), slope: z.number() }).readonly();

const individual = z.object({
  is: line,
  perhaps: line,
  /** P(same individual) = σ(bias + slope · (likeness − threshold of "is")) */
  confidence: z.object({ slope: z.number(), bias: z.number() }).readonly(),
}).readonly();

/** How the section `look` of the manifest is checked. */
export const lookSection = z.object({
  cohort: z.object({
    /** File of int8 unit vectors, [rows, dimension] row-major, scaled by 127. */
    file: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().positive(),
    rows: z.int().positive(),
    dimension: z.int().positive(),
    /** Crowd that hardly any photo is below. */
    least: z.number().min(-1).max(1),
    /** How many of the nearest rows are averaged. */
    nearest: z.int().positive(),
  }).readonly(),
  copy: z.object({
    /** Differing bits, of 256, up to which two perceptual hashes are of one picture. */
    bits: z.int().min(0).max(256),
    /** Cosine from which two looks are of one picture whatever their hashes say. */
    cosine: z.number().min(-1).max(1),
    /** Cosine below which equal hashes are taken for a collision. */
    floor: z.number().min(-1).max(1),
    /** Confidence in a copy: a little below 1, for no evaluation is large enough to say 1. */
    confidence: z.number().min(0).max(1),
  }).readonly(),
  /** How alike a photo must be to what was taught of an individual. */
  individuals: z.object({
    /** For an animal other animals of its breed count; few things have such doubles. */
    animal: individual,
    object: individual,
  }).readonly(),
  /**
   * P(of the taught type) = σ(bias + Σ weight · feature): the likeness, the cosine to the nearest
   * cohort row, and the log-odds of the network's novelty.
   */
  types: z.object({
    bias: z.number(),
    likeness: z.number(),
    rival: z.number(),
    novelty: z.number(),
    /** Probabilities from which an answer is "is" and "perhaps". */
    is: z.number().min(0).max(1),
    perhaps: z.number().min(0).max(1),
  }).readonly(),
  /**
   * Of several taught types the likeliest: P(of it, given that it is of one of them) = σ(bias + Σ
   * weight · feature), of its likeness, the likeness less that of the next, and ln(1 + memories).
   */
  rivals: z.object({
    bias: z.number(),
    likeness: z.number(),
    margin: z.number(),
    memories: z.number(),
  }).readonly(),
  /** What the numbers were estimated on, by which command. */
  made: z.object({
    command: z.string().min(1),
    data: z.string().min(1),
    /** SHA-256 of the photos' sorted SHA-256s. */
    photos: z.string().regex(/^[0-9a-f]{64}$/),
  }).readonly(),
}).readonly();

/** Thresholds of recall by look, and where they come from. Similarities are cosines, or likenesses made of them. */
export type LookSection = z.infer<typeof lookSection>;

/**
 * Unpacks the cohort file.
 *
 * @returns the vectors, [rows, dimension] row-major
 */
export function cohortOf(bytes: Uint8Array): Float32Array {
  const cohort = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) cohort[i] = ((bytes[i]! << 24) >> 24) / 127;
  return cohort;
}

/** Names what makes looks: the backbone, how its features are pooled, and the version of its weights. */
export function lookModelOf({ id, version, outputs }: BackboneSection): string {
  return `${id}+${outputs.gem.name}@${version}`;
}

/**
 * The look of a picture: the unit vector that individuals are compared by, the mean of the unit
 * vectors of its views' generalized-mean features.
 *
 * @param gems features of each view, each ≥ 0, of one dimension
 * @returns a vector of that dimension with Euclidean length 1, or all zeros for all-zero features
 * @throws {RangeError} when there is no view
 *
 * @example
 * ```ts
 * import { lookOf } from "./look.ts";
 *
 * console.assert(Math.hypot(...lookOf([Float32Array.of(3, 4)])) - 1 < 1e-6);
 * ```
 */
export function lookOf(gems: readonly Float32Array[]): Float32Array {
  const [first, ...others] = gems.map(unit);
  if (!first) throw new RangeError("A look is of at least one view.");
  if (others.length === 0) return first;
  return unit(first.map((value, i) => others.reduce((sum, other) => sum + other[i]!, value)));
}

/** A vector at length 1; all zeros stay. */
export function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0) return vector.slice();
  const scale = 1 / Math.sqrt(sum);
  return vector.map((value) => value * scale);
}
