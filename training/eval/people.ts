/**
 * How well people are recognised by their faces: households of photos as they are and aged, the
 * same woman 49 years apart, and the whole way from a photo's bytes to the answer.
 *
 * @module
 */
import { createAnswer } from "../../functions/core/answer.ts";
import { createFaceJudge, type FaceJudge } from "../../functions/core/face_judge.ts";
import { createTeach } from "../../functions/core/teach.ts";
import { createInProcessTable } from "../../functions/memory/in_process.ts";
import type { Parts } from "../../functions/assemble.ts";
import { filesBelow } from "../collections.ts";
import { basename, join, relative } from "../paths.ts";
import { type ComparedFace, fitFaceScores } from "../recipes/face_scores.ts";
import { withLargeGaps } from "../recipes/large_gaps.ts";
import { AGEINGS, agePhoto, FITTED_AGEINGS } from "./aged.ts";
import { createCachedEncoder } from "./cached_encoder.ts";
import {
  type HouseholdFace,
  type HouseholdResult,
  type HouseholdShare,
  measureShare,
  runHousehold,
} from "./household.ts";
import { formatShare, type Share, shareOf } from "./interval.ts";
import { calibrationError } from "./measures.ts";
import { createFaceReader, type PersonPhoto, photosOfPeople } from "./people_faces.ts";
import { createRandom, draw } from "./random.ts";

/** Seed of all draws, and of the grain. */
const SEED = 20261123;
/** People who are taught; of 53, so 50 leave three strangers. */
const GALLERIES = [1, 10, 26, 50] as const;
/** Photos of each. */
const REFERENCES = [1, 2, 3] as const;
/** One person asks little: more draws of it. */
const DRAWS = { 1: 60, 10: 12, 26: 8, 50: 8 } as const;
/** Every n-th photo is aged. */
const AGED_EVERY = 3;
/** The household that goes all the way through teaching and asking. */
const WHOLE = { gallery: 10, references: 2 } as const;

/** A condition that photos are asked in. */
interface Condition {
  readonly name: string;
  readonly asked: readonly HouseholdFace[];
  /** Photos in which a face was found. */
  readonly found: Share;
}

/** One household in one condition. */
export interface PeopleRow {
  readonly condition: string;
  readonly gallery: number;
  readonly references: number;
  readonly result: HouseholdResult;
}

/** Answers about the demo's people when one photo of one of them is taught. */
export interface DemoRow {
  readonly taught: string;
  readonly asked: string;
  readonly same: boolean;
  readonly label: string | null;
  readonly certainty: string;
  readonly confidence: number;
}

/** The figures of this evaluation. */
export interface PeopleReport {
  readonly photos: number;
  readonly people: number;
  readonly sets: ReadonlyMap<string, { readonly people: number; readonly photos: number }>;
  readonly found: readonly { readonly name: string; readonly share: Share }[];
  readonly rows: readonly PeopleRow[];
  /** The same with scores that were fitted on the other half of the people, each half in turn. */
  readonly halves: readonly (PeopleRow & { readonly half: number })[];
  /** Of a household as in {@linkcode WHOLE}: by set, each with strangers of its own set alone. */
  readonly groups: readonly { readonly set: string; readonly result: HouseholdResult }[];
  readonly whole: {
    readonly right: Share;
    readonly named: Share;
    readonly wrong: Share;
    readonly stranger: Share;
  };
  readonly demo: readonly DemoRow[];
}

/**
 * Runs the evaluation.
 *
 * @param parts the opened service; its own memory is not touched
 * @param data folder with `faces` and `demo`
 * @param cache folder of descriptors, which must not be committed
 * @throws {Deno.errors.NotFound} when there are no such folders
 */
