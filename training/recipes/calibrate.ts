/**
 * Fits the few numbers between the network's logits and probabilities that can be relied on, and
 * stores them in the manifest's section `network`.
 *
 * `deno task train calibrate --data DIR`, where DIR has `imagenet-samples` (files named by WordNet
 * id), `breeds` and `novel-breeds` (folders named `kind__breed`) and, if there, photos of other things
 *
 * Half of the classes and breeds are fitted on; `training/eval/network.ts` judges on the others.
 *
 * @module
 */
import { neededProbability } from "../../functions/core/generalize.ts";
import { logistic, logOdds } from "../../functions/core/log_odds.ts";
import { bestShare, createGroupFeatures, createPosterior } from "../../functions/core/posterior.ts";
import { softmax } from "../../functions/core/softmax.ts";
import { type Hierarchy, type HierarchyNode, parseHierarchy } from "../../models/hierarchy.ts";
import { parseSection } from "../../models/manifest.ts";
import type { Guarantee, Logistic, NetworkCalibration } from "../../models/network.ts";
import { sharedPath } from "../collections.ts";
import { openInProcessEncoder } from "../eval/in_process_encoder.ts";
import { type SeenPhoto, seenPhotos } from "../eval/seen_photos.ts";
import { updateManifest } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { fitSoftmax } from "./fit_softmax.ts";

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
 * their pets.
 */
const PRIOR = { dog: 0.3, cat: 0.1 } as const;
/** How strongly the open kinds' weights are held to 0. */
const L2 = 1e-4;
/**
 * Where novelty is judged the softmax is flattened: of .73, 1, 1.5 and 2 it separates known from
 * new breeds best (AUROC .795 against .771 at .73).
 */
const NOVELTY_TEMPERATURE = 1.5;
/** Share of known breeds that may be flagged as new. */
const FALSE_NOVEL = 0.15;
/** Most photos of one type, so that a breed with a hundred of them does not stand for its kind. */
const MOST_OF_TYPE = 12;
/** What is guaranteed when the asker says nothing. */
const SPECIFICITY = 0.95;
/** Guarantees that the photos are enough to measure; beyond them the line is continued. */
const MEASURED = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98];

/**
 * Fits the calibration.
 *
 * @param photos those to fit on, with what was seen in them
 * @throws {RangeError} when photos of a source are missing
 */
export function calibrate(
  hierarchy: Hierarchy,
  photos: readonly SeenPhoto[],
): NetworkCalibration {
  const some = fewOfEachType(photos);
  const learnt = some.flatMap(({ source, truth, logits }) =>
    truth && source !== "new" ? [{ truth, logits }] : []
  );
  const temperature = fitTemperature(learnt);
  const kinds = OPEN_KINDS.map((name) => hierarchy.find(name)!);

  const groupFeatures = createGroupFeatures(hierarchy, GROUPS);
  const labels = some.map((photo) => {
    const kind = kinds.findIndex((kind) => isOf(photo, kind));
    return kind === -1 ? kinds.length : kind;
  });
  const priors = [...Object.values(PRIOR), 1 - PRIOR.dog - PRIOR.cat];
  const head = fitSoftmax(
    some.map(({ logits }, i) => ({
      features: groupFeatures(softmax(logits, temperature)),
      label: labels[i]!,
      weight: priors[labels[i]!]! / labels.filter((label) => label === labels[i]).length,
    })),
    kinds.length + 1,
    L2,
  );

  const novelties = fitNovelties(some, kinds);
  // Dogs are the kind with the most types; what holds for them is the best guess for others.
  const novelty = novelties[0]!;
  const [dog] = kinds;
  const knownDogs = some.filter((photo) => photo.source === "known" && isOf(photo, dog!))
    .map((photo) => logistic(novelty, share(photo, dog!)));

  const unfinished: NetworkCalibration = {
    temperature,
    noveltyTemperature: NOVELTY_TEMPERATURE,
    groups: GROUPS,
    openKinds: kinds.map(({ name }, i) => ({
      name,
      weights: head.weights[i]!,
      bias: head.biases[i]!,
      novelty: novelties[i]!,
    })),
    novelty,
    novelCut: quantile(knownDogs, 1 - FALSE_NOVEL),
    confidence: { slope: 1, intercept: 0 },
    specificity: SPECIFICITY,
    guarantees: [],
  };
  const judged = judge(hierarchy, unfinished, learnt);
  const guarantees = fitGuarantees(judged);
  return rounded({
    ...unfinished,
    guarantees,
    confidence: fitConfidence(judged, guarantees),
  });
}

