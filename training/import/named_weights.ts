/**
 * Weights that a network is built from, by name.
 *
 * @module
 */
import type { FloatWeight } from "../onnx/int8_weight.ts";

/** Takes tensors by name, checks their shapes, and knows which were not taken. */
export class NamedWeights<T extends { readonly dims: readonly number[] } = FloatWeight> {
  readonly #tensors: ReadonlyMap<string, T>;
  readonly #left: Set<string>;

  constructor(tensors: ReadonlyMap<string, T>) {
    this.#tensors = tensors;
    this.#left = new Set(tensors.keys());
  }

  /** @throws {TypeError} when there is none of that name and shape */
  take(name: string, dims: readonly number[]): T {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new TypeError(`Expected a tensor "${name}" of shape [${dims}], got none`);
    if (`${tensor.dims}` !== `${dims}`) {
      throw new TypeError(`Expected "${name}" of shape [${dims}], got shape [${tensor.dims}]`);
    }
    this.#left.delete(name);
    return tensor;
  }

  /** Whatever is not taken at the end was misunderstood. @throws {TypeError} that names it */
  finish(): void {
    if (this.#left.size > 0) {
      throw new TypeError(`The network has no place for ${[...this.#left].join(", ")}`);
    }
  }
}
