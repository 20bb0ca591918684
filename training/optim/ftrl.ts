/**
 * FTRL-proximal with L1 and L2 (McMahan et al., "Ad Click Prediction: a View from the Trenches",
 * KDD 2013, algorithm 1): online learning whose weights are zero unless the data insist.
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { Optimizer, OptimizerState, Weights } from "./optimizer.ts";
import { mapTrees, zerosLike } from "./trees.ts";

/** Settings of FTRL. */
export interface FtrlOptions {
  /** α: rate of learning. */
  readonly alpha: number;
  /** β: keeps the first steps small. */
  readonly beta?: number;
  /** λ₁: a weight is zero while |z| is not above it. */
  readonly l1: number;
  readonly l2?: number;
}

/** The state of one weight. */
export interface FtrlCell {
  z: number;
  n: number;
  w: number;
}

/** One step of one weight, in plain numbers: what sparse rows are trained by. */
export function ftrlStep(
  cell: Readonly<FtrlCell>,
  gradient: number,
  { alpha, beta = 1, l1, l2 = 0 }: FtrlOptions,
): FtrlCell {
  const n = cell.n + gradient * gradient;
  const sigma = (Math.sqrt(n) - Math.sqrt(cell.n)) / alpha;
  const z = cell.z + gradient - sigma * cell.w;
  const excess = Math.abs(z) - l1;
  const w = excess <= 0 ? 0 : -Math.sign(z) * excess / ((beta + Math.sqrt(n)) / alpha + l2);
  return { z, n, w };
}

/**
 * z ← z + g − σ w with σ = (√(n + g²) − √n) / α, n ← n + g²,
 * w = 0 if |z| ≤ λ₁, else −(z − sgn(z) λ₁) / ((β + √n) / α + λ₂).
 */
export function ftrl({ alpha, beta = 1, l1, l2 = 0 }: FtrlOptions): Optimizer {
  return {
    init: (weights) => ({ step: np.array(0), slots: [zerosLike(weights), zerosLike(weights)] }),
    update<W extends Weights>(gradients: W, { step, slots }: OptimizerState, weights: W) {
      const before = slots[1] as W;
      const squares = mapTrees(
        (n, g) => n.add(np.square(g)),
        tree.ref(before),
        tree.ref(gradients),
      );
      const z = mapTrees(
        (z, g, w, n, n0) => z.add(g).sub(np.sqrt(n).sub(np.sqrt(n0)).div(alpha).mul(w)),
        slots[0] as W,
        gradients,
        weights,
        tree.ref(squares),
        before,
      );
      const next = mapTrees(
        (z, n) => {
          const excess = np.maximum(np.abs(z.ref).sub(l1), 0);
          const scale = np.sqrt(n).add(beta).div(alpha).add(l2);
          return np.sign(z).mul(excess).div(scale).neg();
        },
        tree.ref(z),
        tree.ref(squares),
      );
      return [next, { step: step.add(1), slots: [z, squares] }];
    },
  };
}
