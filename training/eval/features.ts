/**
 * What the backbone makes of photos, kept on disk so that each photo is looked at once.
 *
 * @module
 */
import type { BackboneOutput } from "../../models/backbone.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";
import type { ViewReader } from "./view_reader.ts";

/** What was seen in one photo. */
export interface Features {
  readonly path: string;
  /** SHA-256 of the photo's bytes, hexadecimal. */
  readonly sha256: string;
  /** In the order of `VIEWS`. */
  readonly views: readonly BackboneOutput[];
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

/** What of a view is stored, in this order. */
const PARTS = ["logits", "embedding", "gem"] as const;

/**
 * Yields the features of each photo, in the order of `paths`. What was seen before is read from
 * the cache by the model's id and version and the photo's bytes.
 *
 * @throws as {@linkcode ViewReader.see} does
 */
export async function* features(
  paths: readonly string[],
  reader: Pick<ViewReader, "model" | "see">,
  { cache, progress = () => {} }: FeaturesOptions,
): AsyncGenerator<Features> {
  const folder = join(
    cache,
    await sha256Hex(
      new TextEncoder().encode(`views ${reader.model.id} ${reader.model.version}`),
    ),
  );
  await Deno.mkdir(folder, { recursive: true });
  for (const [i, path] of paths.entries()) {
    if (i % TELL_EVERY === 0) progress(i, paths.length);
    const photo = await Deno.readFile(path);
    const sha256 = await sha256Hex(photo);
    const file = join(folder, sha256);
    let stored = await readIfThere(file);
    if (!stored) {
      stored = pack(await reader.see(photo));
      // Renamed when whole: a script that is stopped leaves no half file that looks like one.
      await Deno.writeFile(`${file}.tmp`, stored);
      await Deno.rename(`${file}.tmp`, file);
    }
    yield { path, sha256, views: unpack(stored) };
  }
  progress(paths.length, paths.length);
}

/** How many views, and the lengths of their parts, as u32; then all parts, little-endian f32. */
function pack(views: readonly BackboneOutput[]): Uint8Array<ArrayBuffer> {
  const lengths = PARTS.map((part) => views[0]![part].length);
  const numbers = views.flatMap((view) => PARTS.map((part) => view[part]));
  const head = Uint32Array.of(views.length, ...lengths);
  const bytes = new Uint8Array(
    head.byteLength + numbers.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  let at = 0;
  for (const part of [head, ...numbers]) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

function unpack(bytes: Uint8Array): BackboneOutput[] {
  const { buffer } = bytes.slice();
  const [count = 0, ...lengths] = new Uint32Array(buffer, 0, 1 + PARTS.length);
  let at = 4 * (1 + PARTS.length);
  return Array.from({ length: count }, () => {
    const [logits, embedding, gem] = lengths.map((length) => {
      const part = new Float32Array(buffer, at, length);
      at += part.byteLength;
      return part;
    });
    return { logits: logits!, embedding: embedding!, gem: gem! };
  });
}
