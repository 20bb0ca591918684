/**
 * The small graph behind the backbone: which of the kinds with many types a photo shows, and how
 * near its features are to each type's weights. Made by `training/recipes/calibrate.ts`.
 *
 * @module
 */
import { z } from "zod";
import type { Seen } from "./backbone.ts";
import { output } from "./output.ts";
import type { Session } from "./session.ts";

const name = z.string().min(1);
const count = z.int().positive();

/** How the section `kinds` of the manifest is checked. */
export const kindsSection = z.object({
  /** Beside the manifest. */
  file: name,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** SPDX identifier. */
  licence: name,
  inputs: z.object({
    /** The backbone's, or their mean over several views. */
    logits: z.object({ name, dim: count }).readonly(),
    embedding: z.object({ name, dim: count }).readonly(),
  }).readonly(),
  outputs: z.object({
    /** Probabilities of the kinds named, in their order, and of anything else at the end. */
    kinds: z.object({ name, of: z.array(name).min(1).readonly() }).readonly(),
    /** Cosines of the centred embedding to each class's weights. */
    cosines: z.object({ name, dim: count }).readonly(),
  }).readonly(),
  /** Further views are looked at while no kind has this probability. */
  decided: z.number().min(0).max(1),
  made: z.object({
    command: name,
    /** What the numbers were fitted on, in words. */
    data: name,
    /** SHA-256 of the sorted SHA-256s of the photos, to tell whether a judge's photos are the same. */
    photos: z.string().regex(/^[0-9a-f]{64}$/),
  }).readonly(),
}).readonly();

/** The section `kinds` of the manifest. */
export type KindsSection = z.infer<typeof kindsSection>;

/** What the graph says. */
export interface KindScores {
  /** Probability of each kind, and of anything else at the end; they sum to 1. */
  readonly kinds: Float32Array;
  /**
   * [1000], −1 to 1: cos(embedding − mean, weights of the class). Without the features' length a
   * strong photo of a type never learnt does not pass for a known one (Techapanurak, Suganuma &
   * Okatani, "Hyperparameter-Free Out-of-Distribution Detection Using Cosine Similarity", ACCV 2020).
   */
  readonly cosines: Float32Array;
}

/** Scores what the backbone saw. */
export type ScoreKinds = (seen: Seen) => KindScores | Promise<KindScores>;

/**
 * Wraps the opened graph by what the manifest says of it. The session stays the caller's.
 *
 * @returns a function that rejects with a {@linkcode RangeError} for inputs of another length, and
 * with a {@linkcode TypeError} when an output is not of the type and shape that the manifest says
 * @throws {TypeError} when the graph has other inputs or outputs
 */
export function createKinds(session: Session, section: KindsSection): ScoreKinds {
  const { inputs, outputs: { kinds, cosines } } = section;
  const names = [inputs.logits.name, inputs.embedding.name, kinds.name, cosines.name].join();
  if ([...session.inputNames, ...session.outputNames].join() !== names) {
    throw new TypeError(
      `Expected the graph's inputs and outputs to be ${names}, ` +
        `got ${[...session.inputNames, ...session.outputNames].join()}`,
    );
  }
  return async function scoreKinds(seen) {
    const fed = (["logits", "embedding"] as const).map((input) => {
      const { name, dim } = inputs[input];
      const data = seen[input];
      if (data.length !== dim) {
        throw new RangeError(`Expected the input "${name}" of ${dim} numbers, got ${data.length}`);
      }
      return [name, { data, dims: [1, dim] }] as const;
    });
    const made = await session.run(Object.fromEntries(fed));
    return {
      kinds: output(kinds.name, kinds.of.length + 1, made[kinds.name]),
      cosines: output(cosines.name, cosines.dim, made[cosines.name]),
    };
  };
}
