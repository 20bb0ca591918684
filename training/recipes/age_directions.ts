/**
 * In which directions descriptors of faces move as people age.
 *
 * @module
 */
import { Matrix, SingularValueDecomposition } from "ml-matrix";

/** What was seen of one person. */
export interface AgedPerson {
  /** Descriptors of photos from when the person was young; at least one. */
  readonly young: readonly Float32Array[];
  /** Those of later ones; at least one. */
  readonly adult: readonly Float32Array[];
}

/** What descriptors have in common, and what age does to them. */
export interface AgeDirections {
  /** Mean of all people, each of them the mean of young and adult. */
  readonly mean: readonly number[];
  /** Orthonormal rows; the first points from adult to young. */
  readonly directions: readonly (readonly number[])[];
}

/**
 * Estimates mean and age directions. The first row is the mean of the young minus that of the
 * adult; the others are the leading right singular vectors of what is left of every person's own
 * difference, young minus adult, when the first row is projected out.
 *
 * @param people each counts the same, however many photos there are
 * @param count rows, at least 1
 * @throws {RangeError} when there are fewer people than rows, or somebody lacks one of the eras
 */
export function ageDirections(people: readonly AgedPerson[], count: number): AgeDirections {
  if (people.length < Math.max(1, count)) {
    throw new RangeError(`${count} directions need ${count} people, there are ${people.length}.`);
  }
  const pairs = people.map(({ young, adult }) => ({ young: middle(young), adult: middle(adult) }));
  const mean = middle(pairs.flatMap(({ young, adult }) => [young, adult]));
  const differences = pairs.map(({ young, adult }) => young.map((x, i) => x - adult[i]!));
  const first = unit(middle(differences));
  const rest = differences.map((row) => {
    const along = row.reduce((sum, x, i) => sum + x * first[i]!, 0);
    return row.map((x, i) => x - along * first[i]!);
  });
  const directions = [first];
  if (count > 1) {
    const { rightSingularVectors } = new SingularValueDecomposition(new Matrix(rest), {
      autoTranspose: true,
    });
    for (let k = 0; k < count - 1; k++) {
      const row = rightSingularVectors.getColumn(k);
      // A singular vector has no sign of its own: the largest number is made positive.
      const largest = row.reduce((most, x) => Math.abs(x) > Math.abs(most) ? x : most, 0);
      directions.push(orthogonal(row.map((x) => x * Math.sign(largest)), directions));
    }
  }
  return { mean, directions };
}

function middle(rows: readonly ArrayLike<number>[]): number[] {
  const [first] = rows;
  if (!first) throw new RangeError("Every person needs a young and an adult photo.");
  return Array.from(first, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
}

function unit(row: readonly number[]): number[] {
  const length = Math.hypot(...row);
  if (!(length > 0)) throw new RangeError("Young and adult photos differ in nothing.");
  return row.map((x) => x / length);
}

/** What of a row the others do not hold, of unit length. */
function orthogonal(row: readonly number[], others: readonly (readonly number[])[]): number[] {
  let left = [...row];
  for (const other of others) {
    const along = left.reduce((sum, x, i) => sum + x * other[i]!, 0);
    left = left.map((x, i) => x - along * other[i]!);
  }
  return unit(left);
}
