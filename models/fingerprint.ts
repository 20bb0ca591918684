/**
 * Perceptual hash of a picture and of its mirror.
 *
 * @module
 */

/** Two 256-bit hashes, each as 64 lower-case hexadecimal digits. */
export interface Fingerprint {
  /** Of the picture as it stands. */
  readonly upright: string;
  /** Of the picture mirrored left to right. */
  readonly mirrored: string;
}
