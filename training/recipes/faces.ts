/**
 * Finds when a face is somebody's, and stores it in the manifest's section `people` and in
 * `face_age.json`.
 *
 * - `deno task train faces` keeps the age statistics (means and directions) as they are and fits the
 *   scores to the people of `../shared/data/faces`, as they are and aged by a filter.
 * - `deno task train faces --data DIR` estimates everything again, from DIR/<person>/<photos whose
 *   names begin with an age ("07_school.jpg") or a year ("1966_at_desk.jpg")>.
 *
 * @module
 */
import { createFaceJudge, type FaceJudge } from "../../functions/core/face_judge.ts";
import type { FaceDescriptor } from "../../models/face.ts";
import { parseManifest } from "../../models/manifest.ts";
import {
  type FaceAge,
  type FaceScore,
  type FaceScores,
  parseFaceAge,
  type PeopleSection,
} from "../../models/people.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { sharedPath } from "../collections.ts";
import { agePhoto, FITTED_AGEINGS } from "../eval/aged.ts";
import { openInProcessEncoder } from "../eval/in_process_encoder.ts";
import { createFaceReader, type FaceReader, photosOfPeople } from "../eval/people_faces.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { ageDirections, type AgedPerson } from "./age_directions.ts";
import { type Dated, erasOf, timeOf } from "./dated_photos.ts";
import { type ComparedFace, fitFaceScores } from "./face_scores.ts";
import { withLargeGaps } from "./large_gaps.ts";

/** People of two eras that the directions need: with fewer they are of those people, not of age. */
const LEAST_PEOPLE = 100;
/** Directions that are taken off: more cost more of the person than of the age. */
const DIRECTIONS = 4;
/** Every n-th photo is also compared aged. */
const AGED_EVERY = 3;
/** Share of adults who may be taken for young: it costs them a stricter cut, and a hint. */
const ADULTS_AS_YOUNG = 0.02;
/** Share of pairs of people who are said to look alike. */
const ALIKE = 0.005;
const SEED = 20261123;

/** What does not come from photos. */
const CHOSEN = {
  /** A stranger is asked about as often as somebody enrolled. */
  prior: 0.5,
  /** The scores are true for one person as they are for fifty: nobody is counted who is not there. */
  least: 1,
  cuts: { is: 0.9, isOfChild: 0.95, perhaps: 0.2 },
} as const;

/**
 * What an example must have. The photos of data/faces have scores from .76, sizes from 68, a
 * sharpness from .036 and turns to .64.
 */
const EXAMPLE: PeopleSection["example"] = {
  score: 0.7,
  // Smaller faces are recognised nine times of ten, but should not be what others are measured by.
  size: 32,
  // The sharpest photo has .021 after a blur of 3 pixels of the crop's 112.
  sharpness: 0.022,
  // Profiles have .6 to .97.
  turn: 0.7,
  // As likely somebody else: no photo of the people here is so unlike the others.
  agreement: 0,
};

/** Where means, directions and half of the scores come from as long as no --data is given. */
const LAG = {
  what: "Mean and age directions of face embeddings, aggregate statistics over about 500 people " +
    "with one adult and one young photo each, and scores of their comparison; no single embedding.",
  provenance: "Means and directions were estimated on half of the LAG large-age-gap set, whose " +
    "photos are for academic use and may not be redistributed; none is here. The full scores are " +
    "the mean of those estimated there and of those fitted to 53 people of three other sets of " +
    "photos (ORL, examples of dlib and of face-api.js), to which the light scores are fitted " +
    "alone; none of these photos is here either. XOLO_FACE_AGE=off does without this file; " +
    "deno task train faces --data DIR estimates it from photos of one's own.",
};

interface SeenPhoto {
  readonly person: string;
  readonly photo: string;
  readonly full: FaceDescriptor;
  /** Null when nothing is found at a glance. */
  readonly light: FaceDescriptor | null;
  readonly reference: boolean;
}

