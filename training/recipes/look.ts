/**
 * Finds how alike a photo must look to what was taught of an individual or of a type, and stores it
 * in the manifest's section `look`.
 *
 * `deno task train look --data DIR`, where DIR has `breeds`, `novel-breeds` and `caltech101` (folders
 * of classes) and `instances` (folders of individuals)
 *
 * The cohort is one centroid for each class. The thresholds of individuals come from pairs of
 * different individuals alone, by the share of them that may pass; the probabilities from the
 * individuals in `instances`. Types are learnt as they come: each breed in turn is taught as if it
 * were new, its own class left out of what the network and the cohort know. How a type stands to its
 * rivals is learnt of every second category of Caltech-101.
 *
 * @module
 */
import { cosine } from "../../functions/core/cosine.ts";
import { sigmoid } from "../../functions/core/log_odds.ts";
import { likenessOf } from "../../functions/core/look_judge.ts";
import { bestStanding } from "../../functions/core/posterior.ts";
import { MATCH_DISTANCE } from "../../models/fingerprint.ts";
import { type Hierarchy, parseHierarchy } from "../../models/hierarchy.ts";
import { createKinds } from "../../models/kinds.ts";
import { type LookSection, unit } from "../../models/look.ts";
import { parseSection } from "../../models/manifest.ts";
import type { NetworkCalibration } from "../../models/network.ts";
import { openNative } from "../../models/runtime_native.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { sharedPath } from "../collections.ts";
import { caltechHalves } from "../eval/caltech_halves.ts";
import { type LookPhoto, lookPhotos } from "../eval/look_photos.ts";
import { createRandom, draw } from "../eval/random.ts";
import { digestOf } from "../eval/seen_photos.ts";
import { openViewReader } from "../eval/view_reader.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { fitSoftmax } from "./fit_softmax.ts";

/** Classes with fewer photos give no centroid: an aggregate must not be a photo. */
const FEWEST = 3;
/** How many nearest centroids tell how crowded it is: 1 is noisy, 10 blurs breeds. */
const NEAREST = 3;
/** Share of the crowd that the threshold rises by; of 0, .5, 1 and 1.5 the best at low rates. */
const SLOPE = 1;
/** Pairs of different animals of one breed that may be taken for the same, were the breed unknown. */
const FALSE_IS_OF_BREED = 0.04;
/** Strangers that may be taken for an object. */
const FALSE_IS = 3e-5;
/** Strangers that may "perhaps" be an object. */
const FALSE_PERHAPS = 1.1e-3;
/** Strange animals of other breeds that may "perhaps" be an animal: hardly anything else is. */
const FALSE_PERHAPS_OF_ANIMALS = 0.004;
/** Different photos of one class reach .94, copies mostly lie above. */
const COPY_COSINE = 0.95;
/** Copies by the same hash have at least this cosine. */
const COPY_FLOOR = 0.5;
/** `deno task eval recall` finds no wrong copy; its interval ends about here. */
const COPY_CONFIDENCE = 0.995;
/**
 * How often something is asked about of whose breed or class others were taught, beside any other
 * question: seldom, for a household has few doubles. Of .01, .03 and .1 the best calibrated.
 */
const TWINS = 0.01;
/** How strongly the slope of confidence is held to 0: twenty individuals tell little of the next. */
const CONFIDENCE_L2 = 0.01;
/** Breeds with fewer photos are not taught as types. */
const FEWEST_OF_TYPE = 4;
/** How many photos of a type are taught, by turns. */
const TAUGHT = [1, 3, 5] as const;
/** How often each type is taught, each time with other photos. */
const LESSONS = 4;
/** How often a photo of an animal is of the type that was taught. */
const TYPE_PRIOR = 0.2;
/**
 * How much a breed that the network never learnt weighs beside one that is only taught as if it were:
 * there are few, they are what types are taught for, and others pass for them more easily.
 */
const NEW_BREED = 3;
/** Photos of other breeds that may be answered with a taught type. */
const FALSE_TYPE = 0.01;
/** From this probability of a taught type on it is "is". */
const IS = 0.9;
/** Share of photos whose surroundings may be less crowded than the least crowd that is told. */
const LEAST = 0.001;
/** How often the photos of rival types come in, each time in another order. */
const ORDERS = 4;
/** Share of them that are taught after they were asked about. */
const RIVALS_TAUGHT = 0.5;
const SEED = 20261125;

