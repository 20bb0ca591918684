/**
 * What every engine of the comparison does.
 *
 * @module
 */

/** A decoded photo, the same for all engines. */
export interface Photo {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], red, green, blue, 0 to 255. */
  readonly data: Uint8Array;
}

/** Finds the face that a photo shows and describes it. */
export interface Engine {
  /**
   * The descriptors of the best face, one for each network that describes; null when no face is
   * found.
   */
  describe(photo: Photo): Promise<readonly Float32Array[] | null>;
}
