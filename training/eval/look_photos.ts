/**
 * The photos that likeness is fitted and judged on: classes with many individuals, and individuals
 * with many photos.
 *
 * @module
 */
import type { Hierarchy } from "../../models/hierarchy.ts";
import type { ScoreKinds } from "../../models/kinds.ts";
import { lookOf } from "../../models/look.ts";
import { filesBelow } from "../collections.ts";
import { basename, dirname, join, relative } from "../paths.ts";
import type { Features } from "./features.ts";
import { breedOf, foldersIn, IMAGENET } from "./labelled_photos.ts";
import { isNearIdentical } from "./near_identical.ts";
import { seenPhotos } from "./seen_photos.ts";
import type { ViewReader } from "./view_reader.ts";

/** A photo and how it looks. */
export interface LookPhoto extends Pick<Features, "path" | "sha256"> {
  /** What it is of: the class, breed or individual, as a folder. */
  readonly group: string;
  /** For a breed its kind, and the leaf that the network has for it. */
  readonly breed?: { readonly kind: string; readonly leaf: number | null };
  /** Whether its group counts among what is known: a class of the cohort. */
  readonly known: boolean;
  readonly animal: boolean;
  /** Whether the network has probably learnt from it. */
  readonly learnt: boolean;
  /** As a photo that is asked about looks. */
  readonly look: Float32Array;
  /** As one that is taught looks: with its mirror image. */
  readonly taughtLook: Float32Array;
  /** Of the centre view. */
  readonly cosines: Float32Array;
}

/** Most photos of a class that are fitted on. */
const MOST = 20;
/** Individuals that are animals; of anything else that looks like one the network decides. */
const ANIMALS = /^(cat|dog)\d*$/;

/** With what photos are looked at. */
export interface LookPhotosOptions {
  readonly reader: ViewReader;
  readonly scoreKinds: ScoreKinds;
  /** Folder for features. */
  readonly cache: string;
  readonly log?: (line: string) => void;
}

/**
 * Lists and looks at them.
 *
 * @param data folder with `breeds`, `novel-breeds`, `caltech101` and `instances`
 * @returns null when one of the folders is missing
 */
export async function lookPhotos(
  data: string,
  hierarchy: Hierarchy,
  { reader, scoreKinds, cache, log = () => {} }: LookPhotosOptions,
): Promise<
  { strangers: LookPhoto[]; individuals: LookPhoto[]; others: () => Promise<LookPhoto[]> } | null
> {
  const folders = ["breeds", "novel-breeds", "caltech101", "instances"] as const;
  if (folders.some((folder) => foldersIn(join(data, folder)).length === 0)) return null;
  const see = async (
    folder: (typeof folders)[number] | "imagenet-samples",
    keep: (path: string, ofClass: number) => boolean,
  ) => {
    const counts = new Map<string, number>();
    const paths = filesBelow(join(data, folder)).filter((path) => {
      if (!/\.jpe?g$/i.test(path)) return false;
      const count = counts.get(dirname(path)) ?? 0;
      counts.set(dirname(path), count + 1);
      return keep(path, count);
    });
    const seen = await seenPhotos(paths.map((path) => ({ path })), reader, {
      cache,
      progress: (done, of) => done % 500 === 0 && log(`${folder}: ${done} of ${of} photos`),
    });
    const photos: LookPhoto[] = [];
    for (const { path, sha256, views } of seen) {
      const [centre, mirrored] = views;
      const name = basename(dirname(path));
      const [kind = ""] = name.split("__");
      const breed = folder === "breeds" || folder === "novel-breeds"
        ? {
          kind,
          leaf: folder === "breeds" ? breedOf(dirname(path), hierarchy)!.leaves[0]! : null,
        }
        : undefined;
      photos.push({
        path,
        sha256,
        group: relative(data, dirname(path)),
        ...(breed && { breed }),
        known: folder === "breeds" || folder === "caltech101",
        animal: breed !== undefined || ANIMALS.test(name),
        learnt: folder === "breeds" && IMAGENET.test(basename(path)),
        look: lookOf([centre!.gem]),
        taughtLook: lookOf([centre!.gem, mirrored!.gem]),
        cosines: (await scoreKinds(centre!)).cosines,
      });
    }
    return photos;
  };
  return {
    strangers: [
      ...await see("breeds", isEarly),
      ...await see("novel-breeds", isEarly),
      ...await see("caltech101", (path, i) => isEarly(path, i) && !path.includes("BACKGROUND")),
    ],
    individuals: await see("instances", (path) => !isNearIdentical(path)),
    // Strangers that no threshold is chosen on.
    others: async () => [
      ...await see("caltech101", (path, i) => !isEarly(path, i)),
      ...await see("imagenet-samples", () => true),
    ],
  };
}

/** Among the first of its class, so that none outweighs the others. */
const isEarly = (_: string, ofClass: number) => ofClass < MOST;
