/**
 * Rare classes: what a network, the network with a prior, a prototype and the nearest neighbour make
 * of classes with one to five photos.
 *
 * @module
 */
import { createRandom, draw } from "../random.ts";
import { standardize } from "../../fit/standardizer.ts";
import { logitsOf } from "../../nets/run_mlp.ts";
import { withNoise } from "../../paradigms/label_noise.ts";
import { agreement, bestClasses } from "../../paradigms/scores.ts";
import { type SequentialSettings, trainSequential } from "../../paradigms/sequential.ts";
import { splitWorld, type World } from "../../paradigms/world.ts";
import { rowsOf } from "../../sketch/whitening.ts";
import { prototypesOf } from "../../wide/exemplar_features.ts";
import { nearestKeys } from "./nearest_keys.ts";
import { remember, type StudyContext, trainedOn } from "./study.ts";

/** How many photos the rare classes have. */
export const SHOTS = [1, 3, 5] as const;
/** How many classes are made rare. */
export const RARE = 20;

/** Right answers among test photos of the rare classes, among all classes; 0 to 1. */
export interface FewShotRun {
  readonly seed: number;
  readonly shots: number;
  readonly network: number;
  /** The network's logits less the logarithm of how frequent each class was. */
  readonly withPrior: number;
  /** The class whose mean is nearest by centred cosine. */
  readonly prototype: number;
  readonly nearest: number;
}

/** Trains with each number of shots and each seed. */
export async function studyFewShots(
  context: StudyContext,
  settings: SequentialSettings,
): Promise<FewShotRun[]> {
  const runs: FewShotRun[] = [];
  const early = { ...settings, memorizing: { ...settings.memorizing, epochs: 0 } };
  for (const seed of context.seeds) {
    const world = splitWorld(context.collection, seed);
    for (const shots of SHOTS) {
      context.log(`${shots} shots, seed ${seed}`);
      const compute = () => runFewShots(world, shots, { ...early, seed });
      runs.push(await remember(context, "few-shots", { shots, RARE, ...early, seed }, compute));
    }
  }
  return runs;
}

async function runFewShots(
  world: World,
  shots: number,
  settings: SequentialSettings,
): Promise<FewShotRun> {
  const { classes: { length: classes }, dim } = world;
  const random = createRandom(settings.seed);
  const rare = new Set(draw(world.classes.map((_, c) => c), RARE, random));
  const left = new Map([...rare].map((c) => [c, shots]));
  const order = draw([...world.train.labels.keys()], world.train.labels.length, random);
  const kept = order.filter((row) => {
    const label = world.train.labels[row]!;
    if (!rare.has(label)) return true;
    left.set(label, left.get(label)! - 1);
    return left.get(label)! >= 0;
  }).sort((a, b) => a - b);
  const scarce = trainedOn(world, kept);
  const { train, test } = scarce;
  const truth = withNoise(train.labels, 0, { classes, seed: 0 });
  const { generalizer, standardizer } = await trainSequential(scarce, truth, settings, {
    measured: false,
  });

  const asked = [...test.labels.keys()].filter((row) => rare.has(test.labels[row]!));
  const x = standardize(test.embeddings, standardizer);
  const logits = await logitsOf(generalizer, x);
  const counts = new Float64Array(classes);
  for (const label of train.labels) counts[label]!++;
  const corrected = logits.map((z, i) => z - Math.log(counts[i % classes]! / train.labels.length));
  const directions = rowsOf(standardize(train.embeddings, standardizer), dim).map(unit);
  const queries = rowsOf(x, dim).map(unit);
  const prototypes = rowsOf(prototypesOf(directions, train.labels, classes), dim);
  const byPrototype = nearestKeys(queries, prototypes).map(({ key }) => key);
  const byNearest = nearestKeys(queries, directions).map(({ key }) => train.labels[key]!);
  return {
    seed: settings.seed,
    shots,
    network: agreement(bestClasses(logits, classes), test.labels, asked),
    withPrior: agreement(bestClasses(corrected, classes), test.labels, asked),
    prototype: agreement(byPrototype, test.labels, asked),
    nearest: agreement(byNearest, test.labels, asked),
  };
}

function unit(row: Float32Array): Float32Array {
  const length = Math.hypot(...row) || 1;
  return row.map((value) => value / length);
}
