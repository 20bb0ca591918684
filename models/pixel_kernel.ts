/**
 * The interface of the inner loops that the resize and the fingerprint share: a plain
 * implementation (`script_kernel.ts`) and a fast one (`simd_kernel.ts`), which give the same bits.
 *
 * @module
 */
import type { WorkingImage } from "./pixels.ts";

/** Bits of the weights down the columns of a resize: 8 of sample and 8 of weight fill 16. */
export const DOWN_BITS = 8;
/** Bits of the weights along the rows of a resize: 16 of sum and 15 of weight stay below 2^31. */
export const ACROSS_BITS = 15;

/** What each output of one axis takes from the input. */
export interface Taps {
  /** [outputs] first input pixel; does not fall. */
  readonly first: Int32Array;
  /** [outputs] number of input pixels, at least 1; `first + count` does not fall either. */
  readonly count: Int32Array;
  /** [outputs, width] weights, at least 0; 0 behind an output's last one. */
  readonly weights: Int32Array;
  /** Room for the weights of one output, at least the largest count. */
  readonly width: number;
}

/** Which rows of a picture are used: `begin`, `begin + step`, … */
export interface RowSteps {
  readonly begin: number;
  /** At least 1. */
  readonly step: number;
  readonly count: number;
}

/** Inner loops over RGB samples. */
export interface PixelKernel {
  /**
   * Weighs samples down the columns, then along the rows.
   *
   * @param across [columns] columns; the weights of an output sum up to 2^{@linkcode ACROSS_BITS}
   * @param down [rows] rows; the weights of an output sum up to 2^{@linkcode DOWN_BITS}
   * @returns [rows, columns, 3], rounded, 0 to 255
   */
  resize(image: WorkingImage, across: Taps, down: Taps): Uint8Array;
  /**
   * Adds up luminance (red · 77 + green · 150 + blue · 29) over cells.
   *
   * @param across [cells] columns; the weights of a cell sum up to the picture's width
   * @param down [cells] rows among the used ones; the weights of a cell sum up to at most 256
   * @returns [cells, cells] exact sums
   */
  cellSums(image: WorkingImage, rows: RowSteps, across: Taps, down: Taps): Float64Array;
  /**
   * The sum of red + green + blue and the sum of its squares, exact.
   *
   * @param pixels [count, 3], RGB samples
   */
  moments(pixels: Uint8Array): { readonly sum: number; readonly squares: number };
}
