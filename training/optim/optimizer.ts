/**
 * The interface of the optimizers: pure `init` and `update`, so that a training step is a function
 * of its arguments and can be compiled, repeated and taken up again.
 *
 * Arrays follow the rule of `@jax-js/jax`: a function owns what it is given.
 *
 * @module
 */
import type { JsTree, numpy as np } from "@jax-js/jax";

/** Named arrays, nested at will. */
export type Weights = JsTree<np.Array>;

/** What an optimizer remembers between two steps. */
export type OptimizerState = {
  /** Steps taken, a scalar. */
  step: np.Array;
  /** For each of the optimizer's statistics a tree like the weights'. */
  slots: Weights[];
};

/** Minimizes by gradients. */
export interface Optimizer {
  /** The state before the first step; does not consume the weights. */
  init(weights: Weights): OptimizerState;
  /** One step. Consumes its arguments and returns what follows the weights and the state. */
  update<W extends Weights>(gradients: W, state: OptimizerState, weights: W): [W, OptimizerState];
}
