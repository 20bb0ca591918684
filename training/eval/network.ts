/**
 * How far the network's answers can be relied on: photos of kinds that it learnt, and dogs and
 * cats of breeds that it never saw. None of the photos' classes or breeds was fitted on.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import type { Generalization, Generalize } from "../../functions/core/generalize_type.ts";
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import { bootstrap, formatMeasured, type Measured } from "./bootstrap.ts";
import type { FeaturesOptions } from "./features.ts";
import { formatShare, type Share, shareOf } from "./interval.ts";
import { auroc, calibrationError, type Scored } from "./measures.ts";
import { type SeenPhoto, seenPhotos } from "./seen_photos.ts";

/** Guarantees that are asked for. */
const GUARANTEES = [0.8, 0.9, 0.95, 0.98] as const;

/** What is judged. */
export interface NetworkParts {
  readonly encoder: Encoder;
  readonly hierarchy: Hierarchy;
  readonly generalize: Generalize;
}

/** Answers to photos of classes that the network learnt, at one guarantee. */
export interface GuaranteeRow {
  readonly guarantee: number;
  /** Photos for which any kind is vouched for. */
  readonly answered: Share;
  /** Of those, the share whose label is true. */
  readonly accurate: Share;
  /** Mean information gain of true labels, of that of a leaf: 1 when every leaf is named. */
  readonly specificity: Measured;
}

/** Answers to photos of one kind, at the deployment's guarantee. */
export interface KindRow {
  /** "dog" or "cat". */
  readonly kind: string;
  /** New breeds: answered with the kind or something below it. */
  readonly recognised: Share;
  /** New breeds: answered with the kind or something above it. */
  readonly trueLabel: Share;
  /** New breeds: answered with a breed, a group of breeds, or another kind. */
  readonly misnamed: Share;
  /** Known breeds: answered with their own breed. */
  readonly named: Share;
  /** Of known breeds that were answered with any breed, the share that is right. */
  readonly namedRight: Share;
  /** Other kinds, learnt or not, answered with this one or something below it. */
  readonly falsely: Share;
  /** How novelty tells new breeds from known ones. */
  readonly noveltyAuroc: Measured;
  /** New and known breeds that are answered as novel. */
  readonly flaggedNew: Share;
  readonly flaggedKnown: Share;
  /** Expected calibration error of novelty, new and known breeds counting alike. */
  readonly noveltyError: Measured;
}

/** The figures of this evaluation. */
export interface NetworkReport {
  readonly photos: { readonly known: number; readonly new: number; readonly other: number };
  readonly guarantees: readonly GuaranteeRow[];
  readonly kinds: readonly KindRow[];
  /** Expected calibration error of confidence over what was answered, classes learnt alone. */
  readonly confidenceError: Measured;
}

/** One photo with its answer. */
interface Judged extends SeenPhoto {
  readonly answer: Generalization;
  /** The node that was answered. */
  readonly node: HierarchyNode | undefined;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function count<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return shareOf(items.filter(holds).length, items.length);
}

/**
 * Runs the evaluation.
 *
 * @param data as of `labelledPhotos`
 * @throws as `seenPhotos` does
 */
export async function evaluateNetwork(
  { encoder, hierarchy, generalize }: NetworkParts,
  data: string,
  options: FeaturesOptions,
): Promise<NetworkReport> {
  const photos = (await seenPhotos(data, hierarchy, encoder, options))
    .filter(({ side }) => side === "test");
  const of = (...sources: readonly SeenPhoto["source"][]) =>
    photos.filter(({ source }) => sources.includes(source));
  const judge = (of: readonly SeenPhoto[], specificity?: number) =>
    of.map((photo): Judged => {
      const answer = generalize(photo.logits, specificity === undefined ? {} : { specificity });
      const node = answer.label === null ? undefined : hierarchy.find(answer.label);
      return { ...photo, answer, node };
    });
  const known = of("leaf", "known");
  const judged = judge(photos);

  return {
    photos: { known: known.length, new: of("new").length, other: of("other").length },
    guarantees: GUARANTEES.map((guarantee) =>
      guaranteeRow(guarantee, judge(known, guarantee), hierarchy)
    ),
    kinds: ["dog", "cat"].map((kind) => kindRow(hierarchy.find(kind)!, judged)),
    confidenceError: bootstrap(
      judged.filter(({ source, node }) => node && (source === "leaf" || source === "known")).map((
        photo,
      ): Scored => ({
        score: photo.answer.confidence,
        positive: isTrue(photo),
      })),
      (sample) => calibrationError(sample),
    ),
  };
}

/** The answer is what the photo shows, or something more general. */
function isTrue({ node, truth }: Judged): boolean {
  return node !== undefined && truth !== null &&
    (node === truth || truth.above.includes(node.index));
}

