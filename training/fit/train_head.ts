/**
 * Trains a network on frozen features.
 *
 * @module
 */
import { jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { arrayOf, free, type MlpArrays, toArrays, toMlp } from "../nets/engine.ts";
import type { Mlp } from "../nets/mlp.ts";
import { runMlp } from "../nets/run_mlp.ts";
import { numbersOf, type Optimizer, type OptimizerState, restore } from "../optim/mod.ts";
import { batches, epochSeed, type Examples } from "./batches.ts";

/** A stretch of training with the same settings. */
export interface Phase {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** Share of the inputs that are left out at random, 0 to 1. */
  readonly dropout: number;
}

/** A moment of training, whole: training goes on from it as if it had not stopped. */
export interface Moment {
  /** Epochs done. */
  readonly epoch: number;
  readonly mlp: Mlp;
  /** Mean loss over the epoch that ends here, nats. */
  readonly loss: number;
  /** The optimizer's numbers, in the order of its tree. */
  readonly state: readonly Float32Array[];
}

/** What is trained, and on what. */
export interface HeadTraining {
  readonly examples: Examples;
  readonly classes: number;
  /** What training begins with. */
  readonly start: Mlp;
  /** One after the other. */
  readonly phases: readonly Phase[];
  readonly seed: number;
  /** Rows of a batch. */
  readonly batch?: number;
  /** Where to go on from, in place of `start`. */
  readonly from?: Moment;
}

/** Mean cross-entropy. */
function crossEntropy(mlp: MlpArrays, x: np.Array, y: np.Array): np.Array {
  const rows = y.shape[0]!;
  return nn.logSoftmax(runMlp(mlp, x), -1).mul(y).sum().mul(-1 / rows);
}

function createStep(optimizer: Optimizer) {
  return jit((mlp: MlpArrays, state: OptimizerState, x: np.Array, y: np.Array) => {
    const [loss, gradients] = valueAndGrad(crossEntropy)(tree.ref(mlp), x, y);
    const [next, after] = optimizer.update(gradients as MlpArrays, state, mlp);
    return [next, after, loss] as [MlpArrays, OptimizerState, np.Array];
  });
}

/**
 * Trains, and yields each moment at the end of an epoch. The same arguments give the same numbers.
 *
 * @throws {RangeError} when the shapes of the network and of the examples differ
 */
export async function* trainHead(training: HeadTraining): AsyncGenerator<Moment> {
  const { examples, classes, phases, seed, batch = 128, from } = training;
  const { labels, features } = examples;
  const start = from?.mlp ?? training.start;
  const width = features.length / labels.length;
  if (start[0]!.inputs !== width || start.at(-1)!.outputs !== classes) {
    throw new RangeError(
      `The network takes ${start[0]!.inputs} features to ${start.at(-1)!.outputs} classes, ` +
        `the examples have ${width} and ${classes}`,
    );
  }
  const odd = labels.find((label) => !(label >= 0 && label < classes));
  if (odd !== undefined) throw new RangeError(`Expected labels below ${classes}, got ${odd}`);
  let weights = toArrays(start);
  let epoch = 0;
  try {
    for (const { epochs, optimizer, dropout } of phases) {
      const begun = epoch;
      epoch += epochs;
      if (from && from.epoch >= epoch) continue;
      const step = createStep(optimizer);
      let state = optimizer.init(weights);
      const resumed = from !== undefined && from.epoch > begun;
      if (resumed) state = restore(state, from.state);
      try {
        for (let done = resumed ? from.epoch : begun; done < epoch; done++) {
          const losses: np.Array[] = [];
          let rows = 0;
          const options = { size: batch, classes, dropout, seed: epochSeed(seed, done) };
          for (const { x, y, rows: { length } } of batches(examples, options)) {
            const [next, after, loss] = step(
              weights,
              state,
              arrayOf(x, [length, width]),
              arrayOf(y, [length, classes]),
            ) as [MlpArrays, OptimizerState, np.Array];
            weights = next;
            state = after;
            losses.push(loss.mul(length));
            rows += length;
          }
          let sum = 0;
          for (const loss of losses) sum += (await loss.data())[0] as number;
          yield {
            epoch: done + 1,
            mlp: await toMlp(weights),
            loss: sum / rows,
            state: await numbersOf(state),
          };
        }
      } finally {
        free(state as never);
        step.dispose();
      }
    }
  } finally {
    free(weights);
  }
}
