/**
 * How far the network's answers can be relied on: photos of classes that it learnt, dogs and cats of
 * breeds that it never saw, other things, and drawings. No photo is judged by numbers that were
 * fitted to its class or breed, but for a few constants of the recipe.
 *
 * @module
 */
import { softmax } from "../../functions/core/softmax.ts";
import { createGeneralizer } from "../../functions/core/generalize.ts";
import type { Generalization } from "../../functions/core/generalize_type.ts";
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import type { NetworkCalibration } from "../../models/network.ts";
import { calibrate, kindsOf } from "../recipes/calibrate.ts";
import type { Classifier } from "../recipes/kinds.ts";
import { bootstrap, type Measured } from "./bootstrap.ts";
import { compareNovelty, type NoveltyRow } from "./compare_novelty.ts";
import { errorByChance } from "./error_by_chance.ts";
import { type Share, shareOf } from "./interval.ts";
import { FOLDS } from "./labelled_photos.ts";
import { auroc, calibrationError, type Scored } from "./measures.ts";
import { type Kinds, type RecognizedPhoto, recognizedPhotos } from "./recognized_photos.ts";
import { digestOf, type SeenPhoto } from "./seen_photos.ts";
import type { Features } from "./features.ts";
import type { StyledPhoto } from "./styled_photos.ts";

/** Guarantees that are asked for. */
const GUARANTEES = [0.8, 0.9, 0.95, 0.98] as const;

/** What is judged. */
export interface GeneralizationParts {
  readonly hierarchy: Hierarchy;
  readonly classifier: Classifier;
  /** The committed numbers, and the digest of the photos that they were fitted on. */
  readonly committed: {
    readonly kinds: Kinds;
    readonly network: NetworkCalibration;
    readonly photos: string;
  };
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
  /**
   * The same of a flat classifier, a leaf or nothing, with the threshold on these very photos at
   * which it is as accurate.
   */
  readonly flat: Measured;
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
  /** What it would be on so few photos if every probability were exact. */
  readonly noveltyErrorByChance: number;
}

/** Answers to photos of one style that the network did not learn from. */
export interface StyleRow {
  /** "photo", "art painting", "cartoon" or "sketch". */
  readonly style: string;
  /** Answered with anything. */
  readonly answered: Share;
  /** Of those, the label is what is shown, a kind of it, or something above it. */
  readonly accurate: Share;
  /** Answered with what is shown, or something below it. */
  readonly recognised: Share;
}

/** The figures of this evaluation. */
export interface GeneralizationReport {
  /** Whether the numbers were fitted again for each fold, because these photos made the committed ones. */
  readonly crossFitted: boolean;
  readonly photos: { readonly known: number; readonly new: number; readonly other: number };
  readonly guarantees: readonly GuaranteeRow[];
  readonly kinds: readonly KindRow[];
  readonly novelty: readonly NoveltyRow[];
  readonly styles: readonly StyleRow[];
  /** Mean number of views looked at, and the share of photos that needed more than one. */
  readonly views: { readonly mean: Measured; readonly more: Share };
  /** Confidence of what was answered, classes learnt alone, and novelty of breeds. */
  readonly confidence: { readonly scored: readonly Scored[]; readonly error: Measured };
  readonly noveltyScored: readonly Scored[];
}

/** One photo with its answers. */
interface Judged extends RecognizedPhoto {
  readonly answer: Generalization;
  /** The node that was answered. */
  readonly node: HierarchyNode | undefined;
  /** The node at another guarantee. */
  at(specificity: number): HierarchyNode | undefined;
  /** The most probable leaf and its probability, for the flat classifier. */
  readonly flat: { readonly leaf: number; readonly probability: number };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function count<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return shareOf(items.filter(holds).length, items.length);
}

/**
 * Runs the evaluation.
 *
 * On the very photos that the committed numbers were fitted on, they are fitted again for each of
 * the folds, without its classes and breeds; on others the committed ones are judged.
 *
 * @param photos with labels
 * @param styles photos of `pacs`
 */