function isOf({ truth }: SeenPhoto, kind: HierarchyNode): boolean {
  return truth !== null && kind.leaves.includes(truth.leaves[0]!);
}

/** A photo of a class that the network learnt. */
interface Learnt {
  readonly truth: HierarchyNode;
  readonly logits: Float32Array;
}

function share({ logits }: SeenPhoto, kind: HierarchyNode): number {
  return bestShare(softmax(logits, NOVELTY_TEMPERATURE), kind);
}

function fewOfEachType(photos: readonly SeenPhoto[]): SeenPhoto[] {
  const counts = new Map<string, number>();
  return photos.filter(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= MOST_OF_TYPE;
  });
}

/** The temperature of the lowest mean negative log-likelihood, by golden-section search. */
function fitTemperature(photos: readonly Learnt[]): number {
  const loss = (temperature: number) =>
    photos.reduce(
      (sum, { logits, truth }) =>
        sum - Math.log(Math.max(1e-12, softmax(logits, temperature)[truth.leaves[0]!]!)),
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
 * and new types of a kind count alike, whatever their numbers of photos.
 */
function fitNovelties(photos: readonly SeenPhoto[], kinds: readonly HierarchyNode[]): Logistic[] {
  const examples = kinds.flatMap((kind, k) => {
    const of = photos.filter((photo) => isOf(photo, kind));
    return of.map((photo) => ({
      features: [logOdds(share(photo, kind)), ...kinds.slice(1).map((_, i) => i + 1 === k ? 1 : 0)],
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

/** For each photo the nodes that could be its answer, the most telling first. */
type Judged = readonly {
  readonly probability: number;
  readonly size: number;
  readonly right: boolean;
}[];

function judge(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
  photos: readonly Learnt[],
): Judged[] {
  const posterior = createPosterior(hierarchy, calibration);
  return photos.map(({ logits, truth }) => {
    const { nodes } = posterior(logits);
    return hierarchy.nodes
      .map(({ index, leaves }) => ({
        probability: nodes[index]!,
        size: leaves.length,
        right: leaves.includes(truth.leaves[0]!),
      }))
      .filter(({ probability }) => probability > 0.05)
      .sort((a, b) => a.size - b.size || b.probability - a.probability);
  });
}

const answerAt = (judged: Judged, needed: number) =>
  judged.find(({ probability }) => probability >= needed);

/** The lowest probability from which on the share of true answers stays at the guarantee. */
function fitGuarantees(judged: readonly Judged[]): Guarantee[] {
  const grid = Array.from({ length: 941 }, (_, i) => 0.05 + i / 1000);
  const accuracy = grid.map((needed) => {
    const answers = judged.flatMap((photo) => answerAt(photo, needed) ?? []);
    return answers.filter(({ right }) => right).length / answers.length;
  });
  const guarantees: Guarantee[] = [];
  for (const specificity of MEASURED) {
    const below = accuracy.findLastIndex((share) => share < specificity);
    const probability = grid[below + 1];
    // What even the lowest threshold keeps needs no point of its own.
    if (probability === undefined) break;
    if (probability > (guarantees.at(-1)?.probability ?? 0)) {
      guarantees.push({ specificity, probability });
    }
  }
  return guarantees;
}

/** From the probability of what is answered, at any guarantee, to how often it is true. */
function fitConfidence(judged: readonly Judged[], guarantees: readonly Guarantee[]): Logistic {
  const answers = [0.8, 0.9, 0.95, 0.98].flatMap((specificity) => {
    const needed = neededProbability(guarantees, specificity);
    return judged.flatMap((photo) => answerAt(photo, needed) ?? []);
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
    const encoder = await openInProcessEncoder({
      backbone: parseSection("backbone", manifest.backbone),
      faces: parseSection("faces", manifest.faces),
    }, models);
    try {
      const photos = await seenPhotos(data, hierarchy, encoder, {
        cache: join(cache, "features"),
        progress: (done, of) => done % 500 === 0 && log(`${done} of ${of} photos`),
      });
      const tune = photos.filter(({ side }) => side === "tune");
      const network = calibrate(hierarchy, tune);
      await updateManifest("network", network, path);
      log(`temperature ${network.temperature}, novel from ${network.novelCut} on`);
      for (const { specificity, probability } of network.guarantees) {
        log(`accuracy ${specificity} needs probability ${probability}`);
      }
    } finally {
      await encoder.close();
    }
  },
};
