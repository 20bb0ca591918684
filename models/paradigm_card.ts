/**
 * What is told of each paradigm: how it was made, what it can do and what it cannot. The cards lie
 * in `paradigms/`, written by the recipes of `training/` alone.
 *
 * @module
 */
import { z } from "zod";

const words = z.string().min(1);
const numbers = z.array(z.number());

const curve = z.object({ name: words, x: numbers, y: numbers }).refine(
  ({ x, y }) => x.length === y.length,
  { path: ["y"], message: "must be as long as x" },
);
const phase = z.object({ name: words, from: z.number(), to: z.number() }).refine(
  ({ from, to }) => to >= from,
  { path: ["to"], message: "must not be before from" },
);

/** How the card of a paradigm is checked. */
export const paradigmCard = z.object({
  id: z.enum(["human", "sequential", "joint"]),
  title: words,
  /** What it is and how it answers, in a paragraph. */
  what: words,
  /** How it was trained, by name: seed, data, photos, classes, epochs … */
  trained: z.record(z.string(), z.union([words, z.number(), z.boolean(), z.array(words)])),
  figures: z.array(z.object({
    name: words,
    value: z.number(),
    /** Over the seeds, or half an interval's width; in the value's unit. */
    spread: z.number().nonnegative().optional(),
    /** Left out for a share of 1 and a bare number. */
    unit: words.optional(),
    /** The command that prints it. */
    from: words,
  })),
  /** What it is not good for, one sentence each. */
  limits: z.array(words),
  /** The work that it follows. */
  paper: z.object({
    authors: words,
    title: words,
    year: z.int(),
    link: z.url({ protocol: /^https$/ }),
  }),
  /** Training curves, such as an accuracy by epoch. */
  curves: z.array(curve),
  /** Spans of the curves' x that have a name, such as "settling". */
  phases: z.array(phase).optional(),
});

/** The card of a paradigm. */
export type ParadigmCard = z.infer<typeof paradigmCard>;

/** How the benchmark of the dilemma is checked: `paradigms/evaluation.json`. */
export const paradigmEvaluation = z.object({
  /** What prints it. */
  command: words,
  /** Of the runs that were averaged. */
  seeds: z.array(z.int()),
  /** A system each. Further numbers, such as spreads ("q2Spread") or settings, are its own. */
  rows: z.array(
    z.object({
      system: words,
      /** Accuracy on near-copies of known exceptions, 0 to 1. */
      q2: z.number(),
      /** Accuracy on new photos of known classes, 0 to 1. */
      q3: z.number(),
      /** Share of photos of classes never trained that are refused, 0 to 1. */
      q4: z.number(),
      /** D = min(Q2 / Q2 of the table, Q3 / Q3 of the clean network): 1 is no dilemma. */
      d: z.number(),
    }).catchall(z.union([z.number(), z.string(), z.null()])),
  ),
  /** One training at each share of wrong labels, epoch by epoch; of the first seed. */
  noise: z.array(
    z.object({
      /** Share of the training photos that have a wrong label, 0 to 1. */
      noise: z.number(),
      /** "clean" and "test"; "asGiven" and "asTrue" of the wrongly labelled, where there are any. */
      curves: z.array(curve),
      phases: z.array(phase),
    }),
  ).optional(),
  /** The late network with layers taken back to the early moment; means over the seeds. */
  rewinding: z.object({
    /** Share of wrong labels that it was trained with. */
    noise: z.number(),
    rows: z.array(
      z.object({
        /** Taken back, 0 the nearest to the input; none for the late network as it is. */
        layers: z.array(z.int()),
        asTrue: z.number(),
        asGiven: z.number(),
        test: z.number(),
      }),
    ),
  }).optional(),
}).catchall(z.unknown());

/** The benchmark of the dilemma. */
export type ParadigmEvaluation = z.infer<typeof paradigmEvaluation>;
