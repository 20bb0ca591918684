/**
 * What the studies of the paradigms share.
 *
 * @module
 */
import { sha256Hex } from "../../../models/sha256.ts";
import type { EmbeddingReader } from "../../data/embedding_reader.ts";
import { writeAtomically } from "../../manifest_file.ts";
import type { BackboneHead } from "../../paradigms/backbone_head.ts";
import { type Collection, embedCopies, pick, type World } from "../../paradigms/world.ts";
import { join } from "../../paths.ts";
import { readIfThere } from "../../read_if_there.ts";
import { VARIANTS } from "../variants.ts";

/** What a study is given. */
export interface StudyContext {
  readonly collection: Collection;
  readonly reader: EmbeddingReader;
  /** What the backbone itself makes of embeddings. */
  readonly backbone: BackboneHead;
  /** Folder of the embeddings, and of what was computed before. */
  readonly cache: string;
  readonly seeds: readonly number[];
  readonly log: (line: string) => void;
}

/** A figure over several seeds. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation over the seeds; 0 for one. */
  readonly spread: number;
}

/** Mean and standard deviation. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: values.length > 1 ? Math.sqrt(square / (values.length - 1)) : 0 };
}

/** The spread of one number of several results. */
export function spreadBy<T>(results: readonly T[], of: (result: T) => number): Spread {
  return spreadOf(results.map(of));
}

/** `.873 ± .004` */
export function said({ mean, spread }: Spread, digits = 3): string {
  return `${mean.toFixed(digits)} ± ${spread.toFixed(digits)}`;
}

/** Copies of photos, all variants of a photo one after the other. @returns [n · variants, dim] */
export async function copiesOf(
  paths: readonly string[],
  { reader, cache }: Pick<StudyContext, "reader" | "cache">,
): Promise<Float32Array> {
  const variants = await embedCopies(paths, VARIANTS, { reader, cache: join(cache, "embeddings") });
  const dim = reader.dimension;
  const copies = new Float32Array(paths.length * VARIANTS.length * dim);
  variants.forEach((embeddings, v) => {
    for (let i = 0; i < paths.length; i++) {
      const row = embeddings.subarray(i * dim, (i + 1) * dim);
      copies.set(row, (i * VARIANTS.length + v) * dim);
    }
  });
  return copies;
}

/** Each element as often as a photo has copies. */
export function forCopies<T>(values: readonly T[]): T[] {
  return values.flatMap((value) => VARIANTS.map(() => value));
}

/** Raised when a study computes something else from the same settings. */
const VERSION = 1;

/**
 * Computes a result, or reads it where the same was computed on the same photos before: a study
 * of an hour that is stopped goes on.
 *
 * @param settings all that changes the result
 */
export async function remember<T>(
  { cache, reader, collection: { photos } }: Pick<
    StudyContext,
    "cache" | "reader" | "collection"
  >,
  name: string,
  settings: unknown,
  compute: () => Promise<T>,
): Promise<T> {
  const key = await sha256Hex(
    new TextEncoder().encode(
      JSON.stringify({ name, model: reader.model, version: VERSION, settings, photos }),
    ),
  );
  const folder = join(cache, "studies");
  const path = join(folder, `${name}-${key.slice(0, 12)}.json`);
  const stored = await readIfThere(path);
  if (stored) return JSON.parse(new TextDecoder().decode(stored), (_, v) => v === "NaN" ? NaN : v);
  const result = await compute();
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(
    path,
    JSON.stringify(result, (_, v) => typeof v === "number" && Number.isNaN(v) ? "NaN" : v),
  );
  return result;
}

/** The world with some of its training photos. */
export function trainedOn(world: World, rows: readonly number[]): World {
  return { ...world, train: pick(world.train, rows) };
}
