/**
 * Photos of known people: where they lie, and what the service's own eyes make of their faces.
 *
 * @module
 */
import type { Encoder, SeenFace } from "../../functions/core/encoder.ts";
import type { FaceDescriptor, FaceMode, FaceQuality } from "../../models/face.ts";
import type { Box } from "../../models/pixels.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { filesBelow } from "../collections.ts";
import { basename, dirname, join, relative } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** A photo of one person. */
export interface PersonPhoto {
  readonly path: string;
  /** Folder of the person, from the collection's on. */
  readonly person: string;
  /** First folder of `person`: photos of one set share a camera or a source. */
  readonly set: string;
}

/** What was seen of the person. */
export interface FaceInPhoto {
  /** In pixels of the upright photo. */
  readonly box: Box;
  readonly quality: FaceQuality;
  readonly descriptor: FaceDescriptor;
}

/** Looks at photos of one person each. */
export interface FaceReader {
  /** What is seen of the largest face; null when there is none. */
  read(photo: Uint8Array, mode: FaceMode): Promise<FaceInPhoto | null>;
}

const DIMENSION = 128;

/** The JPEG photos below a folder, by their folders; sorted. */
export function photosOfPeople(folder: string): PersonPhoto[] {
  return filesBelow(folder)
    .filter((path) => /\.jpe?g$/i.test(path) && dirname(path) !== folder)
    .map((path) => {
      const person = relative(folder, dirname(path));
      return { path, person, set: person.split(/[\\/]/)[0] ?? basename(folder) };
    });
}

/**
 * Wraps an encoder. Descriptors are kept on disk by what was cut out, so that a change of how faces
 * are found and cut is seen at once and embedding, the slow part, is done once.
 *
 * @param cache folder of the descriptors; it must not be committed, for they are of single people
 */
export function createFaceReader(encoder: Encoder, cache: string): FaceReader {
  async function describe(face: SeenFace, mode: FaceMode): Promise<FaceDescriptor> {
    const file = join(cache, await keyOf(encoder.faceModel, face, mode));
    const stored = await readIfThere(file);
    if (stored) return unpack(stored);
    const [descriptor] = await encoder.describe([face], { mode });
    await Deno.mkdir(cache, { recursive: true });
    // Renamed when whole: a script that is stopped leaves no half file that looks like one.
    await Deno.writeFile(`${file}.tmp`, pack(descriptor!));
    await Deno.rename(`${file}.tmp`, file);
    return descriptor!;
  }
  return {
    async read(photo, mode) {
      const { faces } = await encoder.encode(photo, { faces: mode });
      const [face] = faces.toSorted((a, b) => area(b.box) - area(a.box));
      if (!face) return null;
      return {
        box: face.box,
        quality: face.quality,
        descriptor: await describe(face, mode),
      };
    },
  };
}

function area({ width, height }: Box): number {
  return width * height;
}

async function keyOf(model: string, { crop }: SeenFace, mode: FaceMode): Promise<string> {
  const hashes = await Promise.all([crop.sface, crop.dlib ?? new Uint8Array()].map(sha256Hex));
  return await sha256Hex(new TextEncoder().encode([model, mode, ...hashes].join(" ")));
}

function pack({ sface, dlib }: FaceDescriptor): Uint8Array {
  const values = new Float32Array(dlib ? 2 * DIMENSION : DIMENSION);
  values.set(sface);
  if (dlib) values.set(dlib, DIMENSION);
  return new Uint8Array(values.buffer);
}

function unpack(bytes: Uint8Array): FaceDescriptor {
  // A copy of its own starts where a view of floats may.
  const values = new Float32Array(bytes.slice().buffer);
  return {
    sface: values.slice(0, DIMENSION),
    dlib: values.length > DIMENSION ? values.slice(DIMENSION) : null,
  };
}
