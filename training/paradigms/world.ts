/**
 * What the paradigms are trained and judged on: embeddings of labelled photos, split by class.
 *
 * @module
 */
import type { EmbeddingReader } from "../data/embedding_reader.ts";
import { embedPhotos } from "../data/embeddings.ts";
import { readLabelled } from "../data/labelled.ts";
import { splitByClass } from "../data/split.ts";
import type { Variant } from "../eval/variants.ts";

/** Photos as the heads see them. */
export interface Examples {
  /** [n, dim] row-major, each ≥ 0. */
  readonly embeddings: Float32Array;
  /** Class of each photo, [n]. */
  readonly labels: Int32Array;
  /** Where each photo lies, [n]. */
  readonly paths: readonly string[];
}

/** Photos in three parts of which no two share a photo. */
export interface World {
  readonly dim: number;
  readonly classes: readonly string[];
  readonly train: Examples;
  /** What thresholds and moments are chosen by. */
  readonly validation: Examples;
  /** What figures are of. */
  readonly test: Examples;
  /** Digest of all photos. */
  readonly photos: string;
}

/** Photos before they are split. */
export interface Collection extends Examples {
  readonly dim: number;
  readonly classes: readonly string[];
  readonly photos: string;
}

/** How a collection is read. */
export interface CollectionOptions {
  readonly reader: EmbeddingReader;
  /** Folder of the embeddings. */
  readonly cache: string;
  /** Folders that are no class. */
  readonly leaveOut?: readonly string[];
  readonly log: (line: string) => void;
}

/**
 * Reads a folder of classes, or a user's own album export, and embeds each photo once.
 *
 * @throws as {@linkcode readLabelled} and {@linkcode embedPhotos} do
 */
export async function readCollection(
  folder: string,
  { reader, cache, leaveOut = [], log }: CollectionOptions,
): Promise<Collection> {
  const labelled = readLabelled(folder, { leaveOut });
  const byPath = new Map(labelled.map(({ path, label }) => [path, label]));
  const embedded = await embedPhotos(labelled.map(({ path }) => path), reader, {
    cache,
    progress(done, of) {
      if (done % 1000 === 0 || done === of) log(`embeddings: ${done} of ${of}`);
    },
    skipped: (path, reason) => log(`left out: ${path}: ${reason}`),
  });
  const classes = [...new Set(embedded.paths.map((path) => byPath.get(path)!))].sort();
  const index = new Map(classes.map((name, i) => [name, i]));
  const all: Examples = {
    embeddings: embedded.embeddings,
    labels: Int32Array.from(embedded.paths, (path) => index.get(byPath.get(path)!)!),
    paths: embedded.paths,
  };
  // An album lists a photo under its year as well: trained on and judged by, it would flatter.
  const first = new Map(embedded.sha256.map((sha256, i) => [sha256, i] as const).reverse());
  const rows = [...first.values()].sort((a, b) => a - b);
  return { dim: reader.dimension, classes, photos: embedded.photos, ...pick(all, rows) };
}

/** Some of the examples, in the order asked for. */
export function pick(examples: Examples, rows: readonly number[]): Examples {
  const dim = examples.embeddings.length / examples.labels.length;
  const embeddings = new Float32Array(rows.length * dim);
  rows.forEach((row, i) =>
    embeddings.set(examples.embeddings.subarray(row * dim, (row + 1) * dim), i * dim)
  );
  return {
    embeddings,
    labels: Int32Array.from(rows, (row) => examples.labels[row]!),
    paths: rows.map((row) => examples.paths[row]!),
  };
}

/** Splits a collection. */
export function splitWorld(collection: Collection, seed: number): World {
  const { train, validation, test } = splitByClass(collection.labels, { seed });
  return {
    dim: collection.dim,
    classes: collection.classes,
    train: pick(collection, train),
    validation: pick(collection, validation),
    test: pick(collection, test),
    photos: collection.photos,
  };
}

/**
 * A world without some of its classes, which become strangers: photos of what was never trained.
 */
export function withoutClasses(
  world: World,
  left: readonly number[],
): { readonly world: World; readonly strangers: Examples } {
  const kept = world.classes.map((_, c) => c).filter((c) => !left.includes(c));
  const renumber = (examples: Examples): Examples => {
    const rows = rowsWhere(examples, (label) => !left.includes(label));
    const some = pick(examples, rows);
    return { ...some, labels: some.labels.map((label) => kept.indexOf(label)) };
  };
  return {
    world: {
      ...world,
      classes: kept.map((c) => world.classes[c]!),
      train: renumber(world.train),
      validation: renumber(world.validation),
      test: renumber(world.test),
    },
    strangers: pick(world.test, rowsWhere(world.test, (label) => left.includes(label))),
  };
}

function rowsWhere({ labels }: Examples, holds: (label: number) => boolean): number[] {
  return [...labels.keys()].filter((row) => holds(labels[row]!));
}

/**
 * Embeds copies of photos, one variant after the other.
 *
 * @returns for each variant [n, dim], in the photos' order
 * @throws {TypeError} when a copy cannot be read, of which there is no reason
 */
export async function embedCopies(
  paths: readonly string[],
  variants: readonly Variant[],
  { reader, cache }: Pick<CollectionOptions, "reader" | "cache">,
): Promise<Float32Array[]> {
  const copies: Float32Array[] = [];
  for (const variant of variants) {
    const { embeddings } = await embedPhotos(paths, reader, {
      cache,
      variant,
      skipped(path, reason) {
        throw new TypeError(`The copy "${variant.name}" of ${path} cannot be read: ${reason}`);
      },
    });
    copies.push(embeddings);
  }
  return copies;
}
