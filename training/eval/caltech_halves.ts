/**
 * Which categories of Caltech-101 the weights of rival types are fitted on, and which are left to
 * judge them on.
 *
 * @module
 */

/** No category of things: clutter, faces of people, and the same faces cut out again. */
const NO_THINGS = new Set(["BACKGROUND_Google", "Faces", "Faces_easy"]);

/**
 * Every second category, by name in code-unit order, is fitted on; the others are held out.
 *
 * @param names folders of the collection
 *
 * @example
 * ```ts
 * import { caltechHalves } from "./caltech_halves.ts";
 *
 * const { fitted, held } = caltechHalves(["ant", "bass", "crab", "Faces_easy"]);
 * console.assert(fitted.join() === "bass" && held.join() === "ant,crab");
 * ```
 */
export function caltechHalves(
  names: readonly string[],
): { readonly fitted: readonly string[]; readonly held: readonly string[] } {
  const things = names.filter((name) => !NO_THINGS.has(name)).sort();
  return {
    fitted: things.filter((_, i) => i % 2 === 1),
    held: things.filter((_, i) => i % 2 === 0),
  };
}
