/**
 * The third paradigm on its own: exceptions that people taught, before a network that never saw one.
 *
 * @module
 */
import { standardize } from "../fit/standardizer.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import { fitSketch, lookUp } from "../sketch/sketch.ts";
import { rowsOf } from "../sketch/whitening.ts";
import { createExceptionTable, thresholdFor } from "./exception_table.ts";
import { withNoise } from "./label_noise.ts";
import { agreement, bestClasses } from "./scores.ts";
import { type SequentialSettings, trainSequential } from "./sequential.ts";
import { pick, type World } from "./world.ts";

/** How it is set up. */
export interface HumanSettings {
  /** Of the network in the back, which learns what is typical and nothing else. */
  readonly network: SequentialSettings;
  /** Share of the training photos that people taught as exceptions. */
  readonly exceptions: number;
  /** Share of new photos whose answer the table may change. */
  readonly changed: number;
}

/** Cosine of a photo to itself, but for rounding. */
const SAME = 1 - 1e-5;

/** Shares of photos, 0 to 1. */
export interface HumanJudgement {
  readonly threshold: number;
  /** How many exceptions were taught. */
  readonly taught: number;
  /** Exceptions that are answered as taught. */
  readonly exact: number;
  /** Copies of them that are; NaN where none were given. */
  readonly copies: number;
  readonly test: number;
  /** Of the network alone. */
  readonly network: number;
  /** New photos that are answered as by the network alone. */
  readonly locality: number;
}

/**
 * Teaches exceptions and measures.
 *
 * @param copiesOf makes copies of photos: [n · copies, dim] with each photo's after one another
 */
export async function judgeHuman(
  world: World,
  { network, exceptions, changed }: HumanSettings,
  copiesOf?: (paths: readonly string[]) => Promise<Float32Array>,
): Promise<HumanJudgement> {
  const { train, validation, test, dim, classes: { length: classes } } = world;
  const { seed } = network;
  const { given, wrong, right } = withNoise(
    train.labels,
    // At least one, or there is nothing to measure.
    Math.max(exceptions, 1 / train.labels.length),
    { classes, seed },
  );
  const typical = pick(train, right);
  const { generalizer, standardizer } = await trainSequential(
    { ...world, train: typical },
    withNoise(typical.labels, 0, { classes, seed }),
    network,
    { measured: false },
  );
  const { sketch } = fitSketch(train.embeddings, { dim, seed, ...network.sketch });
  const directions = (embeddings: Float32Array) =>
    rowsOf(embeddings, dim).map((row) => lookUp(sketch, row).projected);
  const byNetwork = async (embeddings: Float32Array) =>
    bestClasses(await logitsOf(generalizer, standardize(embeddings, standardizer)), classes);

  const keys = directions(train.embeddings);
  const table = createExceptionTable({ keys, labels: given, exceptions: wrong });
  const look = (embeddings: Float32Array) => directions(embeddings).map(table.look);
  const threshold = thresholdFor(
    [...look(validation.embeddings), ...table.lookAnew()],
    changed,
  );
  const answers = async (embeddings: Float32Array) => {
    const network = await byNetwork(embeddings);
    return look(embeddings).map((neighbours, i) => {
      const { key, similarity } = neighbours.exception;
      // What is known exactly comes first, as in the service; a twin of it may be typical.
      if (similarity >= SAME) return given[key]!;
      return table.recall(neighbours, threshold) ?? network[i]!;
    });
  };
  const facts = pick({ ...train, labels: given }, wrong);
  const [alone, together] = [await byNetwork(test.embeddings), await answers(test.embeddings)];
  const copies = await copiesOf?.(facts.paths);
  const each = (copies?.length ?? 0) / facts.embeddings.length;
  return {
    threshold,
    taught: wrong.length,
    exact: agreement(await answers(facts.embeddings), facts.labels),
    copies: copies
      ? agreement(
        await answers(copies),
        [...facts.labels].flatMap((label) => Array<number>(each).fill(label)),
      )
      : NaN,
    test: agreement(together, test.labels),
    network: agreement(alone, test.labels),
    locality: agreement(together, alone),
  };
}