export async function evaluateGeneralization(
  { hierarchy, classifier, committed }: GeneralizationParts,
  photos: readonly SeenPhoto[],
  styles: readonly (StyledPhoto & Features)[],
  progress: (line: string) => void = () => {},
): Promise<GeneralizationReport> {
  const crossFitted = await digestOf(photos) === committed.photos;
  const judged: Judged[] = [];
  if (crossFitted) {
    for (let fold = 0; fold < FOLDS; fold++) {
      progress(`fold ${fold + 1} of ${FOLDS}`);
      const fitted = await calibrate(
        hierarchy,
        classifier,
        photos.filter((photo) => photo.fold !== fold),
      );
      const apart = photos.filter((photo) => photo.fold === fold);
      judged.push(...await judge(hierarchy, kindsOf(fitted), fitted.network, apart));
    }
  } else judged.push(...await judge(hierarchy, committed.kinds, committed.network, photos));

  const imagenet = judged.filter(({ source, learnt }) =>
    source === "leaf" || (source === "known" && learnt)
  );
  const learntClasses = judged.filter(({ source }) => source === "leaf" || source === "known");
  const answered = learntClasses.filter(({ node }) => node);
  const scored = answered.map((photo): Scored => ({
    score: photo.answer.confidence,
    positive: isTrue(photo),
  }));
  const dog = hierarchy.find("dog")!;
  const styled = await judge(hierarchy, committed.kinds, committed.network, styles);
  return {
    crossFitted,
    photos: {
      known: learntClasses.length,
      new: judged.filter(({ source }) => source === "new").length,
      other: judged.filter(({ source }) => source === "other").length,
    },
    guarantees: GUARANTEES.map((guarantee) => guaranteeRow(guarantee, imagenet, hierarchy)),
    kinds: ["dog", "cat"].map((kind) => kindRow(hierarchy.find(kind)!, judged)),
    novelty: compareScores(dog, classifier, judged),
    styles: styleRows(styles, styled),
    views: {
      mean: bootstrap(judged, (sample) => mean(sample.map(({ looks }) => looks))),
      more: count(judged, ({ looks }) => looks > 1),
    },
    confidence: { scored, error: bootstrap(scored, (sample) => calibrationError(sample)) },
    noveltyScored: balanced(noveltyOf(dog, judged)),
  };
}

async function judge(
  hierarchy: Hierarchy,
  kinds: Kinds,
  network: NetworkCalibration,
  photos: readonly SeenPhoto[],
): Promise<Judged[]> {
  const generalize = createGeneralizer(hierarchy, network);
  const nodeOf = ({ label }: Generalization) => label === null ? undefined : hierarchy.find(label);
  return (await recognizedPhotos(photos, kinds)).map((photo) => {
    const answer = generalize(photo.scores);
    const leaves = softmax(photo.views[0]!.logits, network.temperature);
    const probability = Math.max(...leaves);
    return {
      ...photo,
      answer,
      node: nodeOf(answer),
      at: (specificity) => nodeOf(generalize(photo.scores, { specificity })),
      flat: { leaf: leaves.indexOf(probability), probability },
    };
  });
}

/** The answer is what the photo shows, or something more general. */
function isTrue({ node, truth }: { node: HierarchyNode | undefined; truth: HierarchyNode | null }) {
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
  const nodes = judged.map((photo) => ({ truth: photo.truth, node: photo.at(guarantee) }));
  const answered = nodes.filter(({ node }) => node);
  const accurate = count(answered, isTrue);
  return {
    guarantee,
    answered: shareOf(answered.length, judged.length),
    accurate,
    specificity: bootstrap(
      nodes.map((photo) =>
        isTrue(photo) ? 1 - Math.log(photo.node!.leaves.length) / Math.log(leafCount) : 0
      ),
      mean,
    ),
    flat: bootstrap(flatGains(judged, accurate.share), mean),
  };
}

/** Information gain of a leaf or nothing, by the lowest threshold that is as accurate. */
function flatGains(judged: readonly Judged[], accuracy: number): number[] {
  const sorted = judged
    .map(({ flat, truth }) => ({ ...flat, right: truth!.leaves[0] === flat.leaf }))
    .sort((a, b) => b.probability - a.probability);
  let right = 0, most = 0;
  for (const [i, one] of sorted.entries()) {
    if (one.right) right++;
    if (right / (i + 1) >= accuracy) most = i + 1;
  }
  return sorted.map((one, i) => i < most && one.right ? 1 : 0);
}

