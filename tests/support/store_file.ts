/**
 * A store's file for one test.
 *
 * @module
 */
import { withFolder } from "./temp_folder.ts";

/** Runs `fn` with the path of a database file in a folder of its own that is removed afterwards. */
export async function withStoreFile(fn: (path: string) => Promise<void>): Promise<void> {
  await withFolder((folder) => fn(`${folder}/memory.db`));
}

/** The bytes of all files beside a database file, its log included, by name. */
export async function filesOf(path: string): Promise<Map<string, Uint8Array>> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const files = new Map<string, Uint8Array>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, await Deno.readFile(`${folder}/${name}`));
  }
  return files;
}
