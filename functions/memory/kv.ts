/**
 * A memory table in Deno KV: the default store, in a file of this machine or hosted.
 *
 * @module
 */
import type { MemoryTable } from "../core/memory.ts";
import { createFileEraser } from "./file_eraser.ts";
import { openKvStore } from "./kv_store.ts";
import { patiently } from "./patiently.ts";
import { createTable, type TableOptions } from "./table.ts";

/** What a table in Deno KV may be told. */
export interface KvTableOptions extends TableOptions {
  /** Whether an open database is the table's to close; so it is when opening the table fails. */
  readonly owned?: boolean;
  /** Takes what whoever runs this should look at: damaged records, erasing that keeps failing. */
  readonly report?: (message: string) => void;
}

/**
 * Opens a table in Deno KV.
 *
 * @param where path of the database file (its folder must exist), `:memory:`, or an open database,
 * whose files are taken to be out of reach, and which is the caller's to close unless it is handed
 * over by `owned`
 * @param options budget, scorer, clock and reports
 * @throws {Error} when the store is of a format that this program does not know
 *
 * @example
 * ```ts
 * import { openKvTable } from "./kv.ts";
 *
 * const table = await openKvTable(":memory:");
 * await table.ping();
 * await table.close();
 * ```
 */
export async function openKvTable(
  where: string | Deno.Kv,
  options: KvTableOptions = {},
): Promise<MemoryTable> {
  const report = options.report ?? ((message: string) => console.warn(message));
  const now = options.now ?? Date.now;
  const path = typeof where === "string" ? where : undefined;
  const owned = path !== undefined || options.owned === true;
  const kv = typeof where === "string" ? await patiently(() => Deno.openKv(where)) : where;
  try {
    const volatile = path === ":memory:";
    const eraser = path === undefined || volatile ? {} : { eraser: createFileEraser(path) };
    const store = await openKvStore(kv, { owned, volatile, report, now, ...eraser });
    return createTable(store, options);
  } catch (error) {
    if (owned) kv.close();
    throw error;
  }
}
