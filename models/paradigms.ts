/**
 * The two trained paradigms behind the backbone, each a small graph over its embedding.
 *
 * *Sequential*: one network, kept at two moments of its training. The generalizer is from before it
 * learnt its exceptions by heart, the memorizer from after; a sketch of the training photos says
 * which of them should answer. *Joint*: a wide part that memorizes and a deep part that
 * generalizes, trained by one loss (Cheng et al., "Wide & Deep Learning for Recommender Systems",
 * 2016, arXiv 1606.07792).
 *
 * @module
 */
import { z } from "zod";
import { checkNames } from "./check_names.ts";
import { logisticMap } from "./network.ts";
import { output } from "./output.ts";
import type { Session } from "./session.ts";

/** Names of the trained paradigms. */
export const TRAINED_PARADIGMS = ["sequential", "joint"] as const;

/** A paradigm that answers by a network of its own. */
export type TrainedParadigm = (typeof TRAINED_PARADIGMS)[number];

const name = z.string().min(1);
const count = z.int().positive();
const probability = z.number().min(0).max(1);
const temperature = z.number().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");
const vector = z.object({ name, dim: count }).readonly();

const common = {
  /** Beside the manifest. */
  file: name,
  bytes: count,
  sha256,
  /** SPDX expression. */
  licence: name,
  /** Beside the manifest; left out where the project's own says it. */
  licenceFile: name.optional(),
  /** What it was trained on and by whom that was made, in words, one a line. */
  sources: z.array(name).min(1).readonly(),
  inputs: z.object({
    /** The backbone's embedding of the centre view: each ≥ 0, not of unit length. */
    embedding: vector,
  }).readonly(),
  /**
   * An answer is doubted below this energy: T · ln Σᵢ exp(lᵢ / T) of the logits that generalize, the
   * higher the more familiar (the negative of what Liu et al. call so, "Energy-based
   * Out-of-distribution Detection", NeurIPS 2020).
   */
  doubt: z.number(),
  /** The confidence from which an answer is "is" and not "perhaps". */
  sure: probability,
  /** From the same energy to the probability that the photo shows none of the classes. */
  novelty: logisticMap,
  made: z.object({
    command: name,
    /** What it was trained on, in words. */
    data: name,
    /** SHA-256 of the sorted SHA-256s of the photos, to tell whether a judge's photos are the same. */
    photos: sha256,
    seed: z.int().nonnegative(),
  }).readonly(),
};

const sequentialSection = z.object({
  ...common,
  outputs: z.object({
    /** Scores over the classes, before the softmax, from before the exceptions were learnt. */
    generalizer: vector,
    /** The same, from after. */
    memorizer: vector,
    /** Share of the sketch's tables in which the likest group of training photos agrees. */
    known: z.object({ name, dim: z.literal(1) }).readonly(),
  }).readonly(),
  /** By which each one's logits are divided before the softmax. */
  temperature: z.object({ generalizer: temperature, memorizer: temperature }).readonly(),
  /** The memorizer answers from this share on. */
  known: probability,
}).readonly();

const jointSection = z.object({
  ...common,
  outputs: z.object({
    /** The deep part's share of the classes' scores, before the softmax. */
    deep: vector,
    /** The wide part's. The scores are their sum. */
    wide: vector,
  }).readonly(),
  /** By which the scores are divided before the softmax. */
  temperature,
}).readonly();

/** How the section `paradigms` of the manifest is checked. */
export const paradigmsSection = z.object({
  /** Names in the order of the scores, with spaces. */
  classes: z.array(name).min(2).readonly(),
  sequential: sequentialSection,
  joint: jointSection,
}).superRefine(({ classes, sequential, joint }, ctx) => {
  const expect = (path: (string | number)[], is: boolean, message: string) => {
    if (!is) ctx.addIssue({ code: "custom", path, message });
  };
  expect(
    ["classes"],
    new Set(classes).size === classes.length,
    "must be different from each other",
  );
  const { generalizer, memorizer } = sequential.outputs;
  const { deep, wide } = joint.outputs;
  for (
    const [model, key, { dim }] of [
      ["sequential", "generalizer", generalizer],
      ["sequential", "memorizer", memorizer],
      ["joint", "deep", deep],
      ["joint", "wide", wide],
    ] as const
  ) {
    const path = [model, "outputs", key, "dim"];
    expect(path, dim === classes.length, `must be ${classes.length}, one for each class`);
  }
}).readonly();

