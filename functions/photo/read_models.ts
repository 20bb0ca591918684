/**
 * Reads models from a folder.
 *
 * @module
 */
import type { ReadModel } from "./open_model.ts";

/**
 * Makes what reads the files of a folder.
 *
 * @param folder of the manifest
 */
export function readModelsIn(folder: URL): ReadModel {
  return (file) => Deno.readFile(new URL(file, folder));
}
