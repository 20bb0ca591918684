/**
 * How true probabilities are, bin by bin.
 *
 * @module
 */
import { drawChart } from "./chart.ts";
import { type Share, shareOf } from "./interval.ts";
import type { Scored } from "./measures.ts";

/** Examples of about one probability. */
export interface ReliabilityBin {
  /** Mean probability. */
  readonly mean: number;
  /** What is the case among them. */
  readonly share: Share;
}

/** Bins of equally many examples, by rising probability; those without any are left out. */
export function reliabilityBins(scored: readonly Scored[], bins = 10): ReliabilityBin[] {
  const sorted = scored.toSorted((a, b) => a.score - b.score);
  return Array.from({ length: bins }, (_, bin) =>
    sorted.slice(
      Math.round(bin * sorted.length / bins),
      Math.round((bin + 1) * sorted.length / bins),
    )).filter((part) => part.length > 0).map((part) => ({
      mean: part.reduce((sum, { score }) => sum + score, 0) / part.length,
      share: shareOf(part.filter(({ positive }) => positive).length, part.length),
    }));
}

/** The reliability diagram (DeGroot & Fienberg 1983) as SVG. */
export function reliabilityDiagram(title: string, what: string, scored: readonly Scored[]): string {
  return drawChart({
    title,
    x: "probability told",
    y: what,
    marks: true,
    points: reliabilityBins(scored).map(({ mean, share }) => ({
      x: mean,
      y: share.share,
      low: share.low,
      high: share.high,
    })),
  });
}

/** The ROC curve as SVG. @throws {RangeError} without a positive or a negative example */
export function rocDiagram(title: string, scored: readonly Scored[]): string {
  const sorted = scored.toSorted((a, b) => b.score - a.score);
  const positives = sorted.filter(({ positive }) => positive).length;
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(`A ROC needs both kinds, got ${positives} new and ${negatives} known.`);
  }
  let hits = 0;
  // Those that tie are one step.
  const points = sorted.flatMap(({ score, positive }, i) => {
    if (positive) hits++;
    return sorted[i + 1]?.score === score
      ? []
      : [{ x: (i + 1 - hits) / negatives, y: hits / positives }];
  });
  return drawChart({
    title,
    x: "known breeds flagged",
    y: "new breeds flagged",
    marks: false,
    points: [{ x: 0, y: 0 }, ...points],
  });
}
