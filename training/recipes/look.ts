/**
 * Finds how alike two photos must look to show the same individual, and stores it in the
 * manifest's section `look`.
 *
 * `deno task train look --data DIR`, where DIR has `breeds` and `caltech101` (folders of classes)
 * and `instances` (folders of individuals)
 *
 * The cohort is one centroid for each class. The thresholds come from pairs of different
 * individuals alone, by the share of them that may pass; no photo of the individuals that recall is
 * judged on takes part. Half of those individuals fit the probability that a recalled one is right.
 *
 * @module
 */
import { cosine, lookOf } from "../../functions/core/look.ts";
import { MATCH_DISTANCE } from "../../models/fingerprint.ts";
import { parseSection } from "../../models/manifest.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { filesBelow, sharedPath } from "../collections.ts";
import { features } from "../eval/features.ts";
import { isForFitting } from "../eval/individuals.ts";
import { openInProcessEncoder } from "../eval/in_process_encoder.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { basename, dirname, join, relative } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { fitSoftmax } from "./fit_softmax.ts";

/** Classes with fewer photos give no centroid: an aggregate must not be a photo. */
const FEWEST = 3;
/** Most photos of a class, so that none outweighs the others. */
const MOST = 20;
/** How many nearest centroids tell how crowded it is: 1 is noisy, 10 blurs breeds. */
const NEAREST = 3;
/** Share of the crowd that the threshold rises by; of 0, .25, .5, .75 and 1 the best or near it. */
const SLOPE = 0.5;
/** Pairs of different dogs or cats of one breed that may be taken for the same individual. */
const FALSE_IS = 0.002;
/** Pairs of strangers, of whatever kind, that may be "perhaps" the same. */
const FALSE_PERHAPS = 5e-4;
/** Different photos of one class reach .94, copies mostly lie above. */
const COPY_COSINE = 0.95;
/** Copies by the same hash have at least this cosine. */
const COPY_FLOOR = 0.5;
/** `deno task eval recall` finds no wrong copy; its interval ends about here. */
const COPY_CONFIDENCE = 0.995;

/**
 * How often an animal is asked about of whose breed others were taught, beside any other question:
 * seldom, but it is what most wrong answers come from. Of .05, .1 and .2 the best calibrated, chosen
 * with the judged half in view.
 */
const TWINS = 0.1;

interface Seen {
  /** Folder and sub-folder. */
  readonly group: string;
  readonly look: Float32Array;
}

interface Pair {
  readonly similarity: number;
  readonly crowd: number;
}

