/**
 * What the encoder sees in photos, kept on disk so that each photo is looked at once.
 *
 * @module
 */
import type { Encoder, ImageSize } from "../../functions/core/encoder.ts";
import { sha256Hex } from "../../models/sha256.ts";
import type { Fingerprint } from "../../models/fingerprint.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** What was seen in one photo. */
export interface Features {
  readonly path: string;
  /** [1000] */
  readonly logits: Float32Array;
  /** [1280] */
  readonly embedding: Float32Array;
  readonly image: ImageSize;
  readonly fingerprint: Fingerprint | null;
}

/** How features are computed. */
export interface FeaturesOptions {
  /** Folder that keeps them; it must not be committed, for an embedding tells of its photo. */
  readonly cache: string;
  /** Told how many photos are done, now and then. */
  readonly progress?: (done: number, of: number) => void;
}

/** Photos between two tellings. */
const TELL_EVERY = 50;

/** What is stored before the numbers. */
interface Header {
  readonly logits: number;
  readonly embedding: number;
  readonly image: ImageSize;
  readonly fingerprint: Fingerprint | null;
}

/**
 * Yields the features of each photo, in the order of `paths`. What was seen before is read from
 * the cache by the model's id and version and the photo's bytes.
 *
 * @throws as {@linkcode Encoder.encode} does
 */
export async function* features(
  paths: readonly string[],
  encoder: Pick<Encoder, "model" | "encode">,
  { cache, progress = () => {} }: FeaturesOptions,
): AsyncGenerator<Features> {
  const folder = join(
    cache,
    await sha256Hex(
      new TextEncoder().encode(`${encoder.model.id} ${encoder.model.version}`),
    ),
  );
  await Deno.mkdir(folder, { recursive: true });
  for (const [i, path] of paths.entries()) {
    if (i % TELL_EVERY === 0) progress(i, paths.length);
    const photo = await Deno.readFile(path);
    const file = join(folder, await sha256Hex(photo));
    let stored = await readIfThere(file);
    if (!stored) {
      const { logits, embedding, image, fingerprint } = await encoder.encode(photo, {
        faces: "none",
      });
      stored = pack({ logits, embedding, image, fingerprint });
      // Renamed when whole: a script that is stopped leaves no half file that looks like one.
      await Deno.writeFile(`${file}.tmp`, stored);
      await Deno.rename(`${file}.tmp`, file);
    }
    yield { path, ...unpack(stored) };
  }
  progress(paths.length, paths.length);
}

/** The header's length as u32, the header as JSON, logits and embedding as little-endian f32. */
function pack(
  { logits, embedding, image, fingerprint }: Omit<Features, "path">,
): Uint8Array<ArrayBuffer> {
  const header: Header = { logits: logits.length, embedding: embedding.length, image, fingerprint };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4 * (logits.length + embedding.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = 4 + text.length;
  for (const values of [logits, embedding]) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

function unpack(bytes: Uint8Array): Omit<Features, "path"> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 4 + view.getUint32(0, true);
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
  let at = end;
  const read = (length: number) => {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++, at += 4) values[i] = view.getFloat32(at, true);
    return values;
  };
  const logits = read(header.logits);
  const embedding = read(header.embedding);
  return { logits, embedding, image: header.image, fingerprint: header.fingerprint };
}
