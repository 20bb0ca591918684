/**
 * Photos as the service's own encoder sees them, each looked at once and kept on disk.
 *
 * @module
 */
import type { Encoded, Encoder } from "../../../functions/core/encoder.ts";
import type { FaceDescriptor } from "../../../models/face.ts";
import { sha256Hex } from "../../../models/sha256.ts";
import { join } from "../../paths.ts";
import { readIfThere } from "../../read_if_there.ts";

/** What was seen of a photo. */
export interface EncodedPhoto {
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly encoded: Encoded;
  /** Of the faces, in their order. */
  readonly descriptors: readonly FaceDescriptor[];
}

/** With what photos are looked at. */
export interface EncodedPhotosOptions {
  readonly encoder: Encoder;
  /** Folder of what was seen; it must not be committed, for it is of single photos. */
  readonly cache: string;
  readonly log: (line: string) => void;
}

/** How what is kept is laid out; another number is looked at anew. */
const LAYOUT = 1;
/** A line is told every so many photos. */
const TOLD = 500;

/** Looks at photos, or reads what was seen of them. @returns in the order of the paths */
export async function encodedPhotos(
  paths: readonly string[],
  { encoder, cache, log }: EncodedPhotosOptions,
): Promise<EncodedPhoto[]> {
  const { id, version } = encoder.model;
  const made = [LAYOUT, id, version, encoder.lookModel, encoder.faceModel].join(" ");
  const folder = join(cache, (await sha256Hex(new TextEncoder().encode(made))).slice(0, 16));
  await Deno.mkdir(folder, { recursive: true });
  const photos: EncodedPhoto[] = [];
  for (const path of paths) {
    const bytes = await Deno.readFile(path);
    const sha256 = await sha256Hex(bytes);
    const file = join(folder, sha256);
    let stored = await readIfThere(file);
    if (stored === undefined) {
      const encoded = await encoder.encode(bytes);
      stored = pack(encoded, await encoder.describe(encoded.faces));
      // Renamed when whole: a run that is stopped leaves no half file that looks like one.
      await Deno.writeFile(`${file}.tmp`, stored);
      await Deno.rename(`${file}.tmp`, file);
    }
    photos.push({ sha256, ...unpack(stored) });
    if (photos.length % TOLD === 0) log(`${photos.length} of ${paths.length} photos`);
  }
  return photos;
}

/** Without the faces' pixels, which nobody asks for once they are described. */
type Header = Pick<Encoded, "image" | "fingerprint" | "contrast" | "views"> & {
  readonly faces: readonly Pick<Encoded["faces"][number], "box" | "quality">[];
  /** Lengths of the arrays that follow; −1 for none. */
  readonly lengths: readonly number[];
};

/** A header in JSON and its length, then the arrays, float32. */
function pack(encoded: Encoded, descriptors: readonly FaceDescriptor[]): Uint8Array<ArrayBuffer> {
  const { image, fingerprint, contrast, views, look, scores } = encoded;
  const arrays = [
    look,
    scores.logits,
    scores.kinds,
    scores.cosines,
    ...descriptors.flatMap(({ sface, dlib }) => [sface, dlib]),
  ];
  const header: Header = {
    image,
    fingerprint,
    contrast,
    views,
    faces: encoded.faces.map(({ box, quality }) => ({ box, quality })),
    lengths: arrays.map((array) => array?.length ?? -1),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 4 + json.length;
  const floats = arrays.reduce((sum, array) => sum + (array?.length ?? 0), 0);
  const bytes = new Uint8Array(start + 4 * floats);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, json.length, true);
  bytes.set(json, 4);
  let at = start;
  for (const array of arrays) {
    for (const value of array ?? []) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

function unpack(bytes: Uint8Array): Omit<EncodedPhoto, "sha256"> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  const arrays = header.lengths.map((count) => {
    if (count < 0) return null;
    const array = Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + 4 * i, true));
    at += 4 * count;
    return array;
  });
  const [look, logits, kinds, cosines, ...rest] = arrays;
  const { image, fingerprint, contrast, views, faces } = header;
  const nothing = { sface: new Float32Array(), dlib: null };
  return {
    encoded: {
      image,
      fingerprint,
      contrast,
      views,
      look: look!,
      scores: { logits: logits!, kinds: kinds!, cosines: cosines! },
      faces: faces.map((face) => ({ ...face, crop: nothing as never })),
      timings: { decode: 0, encode: 0, faces: 0 },
    },
    descriptors: faces.map((_, i) => ({ sface: rest[2 * i]!, dlib: rest[2 * i + 1]! })),
  };
}
