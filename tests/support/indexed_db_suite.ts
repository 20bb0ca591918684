/**
 * The suites that every memory table passes, over the one of a browser; to be bundled, and run in a
 * page. `globalThis.suite` then has the cases.
 *
 * @module
 */
import { openIndexedDbTable } from "../../web/private/indexed_db_table.ts";
import type { OpenTable } from "./memory_contract.ts";

/** A case: its name, and what it does. */
interface Case {
  readonly name: string;
  readonly fn: () => Promise<void>;
}

const cases: Case[] = [];
const page = globalThis as unknown as { Deno: unknown; suite: unknown };
page.Deno = {
  test(name: string, fn: () => Promise<void>) {
    cases.push({ name, fn });
  },
};

let databases = 0;

/** A new table in a database of its own. */
const open: OpenTable = async (options) =>
  await openIndexedDbTable(`suite-${Date.now()}-${databases++}`, options);

// Imported when there is something to register them with.
const { memoryContract } = await import("./memory_contract.ts");
const { ledgerContract } = await import("./ledger_contract.ts");
memoryContract("IndexedDB", open, { isVerifiable: false });
ledgerContract("IndexedDB", open, 2);

page.suite = {
  names: cases.map(({ name }) => name),
  /** @returns why it failed; null where it did not */
  async run(index: number): Promise<string | null> {
    try {
      await cases[index]!.fn();
      return null;
    } catch (error) {
      return error instanceof Error
        ? `${error.name}: ${error.message}\n${error.stack}`
        : String(error);
    }
  },
  openIndexedDbTable,
};
