/**
 * The memories of one photo.
 *
 * @module
 */
import type { Memory } from "../core/memory.ts";
import { type Example, isOtherFace, isSameExample } from "./examples.ts";
import type { LoadedSpaces } from "./loaded_spaces.ts";
import type { SpaceIndex } from "./space_index.ts";

/** Finds what else is remembered of a photo. */
export class SamePhotos {
  readonly #spaces: LoadedSpaces;

  constructor(spaces: LoadedSpaces) {
    this.#spaces = spaces;
  }

  /** Memories of exactly these bytes, newest first. */
  async of(space: string, index: SpaceIndex, bytes: string): Promise<Memory[]> {
    const read = await this.#spaces.read(space, index, index.byBytes(bytes));
    return read.filter((one) => one !== undefined).filter((one) => one.bytes === bytes);
  }

  /** The memories of the same example, by whatever model. */
  async twins(
    space: string,
    index: SpaceIndex | undefined,
    memory: Example,
  ): Promise<Memory[]> {
    const read = index === undefined ? [] : await this.of(space, index, memory.bytes);
    return read.filter((one) => isSameExample(one, memory));
  }

  /** Another face of the same photo that is remembered as the person whom `memory` is of. */
  async otherFace(
    space: string,
    index: SpaceIndex | undefined,
    memory: Example,
  ): Promise<Memory | undefined> {
    const read = index === undefined ? [] : await this.of(space, index, memory.bytes);
    return read.find((one) => isOtherFace(one, memory));
  }
}
