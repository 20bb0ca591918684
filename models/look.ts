/**
 * The part of the manifest that says how alike two looks must be.
 *
 * @module
 */

/** Thresholds of recall by look, and where they come from. All similarities are cosines. */
export interface LookSection {
  readonly cohort: {
    /** File of int8 unit vectors, [rows, dimension] row-major, scaled by 127. */
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly rows: number;
    readonly dimension: number;
    /** How many of the nearest rows are averaged. */
    readonly nearest: number;
  };
  readonly copy: {
    /** Differing bits of 256. */
    readonly bits: number;
    readonly cosine: number;
    readonly floor: number;
    readonly confidence: number;
  };
  /** threshold = base + slope · mean crowd of both photos */
  readonly is: { readonly base: number; readonly slope: number };
  readonly perhaps: { readonly base: number; readonly slope: number };
  /** P(same individual) = σ(bias + slope · (cosine − threshold of "is")) */
  readonly confidence: { readonly bias: number; readonly slope: number };
  /** What the numbers were estimated on, by which command. */
  readonly made: { readonly command: string; readonly data: string };
}

/** Unpacks the cohort file. */
export function cohortOf(bytes: Uint8Array): Float32Array {
  const cohort = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) cohort[i] = ((bytes[i]! << 24) >> 24) / 127;
  return cohort;
}
