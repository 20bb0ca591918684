/**
 * Adam (Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1).
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { Optimizer, OptimizerState, Weights } from "./optimizer.ts";
import { mapTrees, zerosLike } from "./trees.ts";

/** Settings of {@linkcode adam}; what is left out is as in the paper. */
export interface AdamOptions {
  readonly learningRate: number;
  /** β₁, decay of the mean of gradients. */
  readonly decay1?: number;
  /** β₂, decay of the mean of their squares. */
  readonly decay2?: number;
  readonly epsilon?: number;
}

/** m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − η m̂ / (√v̂ + ε). */
export function adam(
  { learningRate, decay1 = 0.9, decay2 = 0.999, epsilon = 1e-8 }: AdamOptions,
): Optimizer {
  return {
    init: (weights) => ({ step: np.array(0), slots: [zerosLike(weights), zerosLike(weights)] }),
    update<W extends Weights>(gradients: W, { step, slots }: OptimizerState, weights: W) {
      const next = step.add(1);
      const mean = mapTrees(
        (m, g) => m.mul(decay1).add(g.mul(1 - decay1)),
        slots[0] as W,
        tree.ref(gradients),
      );
      const square = mapTrees(
        (v, g) => v.mul(decay2).add(np.square(g).mul(1 - decay2)),
        slots[1] as W,
        gradients,
      );
      // 1 / (1 − βᵗ): both means begin at zero, and this takes their bias away.
      const unbias1 = np.reciprocal(np.subtract(1, np.exp(next.ref.mul(Math.log(decay1)))));
      const unbias2 = np.reciprocal(np.subtract(1, np.exp(next.ref.mul(Math.log(decay2)))));
      const moved = mapTrees(
        (w, m, v) =>
          w.sub(
            m.mul(unbias1.ref).mul(learningRate)
              .div(np.sqrt(v.mul(unbias2.ref)).add(epsilon)),
          ),
        weights,
        tree.ref(mean),
        tree.ref(square),
      );
      unbias1.dispose();
      unbias2.dispose();
      return [moved, { step: next, slots: [mean, square] }];
    },
  };
}
