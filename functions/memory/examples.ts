/**
 * When two memories are of one example.
 *
 * @module
 */
import { frameSame } from "../../models/overlap.ts";
import type { NewMemory } from "../core/memory.ts";

/** What tells examples apart. */
export type Example = Pick<NewMemory, "bytes" | "label" | "not" | "kind" | "face" | "faces">;

/** Whether both are the same thing, or the same face, of one photo under one label. */
export function isSameExample(a: Example, b: Example): boolean {
  return isSharedLabel(a, b) && isSameFace(a, b);
}

/** Whether two faces of one photo are said to be one person. */
export function isOtherFace(a: Example, b: Example): boolean {
  return isSharedLabel(a, b) && a.kind === "person" && !a.not && !isSameFace(a, b);
}

function isSharedLabel(a: Example, b: Example): boolean {
  return a.bytes === b.bytes && a.label === b.label && a.not === b.not && a.kind === b.kind;
}

function isSameFace(a: Example, b: Example): boolean {
  if (a.face !== null && b.face !== null) return frameSame(a.face.box, b.face.box);
  if (a.face === null && b.face === null) return true;
  // A line written elsewhere may not say which face it is of: where the photo has but one, that one.
  return (a.face === null ? a.faces : b.faces) <= 1;
}
