/**
 * Reads single files out of Debian packages, which are fetched by apt and unpacked by dpkg.
 *
 * @module
 */
import { parseTar } from "nanotar";
import { verifyFile } from "../../models/verify_file.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";
import { MissingToolError, RegistryError } from "./registry.ts";

/** A package of Debian, pinned to one file. */
export interface PinnedDebian {
  readonly package: string;
  readonly version: string;
  /** Name of the package's file. */
  readonly file: string;
  /** Of the package's file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Where a package may come from. */
export interface DebianOptions {
  /** Folder that keeps what was downloaded. */
  readonly cache: string;
  /** Tells what is going on. */
  readonly log?: (line: string) => void;
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (success) return stdout;
    const said = new TextDecoder().decode(stderr).trim();
    throw new RegistryError(`${program} ${args.join(" ")} failed: ${said}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MissingToolError(`Packages of Debian need ${program}: run this on Debian`);
  }
}

/**
 * The bytes of one file in a pinned package: from the cache, else by `apt-get download`.
 *
 * @param path inside the package, as "./usr/share/…"
 * @throws {MissingToolError} when there is no apt or dpkg
 * @throws {RegistryError} when apt fails
 * @throws {Deno.errors.NotFound} when the package has no such file
 * @throws {Error} when the package is not the one that is pinned
 */
export async function readDebian(
  pinned: PinnedDebian,
  path: string,
  { cache, log = () => {} }: DebianOptions,
): Promise<Uint8Array> {
  const kept = join(cache, pinned.file);
  let bytes = await readIfThere(kept);
  if (!bytes) {
    const requirement = `${pinned.package}=${pinned.version}`;
    log(`apt-get download ${requirement}`);
    await Deno.mkdir(cache, { recursive: true });
    await run("apt-get", ["download", requirement], cache);
    bytes = await Deno.readFile(kept);
  }
  await verifyFile(bytes, pinned.sha256, kept);
  const tar = await run("dpkg-deb", ["--fsys-tarfile", pinned.file], cache);
  const found = parseTar(tar, { filter: ({ name }) => name === path })[0];
  if (!found?.data) throw new Deno.errors.NotFound(`${pinned.file} has no "${path}"`);
  return found.data;
}