export async function evaluatePeople(
  { encoder: bare, generalize, judge: looks, faces: judge }: Pick<
    Parts,
    "encoder" | "generalize" | "judge" | "faces"
  >,
  data: string,
  cache: string,
): Promise<PeopleReport> {
  const encoder = createCachedEncoder(bare);
  const photos = photosOfPeople(join(data, "faces"));
  const conditions = await seeAll(photos, createFaceReader(bare, cache), judge);
  const [plain] = conditions;
  const taught = plain!.asked;
  const rows = conditions.flatMap(({ name: condition, asked }) =>
    GALLERIES.flatMap((gallery) =>
      REFERENCES.map((references): PeopleRow => ({
        condition,
        gallery,
        references,
        result: runHousehold(taught, asked, judge, {
          gallery,
          references,
          draws: DRAWS[gallery],
          seed: SEED + references,
        }),
      }))
    )
  );
  const setOf = new Map(photos.map(({ person, set }) => [person, set]));
  const sets = new Map(
    [...Map.groupBy(photos, ({ set }) => set)].map(([set, own]) => [set, {
      people: new Set(own.map(({ person }) => person)).size,
      photos: own.length,
    }]),
  );
  const groups = [...sets.keys()].map((set) => {
    const own = taught.filter(({ person }) => setOf.get(person) === set);
    const gallery = Math.min(10, Math.floor(sets.get(set)!.people / 2));
    const options = { gallery, references: 2, draws: 40, seed: SEED };
    return { set, result: runHousehold(own, own, judge, options) };
  });
  const parts = { encoder, generalize, judge: looks, faces: judge };
  return {
    photos: photos.length,
    people: new Set(photos.map(({ person }) => person)).size,
    sets,
    found: conditions.map(({ name, found }) => ({ name, share: found })),
    rows,
    halves: byHalves(conditions, judge),
    groups,
    whole: await askWhole(parts, photos),
    demo: await askDemo(parts, join(data, "demo")),
  };
}

/** What is seen of every photo as it is, and of some in each ageing. */
async function seeAll(
  photos: readonly PersonPhoto[],
  reader: ReturnType<typeof createFaceReader>,
  judge: FaceJudge,
): Promise<Condition[]> {
  const conditions = ["as they are", ...AGEINGS.map(({ name }) => name)]
    .map((name) => ({ name, asked: [] as HouseholdFace[] }));
  for (const [i, { path, person }] of photos.entries()) {
    const bytes = await Deno.readFile(path);
    const seen = await reader.read(bytes, "full");
    const add = (condition: number, face: typeof seen) =>
      conditions[condition]!.asked.push({
        person,
        photo: path,
        vector: face && judge.vector(face.descriptor),
      });
    add(0, seen);
    // Where there is no face as it is, its size is not known to age it by.
    if (!seen || i % AGED_EVERY !== 0) continue;
    for (const [k, ageing] of AGEINGS.entries()) {
      add(k + 1, await reader.read(await agePhoto(bytes, seen.box, ageing, SEED + i), "full"));
    }
  }
  return conditions.map(({ name, asked }) => ({
    name,
    asked,
    found: shareOf(asked.filter(({ vector }) => vector !== null).length, asked.length),
  }));
}

/** Fits the scores on half of the people, by the recipe's own code, and judges the other half. */
function byHalves(
  conditions: readonly Condition[],
  judge: FaceJudge,
): (PeopleRow & { readonly half: number })[] {
  const [plain] = conditions;
  const names = [...new Set(plain!.asked.map(({ person }) => person))];
  const shuffled = draw(names, names.length, createRandom(SEED));
  const first = new Set(shuffled.slice(0, Math.ceil(names.length / 2)));
  const fitted = conditions.filter(({ name }) =>
    name === plain!.name || FITTED_AGEINGS.some((ageing) => ageing.name === name)
  );
  return [0, 1].flatMap((half) => {
    const isJudged = ({ person }: HouseholdFace) => first.has(person) === (half === 0);
    const faces = fitted.flatMap(({ name, asked }) =>
      asked.filter((face) => !isJudged(face)).flatMap(
        ({ person, photo, vector }): ComparedFace[] =>
          vector ? [{ person, photo, vector, reference: name === plain!.name }] : [],
      )
    );
    const full = withLargeGaps(fitFaceScores(faces, judge));
    // What is taken off the descriptors has been; only the scores are others.
    const own = createFaceJudge(
      judge.model,
      { ...judge.section, plain: { full, light: full } },
      null,
    );
    const taught = plain!.asked.filter(isJudged);
    return fitted.flatMap(({ name: condition, asked }) =>
      [1, 10].flatMap((gallery) =>
        [1, 2].map((references) => ({
          half: half + 1,
          condition,
          gallery,
          references,
          result: runHousehold(taught, asked.filter(isJudged), own, {
            gallery,
            references,
            draws: gallery === 1 ? DRAWS[1] : DRAWS[10],
            seed: SEED + references,
          }),
        }))
      )
    );
  });
}

type AskParts = Pick<Parts, "encoder" | "generalize" | "judge" | "faces">;

/** Answers and teaches in a table of its own. */
function freshMemory(parts: AskParts) {
  const memory = createInProcessTable({ tableBytes: 2 ** 28 });
  return {
    answer: createAnswer({ ...parts, memory }),
    teach: createTeach({ ...parts, memory }),
    close: () => memory.close(),
  };
}

const ASK = { space: "default", recall: true } as const;
const lesson = (label: string) => ({
  space: "default",
  label,
  kind: "person" as const,
  scope: "individual" as const,
  not: false,
  keepPhoto: false,
  force: false,
});

