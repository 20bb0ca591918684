/**
 * The comparison as tables.
 *
 * @module
 */
import type { Accuracy } from "./compare_accuracy.ts";
import { ratio, type Speed, typical } from "./compare_speed.ts";
import type { Contender } from "./engines.ts";

/** Rows of cells as a Markdown table; all columns but the first are flush right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(line)]
    .join("\n");
}

/** 0.27 as "1/3.7", 2.5 as "2.5×". */
function times(value: number): string {
  return value < 1 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(1)}×`;
}

/** Every engine's cost, and what it is beside each peer's. */
export function speedTable(contenders: readonly Contender[], rounds: readonly Speed[][]): string {
  const peers = contenders.flatMap(({ ours, name }, i) => ours ? [] : [{ name, i }]);
  return table(
    [
      "",
      "CPU a photo",
      ...peers.map(({ name }) => `beside ${name}`),
      "first answer",
      "peak memory",
    ],
    contenders.map(({ name, ours }, i) => [
      name,
      `${typical(rounds[i]!, "cpu").toFixed(0)} ms`,
      ...peers.map((peer) => ours ? times(ratio(rounds[i]!, rounds[peer.i]!, "cpu")) : ""),
      `${(typical(rounds[i]!, "first") / 1000).toFixed(2)} s`,
      `${typical(rounds[i]!, "peak").toFixed(0)} MiB`,
    ]),
  );
}

/** First answers beside each peer's. */
export function firstTable(contenders: readonly Contender[], rounds: readonly Speed[][]): string {
  const peers = contenders.flatMap(({ ours, name }, i) => ours ? [] : [{ name, i }]);
  return table(
    ["first answer", ...peers.map(({ name }) => `beside ${name}`)],
    contenders.flatMap(({ name, ours }, i) =>
      ours
        ? [[name, ...peers.map((peer) => times(ratio(rounds[i]!, rounds[peer.i]!, "first")))]]
        : []
    ),
  );
}

/** Every judged engine's accuracy. */
export function accuracyTable(
  judged: readonly Contender[],
  { photos, allFound, accuracies }: { photos: number; allFound: number; accuracies: Accuracy[] },
): string {
  const share = (value: number) => value.toFixed(3);
  const sets = Object.keys(accuracies[0]!.bySet);
  return table(
    [
      "",
      `found of ${photos}`,
      "AUC",
      "TAR at FAR 1 %",
      `TAR on the ${allFound} all find`,
      ...sets.map((set) => `TAR, ${set}`),
    ],
    judged.map(({ name }, i) => {
      const { found, endToEnd, bySet, allFound } = accuracies[i]!;
      return [
        name,
        `${found.plain} (${found.bordered})`,
        `${share(endToEnd.plain.auc)} (${share(endToEnd.bordered.auc)})`,
        `${share(endToEnd.plain.tar)} (${share(endToEnd.bordered.tar)})`,
        share(allFound.tar),
        ...sets.map((set) => share(bySet[set]!.tar)),
      ];
    }),
  );
}
