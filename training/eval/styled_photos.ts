/**
 * Photos, paintings, cartoons and sketches of the same seven things (PACS, Li et al. 2017).
 *
 * @module
 */
import type { Hierarchy } from "../../models/hierarchy.ts";
import { filesBelow } from "../collections.ts";
import { join, relative } from "../paths.ts";
import { foldersIn, OF_OTHER } from "./labelled_photos.ts";
import type { LabelledPhoto } from "./labelled_photos.ts";

/** A picture of a thing in one style. */
export interface StyledPhoto extends LabelledPhoto {
  readonly style: string;
}

/** What the hierarchy calls the classes; it has no giraffe, and horses as sorrels alone. */
const NAMES: Readonly<Record<string, string>> = {
  dog: "dog",
  elephant: "elephant",
  giraffe: "hoofed animal",
  guitar: "guitar",
  horse: "hoofed animal",
  house: "building",
  person: "person",
};

/**
 * Lists the pictures. Photos that are `other` among the labelled ones are left out.
 *
 * @param folder with a sub-folder for each style, and a sub-folder for each class in it
 * @returns none when there is no such folder
 */
export function styledPhotos(folder: string, hierarchy: Hierarchy): StyledPhoto[] {
  return foldersIn(folder).flatMap((style) =>
    foldersIn(join(folder, style)).flatMap((type) => {
      const truth = hierarchy.find(NAMES[type] ?? "");
      if (!truth) return [];
      const photos = filesBelow(join(folder, style, type));
      const fitted = style === "photo" && type !== "dog" ? OF_OTHER : 0;
      return photos.slice(fitted).map((path): StyledPhoto => ({
        path,
        style: relative(folder, path).split("/")[0]!.replaceAll("_", " "),
        source: "other",
        truth,
        type,
        learnt: false,
        fold: 0,
      }));
    })
  );
}
