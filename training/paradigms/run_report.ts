/**
 * The report of one training run.
 *
 * @module
 */
import type { ParadigmCard } from "../../models/paradigm_card.ts";
import { root } from "../collections.ts";
import { commitOf } from "../fit/commit.ts";

/** What a run was, beside its result. */
export interface RunFacts {
  readonly settings: unknown;
  readonly seconds: number;
  /** Share of validation photos that are doubted. */
  readonly doubted: number;
}

/** The report, and the curves as JSON, by file name. */
export async function runReport(
  { title, what, trained, figures, curves, phases = [] }: ParadigmCard,
  { settings, seconds, doubted }: RunFacts,
): Promise<Record<string, string>> {
  const commit = await commitOf(root) ?? "outside of a repository";
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, value]) => `| ${name} | ${value} |`).join("\n");
  const text = [
    `# ${title}`,
    "",
    what,
    "",
    "| | |",
    "|---|---|",
    rows(Object.entries(trained).map(([name, value]) => [name, String(value)])),
    rows([
      ["commit", commit],
      ["duration", `${seconds.toFixed(0)} s`],
      ["doubted", `${(doubted * 100).toFixed(0)} % of the validation photos`],
      ["settings", `\`${JSON.stringify(settings)}\``],
    ]),
    "",
    "![Curves](curves.svg)",
    "",
    ...phases.map(({ name, from, to }) => `- ${name}: epochs ${from} to ${to}`),
    "",
    "| figure | value |",
    "|---|---|",
    rows(figures.map(({ name, value }) => [name, String(value)])),
    "",
  ].join("\n");
  return {
    "report.md": text,
    "curves.json": `${JSON.stringify({ curves, phases }, null, 2)}\n`,
  };
}
