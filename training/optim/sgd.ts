/**
 * Stochastic gradient descent with momentum.
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { Optimizer, OptimizerState, Weights } from "./optimizer.ts";
import { mapTrees, zerosLike } from "./trees.ts";

/** Settings of {@linkcode sgd}. */
export interface SgdOptions {
  readonly learningRate: number;
  /** μ, 0 to 1; 0 for plain descent. */
  readonly momentum?: number;
}

/**
 * v ← μ v + g, w ← w − η v (Sutskever et al., "On the importance of initialization and momentum in
 * deep learning", ICML 2013, eq. 1–2, with the rate outside of the velocity).
 */
export function sgd({ learningRate, momentum = 0 }: SgdOptions): Optimizer {
  return {
    init: (weights) => ({ step: np.array(0), slots: [zerosLike(weights)] }),
    update<W extends Weights>(gradients: W, { step, slots }: OptimizerState, weights: W) {
      const velocity = mapTrees((v, g) => v.mul(momentum).add(g), slots[0] as W, gradients);
      const next = mapTrees((w, v) => w.sub(v.mul(learningRate)), weights, tree.ref(velocity));
      return [next, { step: step.add(1), slots: [velocity] }];
    },
  };
}
