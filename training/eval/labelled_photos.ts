/**
 * Photos with what they show, and on which side of the split between fitting and judging they are.
 *
 * @module
 */
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { filesBelow } from "../collections.ts";
import { basename, dirname, join } from "../paths.ts";

/** A photo whose content is known. */
export interface LabelledPhoto {
  readonly path: string;
  /**
   * `leaf`: of a class that is no pet; `known` and `new`: of a breed with and without a leaf;
   * `other`: anything but a dog or cat, whether the network learnt it or not.
   */
  readonly source: "leaf" | "known" | "new" | "other";
  /** The leaf that it shows, or for a new breed the kind; null when only the kind is ruled out. */
  readonly truth: HierarchyNode | null;
  /** The class or breed: what a type is held out by. */
  readonly type: string;
  /** Numbers are fitted on `tune` and judged on `test`. */
  readonly side: "tune" | "test";
}

const FOLDERS = { leaf: "imagenet-samples", known: "breeds", new: "novel-breeds" } as const;

/** Folders with a sub-folder for each class, whose photos are `other`; either may be missing. */
const OTHERS = ["caltech101", "pacs/photo"] as const;
/** Their classes that show dogs or cats, drawn ones too, or all sorts of things. */
const NOT_OTHER = new Set(["BACKGROUND_Google", "dalmatian", "dog", "garfield", "snoopy"]);
/** Photos of each of their classes that are used. */
const OF_OTHER = 8;

/**
 * Lists the photos. Breeds are split as a whole, so that no breed is on both sides; of other
 * classes there is one photo each, split by its file name.
 *
 * @param data folder with `imagenet-samples` (files named by WordNet id), `breeds` and
 * `novel-breeds` (folders named `kind__breed`); if there, `caltech101` and `pacs/photo`
 * @throws {RangeError} when a file or folder names nothing in the hierarchy
 */
export async function labelledPhotos(data: string, hierarchy: Hierarchy): Promise<LabelledPhoto[]> {
  const leaves = hierarchy.nodes.slice(hierarchy.kindCount);
  const byId = new Map(leaves.map((leaf) => [leaf.id, leaf]));
  const photos: LabelledPhoto[] = [];
  for (const source of ["leaf", "known", "new"] as const) {
    for (const path of filesBelow(join(data, FOLDERS[source]))) {
      const [file, folder] = [basename(path), basename(dirname(path))];
      const type = source === "leaf" ? file.split("_")[0]! : folder;
      const truth = source === "leaf"
        ? byId.get(type)
        : source === "new"
        ? hierarchy.find(folder.split("__")[0]!)
        : breedOf(dirname(path), hierarchy);
      if (!truth) throw new RangeError(`The hierarchy has nothing for ${path}.`);
      photos.push({ path, source, truth, type, side: await sideOf(type) });
    }
  }
  for (const folder of OTHERS) {
    for (const type of foldersIn(join(data, folder))) {
      if (NOT_OTHER.has(type)) continue;
      for (const path of filesBelow(join(data, folder, type)).slice(0, OF_OTHER)) {
        photos.push({ path, source: "other", truth: null, type, side: await sideOf(type) });
      }
    }
  }
  return photos;
}

/** Names of the sub-folders, sorted; none when there is no such folder. */
function foldersIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * A known breed's folder has a photo of ImageNet, which is named by the leaf's id; without one,
 * the folder's name is the leaf's.
 */
function breedOf(folder: string, hierarchy: Hierarchy): HierarchyNode | undefined {
  const [kind = "", breed = ""] = basename(folder).split("__");
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, "_");
  const ids = [...Deno.readDirSync(folder)].map(({ name }) => /n\d{8}/.exec(name)?.[0]);
  const leaves = hierarchy.find(kind)?.leaves.map((leaf) => hierarchy.leaf(leaf));
  return leaves?.find(({ id }) => id !== null && ids.includes(id)) ??
    leaves?.find(({ name }) => [breed, `${breed}_${kind}`].includes(plain(name)));
}

/** Half of all types, by a hash of the name, so that a photo added later moves no other. */
async function sideOf(type: string): Promise<"tune" | "test"> {
  return parseInt((await sha256Hex(new TextEncoder().encode(type))).slice(0, 2), 16) % 2 === 0
    ? "tune"
    : "test";
}
