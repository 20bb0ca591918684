/**
 * Fits what lies between the backbone's scores and probabilities that can be relied on: the graph
 * `kinds.onnx` and the manifest's sections `kinds` and `network`.
 *
 * `deno task train calibrate --data DIR`, where DIR has `imagenet-samples` (files named by WordNet
 * id), `breeds` and `novel-breeds` (folders named `kind__breed`) and, if there, photos of other things
 *
 * At most twelve photos of a type are fitted on; `training/eval/generalization.ts` judges by cross-fitting, whole breeds and
 * classes left out, or on other photos.
 *
 * @module
 */
import { createChoice, multiplierFor } from "../../functions/core/generalize.ts";
import { logOdds, sigmoid } from "../../functions/core/log_odds.ts";
import { bestStanding, createPosterior, type Posterior } from "../../functions/core/posterior.ts";
import { softmax } from "../../functions/core/softmax.ts";
import { type Hierarchy, type HierarchyNode, parseHierarchy } from "../../models/hierarchy.ts";
import { parseSection } from "../../models/manifest.ts";
import type { Guarantee, Logistic, NetworkCalibration } from "../../models/network.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { sharedPath } from "../collections.ts";
import { labelledPhotos } from "../eval/labelled_photos.ts";
import { type Kinds, type RecognizedPhoto, recognizedPhotos } from "../eval/recognized_photos.ts";
import { digestOf, type SeenPhoto, seenPhotos } from "../eval/seen_photos.ts";
import { openViewReader } from "../eval/view_reader.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { readClassifier } from "./classifier.ts";
import { fitSoftmax } from "./fit_softmax.ts";
import {
  buildKinds,
  type Classifier,
  groupFeatures,
  groupsOf,
  type KindsParameters,
  scoreKindsBy,
} from "./kinds.ts";

/** Kinds of which ImageNet knows only some types, and for which photos of others are at hand. */
const OPEN_KINDS = ["dog", "cat"] as const;
/** The open kinds, their look-alikes (horses pass for dogs), and ever less like them. */
const GROUPS = [
  "dog",
  "dog or relative",
  "cat",
  "cat or relative",
  "hoofed animal",
  "mammal",
  "animal",
] as const;
/**
 * How often photos show an open kind: oftener than in ImageNet (.12 and .005), for people show
 * their pets. Half of each are of types never learnt, so that the head learns the kind and not its
 * list of types.
 */
const PRIOR = { dog: 0.35, cat: 0.25 } as const;
/** How strongly the head's weights are held to 0. */
const L2 = 1e-4;
/**
 * While no kind has this probability, more views are looked at: they settle the kind of one dog in
 * twenty and cost little, for few photos need them.
 */
const DECIDED = 0.98;
/**
 * Of the softmax over cosines that novelty is judged by. Of .05, .07, .1 and .15 the one that names
 * most known breeds where as many new ones are misnamed.
 */
const COSINE_TEMPERATURE = 0.1;
/**
 * Share of the dogs and cats shown that are of a breed never learnt, where an answer is chosen. Were
 * it higher, fewer known breeds would be named; lower, more new ones misnamed. Chosen with
 * `deno task eval generalization` in view.
 */
const NEW_SHARE = 0.4;
/** Share of known breeds that may be flagged as new. */
const FALSE_NOVEL = 0.15;
/** Most photos of one type, so that a breed with a hundred of them does not stand for its kind. */
const MOST_OF_TYPE = 12;
/** What is guaranteed when the asker says nothing. */
const SPECIFICITY = 0.95;
/** Guarantees that the photos are enough to measure; beyond them the line is continued. */
const MEASURED = [0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98];
/** No multiplier is looked for above it. */
const MOST_MULTIPLIER = 1000;
/** Halvings of the bisection: 2⁻³⁰ of its range. */
const HALVINGS = 30;

/** What is fitted. */
export interface Calibration {
  readonly network: NetworkCalibration;
  readonly kinds: KindsParameters;
  readonly decided: number;
}

/**
 * Fits the calibration.
 *
 * @param classifier the one that made the photos' logits
 * @param photos those to fit on, with what was seen in them
 * @throws {RangeError} when photos of a source are missing
 */
