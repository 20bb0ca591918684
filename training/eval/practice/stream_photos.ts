/**
 * What a household's stream of photos is drawn from: people, individuals and types, each under the
 * label that its folder gives it.
 *
 * @module
 */
import type { Kind, Scope } from "../../../functions/core/memory.ts";
import { filesBelow } from "../../collections.ts";
import { basename, dirname, join } from "../../paths.ts";
import { caltechHalves } from "../caltech_halves.ts";
import { type EncodedPhoto, encodedPhotos, type EncodedPhotosOptions } from "./encoded_photos.ts";

/** A photo and what it is of. */
export interface StreamPhoto extends EncodedPhoto {
  /** The folder's name, with spaces. */
  readonly label: string;
  readonly kind: Kind;
  readonly scope: Scope;
}

/** Where each sort of label comes from. */
const FOLDERS = [
  { folder: "faces", kind: "person", scope: "individual" },
  { folder: "instances", kind: "thing", scope: "individual" },
  { folder: "caltech101", kind: "thing", scope: "type" },
] as const;

/**
 * All people, all individuals, and the categories of Caltech-101 that nothing was fitted on but
 * what the report tells of.
 *
 * @param data folder with `faces`, `instances` and `caltech101`
 * @throws {Deno.errors.NotFound} where one is missing
 */
export async function streamPhotos(
  data: string,
  options: EncodedPhotosOptions,
): Promise<StreamPhoto[]> {
  const photos: StreamPhoto[] = [];
  for (const { folder, kind, scope } of FOLDERS) {
    const all = filesBelow(join(data, folder)).filter((path) => /\.jpe?g$/i.test(path));
    const names = [...new Set(all.map(labelOf))];
    const held = new Set(scope === "type" ? caltechHalves(names).held : names);
    const paths = all.filter((path) => held.has(labelOf(path)));
    const seen = await encodedPhotos(paths, {
      ...options,
      log: (line) => options.log(`${folder}: ${line}`),
    });
    photos.push(
      ...seen.map((one, i) => ({ ...one, label: wordsOf(labelOf(paths[i]!)), kind, scope })),
    );
  }
  return photos;
}

/** A folder's name as one would say it: "grand piano". */
const wordsOf = (name: string) => name.replaceAll("_", " ");

const labelOf = (path: string) => basename(dirname(path));
