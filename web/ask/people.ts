/**
 * The faces of an answer: which one a lesson means, and which name may be taken back.
 *
 * @module
 */
import type { Answer, Subject } from "../../functions/core/answer_type.ts";
import { strings } from "../strings.ts";

/** A face of the photo that was asked about. */
export interface Face extends Subject {
  /** In the answer's `subjects`: what a lesson names it by. */
  readonly index: number;
}

/** The part of an answer that tells of people. */
export type Peopled = Pick<Answer, "label" | "route" | "path" | "subjects" | "image">;

/** The faces of a photo, in the answer's order. */
export function facesOf({ subjects }: Pick<Answer, "subjects">): readonly Face[] {
  return subjects.map((subject, index) => ({ ...subject, index }))
    .filter(({ kind }) => kind === "person");
}

/** Whether a photo is of its faces, rather than of a thing that somebody stands beside. */
export function isOfPeople({ subjects }: Pick<Answer, "subjects">): boolean {
  return subjects.length > 0 && subjects.every(({ kind }) => kind === "person");
}

/**
 * The face that a lesson means: the chosen one, or the only one where the photo is of it.
 *
 * @param chosen index among the answer's subjects
 * @returns undefined when the server is to tell: a thing, or several faces to choose from
 */
export function meantFace(
  answer: Pick<Answer, "subjects">,
  chosen: number | undefined,
): Face | undefined {
  const faces = facesOf(answer);
  if (chosen !== undefined) return faces.find(({ index }) => index === chosen);
  return faces.length === 1 && isOfPeople(answer) ? faces[0] : undefined;
}

/** Whether there is anything to choose: one face that the photo is of is meant anyway. */
export function isChoice(answer: Pick<Answer, "subjects">): boolean {
  const { length } = facesOf(answer);
  return length > 1 || (length === 1 && !isOfPeople(answer));
}

/** A name from memory that can be taken back. */
export interface Correctable {
  readonly label: string;
  /** Index of the face that bears it; undefined for a thing. */
  readonly face: number | undefined;
}

/** The name that "that is not …" would mean: the chosen face's, or else the answer's. */
export function correctable(
  answer: Peopled,
  chosen: number | undefined,
): Correctable | undefined {
  const faces = facesOf(answer);
  if (chosen !== undefined) {
    const face = faces.find(({ index }) => index === chosen);
    return face?.label == null ? undefined : { label: face.label, face: chosen };
  }
  const { label, route, path } = answer;
  if (route !== "memory" || label === null) return undefined;
  const face = path[0] === "person" ? faces.find((face) => face.label === label)?.index : undefined;
  return { label, face };
}

/** Which of several faces a lesson means, or that one should be chosen. */
export function sayMeant(
  answer: Pick<Answer, "subjects">,
  chosen: number | undefined,
): string | undefined {
  if (!isChoice(answer)) return undefined;
  const { choose, chosen: says, maybe } = strings.faces;
  const faces = facesOf(answer);
  const at = faces.findIndex(({ index }) => index === chosen);
  if (at >= 0) return says(at + 1, faces.length);
  return isOfPeople(answer) ? choose(faces.length) : maybe;
}