/** A household from bytes to answers, once. */
async function askWhole(
  parts: AskParts,
  photos: readonly PersonPhoto[],
): Promise<PeopleReport["whole"]> {
  const random = createRandom(SEED);
  const byPerson = Map.groupBy(photos, ({ person }) => person);
  const names = draw([...byPerson.keys()], byPerson.size, random);
  const members = new Set(names.slice(0, WHOLE.gallery));
  const house = freshMemory(parts);
  let known = 0, right = 0, named = 0, wrong = 0, strangers = 0, taken = 0;
  try {
    const used = new Set<string>();
    for (const name of members) {
      const taught = draw(byPerson.get(name)!, WHOLE.references, random);
      for (const { path } of taught) used.add(path);
      const bytes = await Promise.all(taught.map(({ path }) => Deno.readFile(path)));
      await house.teach(bytes, lesson(name));
    }
    const outside = new Set(names.slice(Math.floor(names.length / 2)));
    for (const { path, person } of photos) {
      if (used.has(path) || !(members.has(person) || outside.has(person))) continue;
      const { subjects } = await house.answer(await Deno.readFile(path), ASK);
      const people = subjects.filter(({ kind, label }) => kind === "person" && label !== null);
      const is = people.filter(({ certainty }) => certainty === "is");
      if (members.has(person)) {
        known++;
        if (is.some(({ label }) => label === person)) right++;
        if (people.some(({ label }) => label === person)) named++;
        if (is.some(({ label }) => label !== person)) wrong++;
      } else {
        strangers++;
        if (is.length > 0) taken++;
      }
    }
  } finally {
    await house.close();
  }
  return {
    right: shareOf(right, known),
    named: shareOf(named, known),
    wrong: shareOf(wrong, known),
    stranger: shareOf(taken, strangers),
  };
}

/** The folder of one woman, from 1966 to 2015. */
const GRANDMA = "grandma_katherine_johnson";
/** What of her is taught, alone, in turn; with whom she is in the photo where there are two. */
const TAUGHT = ["2015_medal_of_freedom.jpg", "1966_at_desk_full.jpg", "1983_portrait.jpg"];
const LABEL = "Grandma";

async function askDemo(parts: AskParts, folder: string): Promise<DemoRow[]> {
  const people = filesBelow(folder).map((path) => relative(folder, path))
    .filter((path) => /\.jpe?g$/.test(path) && !/^(things|individuals)/.test(path));
  const rows: DemoRow[] = [];
  for (const file of TAUGHT) {
    const house = freshMemory(parts);
    try {
      const taught = `${GRANDMA}/${file}`;
      const bytes = await Deno.readFile(join(folder, taught));
      const { subjects } = await house.answer(bytes, ASK);
      const left = subjects.reduce(
        (best, { kind, box }, i) =>
          kind === "person" && box && box.x < (subjects[best]?.box?.x ?? Infinity) ? i : best,
        -1,
      );
      await house.teach([bytes], { ...lesson(LABEL), ...(left >= 0 ? { face: left } : {}) });
      for (const asked of people) {
        if (asked === taught) continue;
        const answer = await house.answer(await Deno.readFile(join(folder, asked)), ASK);
        for (const subject of answer.subjects.filter(({ kind }) => kind === "person")) {
          // In the photo of 2015 it is the face on the left.
          const others = answer.subjects.filter(({ kind }) => kind === "person");
          const isLeft = others.every(({ box }) => (box?.x ?? 0) >= (subject.box?.x ?? 0));
          const { label, certainty, confidence } = subject;
          rows.push({
            taught: basename(taught, ".jpg"),
            asked: others.length > 1 ? `${asked}, ${isLeft ? "left" : "right"}` : asked,
            same: asked.startsWith(GRANDMA) && isLeft,
            label,
            certainty,
            confidence,
          });
        }
      }
    } finally {
      await house.close();
    }
  }
  return rows;
}

const percent = (value: number) => `${(100 * value).toFixed(value < 0.1 ? 2 : 1)} %`;

function formatted(result: HouseholdResult, share: HouseholdShare): string {
  const { value, low, high, hits, of } = measureShare(result.people, share);
  if (of === 0) return "–";
  return `${percent(value)} [${percent(low)}, ${percent(high)}] (${hits} of ${of})`;
}

