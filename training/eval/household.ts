/**
 * Households of people: who is taught by which photos, and what the judge says of all others.
 *
 * @module
 */
import type { FaceJudge, FaceVector } from "../../functions/core/face_judge.ts";
import { bootstrap, type Measured } from "./bootstrap.ts";
import type { Scored } from "./measures.ts";
import { createRandom, draw } from "./random.ts";

/** A face of somebody, in one condition. */
export interface HouseholdFace {
  readonly person: string;
  /** Names the photo; a photo that was taught is not asked about, in whatever condition. */
  readonly photo: string;
  /** Null when no face was found: it is asked about, and nobody is named. */
  readonly vector: FaceVector | null;
}

/** How a household is made. */
export interface HouseholdOptions {
  /** People who are taught. */
  readonly gallery: number;
  /** Photos of each of them that are. */
  readonly references: number;
  /** Times that people and photos are drawn. */
  readonly draws: number;
  readonly seed: number;
}

/** Answers about the faces of one person. */
export interface PersonTally {
  readonly person: string;
  /** Asked while the person was taught. */
  known: number;
  /** Of these: named rightly as `is`, rightly at all, wrongly as `is`, wrongly at all. */
  is: number;
  named: number;
  wrongIs: number;
  wrong: number;
  /** Asked while the person was not taught, and of these taken for somebody. */
  unknown: number;
  strangerIs: number;
  strangerPerhaps: number;
}

/** What came out of many draws. */
export interface HouseholdResult {
  readonly people: readonly PersonTally[];
  /** The likeliest person's probability and whether it was right: as many of known as of strangers. */
  readonly confidences: readonly Scored[];
}

/** Kinds of answers, as shares of what was asked. */
export type HouseholdShare =
  | "is"
  | "named"
  | "wrongIs"
  | "wrong"
  | "strangerIs"
  | "strangerPerhaps";

/**
 * Teaches and asks. At most half of the people are taught, the others are strangers throughout;
 * with a gallery of more than half, those who are left.
 *
 * @param taught what references are drawn from: people with more photos than references
 * @param asked in whatever condition
 * @throws {RangeError} when there are fewer people than the gallery
 */
export function runHousehold(
  taught: readonly HouseholdFace[],
  asked: readonly HouseholdFace[],
  judge: FaceJudge,
  { gallery, references, draws, seed }: HouseholdOptions,
): HouseholdResult {
  const random = createRandom(seed);
  const photos = Map.groupBy(
    taught.filter((face) => face.vector !== null),
    ({ person }) => person,
  );
  const names = [...photos].filter(([, own]) => own.length > references).map(([name]) => name);
  if (names.length < gallery) {
    throw new RangeError(
      `A gallery of ${gallery} needs as many people with more than ${references} photos, there are ${names.length}`,
    );
  }
  const tallies = new Map<string, PersonTally>();
  const known: Scored[] = [], strangers: Scored[] = [];
  for (let i = 0; i < draws; i++) {
    const shuffled = draw(names, names.length, random);
    const members = shuffled.slice(0, gallery);
    const outside = new Set(shuffled.slice(Math.max(gallery, Math.floor(names.length / 2))));
    const used = new Set<string>();
    const people = members.map((name) => {
      const own = draw(photos.get(name)!, references, random);
      for (const { photo } of own) used.add(photo);
      return judge.template(own.map(({ vector }) => vector!));
    });
    for (const { person, photo, vector } of asked) {
      const own = members.indexOf(person);
      if (used.has(photo) || (own < 0 && !outside.has(person))) continue;
      const claims = vector ? people.map((one) => ({ llr: judge.fit(one, vector).llr })) : [];
      const { each } = judge.posterior(claims, gallery);
      const confidence = Math.max(0, ...each);
      const best = each.indexOf(confidence);
      const isFrom = best < 0 ? Infinity : judge.isFrom(people[best]!);
      const says = confidence >= isFrom
        ? "is"
        : confidence >= judge.section.cuts.perhaps
        ? "perhaps"
        : "unknown";
      const right = best >= 0 && best === own;
      count(tallyOf(tallies, person), own >= 0, right, says);
      (own >= 0 ? known : strangers).push({ score: confidence, positive: right });
    }
  }
  const fewer = Math.min(known.length, strangers.length);
  return {
    people: [...tallies.values()],
    confidences: [...draw(known, fewer, random), ...draw(strangers, fewer, random)],
  };
}

function tallyOf(tallies: Map<string, PersonTally>, person: string): PersonTally {
  let tally = tallies.get(person);
  if (!tally) {
    tally = {
      person,
      known: 0,
      is: 0,
      named: 0,
      wrongIs: 0,
      wrong: 0,
      unknown: 0,
      strangerIs: 0,
      strangerPerhaps: 0,
    };
    tallies.set(person, tally);
  }
  return tally;
}

function count(
  tally: PersonTally,
  known: boolean,
  right: boolean,
  says: "is" | "perhaps" | "unknown",
): void {
  if (known) {
    tally.known++;
    if (says === "unknown") return;
    if (right) tally.named++;
    else tally.wrong++;
    if (says !== "is") return;
    if (right) tally.is++;
    else tally.wrongIs++;
  } else {
    tally.unknown++;
    if (says === "is") tally.strangerIs++;
    if (says === "perhaps") tally.strangerPerhaps++;
  }
}

/** A share with its interval, and what it was counted on. */
export interface HouseholdMeasure extends Measured {
  readonly hits: number;
  readonly of: number;
}

/**
 * A share over all people, with an interval by resampling the people: the photos of one person,
 * and the draws of one photo, tell less than as many people would.
 */
export function measureShare(
  people: readonly PersonTally[],
  share: HouseholdShare,
): HouseholdMeasure {
  const base = share === "strangerIs" || share === "strangerPerhaps" ? "unknown" : "known";
  const asked = people.filter((one) => one[base] > 0);
  const sum = (of: readonly PersonTally[], key: HouseholdShare | "known" | "unknown") =>
    of.reduce((total, one) => total + one[key], 0);
  const hits = sum(asked, share), of = sum(asked, base);
  if (asked.length === 0) return { hits, of, value: NaN, low: NaN, high: NaN };
  return { hits, of, ...bootstrap(asked, (some) => sum(some, share) / sum(some, base)) };
}
