/**
 * The contract of the memory table on the table that lives in its process, scored by each engine.
 *
 * @module
 */
import { createGraphScorer } from "../functions/memory/graph_scorer.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { openNative } from "../models/runtime_native.ts";
import { ledgerContract } from "./support/ledger_contract.ts";
import { memoryContract } from "./support/memory_contract.ts";

memoryContract("in process", (options) => Promise.resolve(createInProcessTable(options)));

ledgerContract("in process", (options) => Promise.resolve(createInProcessTable(options)), 12);

memoryContract("in process, scored natively", async (options) => {
  const model = await Deno.readFile(new URL("../models/recall.onnx", import.meta.url));
  const scorer = createGraphScorer(await openNative(model), { smallest: 0 });
  return createInProcessTable({ ...options, scorer });
});