export async function calibrate(
  hierarchy: Hierarchy,
  classifier: Classifier,
  photos: readonly SeenPhoto[],
): Promise<Calibration> {
  const some = fewOfEachType(photos);
  const openKinds = OPEN_KINDS.map((name) => hierarchy.find(name)!);
  const kinds = fitKinds(hierarchy, classifier, some);
  const seen = await recognizedPhotos(some, kindsOf({ kinds, decided: DECIDED }));

  const novelties = fitNovelties(seen, openKinds);
  // Dogs are the kind with the most types; what holds for them is the best guess for others.
  const novelty = novelties[0]!;
  const knownDogs = seen
    .filter((photo) => photo.source === "known" && !photo.learnt && isOf(photo, openKinds[0]!))
    .map((photo) => sigmoid(novelty.intercept + novelty.slope * standing(photo, openKinds[0]!)));

  // Rounded before the guarantees are found, which a single photo can tip.
  const unfinished: NetworkCalibration = rounded({
    temperature: kinds.temperature,
    cosineTemperature: COSINE_TEMPERATURE,
    openKinds: openKinds.map(({ name }, i) => ({ name, novelty: novelties[i]! })),
    newShare: NEW_SHARE,
    novelty,
    novelCut: quantile(knownDogs, 1 - FALSE_NOVEL),
    confidence: { slope: 1, intercept: 0 },
    specificity: SPECIFICITY,
    guarantees: [],
  });
  const judged = judge(hierarchy, unfinished, seen);
  const guarantees = fitGuarantees(judged);
  return {
    kinds,
    decided: DECIDED,
    network: {
      ...unfinished,
      guarantees,
      confidence: rounded(fitConfidence(judged, guarantees)),
    },
  };
}

/** What `kinds.onnx` says, and when more views are looked at, of a calibration. */
export function kindsOf({ kinds, decided }: Pick<Calibration, "kinds" | "decided">): Kinds {
  return { scoreKinds: scoreKindsBy(kinds), decided };
}

function isOf({ truth }: SeenPhoto, kind: HierarchyNode): boolean {
  return truth !== null && kind.leaves.includes(truth.leaves[0]!);
}

function standing({ scores }: RecognizedPhoto, kind: HierarchyNode): number {
  return bestStanding(scores.cosines, kind, COSINE_TEMPERATURE);
}

function fewOfEachType(photos: readonly SeenPhoto[]): SeenPhoto[] {
  const counts = new Map<string, number>();
  return photos.filter(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= MOST_OF_TYPE;
  });
}

/** A photo of a class that the network learnt. */
function isLearntClass({ source }: SeenPhoto): boolean {
  return source === "leaf" || source === "known";
}

/** One over the number of photos of the same type: every type counts alike. */
function typeWeights(photos: readonly SeenPhoto[]): number[] {
  const counts = new Map<string, number>();
  for (const { type } of photos) counts.set(type, (counts.get(type) ?? 0) + 1);
  return photos.map(({ type }) => 1 / counts.get(type)!);
}

/** The temperature, and the head that tells the open kinds, from the centre view alone. */
function fitKinds(
  hierarchy: Hierarchy,
  classifier: Classifier,
  photos: readonly SeenPhoto[],
): KindsParameters {
  const centre = ({ views }: SeenPhoto) => views[0]!;
  const temperature = fitTemperature(photos.filter(isLearntClass));
  const groups = groupsOf(hierarchy, GROUPS);
  const openKinds = OPEN_KINDS.map((name) => hierarchy.find(name)!);
  const label = (photo: SeenPhoto) => {
    const kind = openKinds.findIndex((kind) => isOf(photo, kind));
    return kind === -1 ? openKinds.length : kind;
  };
  const part = (photo: SeenPhoto) => `${label(photo)} ${photo.source === "new"}`;
  const sizes = new Map<string, number>();
  for (const photo of photos) sizes.set(part(photo), (sizes.get(part(photo)) ?? 0) + 1);
  const priors = [PRIOR.dog / 2, PRIOR.cat / 2, 1 - PRIOR.dog - PRIOR.cat];
  const head = fitSoftmax(
    photos.map((photo) => ({
      features: groupFeatures(centre(photo).logits, groups, temperature),
      label: label(photo),
      weight: priors[label(photo)]! / sizes.get(part(photo))!,
    })),
    openKinds.length + 1,
    L2,
  );
  const sum = new Float64Array(centre(photos[0]!).embedding.length);
  for (const photo of photos) centre(photo).embedding.forEach((value, d) => sum[d]! += value);
  return {
    temperature,
    groups,
    head,
    mean: Float32Array.from(sum, (value) => value / photos.length),
    classifier,
  };
}

