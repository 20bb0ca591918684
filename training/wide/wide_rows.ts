/**
 * The wide part as it is exported: only the weights that are not zero, row after row.
 *
 * @module
 */
import type { WideTable } from "./wide_table.ts";

/** Compressed sparse rows. */
export interface WideRows {
  readonly classes: number;
  /** Where the row of each feature begins, [vocabulary + 1]; it ends where the next one begins. */
  readonly offsets: Int32Array;
  /** The class of each weight, [weights]. */
  readonly classOf: Int32Array;
  readonly weights: Float32Array;
  /** Most weights of one row. */
  readonly longest: number;
}

/**
 * Takes the weights out of a table.
 *
 * @param vocabulary how many features there are
 * @throws {RangeError} for a feature that the vocabulary does not have
 */
export function wideRows(
  { classes, entries }: Pick<WideTable, "classes" | "entries">,
  vocabulary: number,
): WideRows {
  const all = entries();
  const offsets = new Int32Array(vocabulary + 1);
  for (const { id } of all) {
    if (id >= vocabulary) {
      throw new RangeError(`There are ${vocabulary} features, got one numbered ${id}`);
    }
    offsets[id + 1]!++;
  }
  let longest = 0;
  for (let id = 0; id < vocabulary; id++) {
    longest = Math.max(longest, offsets[id + 1]!);
    offsets[id + 1]! += offsets[id]!;
  }
  return {
    classes,
    offsets,
    classOf: Int32Array.from(all, (entry) => entry.class),
    weights: Float32Array.from(all, ({ weight }) => weight),
    longest,
  };
}
