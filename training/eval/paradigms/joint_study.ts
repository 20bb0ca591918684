/**
 * Wide & Deep with exceptions to memorize: joint training against each part alone, both added up,
 * and one after the other; and what can be taught to it later.
 *
 * @module
 */
import { softmax } from "../../../functions/core/softmax.ts";
import { fitStandardizer, standardize } from "../../fit/standardizer.ts";
import { initMlp, type Mlp } from "../../nets/mlp.ts";
import { logitsOf } from "../../nets/run_mlp.ts";
import {
  fitExemplars,
  idsOf,
  jointLogits,
  type JointModel,
  type JointSettings,
  trainJointModel,
} from "../../paradigms/joint.ts";
import { withNoise } from "../../paradigms/label_noise.ts";
import { agreement, bestClasses } from "../../paradigms/scores.ts";
import { type Examples, pick, splitWorld, type World } from "../../paradigms/world.ts";
import { insert } from "../../sketch/sketch.ts";
import { rowsOf } from "../../sketch/whitening.ts";
import { type ExemplarFeatures, featureIds } from "../../wide/exemplar_features.ts";
import { trainWide } from "../../wide/train_wide.ts";
import { createWideTable, type WideTable } from "../../wide/wide_table.ts";
import { createRandom } from "../random.ts";
import { copiesOf, forCopies, remember, type StudyContext } from "./study.ts";

/** Share of the training photos that are exceptions: their label is wrong. */
export const FACTS = 0.05;
/** Facts that are taught to a trained model. */
export const TAUGHT = 50;
/** Most times that each fact is repeated while it is taught. */
const REPEATS = 40;

/** What a model makes of exceptions and of new photos; shares, 0 to 1. */
export interface JointFiguresOf {
  /** Exceptions that are answered as told. */
  readonly exact: number;
  /** Their copies that are. */
  readonly copies: number;
  readonly test: number;
}

/** One seed's models. */
export interface JointStudyRun {
  readonly seed: number;
  readonly joint: JointFiguresOf & { readonly wideWeights: number };
  readonly deepOnly: JointFiguresOf;
  readonly wideOnly: JointFiguresOf;
  readonly addedUp: JointFiguresOf;
  readonly staged: JointFiguresOf & { readonly wideWeights: number };
  readonly online: {
    /** Taught facts that are answered as told. */
    readonly exact: number;
    readonly before: number;
    readonly after: number;
    /** Test answers that teaching changed. */
    readonly changed: number;
  };
}

/** Trains all variants with each seed. */
export async function studyJoint(
  context: StudyContext,
  settings: JointSettings,
): Promise<JointStudyRun[]> {
  const runs: JointStudyRun[] = [];
  for (const seed of context.seeds) {
    context.log(`joint and its controls, seed ${seed}`);
    const compute = () => runJoint(context, { ...settings, seed });
    runs.push(
      await remember(context, "joint", { FACTS, TAUGHT, REPEATS, ...settings, seed }, compute),
    );
  }
  return runs;
}

async function runJoint(context: StudyContext, settings: JointSettings): Promise<JointStudyRun> {
  const { seed } = settings;
  const world = splitWorld(context.collection, seed);
  const { train, test, classes: { length: classes } } = world;
  const { given, wrong } = withNoise(train.labels, FACTS, { classes, seed });
  const facts = pick({ ...train, labels: given }, wrong);
  const copies = await copiesOf(facts.paths, context);
  const judge = async (model: JointModel): Promise<JointFiguresOf> => {
    const answers = async (embeddings: Float32Array) =>
      bestClasses((await jointLogits(model, embeddings)).sum, classes);
    return {
      exact: agreement(await answers(facts.embeddings), facts.labels),
      copies: agreement(await answers(copies), forCopies([...facts.labels])),
      test: agreement(await answers(test.embeddings), test.labels),
    };
  };

  const features = fitExemplars(world, given, settings);
  const quick = { features, measured: false };
  const joint = await trainJointModel(world, given, settings, quick);
  const deepOnly = await trainJointModel(world, given, { ...settings, wideDropout: 1 }, quick);
  const alone = { world, given, settings, features };
  const silent = silentMlp(world.dim, classes);
  const wideOnly = { ...deepOnly, deep: silent, wide: await wideAfter(silent, alone) };
  const staged = { ...deepOnly, wide: await wideAfter(deepOnly.deep, alone) };
  return {
    seed,
    joint: { ...await judge(joint), wideWeights: joint.wide.entries().length },
    deepOnly: await judge(deepOnly),
    wideOnly: await judge(wideOnly),
    addedUp: await judge({ ...deepOnly, wide: wideOnly.wide }),
    staged: { ...await judge(staged), wideWeights: staged.wide.entries().length },
    online: await teachOnline(joint, world, seed),
  };
}

/** A deep part that says nothing. */
function silentMlp(dim: number, classes: number): Mlp {
  return initMlp([dim, classes], 0).map((layer) => ({ ...layer, weight: layer.weight.fill(0) }));
}

/** The wide part trained on what a deep part that stays as it is leaves over. */
async function wideAfter(
  deep: Mlp,
  { world, given, settings, features }: {
    readonly world: World;
    readonly given: Int32Array;
    readonly settings: JointSettings;
    readonly features: ExemplarFeatures;
  },
): Promise<WideTable> {
  const { train, dim, classes: { length: classes } } = world;
  const wide = createWideTable(classes, settings.ftrl);
  const x = standardize(train.embeddings, fitStandardizer(train.embeddings, dim));
  trainWide({
    ...settings,
    deep: await logitsOf(deep, x),
    labels: given,
    ids: idsOf(features, train.embeddings),
    classes,
    wide,
  });
  return wide;
}

/**
 * Teaches facts to a trained model by FTRL on the wide part alone: each is put into the sketch and
 * repeated until it is answered. The deep part is not touched.
 */
async function teachOnline(
  model: JointModel & { readonly wide: WideTable },
  world: World,
  seed: number,
): Promise<JointStudyRun["online"]> {
  const { validation, test, classes: { length: classes } } = world;
  const random = createRandom(seed);
  const facts: Examples = pick(
    validation,
    Array.from(
      { length: Math.min(TAUGHT, validation.labels.length) },
      (_, i) => i * 8 % validation.labels.length,
    ),
  );
  const told = facts.labels.map((label) =>
    (label + 1 + Math.floor(random() * (classes - 1))) % classes
  );
  let { sketch } = model.features;
  const rows = rowsOf(facts.embeddings, world.dim);
  for (const row of rows) sketch = insert(sketch, row, Math.floor(random() * sketch.groups));
  const taught = { ...model, features: { ...model.features, sketch }, wide: model.wide.clone() };
  const deep = (await jointLogits(taught, facts.embeddings)).deep;
  rows.forEach((row, i) => {
    const ids = featureIds(taught.features, row);
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const logits = deep.slice(i * classes, (i + 1) * classes);
      taught.wide.addTo(logits, ids);
      const gradient = Float32Array.from(softmax(logits));
      gradient[told[i]!]! -= 1;
      taught.wide.update(new Map(ids.map((id) => [id, gradient])));
    }
  });
  const answers = async (model: JointModel, { embeddings }: Examples) =>
    bestClasses((await jointLogits(model, embeddings)).sum, classes);
  const [before, after] = [await answers(model, test), await answers(taught, test)];
  return {
    exact: agreement(await answers(taught, facts), told),
    before: agreement(before, test.labels),
    after: agreement(after, test.labels),
    changed: 1 - agreement(before, after),
  };
}