/** The temperature of the lowest negative log-likelihood, by golden-section search. */
function fitTemperature(photos: readonly SeenPhoto[]): number {
  const weights = typeWeights(photos);
  const loss = (temperature: number) =>
    photos.reduce(
      (sum, { views, truth }, i) =>
        sum - weights[i]! *
          Math.log(Math.max(1e-12, softmax(views[0]!.logits, temperature)[truth!.leaves[0]!]!)),
      0,
    );
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0.25, 4];
  while (high - low > 1e-3) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/**
 * One slope for all open kinds, for of cats there are few known breeds; an intercept each. Known
 * and new types of a kind count alike, whatever their numbers of photos. Photos that the network
 * learnt from would look better known than any that comes.
 */
function fitNovelties(
  photos: readonly RecognizedPhoto[],
  kinds: readonly HierarchyNode[],
): Logistic[] {
  const examples = kinds.flatMap((kind, k) => {
    const of = photos.filter((photo) => isOf(photo, kind) && !photo.learnt);
    return of.map((photo) => ({
      features: [standing(photo, kind), ...kinds.slice(1).map((_, i) => i + 1 === k ? 1 : 0)],
      label: photo.source === "new" ? 0 : 1,
      weight: of.length / of.filter(({ source }) => source === photo.source).length,
    }));
  });
  const { weights: [weights], biases: [bias] } = fitSoftmax(examples, 2, L2);
  return kinds.map((_, k) => ({
    slope: weights![0]!,
    intercept: bias! + (k === 0 ? 0 : weights![k]!),
  }));
}

/** What could be answered to a photo, by multiplier. */
interface Judged {
  /** Every class counts alike, as in ImageNet. */
  readonly weight: number;
  /** Probability of the answer, and whether it is true; undefined when there is none. */
  answer(multiplier: number): { readonly probability: number; readonly right: boolean } | undefined;
}

/** Judges the photos of classes that the network learnt. */
function judge(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
  photos: readonly RecognizedPhoto[],
): Judged[] {
  const posteriorOf = createPosterior(hierarchy, calibration);
  const choose = createChoice(hierarchy);
  const learnt = photos.filter(isLearntClass);
  const weights = typeWeights(learnt);
  return learnt.map(({ scores, truth }, i) => {
    const posterior: Posterior = posteriorOf(scores);
    return {
      weight: weights[i]!,
      answer(multiplier) {
        const node = choose(posterior, multiplier);
        return node && {
          probability: posterior.nodes[node.index]!,
          right: node.leaves.includes(truth!.leaves[0]!),
        };
      },
    };
  });
}

/** Share of true ones among the answers, every class counting alike. */
function accuracyAt(judged: readonly Judged[], multiplier: number): number {
  let right = 0, all = 0;
  for (const photo of judged) {
    const answer = photo.answer(multiplier);
    if (answer === undefined) continue;
    all += photo.weight;
    if (answer.right) right += photo.weight;
  }
  return right / all;
}

/** The lowest multiplier that keeps each guarantee, by bisection (Deng et al., algorithm 1). */
function fitGuarantees(judged: readonly Judged[]): Guarantee[] {
  const least = Math.floor(1000 * accuracyAt(judged, 0)) / 1000;
  const guarantees: Guarantee[] = [
    { specificity: Math.max(0.5, Math.min(least, 0.999)), multiplier: 0 },
  ];
  for (const specificity of MEASURED) {
    if (specificity <= guarantees[0]!.specificity) continue;
    let [low, high] = [0, Math.log1p(MOST_MULTIPLIER)];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (accuracyAt(judged, Math.expm1(middle)) >= specificity) high = middle;
      else low = middle;
    }
    // No multiplier is enough: the line is continued instead.
    if (accuracyAt(judged, MOST_MULTIPLIER) < specificity) break;
    const multiplier = Math.ceil(1e5 * Math.expm1(high)) / 1e5;
    if (multiplier > guarantees.at(-1)!.multiplier) guarantees.push({ specificity, multiplier });
  }
  return guarantees;
}

