/**
 * The wide part: a linear model over sparse features, trained by FTRL, whose rows come into being
 * when their feature is first seen.
 *
 * @module
 */
import { type FtrlOptions, ftrlStep } from "../optim/mod.ts";

/** A weight that is not zero. */
export interface WideEntry {
  readonly id: number;
  readonly class: number;
  readonly weight: number;
}

/** Rows of weights by feature. */
export interface WideTable {
  readonly classes: number;
  /** Adds the features' rows to `out`, [classes]. */
  addTo(out: Float32Array, ids: readonly number[]): void;
  /**
   * One step of FTRL for the rows of some features.
   *
   * @param gradients of the loss by the logits, [classes] for each id
   */
  update(gradients: ReadonlyMap<number, Float32Array>): void;
  /** Weights that are not zero, by id and class. */
  entries(): WideEntry[];
  /** A copy that is trained on without changing this one. */
  clone(): WideTable;
  /** All of it, to go on from later. */
  save(): WideState;
}

/** A table as plain data, rows in the order of the ids. */
export interface WideState {
  readonly ids: readonly number[];
  /** FTRL's z and n, and the weights, [rows, classes]. */
  readonly z: Float64Array;
  readonly n: Float64Array;
  readonly w: Float32Array;
}

interface Row {
  readonly z: Float64Array;
  readonly n: Float64Array;
  readonly w: Float32Array;
}

/** Makes an empty table, or one that goes on from what was saved. */
export function createWideTable(
  classes: number,
  options: FtrlOptions,
  saved?: WideState,
): WideTable {
  const rows = new Map<number, Row>(
    saved?.ids.map((id, i) => {
      const [from, to] = [i * classes, (i + 1) * classes];
      const { z, n, w } = saved;
      return [id, { z: z.slice(from, to), n: n.slice(from, to), w: w.slice(from, to) }];
    }),
  );
  function save(): WideState {
    const ids = [...rows.keys()].sort((a, b) => a - b);
    const length = ids.length * classes;
    const state = {
      ids,
      z: new Float64Array(length),
      n: new Float64Array(length),
      w: new Float32Array(length),
    };
    ids.forEach((id, i) => {
      const { z, n, w } = rows.get(id)!;
      state.z.set(z, i * classes);
      state.n.set(n, i * classes);
      state.w.set(w, i * classes);
    });
    return state;
  }
  return {
    classes,
    addTo(out, ids) {
      for (const id of ids) {
        const row = rows.get(id);
        if (row) { for (let c = 0; c < classes; c++) out[c]! += row.w[c]!; }
      }
    },
    update(gradients) {
      for (const [id, gradient] of gradients) {
        let row = rows.get(id);
        if (!row) {
          row = {
            z: new Float64Array(classes),
            n: new Float64Array(classes),
            w: new Float32Array(classes),
          };
          rows.set(id, row);
        }
        for (let c = 0; c < classes; c++) {
          const cell = { z: row.z[c]!, n: row.n[c]!, w: row.w[c]! };
          const next = ftrlStep(cell, gradient[c]!, options);
          row.z[c] = next.z;
          row.n[c] = next.n;
          row.w[c] = next.w;
        }
      }
    },
    entries() {
      const found: WideEntry[] = [];
      for (const id of [...rows.keys()].sort((a, b) => a - b)) {
        rows.get(id)!.w.forEach((weight, c) => {
          if (weight !== 0) found.push({ id, class: c, weight });
        });
      }
      return found;
    },
    clone: () => createWideTable(classes, options, save()),
    save,
  };
}
