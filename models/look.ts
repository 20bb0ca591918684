/**
 * The part of the manifest that says how alike two looks must be.
 *
 * @module
 */
import { z } from "zod";

const line = z.object({ base: z.number(), slope: z.number() }).readonly();

/** How the section `look` of the manifest is checked. */
export const lookSection = z.object({
  cohort: z.object({
    /** File of int8 unit vectors, [rows, dimension] row-major, scaled by 127. */
    file: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int().positive(),
    rows: z.int().positive(),
    dimension: z.int().positive(),
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
  /** threshold = base + slope · mean crowd of both photos */
  is: line,
  perhaps: line,
  /** P(same individual) = σ(bias + slope · (cosine − threshold of "is")) */
  confidence: z.object({ bias: z.number(), slope: z.number() }).readonly(),
  /** What the numbers were estimated on, by which command. */
  made: z.object({ command: z.string().min(1), data: z.string().min(1) }).readonly(),
}).readonly();

/** Thresholds of recall by look, and where they come from. All similarities are cosines. */
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
