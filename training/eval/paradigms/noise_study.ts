/**
 * Label noise: does a network generalize first and memorize later, and where does memory sit?
 *
 * @module
 */
import { fitStandardizer, standardize } from "../../fit/standardizer.ts";
import { rewind } from "../../nets/mlp.ts";
import { logitsOf } from "../../nets/run_mlp.ts";
import { withNoise } from "../../paradigms/label_noise.ts";
import { agreement, bestClasses } from "../../paradigms/scores.ts";
import {
  type EpochFigures,
  type Phases,
  phasesOf,
  type SequentialSettings,
  trainSequential,
} from "../../paradigms/sequential.ts";
import { splitWorld, type World } from "../../paradigms/world.ts";
import { remember, type StudyContext } from "./study.ts";

/** Shares of wrong labels. */
export const NOISES: readonly number[] = [0, 0.1, 0.25, 0.4];

/** A network with some layers taken back to the early moment. */
export interface Rewound {
  readonly layers: readonly number[];
  readonly asTrue: number;
  readonly asGiven: number;
  readonly test: number;
}

/** One training. */
export interface NoiseRun {
  readonly seed: number;
  readonly noise: number;
  readonly curve: readonly EpochFigures[];
  readonly chosen: EpochFigures;
  readonly phases: Phases;
  readonly rewound: readonly Rewound[];
}

/** Trains at each share of noise, with each seed. */
export async function studyNoise(
  context: StudyContext,
  settings: SequentialSettings,
): Promise<NoiseRun[]> {
  const runs: NoiseRun[] = [];
  // Those that most is read off come first: a study that is stopped goes on.
  for (const noise of NOISES.toReversed()) {
    for (const seed of context.seeds) {
      const world = splitWorld(context.collection, seed);
      context.log(`noise ${noise}, seed ${seed}`);
      const compute = () => runNoise(world, noise, { ...settings, seed });
      runs.push(await remember(context, "noise", { noise, ...settings, seed }, compute));
    }
  }
  return runs;
}

async function runNoise(
  world: World,
  noise: number,
  settings: SequentialSettings,
): Promise<NoiseRun> {
  const { train, test, dim, classes: { length: classes } } = world;
  const labels = withNoise(train.labels, noise, { classes, seed: settings.seed });
  const { curve, chosen, generalizer, memorizer } = await trainSequential(world, labels, settings);
  const standardizer = fitStandardizer(train.embeddings, dim);
  const [seen, judged] = [train, test].map(({ embeddings }) =>
    standardize(embeddings, standardizer)
  );
  const rewound: Rewound[] = [];
  for (const layers of layersAndPairs(memorizer.length)) {
    const mixed = rewind(memorizer, generalizer, layers);
    const answers = bestClasses(await logitsOf(mixed, seen!), classes);
    rewound.push({
      layers,
      asTrue: agreement(answers, train.labels, labels.wrong),
      asGiven: agreement(answers, labels.given, labels.wrong),
      test: agreement(bestClasses(await logitsOf(mixed, judged!), classes), test.labels),
    });
  }
  return { seed: settings.seed, noise, curve, chosen, phases: phasesOf(curve), rewound };
}

/** [0], [1], … and [0, 1], [0, 2] … */
function layersAndPairs(layers: number): number[][] {
  const all = Array.from({ length: layers }, (_, i) => i);
  return [...all.map((i) => [i]), ...all.flatMap((i) => all.slice(i + 1).map((j) => [i, j]))];
}
