/**
 * Photos of persons, decoded once for all engines.
 *
 * @module
 */
import sharp from "sharp";
import { filesBelow } from "../../support/data.ts";
import { join, relative } from "../../../training/paths.ts";
import type { Photo } from "./engine.ts";
import { writePhoto } from "./photo_file.ts";

/** A photo whose person is known. */
export interface FacePhoto {
  /** The collection that it is from. */
  readonly set: string;
  readonly person: string;
  /** The decoded photo. */
  readonly plain: string;
  /** The same in a black border: detectors are trained on faces in a scene, some miss a face alone. */
  readonly bordered: string;
}

/** Width of the border beside a photo's side. */
const BORDER = 0.5;

async function decode(image: ReturnType<typeof sharp>): Promise<Photo> {
  const { data, info } = await image.autoOrient().removeAlpha().toColourspace("srgb").raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/**
 * Decodes photos below `faces`, which lie in folders `set/person`, into files below `folder`.
 */
export async function decodeFaces(faces: string, folder: string): Promise<FacePhoto[]> {
  return await Promise.all(
    filesBelow(faces).map(async (path, i) => {
      const [set, person] = relative(faces, path).split("/") as [string, string];
      const photo = await decode(sharp(path));
      const across = Math.round(photo.width * BORDER);
      const down = Math.round(photo.height * BORDER);
      const raw = { width: photo.width, height: photo.height, channels: 3 } as const;
      const bordered = await decode(
        sharp(photo.data, { raw }).extend({ left: across, right: across, top: down, bottom: down }),
      );
      const names = {
        plain: join(folder, `${i}.rgb`),
        bordered: join(folder, `${i}_bordered.rgb`),
      };
      await Deno.writeFile(names.plain, writePhoto(photo));
      await Deno.writeFile(names.bordered, writePhoto(bordered));
      return { set, person: `${set}/${person}`, ...names };
    }),
  );
}

/** Size of the photos that speed is measured on: a web camera's. */
const SIZE = { width: 640, height: 480 };

/** Decodes the samples with one face that the project carries into files below `folder`. */
export async function decodeSamples(folder: string): Promise<string[]> {
  return await Promise.all(["eileen_collins", "grace_hopper"].map(async (name) => {
    const path = new URL(`../../../web/samples/${name}.jpg`, import.meta.url);
    const image = sharp(await Deno.readFile(path));
    const photo = await decode(image.resize({ ...SIZE, fit: "cover", position: "top" }));
    const file = join(folder, `${name}.rgb`);
    await Deno.writeFile(file, writePhoto(photo));
    return file;
  }));
}
