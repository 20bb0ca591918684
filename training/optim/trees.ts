/**
 * Arithmetic on trees of arrays.
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { Weights } from "./optimizer.ts";

/** Applies a function to arrays in the same place of several trees, and consumes them. */
export function mapTrees<W extends Weights>(
  each: (...arrays: np.Array[]) => np.Array,
  first: W,
  ...others: Weights[]
): W {
  return tree.map<np.Array, np.Array, Weights>(each, first, ...others) as W;
}

/** Zeros in the shapes of a tree, which is not consumed. */
export function zerosLike<W extends Weights>(weights: W, fill = 0): W {
  return tree.map<np.Array, np.Array, Weights>(
    (array) => np.full(array.shape, fill),
    weights,
  ) as W;
}