/** What is fitted, without the files. */
export interface LookFit {
  readonly individuals: LookSection["individuals"];
  readonly types: LookSection["types"];
  /** Names and unit vectors of the cohort. */
  readonly cohort: ReadonlyMap<string, Float32Array>;
  /** Crowd that one photo in a thousand is below. */
  readonly least: number;
}

/** What `fitLook` is given. */
export interface LookPhotos {
  /** Photos of classes, of many individuals each. */
  readonly strangers: readonly LookPhoto[];
  /** Photos of known individuals, several each. */
  readonly individuals: readonly LookPhoto[];
}

/**
 * Fits cohort, thresholds and probabilities.
 *
 * @param network how novelty is judged
 * @throws {RangeError} when there are too few photos of a sort
 */
export function fitLook(
  { strangers, individuals }: LookPhotos,
  hierarchy: Hierarchy,
  network: NetworkCalibration,
): LookFit {
  const groups = groupSums(strangers.filter(({ known }) => known));
  const cohort = new Map([...groups].map(([name, { sum }]) => [name, unit(sum)]));
  const around = new Map(strangers.map((photo) => [photo, surroundings(photo, groups, cohort)]));
  const fitted = fitIndividuals(strangers, individuals, around, cohort);
  return {
    individuals: fitted,
    types: fitTypes(strangers, around, hierarchy, network),
    cohort,
    least: round(quantile(Float64Array.from(around.values(), ({ crowd }) => crowd), LEAST)),
  };
}

interface Group {
  readonly sum: Float32Array;
  count: number;
}

/** Sums of the looks of each class that has enough photos. */
function groupSums(photos: readonly LookPhoto[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { group, look } of photos) {
    const found = groups.get(group) ?? { sum: new Float32Array(look.length), count: 0 };
    for (let i = 0; i < look.length; i++) found.sum[i]! += look[i]!;
    found.count++;
    groups.set(group, found);
  }
  for (const [group, { count }] of groups) if (count < FEWEST) groups.delete(group);
  return groups;
}

/** Centroids of the classes that have enough photos: unit vectors by name. */
export function centroidsOf(photos: readonly LookPhoto[]): Map<string, Float32Array> {
  return new Map([...groupSums(photos)].map(([name, { sum }]) => [name, unit(sum)]));
}

/** How a photo stands to the cohort; its own class counts without the photo. */
interface Surroundings {
  /** Mean cosine to the nearest centroids. */
  readonly crowd: number;
  /** The same without a class at all: as it is for a breed that the cohort lacks. */
  crowdBut(group: string): number;
  /** Cosine to the nearest centroid of other classes than this one. */
  nearestBut(group: string): number;
}

function surroundings(
  { group, look }: LookPhoto,
  groups: ReadonlyMap<string, Group>,
  cohort: ReadonlyMap<string, Float32Array>,
): Surroundings {
  const near = [...cohort].map(([name, centroid]) => {
    const row = name === group ? unit(groups.get(name)!.sum.map((v, i) => v - look[i]!)) : centroid;
    return { name, similarity: cosine(look, row) };
  }).sort((a, b) => b.similarity - a.similarity);
  const crowdOf = (rows: typeof near) =>
    rows.slice(0, NEAREST).reduce((sum, { similarity }) => sum + similarity, 0) / NEAREST;
  return {
    crowd: crowdOf(near),
    crowdBut: (group) => crowdOf(near.slice(0, NEAREST + 1).filter(({ name }) => name !== group)),
    nearestBut: (group) => near.find(({ name }) => name !== group)!.similarity,
  };
}

function quantile(values: Float64Array, share: number): number {
  if (values.length === 0) throw new RangeError("There are no pairs to take a threshold from.");
  values.sort();
  return values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}

const excess = (likeness: number, a: number, b: number) => likeness - SLOPE * (a + b) / 2;

type Around = ReadonlyMap<LookPhoto, Surroundings>;

/**
 * Thresholds by the share of strangers that pass, and probabilities by individuals.
 *
 * Animals are taught by photos of breeds, too, for there are few individuals; their own breed is
 * left out of the cohort, which it is not in for most that are ever taught.
 */
