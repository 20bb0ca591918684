/**
 * Photos of individuals that would flatter a figure.
 *
 * @module
 */
import { basename, dirname } from "../paths.ts";

const NEAR_IDENTICAL = new Set(["cat/03", "dog/04", "dog5/03"]);

/** Whether a photo in `instances` is near-identical to another of the same folder. */
export function isNearIdentical(path: string): boolean {
  return NEAR_IDENTICAL.has(`${basename(dirname(path))}/${basename(path, ".jpg")}`);
}
