/**
 * How well published scores tell photos of new types from those of known ones.
 *
 * @module
 */
import { bootstrap, formatMeasured, type Measured } from "./bootstrap.ts";
import { auroc, type Scored } from "./measures.ts";
import { NOVELTY_SCORES, type NoveltyContext, type NoveltyPhoto } from "./novelty_scores.ts";

/** A photo whose type is known to the judge. */
export interface ComparedPhoto extends NoveltyPhoto {
  /** Breed; photos of one are not independent. */
  readonly type: string;
}

/** One score with how well it ranks. */
export interface NoveltyRow {
  readonly name: string;
  readonly source: string;
  /** Of photos of new types against those of known types. */
  readonly auroc: Measured;
}

/**
 * Ranks the photos by every score.
 *
 * Intervals are over types: what is resampled are types with all of their photos, for another breed
 * tells more than another photo of one. A type counts by its photos: cap them before.
 *
 * @param known photos of types that the network learnt; those of the bank are scored without
 * themselves
 * @param fresh photos of types that it never saw
 * @returns a row for each of {@linkcode NOVELTY_SCORES}, in their order; NaN without either photos
 * @throws {RangeError} when there are no photos, or as a score does
 */
export function compareNovelty(
  context: NoveltyContext,
  known: readonly ComparedPhoto[],
  fresh: readonly ComparedPhoto[],
): NoveltyRow[] {
  return NOVELTY_SCORES.map(({ name, source, prepare }) => {
    const score = prepare(context);
    const types = [known, fresh].flatMap((photos) =>
      [...Map.groupBy(photos, ({ type }) => type).values()].map((ofType) =>
        ofType.map((photo): Scored => ({ score: score(photo), positive: photos === fresh }))
      )
    );
    return { name, source, auroc: bootstrap(types, (sample) => auroc(sample.flat())) };
  });
}

/** A Markdown table, the best first. */
export function formatNoveltyComparison(rows: readonly NoveltyRow[]): string {
  const sorted = rows.toSorted((a, b) => b.auroc.value - a.auroc.value);
  return [
    "| score | source | AUROC |",
    "|---|---|---|",
    ...sorted.map(({ name, source, auroc }) =>
      `| ${name} | ${source} | ${formatMeasured(auroc)} |`
    ),
  ].join("\n");
}