/** `node` is `kind` or something more specific. */
function isWithin(node: HierarchyNode | null | undefined, kind: HierarchyNode): boolean {
  return node !== null && node !== undefined && (node === kind || node.above.includes(kind.index));
}

function guaranteeRow(
  guarantee: number,
  judged: readonly Judged[],
  { leafCount }: Hierarchy,
): GuaranteeRow {
  const answered = judged.filter(({ node }) => node);
  return {
    guarantee,
    answered: shareOf(answered.length, judged.length),
    accurate: count(answered, isTrue),
    specificity: bootstrap(
      judged.map((photo) =>
        isTrue(photo) ? 1 - Math.log(photo.node!.leaves.length) / Math.log(leafCount) : 0
      ),
      mean,
    ),
  };
}

function kindRow(kind: HierarchyNode, judged: readonly Judged[]): KindRow {
  const of = judged.filter(({ truth }) => isWithin(truth, kind));
  const fresh = of.filter(({ source }) => source === "new");
  const known = of.filter(({ source }) => source === "known");
  const named = known.filter(({ node }) => isWithin(node, kind) && node!.leaves.length === 1);
  const novelty = of.map(({ source, answer }): Scored => ({
    score: answer.novelty,
    positive: source === "new",
  }));
  return {
    kind: kind.name,
    recognised: count(fresh, ({ node }) => isWithin(node, kind)),
    trueLabel: count(fresh, isTrue),
    misnamed: count(fresh, (photo) => photo.node !== undefined && !isTrue(photo)),
    named: count(known, ({ node, truth }) => node === truth),
    namedRight: count(named, ({ node, truth }) => node === truth),
    falsely: count(
      judged.filter(({ truth }) => !isWithin(truth, kind)),
      ({ node }) => isWithin(node, kind),
    ),
    noveltyAuroc: bootstrap(novelty, auroc),
    flaggedNew: count(fresh, ({ answer }) => answer.novel),
    flaggedKnown: count(known, ({ answer }) => answer.novel),
    noveltyError: bootstrap(novelty, balancedError),
  };
}

/** Calibration error of novelty when known and new breeds are equally frequent. */
function balancedError(scored: readonly Scored[]): number {
  const fresh = scored.filter(({ positive }) => positive);
  const known = scored.filter(({ positive }) => !positive);
  if (fresh.length === 0 || known.length === 0) return NaN;
  const most = Math.max(fresh.length, known.length);
  const stretched = (part: readonly Scored[]) =>
    Array.from({ length: most }, (_, i) => part[Math.floor(i * part.length / most)]!);
  return calibrationError([...stretched(fresh), ...stretched(known)]);
}

/** The report as Markdown. */
export function formatNetwork(report: NetworkReport): string {
  const { photos, guarantees, kinds, confidenceError } = report;
  const lines = [
    "# The network",
    "",
    "Made by `deno task eval network`. Shares with their 95 % intervals.",
    "",
    `${photos.known} photos of classes that the network learnt, ${photos.new} of breeds that it ` +
    `did not, ${photos.other} of other things; no class or breed was fitted on.`,
    "",
    "| guarantee | answered | label true | specificity |",
    "|---|---|---|---|",
    ...guarantees.map(({ guarantee, answered, accurate, specificity }) =>
      `| ${guarantee} | ${formatShare(answered)} | ${formatShare(accurate)} | ${
        formatMeasured(specificity)
      } |`
    ),
    "",
    `Calibration error of confidence: ${formatMeasured(confidenceError)}.`,
    "",
    `| | ${kinds.map(({ kind }) => kind).join(" | ")} |`,
    `|---|${kinds.map(() => "---|").join("")}`,
  ];
  const row = (what: string, cell: (row: KindRow) => string) =>
    lines.push(`| ${what} | ${kinds.map(cell).join(" | ")} |`);
  row("new breeds: the kind or below", (of) => formatShare(of.recognised));
  row("new breeds: a true label", (of) => formatShare(of.trueLabel));
  row("new breeds: misnamed", (of) => formatShare(of.misnamed));
  row("known breeds: named", (of) => formatShare(of.named));
  row("known breeds: right of those named", (of) => formatShare(of.namedRight));
  row("others called so", (of) => formatShare(of.falsely));
  row("novelty of breed: AUROC", (of) => formatMeasured(of.noveltyAuroc));
  row("new breeds flagged as novel", (of) => formatShare(of.flaggedNew));
  row("known breeds flagged as novel", (of) => formatShare(of.flaggedKnown));
  row("novelty: calibration error", (of) => formatMeasured(of.noveltyError));
  return lines.join("\n");
}
