/**
 * The memory table of a browser.
 *
 * @module
 */
import type { MemoryTable } from "../../functions/core/memory.ts";
import { createTable, type TableOptions } from "../../functions/memory/table.ts";
import { openIndexedDbStore } from "./indexed_db_store.ts";

/**
 * Opens the table that a database keeps; several tabs may share it.
 *
 * @param name of the database, on this page's origin
 * @param options budget, scorer and clock
 * @throws {DOMException} where the browser keeps nothing for this page
 */
export async function openIndexedDbTable(
  name: string,
  options: TableOptions = {},
): Promise<MemoryTable> {
  const store = await openIndexedDbStore(name, options.now ? { now: options.now } : {});
  return createTable(store, options);
}
