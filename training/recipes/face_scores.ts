/**
 * Fits the log-likelihood ratios that faces are compared by.
 *
 * @module
 */
import type { FaceJudge, FaceTemplate, FaceVector } from "../../functions/core/face_judge.ts";
import type { FaceScore, FaceScores } from "../../models/people.ts";
import { createRandom, draw } from "../eval/random.ts";
import { type Comparison, fitLogistic } from "./fit_logistic.ts";

/** A photo's face, ready for comparison. */
export interface ComparedFace {
  readonly person: string;
  /** Names the photo: one in several conditions is never compared with itself. */
  readonly photo: string;
  readonly vector: FaceVector;
  /** Whether it may be taught, or is only asked about, as an aged copy is. */
  readonly reference: boolean;
}

/** Draws of references; each compares all other photos with everybody. */
const DRAWS = 10;
/** Odds that a face is one given person's: with fifty people, and a stranger as often as not, 1 : 100. */
const ODDS = 0.01;
const SEED = 20261123;

/** Three numbers of a face and a person: cosine of SFace, minus distance and cosine of dlib. */
function featuresOf(person: FaceTemplate, face: FaceVector): number[] {
  let cosine = 0;
  for (let i = 0; i < face.sface.length; i++) cosine += person.sface[i]! * face.sface[i]!;
  if (!person.dlib || !face.dlib) return [cosine];
  let square = 0, dot = 0, a = 0, b = 0;
  for (let i = 0; i < face.dlib.length; i++) {
    const x = person.dlib[i]!, y = face.dlib[i]!;
    square += (x - y) ** 2;
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return [cosine, -Math.sqrt(square), a * b > 0 ? dot / Math.sqrt(a * b) : 0];
}

/**
 * Fits scores for people of one, two, and three references. Each time as many references as that
 * are drawn of everybody who has more, all other faces are compared with all these people, and
 * {@linkcode fitLogistic} tells those that belong together from those that do not.
 *
 * @param faces of at least two people with two references each
 * @param judge makes a person out of references
 * @throws {RangeError} when there are too few people or photos to compare
 */
export function fitFaceScores(
  faces: readonly ComparedFace[],
  judge: Pick<FaceJudge, "template">,
): FaceScores["full"] {
  const fit = (count: number): FaceScore => {
    const { bias, weights } = fitLogistic(comparisons(faces, judge, count), ODDS);
    const [sface = 0, distance = 0, dlib = 0] = weights;
    return { bias, sface, distance, dlib };
  };
  return [fit(1), fit(2), fit(3)];
}

function comparisons(
  faces: readonly ComparedFace[],
  judge: Pick<FaceJudge, "template">,
  count: number,
): Comparison[] {
  const random = createRandom(SEED + count);
  const byPerson = Map.groupBy(faces.filter(({ reference }) => reference), ({ person }) => person);
  const known = [...byPerson].filter(([, photos]) => photos.length > count);
  if (known.length < 2) {
    throw new RangeError(
      `Scores of ${count} references need two people with more photos than that, there are ${known.length}.`,
    );
  }
  const result: Comparison[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const people = known.map(([person, photos]) => {
      const taught = draw(photos, count, random);
      return {
        person,
        photos: new Set(taught.map(({ photo }) => photo)),
        template: judge.template(taught.map(({ vector }) => vector)),
      };
    });
    const taught = new Set(people.flatMap(({ photos }) => [...photos]));
    for (const face of faces) {
      if (taught.has(face.photo)) continue;
      for (const { person, template } of people) {
        const features = featuresOf(template, face.vector);
        result.push({ features, same: person === face.person });
      }
    }
  }
  return result;
}
