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
  /** Rows in use, dead ones included. */
  readonly count: number;
  /** Codes, row-major [≥ count × dimension]. */
  readonly codes: Uint8Array;
  /** Step of a row's codes, [≥ count]. */
  readonly scales: Float32Array;
  /** What code 0 stands for, [≥ count]. */
  readonly offsets: Float32Array;
  /** Length of what the codes leave out, [≥ count]; {@linkcode DEAD} for a row that is gone. */
  readonly errors: Float32Array;
}

/** The error of a dead row: its bound falls below every cosine. */
export const DEAD = -4;

/** Float32 rounding of the sums that a bound is made of, generously. */
const ROUNDING = 4e-6;

/** Codes one vector into a row of a block. */
export function encodeRow(block: CodeBlock, row: number, vector: Float32Array): void {
  const { dimension } = block;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < dimension; i++) {
    const x = vector[i] ?? 0;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  const offset = Math.fround(low);
  const scale = Math.fround(high > low ? (high - low) / 255 : 0);
  const at = row * dimension;
  let squares = 0;
  for (let i = 0; i < dimension; i++) {
    const x = vector[i] ?? 0;
    const code = scale === 0 ? 0 : Math.min(255, Math.max(0, Math.round((x - offset) / scale)));
    block.codes[at + i] = code;
    const residual = x - (scale * code + offset);
    squares += residual * residual;
  }
  block.scales[row] = scale;
  block.offsets[row] = offset;
  block.errors[row] = Math.sqrt(squares) * (1 + 1e-6) + ROUNDING;
}

/** Makes a row unfindable and its codes unreadable. */
export function clearRow(block: CodeBlock, row: number): void {
  block.codes.fill(0, row * block.dimension, (row + 1) * block.dimension);
  block.scales[row] = 0;
  block.offsets[row] = 0;
  block.errors[row] = DEAD;
}
