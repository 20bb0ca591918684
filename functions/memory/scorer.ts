/**
 * Scoring a block of codes against one query: the inner loop of recall, behind an interface
 * because engines differ.
 *
 * @module
 */
import type { CodeBlock } from "./code_block.ts";

/** Rows and upper bounds of their cosine to the query, highest first. */
export interface Bounds {
  readonly rows: ArrayLike<number>;
  readonly bounds: ArrayLike<number>;
}

/** One query, made ready. */
export interface PreparedQuery {
  /** What every bound may fall short of the true upper bound, because the query was coded too; ≥ 0. */
  readonly slack: number;
  /** The `k` rows of a block with the highest bounds; fewer when it has fewer. */
  top(block: CodeBlock, k: number): Promise<Bounds>;
}

/** Scores blocks of codes. */
export interface Scorer {
  prepare(query: Float32Array): PreparedQuery;
  close(): Promise<void>;
}