/** Finds and stores means, directions, scores and cuts. */
export const recipe: Recipe = {
  name: "faces",
  purpose: "find when a face is somebody's, whatever the age",
  async run({ cache, data, log, models }) {
    const folder = data ?? sharedPath("data/faces");
    const path = join(models, "manifest.json");
    const file = "face_age.json";
    if (data === undefined) {
      log("means and age directions are kept: they need --data DIR with photos of several ages");
    }
    if (folder === undefined) {
      log("scores are kept as well: they need ../shared/data/faces");
      return;
    }
    const dated = data === undefined ? null : datedPeople(data);
    const manifest = parseManifest(JSON.parse(await Deno.readTextFile(path)));
    const before = parseFaceAge(JSON.parse(await Deno.readTextFile(join(models, file))));
    const encoder = await openInProcessEncoder(manifest, models);
    try {
      const reader = createFaceReader(encoder, join(cache, "faces"));
      const photos = await see(folder, reader, log);
      const estimate = dated ? directionsOf(dated, photos) : before;
      const { age, plain, section } = fitAll(estimate, photos, encoder.faceModel, {
        gaps: dated === null,
      });
      const people = new Set(photos.map(({ person }) => person)).size;
      const originals = photos.filter(({ reference }) => reference).length;
      const source = dated === null
        ? `${people} people of data/faces, ${originals} photos`
        : `${people} people, ${originals} photos of a folder given by --data`;
      const text = `${JSON.stringify(age)}\n`;
      const bytes = new TextEncoder().encode(text);
      await writeAtomically(join(models, file), text);
      await updateManifest("people", {
        age: { file, sha256: await sha256Hex(bytes), bytes: bytes.length },
        plain,
        ...CHOSEN,
        ...section,
        made: { command: "deno task train faces", data: source },
      }, path);
      log(`${source}; young from ${section.youngFrom}, alike from ${section.alikeFrom}`);
    } finally {
      await encoder.close();
    }
  },
};

/** Reads every photo's face, and those of some aged copies. */
async function see(
  folder: string,
  reader: FaceReader,
  log: (line: string) => void,
): Promise<SeenPhoto[]> {
  const photos = photosOfPeople(folder);
  const result: SeenPhoto[] = [];
  for (const [i, { path, person }] of photos.entries()) {
    if (i % 50 === 0) log(`${i} of ${photos.length} photos`);
    const add = async (bytes: Uint8Array, reference: boolean) => {
      const seen = await reader.read(bytes, "full");
      if (!seen) return null;
      const glance = await reader.read(bytes, "light");
      const light = glance && glance.descriptor;
      result.push({ person, photo: path, full: seen.descriptor, light, reference });
      return seen.box;
    };
    const bytes = await Deno.readFile(path);
    const box = await add(bytes, true);
    if (!box || i % AGED_EVERY !== 0) continue;
    for (const ageing of FITTED_AGEINGS) {
      await add(await agePhoto(bytes, box, ageing, SEED + i), false);
    }
  }
  return result;
}

/**
 * The photos of a folder that say when they were taken, by person and era.
 *
 * @throws {RangeError} when there are too few people of two eras
 */
function datedPeople(
  folder: string,
): Map<string, { readonly young: readonly string[]; readonly adult: readonly string[] }> {
  const byPerson = new Map<string, Dated<string>[]>();
  for (const { path, person } of photosOfPeople(folder)) {
    const time = timeOf(path);
    if (time === null) continue;
    const known = byPerson.get(person) ?? [];
    known.push({ photo: path, time });
    byPerson.set(person, known);
  }
  const people = new Map<string, NonNullable<ReturnType<typeof erasOf<string>>>>();
  for (const [person, photos] of byPerson) {
    const eras = erasOf(photos);
    if (eras) people.set(person, eras);
  }
  if (people.size < LEAST_PEOPLE) {
    throw new RangeError(
      `--data needs ${LEAST_PEOPLE} people (folders) with photos ten years apart, named by age ` +
        `("07_school.jpg") or year ("1966_at_desk.jpg"); it has ${people.size}`,
    );
  }
  return people;
}

/**
 * Means and directions of people of two eras.
 *
 * @throws {RangeError} when faces are found in too few of their photos
 */
