/**
 * Photos to train on, in whichever of the known ways a folder is laid out.
 *
 * @module
 */
import { isAlbumExport, readAlbumExport } from "./album_export.ts";
import {
  checkClasses,
  type LabelledPhoto,
  type ReadLabelledOptions,
  readPhotoFolders,
} from "./photo_folders.ts";

/**
 * Lists the photos of a folder with their labels: as {@linkcode readAlbumExport} where a photo has
 * a sidecar, else as {@linkcode readPhotoFolders}.
 *
 * @throws {Deno.errors.NotFound} when there is no such folder
 * @throws {RangeError} when the photos are of fewer than two classes
 * @throws {TypeError} when a sidecar is not as it should be
 */
export function readLabelled(folder: string, options: ReadLabelledOptions = {}): LabelledPhoto[] {
  if (!isAlbumExport(folder)) return readPhotoFolders(folder, options);
  const photos = readAlbumExport(folder, options);
  checkClasses(photos, folder);
  return photos;
}
