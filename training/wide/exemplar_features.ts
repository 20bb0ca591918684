/**
 * The sparse features of the wide part: which exemplars a photo resembles, crossed with what kind
 * of thing it looks like.
 *
 * @module
 */
import { lookUp, type Sketch } from "../sketch/sketch.ts";

/**
 * What the features are made with. The exemplars are the groups of a sketch and not photos, so
 * that the exported network holds no photo's embedding.
 */
export interface ExemplarFeatures {
  readonly sketch: Sketch;
  /** Mean whitened unit embedding of each class, at unit length, [classes, features]. */
  readonly prototypes: Float32Array;
  readonly classes: number;
  /** How many of the nearest prototypes are crossed with the exemplar. */
  readonly nearest: number;
  /** How far the exemplar must stand out for each level of features, ascending. */
  readonly levels: readonly number[];
}

/** How many different ids there are. */
export function vocabulary({ sketch, classes, levels }: ExemplarFeatures): number {
  return sketch.groups * classes * levels.length;
}

/**
 * The cross-product features φ = [exemplar = g] · [prototype = c] · [stands out ≥ level] that are 1
 * for a photo (Cheng et al., "Wide & Deep Learning for Recommender Systems", 2016, eq. 1). What a
 * level keeps out has no id at all: an id for "none" would learn from all photos.
 *
 * @param embedding [dim], each ≥ 0
 * @returns ids from 0 to {@linkcode vocabulary} − 1; none for a photo like no exemplar
 */
export function featureIds(features: ExemplarFeatures, embedding: Float32Array): number[] {
  const { sketch, classes, nearest, levels } = features;
  const { known, group, projected } = lookUp(sketch, embedding);
  const passed = levels.filter((level) => known >= level).length;
  if (passed === 0) return [];
  return nearestPrototypes(features, projected).slice(0, nearest).flatMap((c) =>
    Array.from({ length: passed }, (_, level) => (group * classes + c) * levels.length + level)
  );
}

function nearestPrototypes(
  { prototypes, classes }: ExemplarFeatures,
  projected: Float32Array,
): number[] {
  const width = projected.length;
  const cosines = Float64Array.from({ length: classes }, (_, c) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += prototypes[c * width + d]! * projected[d]!;
    return sum;
  });
  return [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!);
}

/**
 * The mean direction of each class.
 *
 * @param projected whitened unit embeddings, one a photo
 * @param labels class of each photo
 * @returns [classes, features], rows at unit length; zeros for a class without photos
 */
export function prototypesOf(
  projected: readonly Float32Array[],
  labels: ArrayLike<number>,
  classes: number,
): Float32Array {
  const width = projected[0]!.length;
  const sums = new Float32Array(classes * width);
  projected.forEach((row, i) => {
    for (let d = 0; d < width; d++) sums[labels[i]! * width + d]! += row[d]!;
  });
  for (let c = 0; c < classes; c++) {
    const row = sums.subarray(c * width, (c + 1) * width);
    const length = Math.hypot(...row);
    if (length > 0) row.forEach((value, d) => row[d] = value / length);
  }
  return sums;
}
