/**
 * Unit vectors in one byte a dimension.
 *
 * @module
 */

/**
 * Some rows of compact codes. A vector x is kept as x̂ = scale·code + offset, with the residual's
 * length ‖x − x̂‖ beside it: by Cauchy-Schwarz the cosine to any unit vector q is at most
 * ⟨q, x̂⟩ + ‖x − x̂‖, which is what makes a search over the codes exact.
 */
export interface CodeBlock {
  readonly dimension: number;
  /** Rows that there is room for. */
  readonly capacity: number;
  /** Rows in use, dead ones included; those after it are dead. */
  readonly count: number;
  /**
   * Codes, [dimension × capacity]: all rows' first dimension, then all rows' second. So a scan adds
   * up whole columns, which is the faster way both in a loop and in an engine.
   */
  readonly codes: Int8Array;
  /** Step of a row's codes, [capacity]. */
  readonly scales: Float32Array;
  /**
   * Three rows of [capacity]: Σ scale·code, then what code 0 stands for, then the length of what
   * the codes leave out ({@linkcode DEAD} for a row that is not there).
   */
  readonly terms: Float32Array;
  /** No row's scale or |offset| was ever larger: how far float32 can be off. */
  largestScale: number;
  largestOffset: number;
}

/** The error of a dead row: its bound falls below every cosine. */
export const DEAD = -8;

/** Rounding of an error to float32. */
const ROUNDING = 1e-7;

/** Codes one vector into a row of a block. */
export function encodeRow(block: CodeBlock, row: number, vector: Float32Array): void {
  const { dimension, capacity, codes, terms } = block;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < dimension; i++) {
    const x = vector[i]!;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const scale = Math.fround((high - low) / 255);
  const offset = Math.fround(low + 128 * scale);
  let squares = 0;
  let sum = 0;
  for (let i = 0, at = row; i < dimension; i++, at += capacity) {
    const x = vector[i]!;
    const code = scale === 0 ? 0 : Math.min(127, Math.max(-128, Math.round((x - offset) / scale)));
    codes[at] = code;
    sum += code;
    const residual = x - (scale * code + offset);
    squares += residual * residual;
  }
  block.largestScale = Math.max(block.largestScale, scale);
  block.largestOffset = Math.max(block.largestOffset, Math.abs(offset));
  block.scales[row] = scale;
  terms[row] = scale * sum;
  terms[capacity + row] = offset;
  terms[2 * capacity + row] = Math.sqrt(squares) * (1 + 1e-6) + ROUNDING;
}

/** Makes a row unfindable and its codes unreadable. */
export function clearRow(block: CodeBlock, row: number): void {
  const { dimension, capacity, codes, terms } = block;
  for (let i = 0, at = row; i < dimension; i++, at += capacity) codes[at] = 0;
  block.scales[row] = 0;
  terms[row] = 0;
  terms[capacity + row] = 0;
  terms[2 * capacity + row] = DEAD;
}
