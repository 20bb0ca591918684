/**
 * Generalize first, memorize later: one training, of which two moments are kept.
 *
 * A pretrained network that is trained on partly wrong labels first learns what is common, then
 * stays there for a while, and only then learns the exceptions by heart (Tänzer, Ruder & Rei,
 * "Memorisation versus Generalisation in Pre-trained Language Models", ACL 2022).
 *
 * @module
 */
import { fitStandardizer, standardize, type Standardizer } from "../fit/standardizer.ts";
import { type Moment, trainHead } from "../fit/train_head.ts";
import { initMlp, type Mlp, towards } from "../nets/mlp.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import { adam } from "../optim/mod.ts";
import type { SketchOptions } from "../sketch/sketch.ts";
import type { NoisyLabels } from "./label_noise.ts";
import { agreement, bestClasses, crossEntropyOf } from "./scores.ts";
import type { World } from "./world.ts";

/** Hyperparameters. */
export interface SequentialSettings {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Epochs that the network cannot memorize in, for most of its input is left out. */
  readonly settling: { readonly epochs: number; readonly rate: number; readonly dropout: number };
  /** Epochs in which it sees enough of its input to learn every label by heart. */
  readonly memorizing: {
    readonly epochs: number;
    readonly rate: number;
    readonly dropout: number;
    /** The memorizer's weights are the mean of those at the end of so many last epochs. */
    readonly averaged: number;
  };
  readonly batch: number;
  readonly seed: number;
  /** Sizes of the router's sketch; its seed is `seed`. */
  readonly sketch?: Omit<SketchOptions, "dim" | "seed">;
}

/** What is known of the network at the end of an epoch; shares of rows, 0 to 1. */
export interface EpochFigures {
  readonly epoch: number;
  readonly loss: number;
  /** Rightly labelled training photos that are answered by their label. */
  readonly clean: number;
  /** Wrongly labelled ones that are answered by the wrong label given; NaN without any. */
  readonly asGiven: number;
  /** Wrongly labelled ones that are answered by what they truly show; NaN without any. */
  readonly asTrue: number;
  readonly validation: number;
  /** Mean cross-entropy of the validation photos, nats: it tells moments apart that answer alike. */
  readonly validationLoss: number;
  readonly test: number;
}

/** The two networks, and how they came about. */
export interface SequentialModel {
  readonly standardizer: Standardizer;
  /** The moment of the least validation loss before anything was memorized. */
  readonly generalizer: Mlp;
  /**
   * The mean of the last moments (Izmailov et al., "Averaging Weights Leads to Wider Optima and Better
   * Generalization", UAI 2018): it knows the same labels by heart, and more of the photos' copies.
   */
  readonly memorizer: Mlp;
  readonly chosen: EpochFigures;
  readonly curve: readonly EpochFigures[];
}

/** Called at the end of each epoch with what can be gone on from. */
export type OnEpoch = (figures: EpochFigures, moments: Moments) => void | Promise<void>;

/**
 * Trains once and keeps two moments.
 *
 * @param labels what training is told; the truth is in the world and only measured by
 */
