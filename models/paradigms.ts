/**
 * The two trained paradigms behind the backbone, each a small graph over what it makes of a photo.
 *
 * *Sequential*: one network, kept at two moments of its training. The generalizer is from before it
 * learnt its exceptions by heart, the memorizer from after; a sketch of the training photos says
 * which of them should answer. *Joint*: a wide part that memorizes and a deep part that
 * generalizes, trained by one loss (Cheng et al., "Wide & Deep Learning for Recommender Systems",
 * 2016, arXiv 1606.07792).
 *
 * Both answer among their classes whatever the photo shows, and tell beside it how familiar it is.
 *
 * @module
 */
import { z } from "zod";
import type { Seen } from "./backbone.ts";
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

/**
 * How much the photo looks like something of the classes, any finite number, the higher the more:
 * the sum of two scores, each in standard deviations of validation photos. One is the energy of the
 * logits that generalize, T · ln Σᵢ exp(lᵢ / T) (the negative of what Liu et al. call so,
 * "Energy-based Out-of-distribution Detection", NeurIPS 2020, eq. 4). The other is how well the
 * backbone's own probabilities agree with those of the likest class' training photos: Σᵢ √(pᵢ qᵢ)
 * (Bhattacharyya's coefficient), as a logarithm.
 */
const familiar = z.object({ name, dim: z.literal(1) }).readonly();

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
    /** The backbone's scores of the same view over its own classes, before the softmax. */
    logits: vector,
  }).readonly(),
  /**
   * An answer is "unknown" below this familiarity. What the sequential paradigm's router knows is
   * never doubted.
   */
  doubt: z.number(),
  /** The confidence from which an answer is "is" and not "perhaps". */
  sure: probability,
  /**
   * From the familiarity to the probability that the photo shows none of the classes. What the
   * sequential paradigm's router knows was trained on: there it is 0.
   */
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
    /** By how many standard deviations the likest group of training photos stands out, ≥ 0. */
    known: z.object({ name, dim: z.literal(1) }).readonly(),
    familiar,
  }).readonly(),
  /** By which each one's logits are divided before the softmax. */
  temperature: z.object({ generalizer: temperature, memorizer: temperature }).readonly(),
  /** The memorizer answers where a group stands out as far as this. */
  known: z.number().nonnegative(),
}).readonly();

const jointSection = z.object({
  ...common,
  outputs: z.object({
    /** The deep part's share of the classes' scores, before the softmax. */
    deep: vector,
    /** The wide part's. The scores are their sum. */
    wide: vector,
    familiar,
  }).readonly(),
  /** By which the scores are divided before the softmax. */
  temperature,
}).readonly();

/** How the section `paradigms` of the manifest is checked. */
export const paradigmsSection = z.object({
  /** Names in the order of the scores, with spaces. */
  classes: z.array(name).min(2).readonly(),
  /** Left out until it is trained. */
  sequential: sequentialSection.optional(),
  /** Left out until it is trained. */
  joint: jointSection.optional(),
}).superRefine(({ classes, sequential, joint }, ctx) => {
  const expect = (path: (string | number)[], is: boolean, message: string) => {
    if (!is) ctx.addIssue({ code: "custom", path, message });
  };
  expect(
    ["classes"],
    new Set(classes).size === classes.length,
    "must be different from each other",
  );
  const scores = [
    ["sequential", "generalizer", sequential?.outputs.generalizer],
    ["sequential", "memorizer", sequential?.outputs.memorizer],
    ["joint", "deep", joint?.outputs.deep],
    ["joint", "wide", joint?.outputs.wide],
  ] as const;
  for (const [model, key, output] of scores) {
    if (!output) continue;
    const path = [model, "outputs", key, "dim"];
    expect(path, output.dim === classes.length, `must be ${classes.length}, one for each class`);
  }
}).readonly();

/** The section `paradigms` of the manifest. */
export type ParadigmsSection = z.infer<typeof paradigmsSection>;

/** What the manifest says of one trained paradigm. */
export type ParadigmSection<P extends TrainedParadigm> = NonNullable<ParadigmsSection[P]>;

