/**
 * The generalization report as Markdown and its charts.
 *
 * @module
 */
import { formatMeasured } from "./bootstrap.ts";
import { formatNoveltyComparison } from "./compare_novelty.ts";
import type { GeneralizationReport, KindRow } from "./generalization.ts";
import { formatShare } from "./interval.ts";
import type { Report } from "./report.ts";
import { reliabilityDiagram, rocDiagram } from "./reliability.ts";

/** Formats the report. */
export function formatGeneralization(report: GeneralizationReport): Report {
  const { photos, guarantees, kinds, views, styles, confidence, noveltyScored } = report;
  const row = (what: string, cell: (row: KindRow) => string) =>
    `| ${what} | ${kinds.map(cell).join(" | ")} |`;
  return {
    markdown: [
      "# Generalization",
      "",
      "Made by `deno task eval generalization`. Shares with their 95 % Wilson intervals, other",
      "figures with bootstrap ones (novelty's over breeds).",
      "",
      report.crossFitted
        ? "The committed numbers were fitted on these photos, so here they are fitted five times, " +
          "each\ntime without a fifth of all classes and breeds, which is then judged."
        : "The committed numbers are judged; none of these photos was fitted on.",
      "A few constants of the recipe, and which score of novelty is shipped, were chosen with these",
      "figures in view.",
      `${photos.known} photos of classes that the network learnt, ${photos.new} of breeds that it did`,
      `not, ${photos.other} of other things.`,
      "",
      "## What a guarantee keeps",
      "",
      "One photo of each ImageNet class. Specificity is the information of true answers, 1 when every",
      "leaf is named. The flat classifier names a leaf or nothing, by the threshold on these very photos",
      "that makes it as accurate.",
      "",
      "| guarantee | answered | label true | specificity | flat classifier's |",
      "|---|---|---|---|---|",
      ...guarantees.map(({ guarantee, answered, accurate, specificity, flat }) =>
        `| ${guarantee} | ${formatShare(answered)} | ${formatShare(accurate)} | ${
          formatMeasured(specificity)
        } | ${formatMeasured(flat)} |`
      ),
      "",
      `Calibration error of confidence: ${formatMeasured(confidence.error)}.`,
      "",
      "![How true confidence is](generalization_confidence.svg)",
      "",
      "## Kinds and breeds, at 95 %",
      "",
      "At most 12 photos of a breed, and none that the network has learnt from. By chance alone: what the",
      "error would be on so few photos if every probability were exact.",
      "",
      `| | ${kinds.map(({ kind }) => kind).join(" | ")} |`,
      `|---|${kinds.map(() => "---|").join("")}`,
      row("new breeds: the kind or below", (of) => formatShare(of.recognised)),
      row("new breeds: a true label", (of) => formatShare(of.trueLabel)),
      row("new breeds: misnamed", (of) => formatShare(of.misnamed)),
      row("known breeds: named", (of) => formatShare(of.named)),
      row("known breeds: right of those named", (of) => formatShare(of.namedRight)),
      row("others called so", (of) => formatShare(of.falsely)),
      row("novelty of breed: AUROC", (of) => formatMeasured(of.noveltyAuroc)),
      row("new breeds flagged as novel", (of) => formatShare(of.flaggedNew)),
      row("known breeds flagged as novel", (of) => formatShare(of.flaggedKnown)),
      row("novelty: calibration error", (of) => formatMeasured(of.noveltyError)),
      row("the same by chance alone", (of) => of.noveltyErrorByChance.toFixed(3)),
      "",
      "Misnamed is any label that is not true: a breed, a group of breeds, another kind.",
      "",
      "![ROC of novelty](generalization_roc.svg)",
      "![How true novelty is](generalization_novelty.svg)",
      "",
      "## Published scores of novelty",
      "",
      "New breeds of dog against known ones, the same photos, one view. Scores that compare with photos",
      "have the other known ones to compare with. What is shipped is the cosine softmax: it needs",
      "no photos, and no other is better beyond its interval.",
      "",
      formatNoveltyComparison(report.novelty),
      "",
      "## Views",
      "",
      `Looked at on average: ${formatMeasured(views.mean)} views; more than one: ${
        formatShare(views.more)
      }.`,
      "",
      "## Style",
      "",
      "The same seven things; none of these pictures was fitted on. True is a label that is what is",
      "shown, of its kind, or above it.",
      "",
      "| style | answered | label true | the kind or below |",
      "|---|---|---|---|",
      ...styles.map(({ style, answered, accurate, recognised }) =>
        `| ${style} | ${formatShare(answered)} | ${formatShare(accurate)} | ${
          formatShare(recognised)
        } |`
      ),
      "",
    ].join("\n"),
    charts: {
      generalization_confidence: reliabilityDiagram(
        "Confidence of the network",
        "answers that are true",
        confidence.scored,
      ),
      generalization_novelty: reliabilityDiagram(
        "Novelty of a dog's breed",
        "breeds that are new",
        noveltyScored,
      ),
      generalization_roc: rocDiagram("Novelty of a dog's breed", noveltyScored),
    },
  };
}