function fitIndividuals(
  strangers: readonly LookPhoto[],
  individuals: readonly LookPhoto[],
  known: Around,
  cohort: ReadonlyMap<string, Float32Array>,
): LookSection["individuals"] {
  const none = new Map<string, Group>();
  const around = new Map(known);
  for (const one of individuals) around.set(one, surroundings(one, none, cohort));
  const everybody = [...strangers, ...individuals];
  const passed = { animal: [] as number[], object: [] as number[], breed: [] as number[] };
  for (const taught of everybody) {
    if (!taught.animal && taught.known) continue;
    for (const asked of everybody) {
      if (taught === asked) continue;
      const same = taught.group === asked.group;
      // Two photos of a breed are of two animals.
      if (same && !taught.breed) continue;
      const value = excess(
        cosine(taught.taughtLook, asked.look),
        around.get(taught)!.crowdBut(taught.group),
        around.get(asked)!.crowdBut(taught.group),
      );
      if (same) passed.breed.push(value);
      else if (!taught.animal) passed.object.push(value);
      else if (asked.animal) passed.animal.push(value);
    }
  }
  const line = (values: readonly number[], share: number) => ({
    base: round(quantile(Float64Array.from(values), 1 - share)),
    slope: SLOPE,
  });
  const animal = {
    is: line(passed.breed, FALSE_IS_OF_BREED),
    perhaps: line(passed.animal, FALSE_PERHAPS_OF_ANIMALS),
  };
  const object = {
    is: line(passed.object, FALSE_IS),
    perhaps: line(passed.object, FALSE_PERHAPS),
  };
  const answers = nearestIndividuals(strangers, individuals, around, {
    animal: animal.is.base,
    object: object.is.base,
  });
  // Only what is recalled at all is told with a confidence.
  const lows = {
    animal: animal.perhaps.base - animal.is.base,
    object: object.perhaps.base - object.is.base,
  };
  const confidence = (isAnimal: boolean) => {
    const { weights: [weights], biases: [bias] } = fitSoftmax(
      answers.filter((one) =>
        one.animal === isAnimal && one.margin >= (isAnimal ? lows.animal : lows.object)
      )
        .map(({ margin, right, weight }) => ({ features: [margin], label: right ? 0 : 1, weight })),
      2,
      CONFIDENCE_L2,
    );
    return { slope: round(weights![0]!), bias: round(bias!) };
  };
  return {
    animal: { ...animal, confidence: confidence(true) },
    object: { ...object, confidence: confidence(false) },
  };
}

/** The nearest of a gallery to a photo. */
interface NearestIndividual {
  readonly right: boolean;
  readonly animal: boolean;
  /** Likeness above the threshold of "is". */
  readonly margin: number;
  readonly weight: number;
}

/**
 * Asks a gallery of individuals, one photo each by turns, about their other photos. Each photo is
 * asked twice: once with its own individual in the gallery, once without, when whatever is near is
 * wrong. As many photos of other collections are asked as well, and as many animals among others of
 * their breed.
 */
function nearestIndividuals(
  strangers: readonly LookPhoto[],
  individuals: readonly LookPhoto[],
  around: Around,
  bases: { readonly animal: number; readonly object: number },
): NearestIndividual[] {
  const groups = [...Map.groupBy(individuals, ({ group }) => group).values()];
  const named = new Set(individuals);
  const animals = strangers.filter(({ breed }) => breed);
  const objects = strangers.filter(({ breed }) => !breed);
  const nearest = (probe: LookPhoto, among: readonly LookPhoto[], weight = 1) =>
    among.map((one): NearestIndividual => ({
      right: one.group === probe.group && named.has(one),
      animal: one.animal,
      margin: excess(
        cosine(one.taughtLook, probe.look),
        around.get(one)!.crowdBut(one.group),
        around.get(probe)!.crowdBut(one.group),
      ) - bases[one.animal ? "animal" : "object"],
      weight,
    })).sort((a, b) => b.margin - a.margin)[0]!;
  const turns = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: turns }, (_, turn) => {
    const gallery = groups.map((photos) => photos[turn % photos.length]!);
    const probes = individuals.filter((one) => !gallery.includes(one));
    return probes.flatMap((probe, i) => {
      const at = (i + turn / turns) / probes.length;
      const doubles = [animals, objects].flatMap((photos) => {
        const one = photos[Math.floor(at * photos.length)]!;
        const alike = photos.filter(({ group }) => group === one.group).filter((p) => p !== one);
        return alike.length > 0 ? [nearest(one, alike, TWINS)] : [];
      });
      return [
        nearest(probe, gallery),
        nearest(probe, gallery.filter(({ group }) => group !== probe.group)),
        nearest(strangers[Math.floor(at * strangers.length)]!, gallery),
        // Whatever is nearest among others of its breed or class is another one.
        ...doubles,
      ];
    });
  }).flat();
}