/** The report as Markdown, with the command that makes it. */
export function formatPeople(
  { photos, people, sets, found, rows, halves, groups, whole, demo }: PeopleReport,
): string {
  const lines = [
    "# People",
    "",
    "Made by `deno task eval people`.",
    "",
    `${photos} photos of ${people} people: ${
      [...sets].map(([set, own]) => `${set} (${own.people} people, ${own.photos} photos)`).join(
        ", ",
      )
    }.`,
    "Some people are taught by one, two or three photos each; half of all people, or those who are",
    "left, are never taught and are strangers. All photos that were not taught are asked about, over",
    "draws with a fixed seed. Intervals are 95 %, by resampling the people; where nothing was wrong",
    "they are [0, 0], though of 53 people up to 5 % of people could still be otherwise (rule of three).",
    "The scores were fitted on these same people (`deno task train faces`); how they do on others is",
    "told under *By halves*.",
    "",
    "## A face is found",
    "",
    "| photos | found |",
    "| --- | --- |",
    ...found.map(({ name, share }) => `| ${name} | ${formatShare(share)} |`),
    "",
  ];
  for (const [condition, own] of Map.groupBy(rows, (row) => row.condition)) {
    lines.push(
      `## Asked: ${condition}`,
      "",
      "| taught | photos each | is, rightly | named rightly | wrong name `is` | stranger `is` | stranger `perhaps` | ECE |",
      "| --- | --- | --- | --- | --- | --- | --- | --- |",
      ...own.map(({ gallery, references, result }) =>
        `| ${gallery} | ${references} | ${
          (["is", "named", "wrongIs", "strangerIs", "strangerPerhaps"] as const)
            .map((share) => formatted(result, share)).join(" | ")
        } | ${calibrationError(result.confidences).toFixed(3)} |`
      ),
      "",
    );
  }
  lines.push(
    "ECE: expected calibration error of the likeliest person's probability, with as many photos of",
    "known people as of strangers, ten bins of equally many.",
    "",
    "## By halves",
    "",
    "The scores fitted on one half of the people by the recipe's own code, and judged on the other.",
    "",
    "| asked | half | taught | photos each | is, rightly | named rightly | wrong name `is` | stranger `is` | stranger `perhaps` | ECE |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...halves.map(({ condition, half, gallery, references, result }) =>
      `| ${condition} | ${half} | ${gallery} | ${references} | ${
        (["is", "named", "wrongIs", "strangerIs", "strangerPerhaps"] as const)
          .map((share) => formatted(result, share)).join(" | ")
      } | ${calibrationError(result.confidences).toFixed(3)} |`
    ),
    "",
    "## By set",
    "",
    "Two photos each of up to half of a set's people; all others of that set are strangers: the same",
    "camera, light and studio makes strangers more alike than they are in a family's photos.",
    "",
    "| set | is, rightly | wrong name `is` | stranger `is` | stranger `perhaps` |",
    "| --- | --- | --- | --- | --- |",
    ...groups.map(({ set, result }) =>
      `| ${set} | ${
        (["is", "wrongIs", "strangerIs", "strangerPerhaps"] as const)
          .map((share) => formatted(result, share)).join(" | ")
      } |`
    ),
    "",
    "## From bytes to the answer",
    "",
    `${WHOLE.gallery} people, ${WHOLE.references} photos each, taught and asked through the service's own`,
    `code: is, rightly ${formatShare(whole.right)}; named rightly ${
      formatShare(whole.named)
    }; wrong name \`is\``,
    `${formatShare(whole.wrong)}; stranger \`is\` ${formatShare(whole.stranger)}.`,
    "",
    "## One woman, 49 years",
    "",
    `One photo is taught as "${LABEL}", alone; all other photos of people in \`data/demo\` are asked about.`,
    "",
    "| taught | asked | the same person | answer | confidence |",
    "| --- | --- | --- | --- | --- |",
    ...demo.map(({ taught, asked, same, label, certainty, confidence }) =>
      `| ${taught} | ${asked} | ${same ? "yes" : "no"} | ${
        label === null ? "unknown" : `${certainty} ${label}`
      } | ${confidence.toFixed(3)} |`
    ),
    "",
    "## What this cannot say",
    "",
    "- **Relatives.** No two people here are known to be. Brothers and sisters, mother and daughter are",
    "  the likeliest mistake: teach them too, so that they compete.",
    "- **Skin tones, gender.** The sets have no labels to compare by, and most faces are of light skin.",
    "  With such embedders errors between Black faces are more frequent elsewhere; expect so here.",
    "- **Children.** There are none. A child known only by photos as a child must reach a stricter cut.",
    "- **Age.** One woman is no measure of it; the age statistics come from another set",
    "  (`models/README.md`).",
    "- **Households of real life.** These are studios, film stills and portraits from the web, one face",
    "  each. The sets are small and easy: nearly every photo is frontal and sharp.",
    "- **The aged photos** are a filter's. Real ones are torn, stained and retouched as well.",
    "",
  );
  return lines.join("\n");
}