function directionsOf(
  dated: ReturnType<typeof datedPeople>,
  photos: readonly SeenPhoto[],
): FaceAge {
  const faces = new Map(
    photos.filter(({ reference }) => reference).map(({ photo, full }) => [photo, full]),
  );
  const estimate = (part: (face: FaceDescriptor) => Float32Array) => {
    const people: AgedPerson[] = [];
    for (const { young, adult } of dated.values()) {
      const [a, b] = [young, adult].map((era) =>
        era.map((photo) => faces.get(photo)).filter((face) => face !== undefined).map(part)
      );
      if (a!.length > 0 && b!.length > 0) people.push({ young: a!, adult: b! });
    }
    if (people.length < LEAST_PEOPLE) {
      throw new RangeError(
        `Faces of two eras should be found of ${LEAST_PEOPLE} people, they are of ${people.length}`,
      );
    }
    const { mean, directions } = ageDirections(people, DIRECTIONS);
    return { mean: mean.map(round), directions: directions.map((row) => row.map(round)) };
  };
  const none: FaceScore = { bias: 0, sface: 0, distance: 0, dlib: 0 };
  return {
    what:
      "Mean and age directions of descriptors of faces, and scores: aggregate statistics over " +
      `${dated.size} people of two eras each, no descriptor of a single person.`,
    provenance:
      "Estimated on a folder given by --data; whose photos these are is its owner's to say.",
    sface: estimate(({ sface }) => sface),
    dlib: estimate(({ dlib }) => dlib!),
    scores: { full: [none, none, none], light: [none, none, none] },
  };
}

/** Fits all scores, and what is measured by them. */
function fitAll(
  estimate: FaceAge,
  photos: readonly SeenPhoto[],
  model: string,
  { gaps }: { readonly gaps: boolean },
): {
  readonly age: FaceAge;
  readonly plain: FaceScores;
  readonly section: Pick<PeopleSection, "youngFrom" | "example" | "alikeFrom">;
} {
  const section = (scores: FaceScores): PeopleSection => ({
    age: { file: "-", sha256: "0".repeat(64), bytes: 1 },
    plain: scores,
    ...CHOSEN,
    youngFrom: 0,
    example: EXAMPLE,
    alikeFrom: 0,
    made: { command: "-", data: "-" },
  });
  const scoresBy = (judge: FaceJudge): FaceScores => {
    const faces = (mode: "full" | "light"): ComparedFace[] =>
      photos.flatMap(({ person, photo, reference, [mode]: seen }) =>
        seen ? [{ person, photo, reference, vector: judge.vector(seen) }] : []
      );
    return {
      full: rounded(fitFaceScores(faces("full"), judge)),
      light: rounded(fitFaceScores(faces("light"), judge)),
    };
  };
  const bare = createFaceJudge(model, section(estimate.scores), null);
  const plain = scoresBy(bare);
  const proof = createFaceJudge(model, section(plain), estimate);
  const { full, light } = scoresBy(proof);
  const age: FaceAge = {
    ...estimate,
    ...(gaps ? LAG : {}),
    scores: { full: gaps ? rounded(withLargeGaps(full)) : full, light },
  };
  const judge = createFaceJudge(model, section(plain), age);
  const references = photos.filter(({ reference }) => reference);
  const youths = references.map(({ full }) => judge.vector(full).youth!);
  return {
    age,
    plain,
    section: {
      youngFrom: Number(quantile(youths, 1 - ADULTS_AS_YOUNG).toFixed(2)),
      example: EXAMPLE,
      alikeFrom: Number(quantile(likenesses(references, judge), 1 - ALIKE).toFixed(1)),
    },
  };
}

/** Ratios between every two people, each made of all photos but the aged. */
function likenesses(photos: readonly SeenPhoto[], judge: FaceJudge): number[] {
  const templates = [...Map.groupBy(photos, ({ person }) => person).values()]
    .map((own) => judge.template(own.map(({ full }) => judge.vector(full))));
  return templates.flatMap((a, i) => templates.slice(0, i).map((b) => judge.fit(a, b).llr));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

function rounded(scores: FaceScores["full"]): FaceScores["full"] {
  const one = (score: FaceScore): FaceScore => ({
    bias: Number(score.bias.toFixed(3)),
    sface: Number(score.sface.toFixed(3)),
    distance: Number(score.distance.toFixed(3)),
    dlib: Number(score.dlib.toFixed(3)),
  });
  return [one(scores[0]), one(scores[1]), one(scores[2])];
}
