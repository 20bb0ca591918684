/**
 * A memory table in Deno KV: the default store, in a file of this machine or hosted.
 *
 * @module
 */
import type { MemoryTable } from "../core/memory.ts";
import { createFileEraser } from "./file_eraser.ts";
import { openKvStore } from "./kv_store.ts";
import { createTable, type TableOptions } from "./table.ts";

/** What a table in Deno KV may be told. */
export interface KvTableOptions extends TableOptions {
  /** Takes what whoever runs this should look at: damaged records, erasing that keeps failing. */
  readonly report?: (message: string) => void;
}

/**
 * Opens a table in Deno KV.
 *
 * @param where path of the database file (its folder must exist), `:memory:`, or an open database,
 * which is the caller's to close and whose files are taken to be out of reach
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
  if (typeof where !== "string") {
    return createTable(await openKvStore(where, { owned: false, report, now }), options);
  }
  const kv = await Deno.openKv(where);
  try {
    const volatile = where === ":memory:";
    const eraser = volatile ? {} : { eraser: createFileEraser(where) };
    const store = await openKvStore(kv, { owned: true, volatile, report, now, ...eraser });
    return createTable(store, options);
  } catch (error) {
    kv.close();
    throw error;
  }
}
