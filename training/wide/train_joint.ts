/**
 * Trains a wide and a deep part by one loss.
 *
 * @module
 */
import { jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { createRandom } from "../eval/random.ts";
import { batches, epochSeed, type Examples } from "../fit/batches.ts";
import { arrayOf, free, type MlpArrays, toArrays, toMlp } from "../nets/engine.ts";
import type { Mlp } from "../nets/mlp.ts";
import { runMlp } from "../nets/run_mlp.ts";
import { numbersOf, type Optimizer, type OptimizerState, restore } from "../optim/mod.ts";
import type { WideTable } from "./wide_table.ts";

/** What is trained, and how. */
export interface JointTraining {
  readonly examples: Examples;
  /** The sparse features of each example. */
  readonly ids: readonly (readonly number[])[];
  readonly classes: number;
  /** What the deep part begins with. */
  readonly deep: Mlp;
  /** Trained in place. */
  readonly wide: WideTable;
  /** Of the deep part. */
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly seed: number;
  /** Share of the deep part's inputs that are left out at random. */
  readonly dropout: number;
  /** Share of the examples that the wide part is left out of: the deep part must learn without it. */
  readonly wideDropout: number;
  /** Share of the remaining features that are left out: each must be able to speak alone. */
  readonly featureDropout: number;
  readonly batch?: number;
  /** Where to go on from, in place of `deep`; the wide part is then as it was at that moment. */
  readonly from?: JointMoment;
}

/** A moment of joint training. */
export interface JointMoment {
  readonly epoch: number;
  readonly deep: Mlp;
  /** Mean loss over the epoch, nats. */
  readonly loss: number;
  /** The optimizer's numbers. */
  readonly state: readonly Float32Array[];
}

/** Cross-entropy of the sum of both parts' logits: the one loss that trains both. */
function jointLoss(deep: MlpArrays, wide: np.Array, x: np.Array, y: np.Array): np.Array {
  return nn.logSoftmax(runMlp(deep, x).add(wide), -1).mul(y).sum().neg();
}

function createStep(optimizer: Optimizer) {
  return jit(
    (deep: MlpArrays, state: OptimizerState, wide: np.Array, x: np.Array, y: np.Array) => {
      const rows = y.shape[0]!;
      const [loss, [byDeep, byWide]] = valueAndGrad(jointLoss, { argnums: [0, 1] })(
        tree.ref(deep),
        wide,
        x,
        y,
      ) as unknown as [np.Array, [MlpArrays, np.Array]];
      const mean = tree.map<np.Array, np.Array, MlpArrays>((g) => g.mul(1 / rows), byDeep);
      const [next, after] = optimizer.update(mean as MlpArrays, state, deep);
      return [next, after, byWide, loss] as [MlpArrays, OptimizerState, np.Array, np.Array];
    },
  );
}

/**
 * Trains, and yields each moment at the end of an epoch. The deep part steps by the mean gradient of
 * a batch, the wide part by FTRL on the summed gradient of each feature (Cheng et al. 2016, §3.3).
 */
export async function* trainJoint(training: JointTraining): AsyncGenerator<JointMoment> {
  const { examples, ids, classes, wide, optimizer, epochs, seed, batch = 128 } = training;
  const width = examples.features.length / examples.labels.length;
  const step = createStep(optimizer);
  let deep = toArrays(training.from?.deep ?? training.deep);
  let state = optimizer.init(deep);
  if (training.from) state = restore(state, training.from.state);
  try {
    for (let epoch = training.from?.epoch ?? 0; epoch < epochs; epoch++) {
      const random = createRandom(epochSeed(seed + 1, epoch));
      const options = {
        size: batch,
        classes,
        dropout: training.dropout,
        seed: epochSeed(seed, epoch),
      };
      let total = 0;
      for (const { rows, x, y } of batches(examples, options)) {
        const spoken = rows.map((row) =>
          random() < training.wideDropout
            ? []
            : ids[row]!.filter(() => random() >= training.featureDropout)
        );
        const logits = new Float32Array(rows.length * classes);
        spoken.forEach((ids, i) =>
          wide.addTo(logits.subarray(i * classes, (i + 1) * classes), ids)
        );
        const [next, after, byWide, loss] = step(
          deep,
          state,
          arrayOf(logits, [rows.length, classes]),
          arrayOf(x, [rows.length, width]),
          arrayOf(y, [rows.length, classes]),
        ) as [MlpArrays, OptimizerState, np.Array, np.Array];
        deep = next;
        state = after;
        const gradient = await byWide.data() as Float32Array;
        total += (await loss.data())[0] as number;
        wide.update(summedByFeature(spoken, gradient, classes));
      }
      yield {
        epoch: epoch + 1,
        deep: await toMlp(deep),
        loss: total / ids.length,
        state: await numbersOf(state),
      };
    }
  } finally {
    free(deep);
    free(state as never);
    step.dispose();
  }
}

function summedByFeature(
  spoken: readonly (readonly number[])[],
  gradient: Float32Array,
  classes: number,
): Map<number, Float32Array> {
  const sums = new Map<number, Float32Array>();
  spoken.forEach((ids, i) => {
    for (const id of ids) {
      let sum = sums.get(id);
      if (!sum) sums.set(id, sum = new Float32Array(classes));
      for (let c = 0; c < classes; c++) sum[c]! += gradient[i * classes + c]!;
    }
  });
  return sums;
}