export async function trainSequential(
  world: World,
  labels: NoisyLabels,
  settings: SequentialSettings,
  { from, measured = true, onEpoch = () => {} }: {
    readonly from?: Moments;
    /** Whether each epoch's figures are taken; else all but validation's are NaN, which is quicker. */
    readonly measured?: boolean;
    readonly onEpoch?: OnEpoch;
  } = {},
): Promise<SequentialModel> {
  const { hidden, settling, memorizing, batch, seed } = settings;
  const { classes: { length: classes }, train, validation, test, dim } = world;
  const standardizer = fitStandardizer(train.embeddings, dim);
  const [seen, chosenBy, judged] = [train, validation, test].map(({ embeddings }) =>
    standardize(embeddings, standardizer)
  );
  const curve: EpochFigures[] = [...from?.curve ?? []];
  let best = from?.best;
  let last = from?.last;
  let late = from?.late;
  const epochs = settling.epochs + memorizing.epochs;
  const training = trainHead({
    examples: { features: seen!, labels: labels.given },
    classes,
    start: initMlp([dim, ...hidden, classes], seed),
    phases: [
      {
        epochs: settling.epochs,
        optimizer: adam({ learningRate: settling.rate }),
        dropout: settling.dropout,
      },
      {
        epochs: memorizing.epochs,
        optimizer: adam({ learningRate: memorizing.rate }),
        dropout: memorizing.dropout,
      },
    ],
    seed,
    batch,
    ...(last ? { from: last } : {}),
  });
  for await (const moment of training) {
    const answersTo = async (x: Float32Array) =>
      measured ? bestClasses(await logitsOf(moment.mlp, x), classes) : undefined;
    const bySeen = await answersTo(seen!);
    const byJudged = await answersTo(judged!);
    const chosen = await logitsOf(moment.mlp, chosenBy!);
    const share = (
      answers: Int32Array | undefined,
      labels: ArrayLike<number>,
      rows?: readonly number[],
    ) => answers ? agreement(answers, labels, rows) : NaN;
    const figures = {
      epoch: moment.epoch,
      loss: moment.loss,
      clean: share(bySeen, labels.given, labels.right),
      asGiven: share(bySeen, labels.given, labels.wrong),
      asTrue: share(bySeen, train.labels, labels.wrong),
      validation: agreement(bestClasses(chosen, classes), validation.labels),
      validationLoss: crossEntropyOf(chosen, validation.labels),
      test: share(byJudged, test.labels),
    };
    curve.push(figures);
    const isBest = !(figures.validationLoss >= (best?.figures.validationLoss ?? Infinity));
    if (figures.epoch <= settling.epochs && isBest) {
      best = { figures, mlp: moment.mlp };
    }
    last = moment;
    const toAverage = moment.epoch - Math.max(settling.epochs, epochs - memorizing.averaged);
    if (toAverage > 0) late = late ? towards(late, moment.mlp, 1 / toAverage) : moment.mlp;
    await onEpoch(figures, { last, best: best!, ...(late ? { late } : {}), curve });
  }
  return {
    standardizer,
    generalizer: best!.mlp,
    memorizer: late ?? last!.mlp,
    chosen: best!.figures,
    curve,
  };
}

/** What a stopped training goes on from. */
export interface Moments {
  readonly last: Moment;
  readonly best: { readonly figures: EpochFigures; readonly mlp: Mlp };
  /** The mean of the last moments so far. */
  readonly late?: Mlp;
  readonly curve: readonly EpochFigures[];
}

/** The three phases, as epochs from the first on; settling is empty when it never came. */
export interface Phases {
  readonly fitting: readonly [number, number];
  readonly settling: readonly [number, number];
  readonly memorization: readonly [number, number];
}

/** Validation this close to its best has stopped to rise. */
const SETTLED = 0.02;
/** Share of the wrong labels from which on they are being learnt by heart. */
const MEMORIZED = 0.1;

/**
 * Finds the phases. Fitting lasts until validation is within {@linkcode SETTLED} of its best;
 * memorization begins where more than {@linkcode MEMORIZED} of the wrong labels are answered;
 * settling is what lies between.
 */
export function phasesOf(curve: readonly EpochFigures[]): Phases {
  const best = Math.max(...curve.map(({ validation }) => validation));
  const last = curve.at(-1)!.epoch;
  const settled = curve.find(({ validation }) => validation >= best - SETTLED)!.epoch;
  const memorized = curve.find(({ asGiven }) => asGiven > MEMORIZED)?.epoch ?? last + 1;
  return {
    fitting: [1, Math.min(settled, memorized) - 1],
    settling: [settled, memorized - 1],
    memorization: [memorized, last],
  };
}
