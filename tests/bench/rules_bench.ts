/**
 * How much CPU it takes to find the rules that hold of an answer, beside a plain loop over compiled
 * conditions that is measured interleaved in one run.
 *
 *     deno run -A tests/bench/rules_bench.ts
 *
 * "mixed" is what a large archive would have; "numbers" and "one word" are the worst that people can
 * write: nothing can be looked up, or everything leads to the same place.
 *
 * @module
 */
import type { Facts } from "../../functions/core/facts.ts";
import { checkRules } from "../../functions/core/rules/check_rules.ts";
import { byRank, compileRules } from "../../functions/core/rules/compile_rules.ts";
import type { Rule } from "../../functions/core/rules/rule.ts";
import { holdsPlainly, realisticFacts, realisticRule, rule } from "../support/rules.ts";
import { seeded } from "../support/vectors.ts";
import { cpuOf, median } from "./cpu.ts";

const RULES = 10_000;
/** Answers a round. */
const ANSWERS = 100;
const ROUNDS = 20;
/** Rounds that are not counted: the loops are compiled meanwhile. */
const WARM_UP = 5;

type Make = (number: number, random: () => number) => Rule;

const MIXES: Record<string, Make> = {
  mixed: realisticRule,
  numbers: (number, random) =>
    rule(number, {
      confidence: { lt: random(), gte: random() / 10 },
      novelty: { gt: random() },
      width: { gt: Math.round(4000 * random()) },
    }, { review: true }),
  "one word": (number, random) =>
    rule(number, { path: "Word 1", confidence: { lt: random() / 10 } }, { review: true }),
};

/** Every rule asked in turn. */
function plainLoop(ordered: readonly Rule[], facts: Facts): Rule[] {
  return ordered.filter(({ when }) => holdsPlainly(when, facts));
}

async function measure(mix: string, make: Make): Promise<void> {
  const random = seeded(1);
  const rules = Array.from({ length: RULES }, (_, i) => make(i, random));
  const ordered = rules.toSorted(byRank);
  let set = compileRules(rules);
  const compiling = await cpuOf(() => set = compileRules(rules));
  const checking = await cpuOf(() => checkRules(rules));
  const times = { index: [] as number[], loop: [] as number[] };
  let found = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const answers = Array.from({ length: ANSWERS }, () => realisticFacts(random));
    const index = await cpuOf(() => {
      for (const facts of answers) found += set.match(facts).length;
    });
    // A tenth of them, as it takes long.
    const loop = await cpuOf(() => {
      for (const facts of answers.slice(0, ANSWERS / 10)) plainLoop(ordered, facts);
    });
    if (round < 0) continue;
    times.index.push(index / ANSWERS);
    times.loop.push(loop / (ANSWERS / 10));
  }
  const [index, loop] = [median(times.index), median(times.loop)];
  console.log(
    [
      `${RULES} ${mix}`.padEnd(16),
      `loop ${loop.toFixed(2)} ms`,
      `index 1/${(loop / index).toFixed(0)} (${index.toFixed(4)} ms an answer, bound 0.2)`,
      `${(found / (ROUNDS + WARM_UP) / ANSWERS).toFixed(0)} hold`,
      `compiled in ${compiling.toFixed(0)} ms`,
      `checked in ${checking.toFixed(0)} ms`,
    ].join("   "),
  );
}

/** Measures and prints the ratios. */
export async function benchRules(): Promise<void> {
  console.log("CPU of finding the rules that hold, as ratios to a plain loop");
  for (const [mix, make] of Object.entries(MIXES)) await measure(mix, make);
}

if (import.meta.main) await benchRules();
