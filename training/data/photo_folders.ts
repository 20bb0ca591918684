/**
 * Photos to train on, as folders: one sub-folder for each class.
 *
 * @module
 */
import { filesBelow } from "../collections.ts";
import { foldersIn } from "../eval/labelled_photos.ts";
import { join, relative } from "../paths.ts";

/** A photo and what a head is to answer to it. */
export interface LabelledPhoto {
  readonly path: string;
  /** Never empty. */
  readonly label: string;
}

/** Which photos are read. */
export interface ReadLabelledOptions {
  /** Names of sub-folders whose photos are left out, as they are on disk. */
  readonly leaveOut?: readonly string[];
}

/** Names of files that are taken for photos. */
const PHOTO = /\.(jpe?g|png|webp|gif|avif|heic)$/i;

/**
 * Lists the photos of a folder that has a sub-folder for each class. A label is the sub-folder's
 * name with underscores as spaces; folders that differ in nothing else are one class. Photos in
 * folders further down belong to the class as well; hidden files and folders, and what is no photo
 * by its name's ending, are left out.
 *
 * @returns sorted by class folder, then by path
 * @throws {Deno.errors.NotFound} when there is no such folder
 * @throws {RangeError} when fewer than two classes have photos
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * for (const path of ["wild_cat/1.JPG", "wild_cat/notes.txt", "dog/2.png"]) {
 *   await Deno.mkdir(`${folder}/${path.split("/")[0]}`, { recursive: true });
 *   await Deno.writeFile(`${folder}/${path}`, new Uint8Array());
 * }
 * assertEquals(readPhotoFolders(folder), [
 *   { path: `${folder}/dog/2.png`, label: "dog" },
 *   { path: `${folder}/wild_cat/1.JPG`, label: "wild cat" },
 * ]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function readPhotoFolders(
  folder: string,
  { leaveOut = [] }: ReadLabelledOptions = {},
): LabelledPhoto[] {
  checkFolder(folder);
  const photos = foldersIn(folder).flatMap((name) => {
    const label = name.replaceAll("_", " ").trim();
    if (startsHidden(name) || leaveOut.includes(name) || label === "") return [];
    return photosBelow(join(folder, name)).map((path) => ({ path, label }));
  });
  checkClasses(photos, folder);
  return photos;
}

/** Paths of the photos in a folder and below, sorted; hidden files and folders are left out. */
export function photosBelow(folder: string): string[] {
  const isHidden = (path: string) => relative(folder, path).split(/[/\\]/).some(startsHidden);
  return filesBelow(folder).filter((path) => PHOTO.test(path) && !isHidden(path));
}

const startsHidden = (name: string) => name.startsWith(".");

/** @throws {Deno.errors.NotFound} when there is no such folder */
export function checkFolder(folder: string): void {
  const there = statIfThere(folder);
  if (!there?.isDirectory) {
    throw new Deno.errors.NotFound(
      there ? `Expected a folder of photos, ${folder} is a file` : `There is no folder ${folder}`,
    );
  }
}

/** @throws {RangeError} when the photos are of fewer than two classes */
export function checkClasses(photos: readonly LabelledPhoto[], folder: string): void {
  const labels = new Set(photos.map(({ label }) => label));
  if (labels.size < 2) {
    throw new RangeError(
      `Expected photos of at least 2 classes in ${folder}, found ${
        labels.size === 0 ? "none" : `${photos.length} of "${photos[0]!.label}" alone`
      }`,
    );
  }
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
