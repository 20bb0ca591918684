/**
 * Which words can stand in one path.
 *
 * @module
 */
import type { Hierarchy } from "../../../models/hierarchy.ts";
import { fold } from "./value_set.ts";

/** Whether two words, without regard to case, can both stand in the path of an answer. */
export type Together = (a: string, b: string) => boolean;

/**
 * Tells by the network's hierarchy: of two of its words one lies on the path of the other. A word
 * that it does not have may stand with any.
 */
export function wordsTogether(hierarchy: Hierarchy): Together {
  const paths = new Map(
    hierarchy.nodes.map(({ name, path }) => [fold(name), new Set(path.map(fold))]),
  );
  return (a, b) => {
    const [pathA, pathB] = [paths.get(fold(a)), paths.get(fold(b))];
    return !pathA || !pathB || pathA.has(fold(b)) || pathB.has(fold(a));
  };
}
