/**
 * The report on likeness as Markdown and its chart.
 *
 * @module
 */
import { formatMeasured } from "./bootstrap.ts";
import { formatShare, type Share } from "./interval.ts";
import type { LikenessReport } from "./likeness.ts";
import { reliabilityDiagram } from "./reliability.ts";
import type { Report } from "./report.ts";

/** Pairs of one individual are not independent, so there is no interval of them. */
const percent = ({ share, of }: Share) => `${(100 * share).toFixed(2)} % of ${of} pairs`;

/** Formats the report. */
export function formatLikeness(report: LikenessReport): Report {
  const { rows, sameBreed, confidence, types, bank } = report;
  return {
    markdown: [
      "# Likeness",
      "",
      "Made by `deno task eval likeness`. Shares with their 95 % Wilson intervals, other figures with",
      "bootstrap ones, over individuals or breeds.",
      "",
      report.crossFitted
        ? "The committed thresholds were fitted on these photos, so here they are fitted five times,\n" +
          "each time without a fifth of the individuals, breeds and classes, which is then judged."
        : "The committed thresholds are judged; none of these photos was fitted on.",
      "What is judged is the part that decides, on one view, with the committed network's novelty of a",
      "photo within its true kind. A few constants of the recipe were chosen with these figures in view.",
      "",
      "## Individuals",
      "",
      `${report.individuals} individuals against ${report.strangers} strangers that no threshold was`,
      "chosen on, and against each other. Recalled is `is` or `perhaps`. Two of the individuals are alike",
      "(sneakers): with both fitted on, as what is shipped, `is` is stricter than here (recall.md).",
      "",
      "| references | other photos recalled | as `is` | strangers recalled | as `is` |",
      "|---|---|---|---|---|",
      ...rows.map((row) =>
        `| ${row.references} | ${formatShare(row.recalled)} | ${formatShare(row.sure)} | ${
          percent(row.strangers)
        } | ${percent(row.strangersSure)} |`
      ),
      "",
      "Recall at a false-recall rate per stranger and individual, by the threshold that all other",
      "individuals of the kind have there:",
      "",
      `| references | ${rows[0]!.atRates.map(({ rate }) => rate).join(" | ")} |`,
      `|---|${rows[0]!.atRates.map(() => "---|").join("")}`,
      ...rows.map(({ references, atRates }) =>
        `| ${references} | ${atRates.map(({ recall }) => formatMeasured(recall)).join(" | ")} |`
      ),
      "",
      `Two different animals of one breed: "is" ${formatShare(sameBreed.is)}, recalled at all ` +
      `${formatShare(sameBreed.any)}.`,
      "",
      `Calibration error of the confidence of what is recalled: ${
        formatMeasured(confidence.error)
      } (${confidence.scored.length}
answers; ${
        confidence.byChance.toFixed(3)
      } by chance alone, if every confidence were exact). The interval is over answers; they are of
` +
      "twenty individuals, two of them sneakers that are alike.",
      "",
      "![How true confidence is](likeness_confidence.svg)",
      "",
      "## Taught types",
      "",
      `${report.breedsTaught} breeds that the network never learnt, each with at least five photos. ` +
      "Of other breeds\nknown and new ones, dogs and cats; new ones were asked about when other types were fitted.",
      "",
      "| photos taught | other photos of it answered with it | photos of other breeds | of its kind |",
      "|---|---|---|---|",
      ...types.map(({ taught, own, others, othersOfKind }) =>
        `| ${taught} | ${formatMeasured(own)} | ${formatMeasured(others)} | ${
          formatMeasured(othersOfKind)
        } |`
      ),
      "",
      `With ${bank.photos.toFixed(1)} clean photos (on average) of each of ${bank.breeds} known ` +
      `breeds taught, new breeds of dog are told\nfrom other photos of those with an AUROC of ` +
      `${formatMeasured(bank.auroc)}.`,
      "",
    ].join("\n"),
    charts: {
      likeness_confidence: reliabilityDiagram(
        "Confidence by look",
        "answers that are right",
        confidence.scored,
      ),
    },
  };
}