/** One photo asked about while a type is taught. */
interface TypeQuestion {
  /** Likeness, rival, log-odds of novelty: as of `LookSection["types"]`. */
  readonly features: readonly [number, number, number];
  readonly own: boolean;
  /** Every type weighs alike, whatever its number of photos. */
  readonly weight: number;
}

/**
 * Teaches every breed with enough photos as a type, and asks about its other photos and about those
 * of other breeds.
 */
function typeQuestions(
  strangers: readonly LookPhoto[],
  around: Around,
  hierarchy: Hierarchy,
  network: NetworkCalibration,
): TypeQuestion[] {
  const random = createRandom(SEED);
  const animals = strangers.filter(({ breed, learnt }) => breed && !learnt);
  const fresh = animals.filter(({ breed }) => breed!.leaf === null).length;
  /** Log-odds of a photo's novelty for a network that lacks a leaf. */
  const strangeness = ({ breed, cosines }: LookPhoto, lacking: number | null) => {
    const kind = hierarchy.find(breed!.kind)!;
    const { novelty } = network.openKinds.find(({ name }) => name === breed!.kind)!;
    const leaves = kind.leaves.filter((leaf) => leaf !== lacking);
    return novelty.intercept +
      novelty.slope * bestStanding(cosines, { ...kind, leaves }, network.cosineTemperature);
  };
  return [...Map.groupBy(animals, ({ group }) => group)]
    .filter(([, photos]) => photos.length >= FEWEST_OF_TYPE)
    .flatMap(([group, photos]) => {
      const { leaf } = photos[0]!.breed!;
      const others = animals.filter((photo) => photo.group !== group);
      const weight = leaf === null ? NEW_BREED : 1;
      const strange = new Map(animals.map((photo) => [photo, strangeness(photo, leaf)]));
      return TAUGHT.flatMap((count) =>
        Array.from({ length: LESSONS }, () => {
          const taught = draw(photos, Math.min(count, photos.length - 1), random);
          const { centroid, unity } = meanOf(taught);
          const rest = photos.filter((photo) => !taught.includes(photo));
          const question = (photo: LookPhoto, own: boolean, share: number): TypeQuestion => ({
            features: [
              likenessOf(unity, cosine(centroid, photo.look)),
              around.get(photo)!.nearestBut(group),
              strange.get(photo)!,
            ],
            own,
            weight: weight * share,
          });
          return [
            ...rest.map((photo) => question(photo, true, TYPE_PRIOR / rest.length)),
            ...others.map((photo) => {
              // Known breeds and new ones are asked about equally often.
              const alike = photo.breed!.leaf === null ? fresh : animals.length - fresh;
              return question(photo, false, (1 - TYPE_PRIOR) / 2 / alike);
            }),
          ];
        }).flat()
      );
    });
}

/** The prototype of some photos, and the length of their mean. */
function meanOf(photos: readonly LookPhoto[]): { centroid: Float32Array; unity: number } {
  const sum = new Float32Array(photos[0]!.look.length);
  for (const { taughtLook } of photos) taughtLook.forEach((value, d) => sum[d]! += value);
  const length = Math.sqrt(cosine(sum, sum));
  return { centroid: sum.map((value) => value / length), unity: length / photos.length };
}

function fitTypes(...from: Parameters<typeof typeQuestions>): LookSection["types"] {
  const questions = typeQuestions(...from);
  const { weights: [weights], biases: [bias] } = fitSoftmax(
    questions.map(({ features, own, weight }) => ({ features, label: own ? 0 : 1, weight })),
    2,
  );
  const [likeness, rival, novelty] = weights!.map(round);
  const probability = ({ features }: TypeQuestion) =>
    sigmoid(features.reduce((sum, value, i) => sum + value * weights![i]!, bias!));
  const wrong = questions.filter(({ own }) => !own)
    .map((one) => ({ probability: probability(one), weight: one.weight }))
    .sort((a, b) => b.probability - a.probability);
  const allowed = FALSE_TYPE * wrong.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  const last = wrong.find(({ weight }) => (passed += weight) > allowed)!;
  return {
    bias: round(bias!),
    likeness: likeness!,
    rival: rival!,
    novelty: novelty!,
    is: Math.max(IS, round(last.probability)),
    perhaps: round(last.probability),
  };
}

/**
 * Photos of every second category of Caltech-101 come in by chance, are asked about, and some of them
 * are taught: what was learnt of how types stand to their rivals is of all numbers of types and
 * memories. Only those are asked about whose category is taught already; how often it is not, the
 * stream that is answered must tell by itself.
 *
 * @throws {RangeError} when there are no photos of two categories
 */