function centroids(seen: readonly Seen[]): Map<string, { sum: Float32Array; count: number }> {
  const groups = new Map<string, { sum: Float32Array; count: number }>();
  for (const { group, look } of seen) {
    const found = groups.get(group) ?? { sum: new Float32Array(look.length), count: 0 };
    for (let i = 0; i < look.length; i++) found.sum[i]! += look[i]!;
    found.count++;
    groups.set(group, found);
  }
  for (const [group, { count }] of groups) if (count < FEWEST) groups.delete(group);
  return groups;
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Mean cosine to the nearest centroids; a photo's own class counts without the photo. */
function crowdOf(
  { group, look }: Seen,
  groups: ReadonlyMap<string, { sum: Float32Array; count: number }>,
  units: ReadonlyMap<string, Float32Array>,
): number {
  const near: number[] = [];
  for (const [name, { sum }] of groups) {
    const centroid = name === group ? unit(sum.map((v, i) => v - look[i]!)) : units.get(name)!;
    near.push(cosine(look, centroid));
  }
  near.sort((a, b) => b - a);
  return near.slice(0, NEAREST).reduce((sum, v) => sum + v, 0) / NEAREST;
}

function quantile(values: Float64Array, share: number): number {
  values.sort();
  return values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}

const excess = ({ similarity, crowd }: Pair) => similarity - SLOPE * crowd;

/** Pairs of the photos that show different individuals, and which of them share a breed. */
function impostors(seen: readonly Seen[], crowds: readonly number[]) {
  const all: number[] = [];
  const sameBreed: number[] = [];
  seen.forEach((a, i) => {
    for (let j = i + 1; j < seen.length; j++) {
      const b = seen[j]!;
      const same = a.group === b.group;
      // Two photos of one Caltech class may well show one thing; two of a breed are two animals.
      if (same && !a.group.startsWith("breeds/")) continue;
      const value = excess({
        similarity: cosine(a.look, b.look),
        crowd: (crowds[i]! + crowds[j]!) / 2,
      });
      all.push(value);
      if (same) sameBreed.push(value);
    }
  });
  return { all: Float64Array.from(all), sameBreed: Float64Array.from(sameBreed) };
}

/**
 * Asks a gallery of half of the individuals, one photo each, about their other photos, and fits how
 * often the nearest is right by how far it is above the threshold. Each photo is asked twice: once
 * with its own individual in the gallery, once without, when whatever is near is wrong. As many
 * photos of other collections are asked as well, and as many animals among others of their breed.
 */
function fitConfidence(
  individuals: readonly Seen[],
  strangers: readonly Seen[],
  crowd: (seen: Seen) => number,
  is: number,
): { bias: number; slope: number } {
  const gallery = individuals.filter((one, i) =>
    individuals.findIndex(({ group }) => group === one.group) === i
  );
  const crowds = new Map(gallery.map((one) => [one, crowd(one)]));
  const ask = (probe: Seen, among: readonly Seen[]) => {
    const own = crowd(probe);
    const margins = among.map((one) => {
      const similarity = cosine(one.look, probe.look);
      return {
        right: one.group === probe.group,
        margin: excess({ similarity, crowd: (own + crowds.get(one)!) / 2 }) - is,
      };
    });
    return margins.sort((a, b) => b.margin - a.margin)[0]!;
  };
  const probes = individuals.filter((one) => !gallery.includes(one));
  const step = strangers.length / probes.length;
  const animals = strangers.filter(({ group }) => group.startsWith("breeds/"));
  const nearest = probes.flatMap((probe, i) => {
    const stranger = strangers[Math.floor(i * step)]!;
    const animal = animals[Math.floor(i * animals.length / probes.length)]!;
    const alike = animals.filter((one) => one.group === animal.group && one !== animal);
    for (const one of alike) crowds.set(one, crowd(one));
    return [
      ask(probe, gallery),
      ask(probe, gallery.filter(({ group }) => group !== probe.group)),
      ask(stranger, gallery),
      // Whoever is nearest among other animals of its breed is another one.
      ...(alike.length > 0 ? [{ ...ask(animal, alike), right: false, weight: TWINS }] : []),
    ];
  });
  const { weights, biases } = fitSoftmax(
    nearest.map((one) => ({
      features: [one.margin],
      label: one.right ? 0 : 1,
      weight: "weight" in one ? one.weight : 1,
    })),
    2,
  );
  return { bias: biases[0]!, slope: weights[0]![0]! };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

const round = (value: number) => Number(value.toFixed(4));

/** Finds and stores the thresholds. */
export const recipe: Recipe = {
  name: "look",
  purpose: "find how alike two photos of one individual must look",
  async run({ cache, data = sharedPath("data"), log, models }) {
    const needed = ["breeds", "caltech101", "instances"];
    if (data === undefined || !needed.every((folder) => isFolder(join(data, folder)))) {
      log(`kept as they are: thresholds need ${needed.join(", ")} below the folder of --data`);
      return;
    }
    const path = join(models, "manifest.json");
    const manifest = JSON.parse(await Deno.readTextFile(path));
    const encoder = await openInProcessEncoder({
      backbone: parseSection("backbone", manifest.backbone),
      faces: parseSection("faces", manifest.faces),
    }, models);
    try {
      const see = async (folder: string): Promise<Seen[]> => {
        const counts = new Map<string, number>();
        const paths = filesBelow(join(data, folder)).filter((path) => {
          if (!/\.jpe?g$/i.test(path)) return false;
          const count = (counts.get(dirname(path)) ?? 0) + 1;
          counts.set(dirname(path), count);
          return count <= MOST;
        });
        const seen: Seen[] = [];
        const options = {
          cache: join(cache, "features"),
          progress: (done: number, of: number) =>
            done % 500 === 0 && log(`${folder}: ${done} of ${of} photos`),
        };
        for await (const { path, embedding } of features(paths, encoder, options)) {
          seen.push({ group: relative(data, dirname(path)), look: lookOf(embedding) });
        }
        return seen;
      };
      const tune = [...await see("breeds"), ...await see("caltech101")];
      const groups = centroids(tune);
      const units = new Map([...groups].map(([name, { sum }]) => [name, unit(sum)]));
      const crowd = (seen: Seen) => crowdOf(seen, groups, units);
      const crowds = tune.map(crowd);
      const { all, sameBreed } = impostors(tune, crowds);
      const is = round(quantile(sameBreed, 1 - FALSE_IS));
      const perhaps = round(quantile(all, 1 - FALSE_PERHAPS));
      log(`${all.length} pairs of strangers, ${sameBreed.length} of one breed`);
      log(`"is" from ${is}, "perhaps" from ${perhaps}, each + ${SLOPE} · crowd`);

      const individuals = (await see("instances"))
        .filter(({ group }) => isForFitting(basename(group)));
      const confidence = fitConfidence(individuals, tune, crowd, is);

      const dimension = tune[0]!.look.length;
      const bytes = new Uint8Array(units.size * dimension);
      [...units.values()].forEach((row, i) => {
        for (let d = 0; d < dimension; d++) bytes[i * dimension + d] = Math.round(row[d]! * 127);
      });
      const file = "look_cohort.i8";
      await writeAtomically(join(models, file), bytes);
      await updateManifest("look", {
        cohort: {
          file,
          sha256: await sha256Hex(bytes),
          bytes: bytes.length,
          rows: units.size,
          dimension,
          nearest: NEAREST,
        },
        copy: {
          bits: MATCH_DISTANCE,
          cosine: COPY_COSINE,
          floor: COPY_FLOOR,
          confidence: COPY_CONFIDENCE,
        },
        is: { base: is, slope: SLOPE },
        perhaps: { base: perhaps, slope: SLOPE },
        confidence: { bias: round(confidence.bias), slope: round(confidence.slope) },
        made: {
          command: "deno task train look",
          data:
            `centroids of ${units.size} classes and ${tune.length} photos of breeds and Caltech-101; ` +
            `probabilities from ${new Set(individuals.map((i) => i.group)).size} individuals`,
        },
      }, path);
    } finally {
      await encoder.close();
    }
  },
};
