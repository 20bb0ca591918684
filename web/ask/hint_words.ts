/**
 * What would make a better lesson of the photo on screen.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { meantFace } from "./people.ts";
import { strings } from "../strings.ts";

/** Faces below this many pixels teach little. */
const SMALL = 72;

/** Whether the face that is meant is small in its photo. */
export function isSmall(
  answer: Pick<Answer, "subjects">,
  chosen: number | undefined,
): boolean {
  const face = meantFace(answer, chosen);
  return face !== undefined && Math.sqrt(face.box.width * face.box.height) < SMALL;
}

/** A hint, if there is one to give. */
export function sayHint(
  answer: Pick<Answer, "subjects">,
  chosen: number | undefined,
): string | undefined {
  return isSmall(answer, chosen) ? strings.teach.small : undefined;
}
