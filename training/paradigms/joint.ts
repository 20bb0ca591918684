/**
 * Generalize and memorize at the same time: a wide and a deep part, trained by one loss (Cheng et
 * al., "Wide & Deep Learning for Recommender Systems", 2016).
 *
 * @module
 */
import { fitStandardizer, standardize, type Standardizer } from "../fit/standardizer.ts";
import { initMlp, type Mlp } from "../nets/mlp.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import { adam, type FtrlOptions } from "../optim/mod.ts";
import { fitSketch, lookUp, type SketchOptions } from "../sketch/sketch.ts";
import { rowsOf } from "../sketch/whitening.ts";
import { type ExemplarFeatures, featureIds, prototypesOf } from "../wide/exemplar_features.ts";
import { type JointMoment, trainJoint } from "../wide/train_joint.ts";
import { createWideTable, type WideState, type WideTable } from "../wide/wide_table.ts";
import { agreement, bestClasses, quantile } from "./scores.ts";
import type { World } from "./world.ts";

/** Hyperparameters. */
export interface JointSettings {
  /** Widths of the deep part's hidden layers. */
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Of the deep part's optimizer. */
  readonly rate: number;
  /** Share of the deep part's inputs that are left out at random. */
  readonly dropout: number;
  /** Of the wide part's optimizer. */
  readonly ftrl: FtrlOptions;
  /** Share of the examples that the wide part is left out of. */
  readonly wideDropout: number;
  /** Share of its features that are left out of the others. */
  readonly featureDropout: number;
  /** How many nearest classes an exemplar is crossed with. */
  readonly nearest: number;
  /** Shares of unseen photos that are below each level of an exemplar's standing out. */
  readonly levels: readonly number[];
  /** Sizes of the sketch; its seed is `seed`. */
  readonly sketch?: Omit<SketchOptions, "dim" | "seed">;
}

/** Both parts. */
export interface JointModel {
  readonly standardizer: Standardizer;
  readonly deep: Mlp;
  readonly wide: Pick<WideTable, "classes" | "addTo" | "entries">;
  readonly features: ExemplarFeatures;
}

/** What is known of both parts at the end of an epoch; shares of rows, 0 to 1. */
export interface JointFigures {
  readonly epoch: number;
  readonly loss: number;
  /** Training photos that both parts together answer as they were told. */
  readonly fitted: number;
  readonly validation: number;
  readonly test: number;
  /** Of the deep part alone. */
  readonly deepTest: number;
  /** Weights of the wide part that are not zero. */
  readonly wideWeights: number;
}

/** Logits of both parts, each [n, classes]. */
export interface JointLogits {
  readonly deep: Float32Array;
  readonly wide: Float32Array;
  readonly sum: Float32Array;
}

/** The features of rows. @param embeddings [n, dim] */
export function idsOf(features: ExemplarFeatures, embeddings: Float32Array): number[][] {
  return rowsOf(embeddings, features.sketch.whitening.mean.length)
    .map((row) => featureIds(features, row));
}

/** What a model makes of photos. @param embeddings [n, dim] row-major */
export async function jointLogits(
  { standardizer, deep, wide, features }: JointModel,
  embeddings: Float32Array,
): Promise<JointLogits> {
  const byDeep = await logitsOf(deep, standardize(embeddings, standardizer));
  const byWide = wideLogits(wide, idsOf(features, embeddings));
  return { deep: byDeep, wide: byWide, sum: byDeep.map((z, i) => z + byWide[i]!) };
}

function wideLogits(
  wide: JointModel["wide"],
  ids: readonly (readonly number[])[],
): Float32Array {
  const logits = new Float32Array(ids.length * wide.classes);
  ids.forEach((one, i) =>
    wide.addTo(logits.subarray(i * wide.classes, (i + 1) * wide.classes), one)
  );
  return logits;
}

/** Fits what the wide part's features are made with. @param given the labels that training is told */
export function fitExemplars(
  { train, validation, dim, classes }: World,
  given: Int32Array,
  { seed, nearest, levels, sketch: sizes = {} }: Pick<
    JointSettings,
    "seed" | "nearest" | "levels" | "sketch"
  >,
): ExemplarFeatures {
  const { sketch } = fitSketch(train.embeddings, { dim, seed, ...sizes });
  const seen = rowsOf(train.embeddings, dim).map((row) => lookUp(sketch, row).projected);
  const unseen = rowsOf(validation.embeddings, dim).map((row) => lookUp(sketch, row).known);
  return {
    sketch,
    prototypes: prototypesOf(seen, given, classes.length),
    classes: classes.length,
    nearest: Math.min(nearest, classes.length),
    levels: levels.map((share) => quantile(unseen, share)),
  };
}

/** What a stopped training goes on from. */
export interface JointMoments {
  readonly last: JointMoment;
  readonly wide: WideState;
  readonly curve: readonly JointFigures[];
}

/** Trains both parts at once. @param given the labels that training is told */
export async function trainJointModel(
  world: World,
  given: Int32Array,
  settings: JointSettings,
  { features = fitExemplars(world, given, settings), from, measured = true, onEpoch = () => {} }: {
    readonly features?: ExemplarFeatures;
    readonly from?: JointMoments;
    /** Whether each epoch's figures are taken; without, training is quicker. */
    readonly measured?: boolean;
    readonly onEpoch?: (figures: JointFigures, moments: JointMoments) => void | Promise<void>;
  } = {},
): Promise<
  JointModel & { readonly wide: WideTable; readonly curve: readonly JointFigures[] }
> {
  const { hidden, epochs, batch, seed, rate, dropout, ftrl, wideDropout, featureDropout } =
    settings;
  const { dim, train, validation, test, classes: { length: classes } } = world;
  const standardizer = fitStandardizer(train.embeddings, dim);
  const parts = [train, validation, test].map(({ embeddings }) => ({
    x: standardize(embeddings, standardizer),
    ids: idsOf(features, embeddings),
  }));
  const wide = createWideTable(classes, ftrl, from?.wide);
  const curve: JointFigures[] = [...from?.curve ?? []];
  let deep = from?.last.deep ?? initMlp([dim, ...hidden, classes], seed);
  const training = trainJoint({
    examples: { features: parts[0]!.x, labels: given },
    ids: parts[0]!.ids,
    classes,
    deep,
    wide,
    optimizer: adam({ learningRate: rate }),
    epochs,
    seed,
    dropout,
    wideDropout,
    featureDropout,
    batch,
    ...(from ? { from: from.last } : {}),
  });
  for await (const moment of training) {
    deep = moment.deep;
    if (!measured) continue;
    const answers: Int32Array[] = [];
    let deepTest = 0;
    for (const { x, ids } of parts) {
      const byDeep = await logitsOf(deep, x);
      deepTest = agreement(bestClasses(byDeep, classes), test.labels);
      const byWide = wideLogits(wide, ids);
      answers.push(bestClasses(byDeep.map((z, i) => z + byWide[i]!), classes));
    }
    const figures = {
      epoch: moment.epoch,
      loss: moment.loss,
      fitted: agreement(answers[0]!, given),
      validation: agreement(answers[1]!, validation.labels),
      test: agreement(answers[2]!, test.labels),
      deepTest,
      wideWeights: wide.entries().length,
    };
    curve.push(figures);
    await onEpoch(figures, { last: moment, wide: wide.save(), curve });
  }
  return { standardizer, deep, wide, features, curve };
}
