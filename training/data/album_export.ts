/**
 * Photos to train on, as a user's own albums that Google Photos exported (Takeout): folders of
 * photos, each with a sidecar, a JSON file that says who is on it.
 *
 * @module
 */
import { z } from "zod";
import { filesBelow } from "../collections.ts";
import { basename, dirname, extname, join, relative } from "../paths.ts";
import {
  checkFolder,
  type LabelledPhoto,
  photosBelow,
  type ReadLabelledOptions,
} from "./photo_folders.ts";

/** What of a sidecar is used. */
const sidecarSchema = z.object({
  /** Name of the photo's file before the export shortened or numbered it. */
  title: z.string(),
  people: z.array(z.object({ name: z.string() })).default([]),
});

/** What of an album's own file is used. */
const albumSchema = z.object({ title: z.string().default("") });

/** The file that an album itself has. */
const ALBUM = "metadata.json";
/** What exports since 2024 put behind the photo's name, whole or cut short. */
const SUPPLEMENT = ".supplemental-metadata";
/** Names are cut to 46 characters; somewhat fewer where characters are counted in bytes. */
const CUT = 40;
/** A copy that the user edited lies beside the photo as it was taken. */
const EDITED = /-edited(?=(\(\d+\))?$)/;

/** A name, and which one it is of several with that name. */
interface Numbered {
  readonly name: string;
  /** As "(1)", or "" for the first. */
  readonly number: string;
}

/** What may be a sidecar. */
interface Sidecar extends Numbered {
  readonly path: string;
}

/** A folder with photos. */
interface Album {
  /** Paths, sorted. */
  readonly photos: string[];
  /** By the name in theirs: an album may have many thousands. */
  readonly sidecars: Map<string, Sidecar[]>;
}

/**
 * Lists the photos of an export: of one album, or of a folder with albums below it. A photo on
 * which exactly one person is tagged has the person's name as its label; any other has its album's
 * title, or the album folder's name where there is no title. Videos, hidden files and edited
 * copies whose original is there are left out.
 *
 * A photo that is in several albums is listed for each of them.
 *
 * @param options which album folders are left out
 * @returns album by album, each sorted by path
 * @throws {Deno.errors.NotFound} when there is no such folder
 * @throws {TypeError} when a sidecar or an album's file is not as it should be; it names the file
 */
export function readAlbumExport(
  folder: string,
  { leaveOut = [] }: ReadLabelledOptions = {},
): LabelledPhoto[] {
  checkFolder(folder);
  const photos: LabelledPhoto[] = [];
  for (const [path, album] of albumsBelow(folder)) {
    if (relative(folder, path).split(/[/\\]/).some((name) => leaveOut.includes(name))) continue;
    const title = titleOf(path);
    const stems = new Set(album.photos.map(stemOf));
    for (const photo of album.photos) {
      const stem = stemOf(photo);
      if (EDITED.test(stem) && stems.has(stem.replace(EDITED, ""))) continue;
      const people = sidecarOf(photo, album)?.people ?? [];
      const person = people.length === 1 ? people[0]!.name.trim() : "";
      photos.push({ path: photo, label: person || title });
    }
  }
  return photos;
}

/**
 * Whether a folder is an export: whether any photo has a sidecar by its name.
 *
 * @throws {Deno.errors.NotFound} when there is no such folder
 */
export function isAlbumExport(folder: string): boolean {
  checkFolder(folder);
  return albumsBelow(folder).values().some((album) =>
    album.photos.some((photo) =>
      namedAfter(photo, album) !== undefined || namedAlike(photo, album).length > 0
    )
  );
}

/** All folders with photos, by path. */
function albumsBelow(folder: string): Map<string, Album> {
  const albums = new Map<string, Album>();
  for (const path of photosBelow(folder)) {
    const album: Album = albums.get(dirname(path)) ?? { photos: [], sidecars: new Map() };
    album.photos.push(path);
    albums.set(dirname(path), album);
  }
  for (const path of filesBelow(folder)) {
    const album = albums.get(dirname(path));
    if (!album || !/\.json$/i.test(path)) continue;
    const [name, number = ""] = split(basename(path).slice(0, -".json".length));
    const alike = album.sidecars.get(name) ?? [];
    alike.push({ path, name, number });
    album.sidecars.set(name, alike);
  }
  return albums;
}

function titleOf(album: string): string {
  const path = join(album, ALBUM);
  const isThere = Deno.readDirSync(album).some(({ name }) => name === ALBUM);
  return (isThere && parse(albumSchema, path).title.trim()) || basename(album);
}

const stemOf = (path: string) => basename(path, extname(path));

/** "photo(1).jpg" is the second "photo.jpg"; its sidecar is numbered behind all of the name. */
function numbered(file: string): Numbered {
  const ending = extname(file);
  const [stem, number = ""] = split(basename(file, ending));
  return { name: stem + ending, number };
}

/** Parts a number in brackets from the end of a name. */
const split = (name: string) => name.split(/(\(\d+\))$/) as [string, string?];

/** The sidecar that has the whole name of a photo. */
function namedAfter(photo: string, { sidecars }: Album): Sidecar | undefined {
  const file = basename(photo);
  // A photo may have had its number before the export: then the sidecar has none of its own.
  for (const { name, number } of [{ name: file, number: "" }, numbered(file)]) {
    const whole = name + SUPPLEMENT;
    for (let end = name.length; end <= whole.length; end++) {
      const found = sidecars.get(whole.slice(0, end))?.find((sidecar) => sidecar.number === number);
      if (found) return found;
    }
  }
  return undefined;
}

/** The sidecars that have as much of a photo's name as a cut leaves. */
function namedAlike(photo: string, { sidecars }: Album): Sidecar[] {
  const { name } = numbered(basename(photo));
  const found: Sidecar[] = [];
  for (let end = CUT; end < name.length; end++) {
    found.push(...sidecars.get(name.slice(0, end)) ?? []);
  }
  return found;
}

/** What the sidecar of a photo says, checked; undefined where there is none. */
function sidecarOf(photo: string, album: Album): z.infer<typeof sidecarSchema> | undefined {
  const named = namedAfter(photo, album);
  if (named) return parse(sidecarSchema, named.path);
  // Several photos may begin alike: the title tells which one it is.
  const file = basename(photo);
  const { name, number } = numbered(file);
  const alike = namedAlike(photo, album)
    .map((sidecar) => ({ ...sidecar, ...parse(sidecarSchema, sidecar.path) }));
  return alike.find(({ title }) => title === file) ??
    alike.find((sidecar) => sidecar.number === number && sidecar.title.startsWith(stemOf(name)));
}

function parse<T>(schema: z.ZodType<T>, path: string): T {
  let json: unknown;
  try {
    json = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TypeError(`${path} is no JSON: ${error.message}`);
  }
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const lines = error.issues.map(({ path, message }) => [...path, message].join(": "));
  throw new TypeError(`${path} is not as an export's should be: ${lines.join("; ")}`);
}
