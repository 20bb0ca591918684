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
import { AGEINGS, agePhoto } from "../eval/aged.ts";
import { openInProcessEncoder } from "../eval/in_process_encoder.ts";
import {
  createFaceReader,
  type FaceInPhoto,
  type FaceReader,
  photosOfPeople,
} from "../eval/people_faces.ts";
import { updateManifest, writeAtomically } from "../manifest_file.ts";
import { join } from "../paths.ts";
import type { Recipe } from "../recipe.ts";
import { ageDirections, type AgedPerson } from "./age_directions.ts";
import { type Dated, erasOf, timeOf } from "./dated_photos.ts";
import { type ComparedFace, fitFaceScores } from "./face_scores.ts";

/**
 * Scores for large age gaps, estimated along with the means and directions of `face_age.json` on
 * the same half of the LAG set, at even odds.
 */
const LARGE_GAPS: FaceScores["full"] = [
  { bias: 2.755052, sface: 15.391671, distance: 9.629048, dlib: 4.806211 },
  { bias: 4.967316, sface: 17.912041, distance: 15.899699, dlib: 2.989935 },
  { bias: 3.188497, sface: 19.566113, distance: 14.17893, dlib: 2.277169 },
];
/**
 * What they are too high by: where strangers resemble each other more than those of the LAG set do,
 * one in ten of them has the ratio that one in a hundred should.
 */
const TOO_HIGH = Math.log(10);

/** People of two eras that the directions need: with fewer they are of those people, not of age. */
const LEAST_PEOPLE = 100;
/** Directions that are taken off: more cost more of the person than of the age. */
const DIRECTIONS = 4;
/** Every n-th photo is also compared aged, in each of these ways. */
const AGED_EVERY = 3;
const AGED_BY = AGEINGS.filter(({ name }) =>
  name === "aged, 120 px" || name === "aged, 48 px" || name === "badly aged, 120 px"
);
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
 * What an example must have: data/faces has sizes of 70 to 200, and at 24 pixels descriptors still
 * rank; one beyond the others there is not taken for the person in half of the photos.
 */
const EXAMPLE: PeopleSection["example"] = {
  score: 0.6,
  size: 24,
  sharpness: 0,
  turn: 0.8,
  // As likely somebody else: no photo of the people here disagrees so much with the others.
  agreement: 0,
};

interface SeenPhoto {
  readonly person: string;
  readonly photo: string;
  readonly seen: FaceInPhoto;
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
    const bytes = await Deno.readFile(path);
    const seen = await reader.read(bytes);
    if (!seen) continue;
    result.push({ person, photo: path, seen, reference: true });
    if (i % AGED_EVERY !== 0) continue;
    for (const ageing of AGED_BY) {
      const copy = await reader.read(await agePhoto(bytes, seen.box, ageing, SEED + i));
      if (copy) result.push({ person, photo: path, seen: copy, reference: false });
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
    photos.filter(({ reference }) => reference).map(({ photo, seen }) => [photo, seen.full]),
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
      photos.map(({ seen, ...rest }) => ({ ...rest, vector: judge.vector(seen[mode]) }));
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
    scores: { full: gaps ? rounded(halfway(full, LARGE_GAPS)) : full, light },
  };
  const judge = createFaceJudge(model, section(plain), age);
  const references = photos.filter(({ reference }) => reference);
  const youths = references.map(({ seen }) => judge.vector(seen.full).youth!);
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

/** The mean of what two sets of people say, on the scale of the first. */
function halfway(here: FaceScores["full"], gaps: FaceScores["full"]): FaceScores["full"] {
  const middle = (i: 0 | 1 | 2): FaceScore => ({
    bias: (here[i].bias + gaps[i].bias - TOO_HIGH) / 2,
    sface: (here[i].sface + gaps[i].sface) / 2,
    distance: (here[i].distance + gaps[i].distance) / 2,
    dlib: (here[i].dlib + gaps[i].dlib) / 2,
  });
  return [middle(0), middle(1), middle(2)];
}

/** Ratios between every two people, each made of all photos but the aged. */
function likenesses(photos: readonly SeenPhoto[], judge: FaceJudge): number[] {
  const templates = [...Map.groupBy(photos, ({ person }) => person).values()]
    .map((own) => judge.template(own.map(({ seen }) => judge.vector(seen.full))));
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