/** What the sequential graph says. */
export interface SequentialScores {
  /** [C] logits. */
  readonly generalizer: Float32Array;
  /** [C] logits. */
  readonly memorizer: Float32Array;
  /** How far the likest group of training photos stands out, ≥ 0, in standard deviations of all. */
  readonly known: number;
  /** How much the photo looks like something of the classes, finite; the higher, the more. */
  readonly familiar: number;
}

/** What the joint graph says. The class scores are the sum of both. */
export interface JointScores {
  /** [C] logits. */
  readonly deep: Float32Array;
  /** [C] logits. */
  readonly wide: Float32Array;
  /** How much the photo looks like something of the classes, finite; the higher, the more. */
  readonly familiar: number;
}

/** What the trained paradigms that were asked make of a photo. */
export interface ParadigmScores {
  readonly sequential?: SequentialScores;
  readonly joint?: JointScores;
}

/** Asks a graph about what the backbone makes of the centre view. */
type Score<Scores> = (centre: Seen) => Promise<Scores>;

/**
 * Wraps the opened sequential graph by what the manifest says of it. The session stays the caller's.
 *
 * @returns a function of what the backbone makes of the centre view that rejects with a
 * {@linkcode RangeError} for an embedding or logits of another length, a negative `known` and a
 * `familiar` that is not finite, and with a {@linkcode TypeError} when an output is not of the type
 * and shape that the manifest says
 * @throws {TypeError} when the graph has other inputs or outputs
 */
export function createSequential(
  session: Session,
  section: ParadigmSection<"sequential">,
): Score<SequentialScores> {
  const { inputs, outputs: { generalizer, memorizer, known, familiar } } = section;
  const run = createRun(session, inputs, [generalizer, memorizer, known, familiar]);
  return async function scoreSequential(centre) {
    const [early, late, far, like] = await run(centre);
    const told = far![0]!;
    if (!(told >= 0 && told < Infinity)) {
      throw new RangeError(`Expected the output "${known.name}" from 0 on, got ${told}`);
    }
    return {
      generalizer: early!,
      memorizer: late!,
      known: told,
      familiar: finite(familiar.name, like!),
    };
  };
}

/**
 * Wraps the opened joint graph by what the manifest says of it. The session stays the caller's.
 *
 * @returns a function of what the backbone makes of the centre view that rejects with a
 * {@linkcode RangeError} for an embedding or logits of another length and a `familiar` that is not
 * finite, and with a {@linkcode TypeError} when an output is not of the type and shape that the
 * manifest says
 * @throws {TypeError} when the graph has other inputs or outputs
 */
export function createJoint(
  session: Session,
  section: ParadigmSection<"joint">,
): Score<JointScores> {
  const { inputs, outputs } = section;
  const run = createRun(session, inputs, [outputs.deep, outputs.wide, outputs.familiar]);
  return async function scoreJoint(centre) {
    const [deep, wide, like] = await run(centre);
    return { deep: deep!, wide: wide!, familiar: finite(outputs.familiar.name, like!) };
  };
}

interface Edge {
  readonly name: string;
  readonly dim: number;
}

/** From what the backbone makes of a view to one row for each of the outputs, in their order. */
function createRun(
  session: Session,
  inputs: Readonly<Record<keyof Seen, Edge>>,
  outputs: readonly Edge[],
) {
  checkNames("inputs", [inputs.embedding.name, inputs.logits.name], session.inputNames);
  checkNames("outputs", outputs.map(({ name }) => name), session.outputNames);
  return async function run(centre: Seen): Promise<Float32Array[]> {
    const fed = (["embedding", "logits"] as const).map((input) => {
      const { name, dim } = inputs[input];
      const data = centre[input];
      if (data.length !== dim) {
        throw new RangeError(`Expected the input "${name}" of ${dim} numbers, got ${data.length}`);
      }
      return [name, { data, dims: [1, dim] }] as const;
    });
    const made = await session.run(Object.fromEntries(fed));
    return outputs.map(({ name, dim }) => output(name, dim, made[name]));
  };
}

/** The number of a row of one. */
function finite(name: string, [value]: Float32Array): number {
  if (!Number.isFinite(value)) {
    throw new RangeError(`Expected the output "${name}" as a finite number, got ${value}`);
  }
  return value!;
}
