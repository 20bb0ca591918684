/**
 * Photos with what they show, and in which fold of the cross-fitting they are.
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
  /** 0 to `FOLDS` − 1: what is judged on one fold was fitted on the others. */
  readonly fold: number;
  /** Whether the network has probably learnt from the photo itself. */
  readonly learnt: boolean;
}

const FOLDERS = { leaf: "imagenet-samples", known: "breeds", new: "novel-breeds" } as const;

/** How many folds there are. */
export const FOLDS = 5;

/** Folders with a sub-folder for each class, whose photos are `other`; either may be missing. */
const OTHERS = ["caltech101", "pacs/photo"] as const;
/** Their classes that show dogs or cats, drawn ones too, or all sorts of things. */
const NOT_OTHER = new Set(["BACKGROUND_Google", "dalmatian", "dog", "garfield", "snoopy"]);
/** Photos of ImageNet are named by its id of the class. */
export const IMAGENET = /n\d{8}/;
/** Photos of each of their classes that are used. */
export const OF_OTHER = 8;

/**
 * Lists the photos. Breeds and classes are whole in one fold, so that none is both fitted
 * and judged on.
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
      const learnt = source !== "new" && IMAGENET.test(file);
      photos.push({ path, source, truth, type, learnt, fold: await foldOf(type) });
    }
  }
  for (const folder of OTHERS) {
    for (const type of foldersIn(join(data, folder))) {
      if (NOT_OTHER.has(type)) continue;
      for (const path of filesBelow(join(data, folder, type)).slice(0, OF_OTHER)) {
        photos.push({
          path,
          source: "other",
          truth: null,
          type,
          learnt: false,
          fold: await foldOf(type),
        });
      }
    }
  }
  return photos;
}

/** Names of the sub-folders, sorted; none when there is no such folder. */
export function foldersIn(folder: string): string[] {
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
export function breedOf(folder: string, hierarchy: Hierarchy): HierarchyNode | undefined {
  const [kind = "", breed = ""] = basename(folder).split("__");
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, "_");
  const ids = [...Deno.readDirSync(folder)].map(({ name }) => /n\d{8}/.exec(name)?.[0]);
  const leaves = hierarchy.find(kind)?.leaves.map((leaf) => hierarchy.leaf(leaf));
  return leaves?.find(({ id }) => id !== null && ids.includes(id)) ??
    leaves?.find(({ name }) => [breed, `${breed}_${kind}`].includes(plain(name)));
}

/** By a hash of the type's name, so that a photo added later moves no other. */
export async function foldOf(type: string): Promise<number> {
  const hash = await sha256Hex(new TextEncoder().encode(type));
  return parseInt(hash.slice(0, 8), 16) % FOLDS;
}