/** Most photos of a breed: one with a hundred does not stand for its kind. */
const MOST_OF_BREED = 12;

/** New breeds of a kind and known ones, without the photos that the network learnt from. */
function breedsOf(kind: HierarchyNode, judged: readonly Judged[]) {
  const counts = new Map<string, number>();
  const of = judged.filter(({ truth, learnt, type }) => {
    if (!isWithin(truth, kind) || learnt) return false;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    return counts.get(type)! <= MOST_OF_BREED;
  });
  return {
    fresh: of.filter(({ source }) => source === "new"),
    known: of.filter(({ source }) => source === "known"),
  };
}

function noveltyOf(kind: HierarchyNode, judged: readonly Judged[]): Scored[] {
  const { fresh, known } = breedsOf(kind, judged);
  return [...fresh, ...known].map(scoredNovelty);
}

function scoredNovelty({ source, answer }: Judged): Scored {
  return { score: answer.novelty, positive: source === "new" };
}

function kindRow(kind: HierarchyNode, judged: readonly Judged[]): KindRow {
  const { fresh, known } = breedsOf(kind, judged);
  const named = known.filter(({ node }) => isWithin(node, kind) && node!.leaves.length === 1);
  const novelty = noveltyOf(kind, judged);
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
    noveltyAuroc: bootstrap(
      [...Map.groupBy([...fresh, ...known], ({ type }) => type).values()],
      (types) => auroc(types.flat().map(scoredNovelty)),
    ),
    flaggedNew: count(fresh, ({ answer }) => answer.novel),
    flaggedKnown: count(known, ({ answer }) => answer.novel),
    noveltyError: bootstrap(
      [...Map.groupBy([...fresh, ...known], ({ type }) => type).values()],
      (types) => calibrationError(balanced(types.flat().map(scoredNovelty))),
    ),
    noveltyErrorByChance: errorByChance(
      novelty,
      (sample) => calibrationError(balanced(sample)),
      fresh.length / known.length,
    ),
  };
}

/** Known and new breeds equally often, each photo as often as it takes. */
function balanced(scored: readonly Scored[]): Scored[] {
  const fresh = scored.filter(({ positive }) => positive);
  const known = scored.filter(({ positive }) => !positive);
  const most = Math.max(fresh.length, known.length);
  const stretched = (part: readonly Scored[]) =>
    part.length === 0
      ? []
      : Array.from({ length: most }, (_, i) => part[Math.floor(i * part.length / most)]!);
  return [...stretched(fresh), ...stretched(known)];
}

/** All published scores on the same photos, one view each. */
function compareScores(
  kind: HierarchyNode,
  classifier: Classifier,
  judged: readonly Judged[],
): NoveltyRow[] {
  const { fresh, known } = breedsOf(kind, judged);
  const compared = ({ path, type, truth, views: [centre] }: Judged) => ({
    path,
    type,
    leaf: truth!.leaves[0]!,
    logits: centre!.logits,
    embedding: centre!.embedding,
  });
  const bank = known.map(compared);
  const sum = new Float64Array(judged[0]!.views[0]!.embedding.length);
  for (const { views } of judged) views[0]!.embedding.forEach((value, d) => sum[d]! += value);
  return compareNovelty(
    {
      leaves: kind.leaves,
      ...classifier,
      mean: Float32Array.from(sum, (value) => value / judged.length),
      bank,
    },
    bank,
    fresh.map(compared),
  );
}

function styleRows(
  photos: readonly StyledPhoto[],
  judged: readonly Judged[],
): StyleRow[] {
  const all = judged.map((photo, i) => ({ ...photo, style: photos[i]!.style }));
  return [...Map.groupBy(all, ({ style }) => style)].map(([style, of]) => {
    const answered = of.filter(({ node }) => node);
    return {
      style,
      answered: shareOf(answered.length, of.length),
      accurate: count(answered, (photo) => isTrue(photo) || isWithin(photo.node, photo.truth!)),
      recognised: count(of, ({ node, truth }) => isWithin(node, truth!)),
    };
  });
}
