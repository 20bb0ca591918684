/**
 * Where a training run keeps what it can go on from, and what it leaves behind.
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import { writeAtomically } from "../manifest_file.ts";
import type { Layer, Mlp } from "../nets/mlp.ts";
import { join } from "../paths.ts";
import { readIfThere } from "../read_if_there.ts";

/** JSON with arrays of numbers among it, such as a moment of training. */
export type Numbers =
  | Float32Array
  | Float64Array
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Numbers[]
  | { readonly [key: string]: Numbers };

/** A folder of a run. */
export interface RunFolder {
  readonly path: string;
  /** What was saved last, or undefined for a new run. */
  load<T>(): Promise<T | undefined>;
  /** Saves what training can go on from, in one step. */
  save(moment: unknown): Promise<void>;
  /** Writes results by file name, and drops what training would have gone on from. */
  finish(files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>): Promise<void>;
}

const CHECKPOINT = "checkpoint.bin";

/**
 * Opens the folder of a run. The same recipe with the same settings on the same data is the same
 * run, so what was stopped goes on.
 *
 * @param folder of all runs
 * @param settings all that changes the result, the data's digest among it
 */
export async function openRun(
  folder: string,
  recipe: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<RunFolder> {
  const key = await sha256Hex(new TextEncoder().encode(JSON.stringify(settings)));
  const path = join(folder, `${recipe}-${key.slice(0, 12)}`);
  await Deno.mkdir(path, { recursive: true });
  const checkpoint = join(path, CHECKPOINT);
  return {
    path,
    async load<T>() {
      const bytes = await readIfThere(checkpoint);
      return bytes && unpackNumbers(bytes) as T;
    },
    save: (moment) => writeAtomically(checkpoint, packNumbers(moment as Numbers)),
    async finish(files) {
      for (const [name, content] of Object.entries(files)) {
        await writeAtomically(join(path, name), content);
      }
      await Deno.remove(checkpoint).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
}

/** The length of the JSON as u32; the JSON, in which an array is its number; all arrays, raw. */
export function packNumbers(value: Numbers): Uint8Array<ArrayBuffer> {
  const arrays: (Float32Array | Float64Array)[] = [];
  const text = JSON.stringify(value, (_, part) => {
    // JSON has no word for it, and a share of nothing is not a number.
    if (Number.isNaN(part)) return { nan: true };
    if (!(part instanceof Float32Array || part instanceof Float64Array)) return part;
    arrays.push(part);
    return { bits: part.BYTES_PER_ELEMENT * 8, length: part.length };
  });
  const json = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const padded = Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(
    4 + padded + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.fill(0x20, 4, 4 + padded).set(json, 4);
  let at = 4 + padded;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** Reads what {@linkcode packNumbers} wrote. @throws {RangeError} when it is cut short */
export function unpackNumbers(bytes: Uint8Array): Numbers {
  const { buffer } = bytes.slice();
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  let at = 4 + length;
  return JSON.parse(text, (_, part) => {
    if (part?.nan === true) return NaN;
    if (typeof part?.bits !== "number") return part;
    // Copied, for an array of doubles may not begin anywhere.
    const bytes = buffer.slice(at, at += part.length * part.bits / 8);
    if (at > buffer.byteLength) {
      throw new RangeError(`Expected at least ${at} bytes, got ${buffer.byteLength}`);
    }
    return part.bits === 64 ? new Float64Array(bytes) : new Float32Array(bytes);
  });
}

/** A network as JSON with arrays. */
export function packable(mlp: Mlp): Numbers {
  return mlp.map((layer: Layer) => ({ ...layer }));
}
