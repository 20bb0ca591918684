/**
 * Which commit a run was made by.
 *
 * @module
 */
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** The checkout's commit, 40 hexadecimal digits; undefined outside of a repository. */
export async function commitOf(root: string): Promise<string | undefined> {
  const read = async (path: string) => {
    const bytes = await readIfThere(join(root, ".git", path)).catch(() => undefined);
    return bytes && new TextDecoder().decode(bytes).trim();
  };
  const head = await read("HEAD");
  if (!head?.startsWith("ref: ")) return head;
  const ref = head.slice(5);
  const packed = await read("packed-refs");
  return await read(ref) ??
    packed?.split("\n").find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
}