/** The section `paradigms` of the manifest. */
export type ParadigmsSection = z.infer<typeof paradigmsSection>;

/** What the sequential graph says. */
export interface SequentialScores {
  /** [C] logits. */
  readonly generalizer: Float32Array;
  /** [C] logits. */
  readonly memorizer: Float32Array;
  /** How likely the photo, or a copy of it, was trained on: a share of the sketch's tables, 0 to 1. */
  readonly known: number;
}

/** What the joint graph says. The class scores are the sum of both. */
export interface JointScores {
  /** [C] logits. */
  readonly deep: Float32Array;
  /** [C] logits. */
  readonly wide: Float32Array;
}

/** What the trained paradigms that were asked make of a photo. */
export interface ParadigmScores {
  readonly sequential?: SequentialScores;
  readonly joint?: JointScores;
}

/** How far float32's sum of shares may leave 0 to 1. */
const ROUNDING = 1e-5;

/**
 * Wraps the opened sequential graph by what the manifest says of it. The session stays the caller's.
 *
 * @returns a function of an embedding [D] that rejects with a {@linkcode RangeError} for one of
 * another length and a share outside 0 to 1, and with a {@linkcode TypeError} when an output is not
 * of the type and shape that the manifest says
 * @throws {TypeError} when the graph has other inputs or outputs
 */
export function createSequential(
  session: Session,
  section: ParadigmsSection["sequential"],
): (embedding: Float32Array) => Promise<SequentialScores> {
  const { inputs, outputs: { generalizer, memorizer, known } } = section;
  const run = createRun(session, inputs.embedding, [generalizer, memorizer, known]);
  return async function scoreSequential(embedding) {
    const [early, late, share] = await run(embedding);
    const told = share![0]!;
    if (!(told >= -ROUNDING && told <= 1 + ROUNDING)) {
      throw new RangeError(`Expected the output "${known.name}" between 0 and 1, got ${told}`);
    }
    return { generalizer: early!, memorizer: late!, known: Math.min(1, Math.max(0, told)) };
  };
}

/**
 * Wraps the opened joint graph by what the manifest says of it. The session stays the caller's.
 *
 * @returns a function of an embedding [D] that rejects with a {@linkcode RangeError} for one of
 * another length, and with a {@linkcode TypeError} when an output is not of the type and shape that
 * the manifest says
 * @throws {TypeError} when the graph has other inputs or outputs
 */
export function createJoint(
  session: Session,
  section: ParadigmsSection["joint"],
): (embedding: Float32Array) => Promise<JointScores> {
  const { inputs, outputs } = section;
  const run = createRun(session, inputs.embedding, [outputs.deep, outputs.wide]);
  return async function scoreJoint(embedding) {
    const [deep, wide] = await run(embedding);
    return { deep: deep!, wide: wide! };
  };
}

interface Edge {
  readonly name: string;
  readonly dim: number;
}

/** From an embedding to one row for each of the outputs, in their order. */
function createRun(session: Session, input: Edge, outputs: readonly Edge[]) {
  checkNames("inputs", [input.name], session.inputNames);
  checkNames("outputs", outputs.map(({ name }) => name), session.outputNames);
  return async function run(embedding: Float32Array): Promise<Float32Array[]> {
    if (embedding.length !== input.dim) {
      throw new RangeError(
        `Expected the input "${input.name}" of ${input.dim} numbers, got ${embedding.length}`,
      );
    }
    const made = await session.run({ [input.name]: { data: embedding, dims: [1, input.dim] } });
    return outputs.map(({ name, dim }) => output(name, dim, made[name]));
  };
}
