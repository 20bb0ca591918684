/**
 * Fetches the other engines, which nothing but this comparison needs: they are in no import map
 * and no lock of the project.
 *
 * @module
 */
import { root } from "../../support/data.ts";
import { join } from "../../../training/paths.ts";

/** Where they lie once they are fetched. */
export const PEERS: string = join(root, ".cache/peers");

/**
 * Installs them by the versions of `packages.json` and the hashes of `packages.lock`.
 *
 * @throws {Error} when they cannot be had
 */
export async function installPeers(): Promise<void> {
  await Deno.mkdir(PEERS, { recursive: true });
  for (const [from, to] of [["packages.json", "deno.json"], ["packages.lock", "deno.lock"]]) {
    await Deno.copyFile(new URL(from!, import.meta.url), join(PEERS, to!));
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen"],
    cwd: PEERS,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) {
    throw new Error(`The peers could not be installed: ${new TextDecoder().decode(stderr)}`);
  }
}
