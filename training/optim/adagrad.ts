/**
 * AdaGrad (Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization", JMLR 2011), which Wide & Deep trains its deep part by.
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { Optimizer, OptimizerState, Weights } from "./optimizer.ts";
import { mapTrees, zerosLike } from "./trees.ts";

/** Settings of {@linkcode adagrad}. */
export interface AdagradOptions {
  readonly learningRate: number;
  /** What the sums of squares begin with, so that the first steps are no larger than the rate. */
  readonly initial?: number;
  readonly epsilon?: number;
}

/** n ← n + g², w ← w − η g / (√n + ε). */
export function adagrad(
  { learningRate, initial = 0.1, epsilon = 1e-8 }: AdagradOptions,
): Optimizer {
  return {
    init: (weights) => ({ step: np.array(0), slots: [zerosLike(weights, initial)] }),
    update<W extends Weights>(gradients: W, { step, slots }: OptimizerState, weights: W) {
      const sum = mapTrees((n, g) => n.add(np.square(g)), slots[0] as W, tree.ref(gradients));
      const next = mapTrees(
        (w, g, n) => w.sub(g.mul(learningRate).div(np.sqrt(n).add(epsilon))),
        weights,
        gradients,
        tree.ref(sum),
      );
      return [next, { step: step.add(1), slots: [sum] }];
    },
  };
}