export function fitRivals(strangers: readonly LookPhoto[]): LookSection["rivals"] {
  const categoryOf = ({ group }: LookPhoto) => group.match(/^caltech101.(.+)$/)?.[1];
  const names = [...new Set(strangers.map(categoryOf))].filter((name) => name !== undefined);
  const fitted = new Set(caltechHalves(names).fitted);
  const photos = strangers.filter((photo) => fitted.has(categoryOf(photo) ?? ""));
  const random = createRandom(SEED);
  const questions = Array.from({ length: ORDERS }, () => {
    const taught = new Map<string, LookPhoto[]>();
    return draw(photos, photos.length, random).flatMap((photo) => {
      const memories = taught.get(photo.group) ?? [];
      const asked = memories.length > 0 && taught.size > 1 ? [rivalQuestion(photo, taught)] : [];
      if (random() < RIVALS_TAUGHT) taught.set(photo.group, [...memories, photo]);
      return asked;
    });
  }).flat();
  const { weights: [weights], biases: [bias] } = fitSoftmax(questions, 2);
  const [likeness, margin, memories] = weights!.map(round);
  return { bias: round(bias!), likeness: likeness!, margin: margin!, memories: memories! };
}

/** How the likeliest type stands to the next, and whether it is that of the photo. */
function rivalQuestion(
  { group, look }: LookPhoto,
  taught: ReadonlyMap<string, readonly LookPhoto[]>,
): { features: number[]; label: number } {
  const [first, next] = [...taught].map(([name, photos]) => {
    const { centroid, unity } = meanOf(photos);
    return { name, likeness: likenessOf(unity, cosine(centroid, look)), memories: photos.length };
  }).sort((a, b) => b.likeness - a.likeness);
  const { name, likeness, memories } = first!;
  return {
    features: [likeness, likeness - next!.likeness, Math.log(1 + memories)],
    label: name === group ? 0 : 1,
  };
}

const round = (value: number) => Number(value.toFixed(4));

/** Finds and stores the thresholds. */
export const recipe: Recipe = {
  name: "look",
  purpose: "find how alike photos of one individual, and of a taught type, must look",
  async run({ cache, data = sharedPath("data"), log, models }) {
    const path = join(models, "manifest.json");
    const manifest = JSON.parse(await Deno.readTextFile(path));
    const hierarchy = parseHierarchy(
      JSON.parse(await Deno.readTextFile(join(models, "hierarchy.json"))),
    );
    const kinds = parseSection("kinds", manifest.kinds);
    const graph = await openNative(await Deno.readFile(join(models, kinds.file)));
    const reader = await openViewReader(parseSection("backbone", manifest.backbone), models);
    try {
      const photos = data === undefined ? null : await lookPhotos(data, hierarchy, {
        reader,
        scoreKinds: createKinds(graph, kinds),
        cache: join(cache, "features"),
        log,
      });
      if (photos === null) {
        log("kept as they are: thresholds need breeds, novel-breeds, caltech101 and instances");
        return;
      }
      const fit = fitLook(photos, hierarchy, parseSection("network", manifest.network));
      const { individuals, types, cohort, least } = fit;
      const rivals = fitRivals(photos.strangers);
      log(JSON.stringify(individuals));
      log(JSON.stringify(types));
      log(JSON.stringify(rivals));

      const rows = [...cohort.values()];
      const dimension = rows[0]!.length;
      const bytes = new Uint8Array(rows.length * dimension);
      rows.forEach((row, i) => {
        for (let d = 0; d < dimension; d++) bytes[i * dimension + d] = Math.round(row[d]! * 127);
      });
      const file = "look_cohort.i8";
      await writeAtomically(join(models, file), bytes);
      const named = new Set(photos.individuals.map(({ group }) => group));
      await updateManifest("look", {
        cohort: {
          file,
          sha256: await sha256Hex(bytes),
          bytes: bytes.length,
          rows: rows.length,
          dimension,
          least,
          nearest: NEAREST,
        },
        copy: {
          bits: MATCH_DISTANCE,
          cosine: COPY_COSINE,
          floor: COPY_FLOOR,
          confidence: COPY_CONFIDENCE,
        },
        individuals,
        types,
        rivals,
        made: {
          command: "deno task train look",
          data:
            `centroids of ${rows.length} classes, ${photos.strangers.length} photos of breeds ` +
            `and Caltech-101, ${named.size} individuals`,
          photos: await digestOf([...photos.strangers, ...photos.individuals]),
        },
      }, path);
    } finally {
      await reader.close();
      await graph.release();
    }
  },
};