/** From the probability of what is answered, at any guarantee, to how often it is true. */
function fitConfidence(judged: readonly Judged[], guarantees: readonly Guarantee[]): Logistic {
  const answers = [0.8, 0.9, 0.95, 0.98].flatMap((specificity) => {
    const multiplier = multiplierFor(guarantees, specificity);
    return judged.flatMap((photo) => photo.answer(multiplier) ?? []);
  });
  const { weights, biases } = fitSoftmax(
    answers.map(({ probability, right }) => ({
      features: [logOdds(probability)],
      label: right ? 0 : 1,
    })),
    2,
  );
  return { slope: weights[0]![0]!, intercept: biases[0]! };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Digits beyond the fifth are noise. */
function rounded<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, v) => typeof v === "number" ? Number(v.toFixed(5)) : v),
  );
}

const FILE = "kinds.onnx";

/** Folders that the photos are found in; a folder of classes of one's own says nothing of breeds. */
const NEEDED = ["imagenet-samples", "breeds", "novel-breeds"] as const;

function hasPhotos(data: string | undefined): data is string {
  if (data === undefined) return false;
  const inside = [...Deno.readDirSync(data)].map(({ name }) => name);
  return NEEDED.every((name) => inside.includes(name));
}

/** Fits and stores the calibration. */
export const recipe: Recipe = {
  name: "calibrate",
  purpose: "fit probabilities, kinds and novelty on photos with labels",
  async run({ cache, data: given, log, models }) {
    const data = [given, sharedPath("data")].find(hasPhotos);
    if (data === undefined) {
      log(`kept as it is: no folder with ${NEEDED.join(", ")} (pass one by --data DIR)`);
      return;
    }
    const path = join(models, "manifest.json");
    const manifest = JSON.parse(await Deno.readTextFile(path));
    const hierarchy = parseHierarchy(
      JSON.parse(await Deno.readTextFile(join(models, "hierarchy.json"))),
    );
    const backbone = parseSection("backbone", manifest.backbone);
    const classifier = readClassifier(await Deno.readFile(join(models, backbone.file)));
    const reader = await openViewReader(backbone, models);
    const photos = await seenPhotos(await labelledPhotos(data, hierarchy), reader, {
      cache: join(cache, "features"),
      progress: (done, of) => done % 500 === 0 && log(`${done} of ${of} photos`),
    }).finally(() => reader.close());

    const { network, kinds, decided } = await calibrate(hierarchy, classifier, photos);
    const bytes = buildKinds(kinds).toBytes({ metadata: { licence: "Apache-2.0" } });
    const sha256 = await sha256Hex(bytes);
    const { logits, embedding } = backbone.outputs;
    const counts = Map.groupBy(fewOfEachType(photos), ({ source }) => source);
    await writeAtomically(join(models, FILE), bytes);
    await updateManifest("kinds", {
      file: FILE,
      bytes: bytes.length,
      sha256,
      licence: "Apache-2.0",
      inputs: { logits, embedding },
      outputs: {
        kinds: { name: "kinds", of: [...OPEN_KINDS] },
        cosines: { name: "cosines", dim: logits.dim },
      },
      decided,
      made: {
        command: "deno task train calibrate",
        data: `photos of ${counts.get("leaf")?.length} other classes, ` +
          `${counts.get("known")?.length} of breeds that ImageNet has, ` +
          `${counts.get("new")?.length} of others, ${counts.get("other")?.length} of other things`,
        photos: await digestOf(photos),
      },
    }, path);
    await updateManifest("network", network, path);
    log(`temperature ${network.temperature}, novel from ${network.novelCut} on`);
    for (const { specificity, multiplier } of network.guarantees) {
      log(`accuracy ${specificity}: multiplier ${multiplier}`);
    }
  },
};
