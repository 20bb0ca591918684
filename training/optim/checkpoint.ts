/**
 * The state of an optimizer as plain numbers, to go on from later.
 *
 * @module
 */
import { numpy as np, tree } from "@jax-js/jax";
import type { OptimizerState } from "./optimizer.ts";

/** The numbers of a state, which is not consumed, in the order of its tree. */
export async function numbersOf(state: OptimizerState): Promise<Float32Array[]> {
  const leaves = tree.leaves(state as never) as np.Array[];
  const numbers: Float32Array[] = [];
  for (const leaf of leaves) {
    numbers.push(Float32Array.from(await leaf.ref.data() as Float32Array));
  }
  return numbers;
}

/** A state with other numbers; consumes the one given. @throws {RangeError} when they do not fit */
export function restore(state: OptimizerState, numbers: readonly Float32Array[]): OptimizerState {
  const [leaves, structure] = tree.flatten(state as never) as unknown as [np.Array[], never];
  if (leaves.length !== numbers.length) {
    throw new RangeError(`Expected ${leaves.length} arrays, got ${numbers.length}`);
  }
  const restored = leaves.map((leaf, i) => {
    const array = np.array(numbers[i]!.slice(), { shape: leaf.shape });
    leaf.dispose();
    return array;
  });
  return tree.unflatten(structure, restored) as unknown as OptimizerState;
}
