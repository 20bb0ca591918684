/**
 * Speed as ratios that are measured side by side in one run.
 *
 *     deno task bench
 *
 * @module
 */
import { benchClassify } from "./classify_bench.ts";
import { benchRecall } from "./recall_bench.ts";
import { benchRules } from "./rules_bench.ts";
import { benchViews } from "./views_bench.ts";

await benchClassify();
console.log();
await benchViews();
console.log();
await benchRecall();
console.log();
await benchRules();
