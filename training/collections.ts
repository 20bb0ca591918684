/**
 * Finds the photo collections that evaluation and some tests measure on and that are not part of the project.
 *
 * They lie in the folder `XOLO_SHARED` names, by default `../shared` beside the checkout. Without
 * them the tests that need them say so and are counted as skipped.
 *
 * @module
 */
import { fromFileUrl, join, resolve } from "./paths.ts";

/** The checkout's root. */
export const root: string = resolve(fromFileUrl(new URL("..", import.meta.url)));

const shared = resolve(Deno.env.get("XOLO_SHARED") ?? join(root, "../shared"));

/**
 * The path of a file or folder of the collections, or undefined when it is not on this machine.
 *
 * @param path relative to the collections' root, as "data/faces" or "golden/nets.json"
 */
export function sharedPath(path: string): string | undefined {
  const full = join(shared, path);
  try {
    Deno.statSync(full);
    return full;
  } catch {
    return undefined;
  }
}

/** All files below a folder, sorted by path. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...filesBelow(path));
    else if (entry.isFile) found.push(path);
  }
  return found.sort();
}
