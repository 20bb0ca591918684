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
  /**
   * The `k` rows of a block with the highest bounds; fewer when it has fewer, and rows that are
   * dead may be among the last. No live row's true cosine exceeds its bound.
   */
  top(block: CodeBlock, k: number): Promise<Bounds>;
}

/** Scores blocks of codes. */
export interface Scorer {
  /** @param query unit length, [dimension] */
  prepare(query: Float32Array): PreparedQuery;
  /** Frees what the scorer holds. */
  close(): Promise<void>;
}
