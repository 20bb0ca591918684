/**
 * The part of the manifest that says when a face is somebody's, and the file of statistics that
 * makes the comparison proof against age.
 *
 * @module
 */
import { z } from "zod";

const name = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const probability = z.number().min(0).max(1);

/**
 * One log-likelihood ratio of "the same person" against "two persons": `bias + sface · cosine of
 * SFace − distance · Euclidean distance of dlib + dlib · cosine of dlib`, natural logarithm.
 */
const score = z.object({
  bias: z.number(),
  sface: z.number(),
  distance: z.number(),
  dlib: z.number(),
}).readonly();

/** By the number of references: one, two, three and more. */
const byReferences = z.tuple([score, score, score]).readonly();

/** `full` knows both embedders of face and mirror, `light` SFace of the face alone. */
const scores = z.object({ full: byReferences, light: byReferences }).readonly();

/** Coefficients of one log-likelihood ratio. */
export type FaceScore = z.infer<typeof score>;

/** Coefficients by mode and number of references. */
export type FaceScores = z.infer<typeof scores>;

/** How the section `people` of the manifest is checked. */
export const peopleSection = z.object({
  /** Statistics that make the scores proof against age; not opened when switched off. */
  age: z.object({ file: name, sha256, bytes: z.int().positive() }).readonly(),
  /** Scores of the bare descriptors, for when the statistics are switched off. */
  plain: scores,
  /** Probability that an asked face is of somebody enrolled. */
  prior: probability,
  /** Counted people, at least: a space with fewer is judged as if it had so many. */
  least: z.int().positive(),
  /** Posterior probability from which a face is, or is perhaps, somebody's. */
  cuts: z.object({
    is: probability,
    /** The same for a person of whom only photos as a child are known. */
    isOfChild: probability,
    perhaps: probability,
  }).readonly(),
  /**
   * Where the first age direction of SFace's descriptor calls a face young (above) or old; null
   * statistics know no ages.
   */
  youngFrom: z.number(),
  /** What an example must have at least (or, of the turn, at most) to be taught without force. */
  example: z.object({
    score: probability,
    size: z.number().nonnegative(),
    sharpness: z.number().nonnegative(),
    turn: probability,
    /** Log-likelihood ratio to the person's other references. */
    agreement: z.number(),
  }).readonly(),
  /** Log-likelihood ratio from which two enrolled people are said to look alike. */
  alikeFrom: z.number(),
  /** What the numbers were estimated on, by which command. */
  made: z.object({ command: name, data: name }).readonly(),
}).readonly();

/** When a face is somebody's. */
export type PeopleSection = z.infer<typeof peopleSection>;

const vector = z.array(z.number()).length(128).readonly();

const embedder = z.object({
  /** Taken off each descriptor. */
  mean: vector,
  /** Orthonormal rows that are projected out; the first points from adult to young. */
  directions: z.array(vector).min(1).max(16).readonly(),
}).readonly();

const faceAge = z.object({
  /** What the numbers are. */
  what: name,
  /** From whose photos they were estimated, and what that allows. */
  provenance: name,
  sface: embedder,
  dlib: embedder,
  scores,
}).readonly();

/** Aggregate statistics that make the comparison of faces proof against age. */
export type FaceAge = z.infer<typeof faceAge>;

/**
 * Checks the file of statistics.
 *
 * @param json the parsed JSON
 * @throws {TypeError} that names every field that is not as it should be
 */
export function parseFaceAge(json: unknown): FaceAge {
  const result = faceAge.safeParse(json);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new TypeError(`The statistics of faces are not as they should be: ${lines.join("; ")}`);
}
