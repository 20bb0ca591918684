/**
 * What is told of a sequential model: its cuts, its figures, its card and its report.
 *
 * @module
 */
import type { ParadigmCard } from "../../models/paradigm_card.ts";
import { drawLines } from "../eval/line_chart.ts";
import { packable, packNumbers } from "../fit/run_folder.ts";
import { standardize } from "../fit/standardizer.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import { lookUp, type Sketch } from "../sketch/sketch.ts";
import { rowsOf } from "../sketch/whitening.ts";
import { type Cuts, DOUBTED, fitCuts, fitTemperature } from "./calibration.ts";
import { runReport } from "./run_report.ts";
import { familiarities, type Familiarity } from "./familiarity.ts";
import { agreement, bestClasses, digits, quantile } from "./scores.ts";
import { phasesOf, type SequentialModel, type SequentialSettings } from "./sequential.ts";
import type { TrainingData } from "./training_data.ts";
import type { Trained } from "./write_paradigm.ts";

/**
 * Share of unseen validation photos that the router takes for known. It may be large: the memorizer
 * answers new photos nearly as well, and a stricter router misses more copies.
 */
export const KNOWN_BY_CHANCE = 0.15;

/** A model with its router. */
export type RoutedModel = SequentialModel & {
  readonly sketch: Sketch;
  readonly familiarity: Familiarity;
};

/** Cuts and figures of a model; shares of photos, 0 to 1. */
export interface SequentialJudgement {
  readonly cuts: Cuts;
  /** Of the memorizer's scores. */
  readonly temperature: number;
  /** How far an exemplar must stand out for the router to say "known". */
  readonly known: number;
  /** Right answers among test photos: as served, and by each moment alone. */
  readonly test: number;
  readonly generalizer: number;
  readonly memorizer: number;
  /** Training photos that are answered by their label, as served. */
  readonly train: number;
  /** Test photos that the router takes for known. */
  readonly taken: number;
}

/** How far the nearest exemplar stands out for each row. @param embeddings [n, dim] */
export function knownOf(sketch: Sketch, embeddings: Float32Array): Float64Array {
  const rows = rowsOf(embeddings, sketch.whitening.mean.length);
  return Float64Array.from(rows, (row) => lookUp(sketch, row).known);
}

/** Fits the cuts on validation and takes the figures on test. */
export async function judgeSequential(
  { standardizer, generalizer, memorizer, sketch, familiarity }: RoutedModel,
  { world, strangers, backbone }: Pick<TrainingData, "world" | "strangers" | "backbone">,
): Promise<SequentialJudgement> {
  const { train, validation, test, classes: { length: classes } } = world;
  const scores = async (embeddings: Float32Array) => {
    const x = standardize(embeddings, standardizer);
    return { early: await logitsOf(generalizer, x), late: await logitsOf(memorizer, x) };
  };
  const chosenBy = await scores(validation.embeddings);
  const familiar = async (embeddings: Float32Array, general: Float32Array) =>
    familiarities(familiarity, { general, backbone: await backbone(embeddings) });
  const isKnown = knownOf(sketch, validation.embeddings);
  const known = quantile(isKnown, 1 - KNOWN_BY_CHANCE);
  const cuts = fitCuts({
    scores: chosenBy.early,
    labels: validation.labels,
    familiar: await familiar(validation.embeddings, chosenBy.early),
    undoubted: (i) => isKnown[i]! >= known,
    strangers: await familiar(strangers, (await scores(strangers)).early),
  });
  const served = async ({ embeddings, labels }: typeof test) => {
    const { early, late } = await scores(embeddings);
    const isKnown = knownOf(sketch, embeddings);
    const [byEarly, byLate] = [bestClasses(early, classes), bestClasses(late, classes)];
    const answers = byEarly.map((answer, i) => isKnown[i]! >= known ? byLate[i]! : answer);
    return {
      served: agreement(answers, labels),
      early: agreement(byEarly, labels),
      late: agreement(byLate, labels),
      taken: isKnown.filter((value) => value >= known).length / labels.length,
    };
  };
  const judged = await served(test);
  return {
    cuts,
    temperature: fitTemperature(chosenBy.late, validation.labels),
    known,
    test: judged.served,
    generalizer: judged.early,
    memorizer: judged.late,
    train: (await served(train)).served,
    taken: judged.taken,
  };
}

/** How a run went, beside its result. */
export interface RunDetails {
  readonly settings: SequentialSettings;
  readonly seconds: number;
}

