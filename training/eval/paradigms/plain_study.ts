/**
 * The control that was not pretrained: the same network on small pictures in place of embeddings, and
 * beside it on embeddings, both without anything that keeps them from memorizing.
 *
 * @module
 */
import { readThumbnails } from "../../data/thumbnails.ts";
import { withNoise } from "../../paradigms/label_noise.ts";
import {
  type EpochFigures,
  type Phases,
  phasesOf,
  type SequentialSettings,
  trainSequential,
} from "../../paradigms/sequential.ts";
import { splitWorld } from "../../paradigms/world.ts";
import { join } from "../../paths.ts";
import { remember, type StudyContext } from "./study.ts";

/** Side of the pictures in pixels. */
const SIDE = 24;
/** Share of wrong labels. */
const CONTROL_NOISE = 0.25;

/** Epochs without dropout. */
const EPOCHS = 16;

/** One training. */
export interface PlainRun {
  readonly seed: number;
  readonly pretrained: boolean;
  readonly curve: readonly EpochFigures[];
  readonly phases: Phases;
}

/** Trains on both with each seed. */
export async function studyPlain(
  context: StudyContext,
  { settling, ...others }: SequentialSettings,
): Promise<PlainRun[]> {
  const settings = {
    ...others,
    settling: { ...settling, epochs: EPOCHS, dropout: 0 },
    memorizing: { ...others.memorizing, epochs: 0 },
  };
  const runs: PlainRun[] = [];
  for (const seed of context.seeds) {
    for (const pretrained of [true, false]) {
      context.log(`${pretrained ? "pretrained" : "not pretrained"}, no dropout, seed ${seed}`);
      const key = { SIDE, CONTROL_NOISE, pretrained, ...settings, seed };
      runs.push(
        await remember(
          context,
          "plain",
          key,
          () => runPlain(context, pretrained, { ...settings, seed }),
        ),
      );
    }
  }
  return runs;
}

async function runPlain(
  { collection, cache }: StudyContext,
  pretrained: boolean,
  settings: SequentialSettings,
): Promise<PlainRun> {
  const { seed } = settings;
  const seen = pretrained ? collection : {
    ...collection,
    embeddings: await readThumbnails(collection.paths, SIDE, { cache: join(cache, "embeddings") }),
    dim: SIDE * SIDE * 3,
  };
  const world = splitWorld(seen, seed);
  const classes = world.classes.length;
  const labels = withNoise(world.train.labels, CONTROL_NOISE, { classes, seed });
  const { curve } = await trainSequential(world, labels, settings);
  return { seed, pretrained, curve, phases: phasesOf(curve) };
}
