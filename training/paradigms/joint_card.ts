/**
 * What is told of a joint model: its cuts, its figures, its card and its report.
 *
 * @module
 */
import type { ParadigmCard } from "../../models/paradigm_card.ts";
import { drawLines } from "../eval/line_chart.ts";
import { packable, packNumbers } from "../fit/run_folder.ts";
import { type Cuts, DOUBTED, fitCuts } from "./calibration.ts";
import { familiarities, type Familiarity } from "./familiarity.ts";
import { type JointFigures, jointLogits, type JointModel, type JointSettings } from "./joint.ts";
import { runReport } from "./run_report.ts";
import { agreement, bestClasses, digits } from "./scores.ts";
import type { TrainingData } from "./training_data.ts";
import type { Trained } from "./write_paradigm.ts";

/** A model that tells what is none of its classes. */
export type FamiliarModel = JointModel & { readonly familiarity: Familiarity };

/** Cuts and figures of a model; shares of photos, 0 to 1. */
export interface JointJudgement {
  readonly cuts: Cuts;
  /** Right answers among test photos, of both parts and of the deep one alone. */
  readonly test: number;
  readonly deep: number;
  /** Training photos that are answered by their label. */
  readonly train: number;
  /** Test photos whose answer the wide part changes. */
  readonly changed: number;
}

/** Fits the cuts on validation and takes the figures on test. */
export async function judgeJoint(
  model: FamiliarModel,
  { world, strangers, backbone }: Pick<TrainingData, "world" | "strangers" | "backbone">,
): Promise<JointJudgement> {
  const { train, validation, test, classes: { length: classes } } = world;
  const chosenBy = await jointLogits(model, validation.embeddings);
  const familiar = async (embeddings: Float32Array, general: Float32Array) =>
    familiarities(model.familiarity, { general, backbone: await backbone(embeddings) });
  const cuts = fitCuts({
    scores: chosenBy.sum,
    labels: validation.labels,
    familiar: await familiar(validation.embeddings, chosenBy.deep),
    strangers: await familiar(strangers, (await jointLogits(model, strangers)).deep),
  });
  const judged = await jointLogits(model, test.embeddings);
  const [both, deep] = [bestClasses(judged.sum, classes), bestClasses(judged.deep, classes)];
  const seen = await jointLogits(model, train.embeddings);
  return {
    cuts,
    test: agreement(both, test.labels),
    deep: agreement(deep, test.labels),
    train: agreement(bestClasses(seen.sum, classes), train.labels),
    changed: 1 - agreement(both, deep),
  };
}

const COMMAND = "deno task train joint";

/** How a run went, beside its result. */
export interface JointRun {
  readonly settings: JointSettings;
  readonly seconds: number;
  readonly curve: readonly JointFigures[];
  /** Weights of the wide part that are not zero. */
  readonly wideWeights: number;
}

/** The manifest's section, the card, and the files of the run. */
export async function describeJoint(
  judged: JointJudgement,
  model: FamiliarModel,
  { world, name }: TrainingData,
  { settings, seconds, curve, wideWeights }: JointRun,
): Promise<
  Pick<Trained<"joint">, "section" | "card"> & {
    readonly files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  }
> {
  const { classes: { length: classes }, train, test, photos, dim } = world;
  const data = `${train.labels.length} photos of ${classes} classes: ${name}`;
  const curves = ([["fitted", "train"], ["validation", "validation"], ["test", "test"]] as const)
    .map(([key, title]) => ({
      name: title,
      x: curve.map(({ epoch }) => epoch),
      y: curve.map((figures) => digits(figures[key])),
    }));
  const figure = (name: string, value: number) => ({ name, value: digits(value), from: COMMAND });
  const { alpha, l1 } = settings.ftrl;
  const width = model.familiarity.profile.length / classes;
  const card: ParadigmCard = {
    id: "joint",
    title: "Generalize and memorize at once",
    what:
      "Wide & Deep in one network: a deep part that generalizes and a wide, linear part over sparse features that memorizes, trained by one loss; their log-odds add up, and each answer tells how much came from which. The wide part's features say which group of training photos is likest, crossed with what class it looks like.",
    trained: {
      data,
      photos,
      seed: settings.seed,
      epochs: settings.epochs,
      deep: `${[dim, ...settings.hidden, classes].join("–")}, Adam, rate ${settings.rate}`,
      wide: `FTRL, α ${alpha}, L1 ${l1}; ${wideWeights} weights that are not zero`,
      dropout:
        `${settings.dropout} of the deep part's input, the wide part of ${settings.wideDropout} of the examples, ${settings.featureDropout} of its features`,
    },
    figures: [
      figure(`right of ${test.labels.length} photos not trained on`, judged.test),
      figure("the same, deep part alone", judged.deep),
      figure("right of the photos trained on", judged.train),
      figure("new photos whose answer the wide part changes", judged.changed),
    ],
    limits: [
      "It answers among the classes that it was trained on, whatever the photo shows; doubt is its only way to say no.",
      "What was trained on was labelled rightly, so there is little to memorize: the benchmark of the dilemma is where the wide part shows what it can.",
      "The sketch makes no proof of privacy: whoever has a photo can test whether it was trained on.",
    ],
    paper: {
      authors: "Heng-Tze Cheng and others",
      title: "Wide & Deep Learning for Recommender Systems",
      year: 2016,
      link: "https://arxiv.org/abs/1606.07792",
    },
    curves,
  };
  const { temperature, doubt, sure, novelty } = judged.cuts;
  return {
    section: {
      inputs: { embedding: { name: "embedding", dim }, logits: { name: "logits", dim: width } },
      outputs: {
        deep: { name: "deep", dim: classes },
        wide: { name: "wide", dim: classes },
        familiar: { name: "familiar", dim: 1 },
      },
      temperature,
      doubt,
      sure,
      novelty,
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
      }),
      "weights.bin": packNumbers({
        deep: packable(model.deep),
        wide: model.wide.entries().map((entry) => ({ ...entry })),
      }),
    },
  };
}