const COMMAND = "deno task train sequential";

/** The manifest's section, the card, and the files of the run. */
export async function describeSequential(
  judged: SequentialJudgement,
  model: RoutedModel,
  { world, name }: TrainingData,
  { settings, seconds }: RunDetails,
): Promise<
  Pick<Trained<"sequential">, "section" | "card"> & {
    readonly files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  }
> {
  const { classes: { length: classes }, train, validation, test, photos, dim } = world;
  const { cuts, known, temperature } = judged;
  const { curve, chosen, familiarity } = model;
  const width = familiarity.profile.length / classes;
  const data = `${train.labels.length} photos of ${classes} classes: ${name}`;
  const curves = (["clean", "validation", "test"] as const).map((key) => ({
    name: key === "clean" ? "train" : key,
    x: curve.map(({ epoch }) => epoch),
    y: curve.map((figures) => digits(figures[key])),
  }));
  const { fitting, settling } = phasesOf(curve.slice(0, settings.settling.epochs));
  const spans = [
    { name: "fitting", from: fitting[0], to: Math.max(...fitting) },
    { name: "settling", from: settling[0], to: settings.settling.epochs },
    { name: "memorization", from: settings.settling.epochs + 1, to: curve.length },
  ];
  const figure = (name: string, value: number) => ({ name, value: digits(value), from: COMMAND });
  const card: ParadigmCard = {
    id: "sequential",
    title: "Generalize first, memorize later",
    what:
      "One network at two moments of its training. The best one before it can memorize answers, unless the photo is known: then the mean of the last ones answers, which know every training label by heart. A sketch of the training photos, which mixes them in groups, tells whether one is known.",
    trained: {
      data,
      photos,
      seed: settings.seed,
      epochs: curve.length,
      generalizer:
        `epoch ${chosen.epoch}, the least loss on ${validation.labels.length} validation photos`,
      memorizer: `mean weights of the last ${settings.memorizing.averaged} epochs`,
      network: [dim, ...settings.hidden, classes].join("–"),
      optimizer: `Adam, rate ${settings.settling.rate}, batches of ${settings.batch}`,
      dropout:
        `${settings.settling.dropout} of the input while settling, ${settings.memorizing.dropout} after`,
    },
    figures: [
      figure(`right of ${test.labels.length} photos not trained on`, judged.test),
      figure("the same, generalizer alone", judged.generalizer),
      figure("the same, memorizer alone", judged.memorizer),
      figure("right of the photos trained on", judged.train),
      figure("photos not trained on that pass for known", judged.taken),
    ],
    limits: [
      "It answers among the classes that it was trained on, whatever the photo shows; doubt is its only way to say no.",
      `About ${
        Math.round(KNOWN_BY_CHANCE * 100)
      } % of new photos pass for known, and are answered from memory.`,
      ...(judged.memorizer >= judged.generalizer
        ? [
          "On rightly labelled photos the memorizer generalizes no worse than the generalizer: the router earns its place where labels are wrong.",
        ]
        : []),
      "The sketch makes no proof of privacy: whoever has a photo can test whether it was trained on.",
    ],
    paper: {
      authors: "Michael Tänzer, Sebastian Ruder, Marek Rei",
      title: "Memorisation versus Generalisation in Pre-trained Language Models",
      year: 2022,
      link: "https://arxiv.org/abs/2105.00828",
    },
    curves,
    phases: spans,
  };
  return {
    section: {
      inputs: { embedding: { name: "embedding", dim }, logits: { name: "logits", dim: width } },
      outputs: {
        generalizer: { name: "generalizer", dim: classes },
        memorizer: { name: "memorizer", dim: classes },
        known: { name: "known", dim: 1 },
        familiar: { name: "familiar", dim: 1 },
      },
      temperature: { generalizer: cuts.temperature, memorizer: temperature },
      known,
      doubt: cuts.doubt,
      sure: cuts.sure,
      novelty: cuts.novelty,
      made: { command: COMMAND, data, photos, seed: settings.seed },
    },
    card,
    files: {
      ...await runReport(card, { settings, seconds, doubted: DOUBTED }),
      "curves.svg": drawLines({
        title: card.title,
        x: "epoch",
        y: "share of photos answered right",
        lines: curves,
        spans,
      }),
      "weights.bin": packNumbers({
        generalizer: packable(model.generalizer),
        memorizer: packable(model.memorizer),
      }),
    },
  };
}
