/**
 * Scores of novelty beside closed forms and brute force, on few classes of few dimensions.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { EigenvalueDecomposition, inverse, Matrix } from "ml-matrix";
import { compareNovelty, formatNoveltyComparison } from "../training/eval/compare_novelty.ts";
import {
  NOVELTY_SCORES,
  type NoveltyContext,
  type NoveltyPhoto,
} from "../training/eval/novelty_scores.ts";
import { seeded } from "./support/vectors.ts";

const CLASSES = 6;
const DIMENSION = 8;

/** The first six of seven logits are the kind's; the classes are the pairs of the first four axes. */
const PAIRS = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const;
const LEAVES = PAIRS.map((_, leaf) => leaf);

const WEIGHTS = Float32Array.from({ length: (CLASSES + 1) * DIMENSION }, (_, i) => {
  const [leaf, axis] = [Math.floor(i / DIMENSION), i % DIMENSION];
  if (leaf === CLASSES || axis > 3) return 0;
  return PAIRS[leaf]!.some((own) => own === axis) ? 1 : -1;
});
// The logit outside of the kind is by far the largest, to show that it takes no part.
const BIAS = Float32Array.of(0.1, -0.1, 0.2, 0, -0.2, 0.1, 99);

function photoOf(path: string, embedding: ArrayLike<number>): NoveltyPhoto {
  const logits = BIAS.map((bias, leaf) =>
    Array.from(embedding).reduce((sum, x, d) => sum + WEIGHTS[leaf * DIMENSION + d]! * x, bias)
  );
  return { path, logits, embedding: Float32Array.from(embedding) };
}

function classMean(leaf: number): number[] {
  return Array.from(
    { length: DIMENSION },
    (_, d) => PAIRS[leaf]!.some((own) => own === d) ? 3 : 0.5,
  );
}

const FOREIGN = photoOf("foreign", [0.3, 0.3, 0.3, 0.3, 4, 0.5, 0.5, 0.5]);

/** Photos scattered about the mean of each class. */
function scattered(count: number, seed: number) {
  const random = seeded(seed);
  return LEAVES.flatMap((leaf) =>
    Array.from({ length: count }, (_, i) => ({
      ...photoOf(`${seed}/${leaf}/${i}`, classMean(leaf).map((x) => x + 0.8 * (random() - 0.5))),
      leaf,
    }))
  );
}

const CONTEXT: NoveltyContext = {
  leaves: LEAVES,
  weights: WEIGHTS,
  bias: BIAS,
  mean: new Float32Array(DIMENSION).fill(1),
  bank: scattered(4, 1),
};

function prepared(name: string, context = CONTEXT): (photo: NoveltyPhoto) => number {
  const found = NOVELTY_SCORES.find((score) => score.name === name);
  assert(found, `there is no score "${name}"`);
  return found.prepare(context);
}

/** What only the logits of the kind matter of. */
function saying(...logits: number[]): NoveltyPhoto {
  const embedding = new Float32Array(DIMENSION);
  return { path: "", logits: Float32Array.of(...logits, 99), embedding };
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
const minus = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (x, i) => x - b[i]!);
const norm = (vector: ArrayLike<number>) => Math.sqrt(dot(vector, vector));
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) / (norm(a) * norm(b));
const mean = (rows: readonly ArrayLike<number>[]) =>
  Array.from(rows[0]!, (_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length);
const energyOf = ({ logits }: NoveltyPhoto) =>
  Math.log(LEAVES.reduce((sum, leaf) => sum + Math.exp(logits[leaf]!), 0));
const without = (photo: NoveltyPhoto) => CONTEXT.bank.filter(({ path }) => path !== photo.path);

for (const { name, prepare } of NOVELTY_SCORES) {
  Deno.test(`prepare() of ${name} ranks a foreign photo above the mean of any class`, () => {
    const score = prepare(CONTEXT);
    for (const leaf of LEAVES) {
      assertGreater(score(FOREIGN), score(photoOf(`mean ${leaf}`, classMean(leaf))));
    }
  });

  Deno.test(`prepare() of ${name} leaves a photo out when the bank holds it`, () => {
    // More photos than dimensions, and fewer.
    for (
      const bank of [
        CONTEXT.bank,
        CONTEXT.bank.filter((one) => /\/[012]\/[01]$/.test(one.path)),
      ]
    ) {
      const score = prepare({ ...CONTEXT, bank });
      for (const photo of bank) {
        const others = bank.filter((one) => one !== photo);
        const expected = prepare({ ...CONTEXT, bank: others })(photo);
        assertAlmostEquals(score(photo), expected, 1e-8);
      }
    }
  });

  Deno.test(`prepare() of ${name} leaves a photo out when it is the only one of its type`, () => {
    const bank = CONTEXT.bank.filter(({ path, leaf }) => leaf !== 2 || path.endsWith("/0"));
    const lone = bank.find(({ leaf }) => leaf === 2)!;
    const rest = { ...CONTEXT, bank: bank.filter((photo) => photo !== lone) };
    assertAlmostEquals(prepare({ ...CONTEXT, bank })(lone), prepare(rest)(lone), 1e-8);
  });
}

Deno.test("prepare() refuses a context whose shapes disagree or whose bank is of no use", () => {
  for (const { prepare } of NOVELTY_SCORES) {
    const bank = [CONTEXT.bank[0]!, CONTEXT.bank[0]!];
    assertThrows(() => prepare({ ...CONTEXT, bank }), RangeError, "no path twice");
    const weights = WEIGHTS.subarray(1);
    assertThrows(() => prepare({ ...CONTEXT, weights }), RangeError, "a row for each of 7");
    const mean = new Float32Array(3);
    assertThrows(() => prepare({ ...CONTEXT, mean }), RangeError, "dimension 8, got 3");
    assertThrows(() => prepare({ ...CONTEXT, leaves: [1] }), RangeError, "2 leaves");
  }
  assertThrows(() => prepared("kNN", { ...CONTEXT, bank: [] }), RangeError, "2 photos");
  // Types of one photo each do not tell how photos of a type differ.
  const bank = CONTEXT.bank.filter(({ path }) => path.endsWith("/0"));
  const distance = prepared("relative Mahalanobis", { ...CONTEXT, bank });
  assertThrows(() => distance(FOREIGN), RangeError, "different photos");
});

Deno.test("msp() is higher when no class stands out", () => {
  const score = prepared("MSP");
  assertAlmostEquals(score(saying(1, 1, 1, 1, 1, 1)), 5 / 6);
  assertAlmostEquals(score(saying(Math.log(5), 0, 0, 0, 0, 0)), 0.5, 1e-6);
});

Deno.test("mspTempered() halves the logits", () => {
  const score = prepared("MSP, T = 2");
  assertAlmostEquals(score(saying(2 * Math.log(5), 0, 0, 0, 0, 0)), 0.5, 1e-6);
});

Deno.test("maxLogit() and energy() rise when all logits fall, which msp() does not see", () => {
  assertEquals(prepared("max logit")(saying(1, 2, 3, -4, 0, 0)), -3);
  const [high, low] = [saying(5, 5, 5, 5, 5, 5), saying(2, 2, 2, 2, 2, 2)];
  assertAlmostEquals(prepared("energy")(high), -5 - Math.log(6));
  assertAlmostEquals(prepared("energy")(low), -2 - Math.log(6));
  assertAlmostEquals(prepared("energy")(saying(500, 0, 0, 0, 0, 0)), -500);
  assertEquals(prepared("MSP")(high), prepared("MSP")(low));
});

Deno.test("entropy() is that of the closed form when the classes are even or one is sure", () => {
  const score = prepared("entropy");
  assertAlmostEquals(score(saying(3, 3, 3, 3, 3, 3)), Math.log(6));
  assertEquals(score(saying(2000, 0, 0, 0, 0, 0)), 0);
});

Deno.test("gen() adds p^.1 (1 - p)^.1 over the ten largest when there are more", () => {
  assertAlmostEquals(prepared("GEN")(saying(1, 1, 1, 1, 1, 1)), 6 * (5 / 36) ** 0.1);
  // Of 12 classes ten are even and two impossible, or all twelve are even.
  const many = {
    ...CONTEXT,
    leaves: LEAVES.concat(6, 7, 8, 9, 10, 11),
    weights: new Float32Array(12 * DIMENSION),
    bias: new Float32Array(12),
  };
  const of = (...last: number[]) => ({
    ...FOREIGN,
    logits: Float32Array.of(...new Array(10).fill(0), ...last),
  });
  const score = prepared("GEN", many);
  assertAlmostEquals(score(of(-2000, -2000)), 10 * (0.1 * 0.9) ** 0.1);
  assertAlmostEquals(score(of(0, 0)), 10 * (11 / 144) ** 0.1);
});

Deno.test("react() clips activations at the percentile of the others", () => {
  let clips = 0;
  for (const photo of CONTEXT.bank) {
    const all = without(photo).flatMap(({ embedding }) => [...embedding]).sort((a, b) => a - b);
    const clip = all[Math.floor(0.9 * (all.length - 1))]!;
    clips += photo.embedding.filter((x) => x > clip).length;
    const clipped = photoOf("", photo.embedding.map((x) => Math.min(x, clip)));
    assertAlmostEquals(prepared("ReAct + energy")(photo), -energyOf(clipped), 1e-5);
  }
  assertGreater(clips, 0);
});

Deno.test("knn() is the distance to the tenth nearest of the others", () => {
  for (const photo of CONTEXT.bank) {
    const cosines = without(photo).map((one) => cosine(one.embedding, photo.embedding));
    const tenth = cosines.sort((a, b) => b - a)[9]!;
    assertAlmostEquals(prepared("kNN")(photo), Math.sqrt(2 - 2 * tenth), 1e-6);
  }
});

Deno.test("nnguide() weighs the cosines to the ten best guides by their energies", () => {
  for (const photo of CONTEXT.bank) {
    const guides = without(photo)
      .map((one) => energyOf(one) * cosine(one.embedding, photo.embedding))
      .sort((a, b) => b - a).slice(0, 10);
    const expected = -energyOf(photo) * guides.reduce((a, b) => a + b) / 10;
    assertAlmostEquals(prepared("NNGuide")(photo), expected, 1e-5);
  }
});

Deno.test("centroid() is the cosine to the nearest mean of the others' unit embeddings", () => {
  for (const photo of CONTEXT.bank) {
    const cosines = LEAVES.map((leaf) => {
      const units = without(photo).filter((one) => one.leaf === leaf)
        .map(({ embedding }) => Array.from(embedding, (x) => x / norm(embedding)));
      return cosine(photo.embedding, mean(units));
    });
    assertAlmostEquals(prepared("centroid cosine")(photo), 1 - Math.max(...cosines), 1e-6);
  }
});

Deno.test("mahalanobis() inverts the shrunk covariances of the others", () => {
  const distance = (photo: NoveltyPhoto, bank: NoveltyContext["bank"]) => {
    const means = new Map(LEAVES.map((leaf) => [
      leaf,
      mean(bank.filter((one) => one.leaf === leaf).map(({ embedding }) => embedding)),
    ]));
    const middle = mean(bank.map(({ embedding }) => embedding));
    const precision = (deviations: number[][], freedom: number) => {
      const rows = new Matrix(deviations);
      const covariance = rows.transpose().mmul(rows).div(freedom);
      const sphere = Matrix.eye(DIMENSION).mul(0.3 * covariance.trace() / DIMENSION);
      return inverse(covariance.mul(0.7).add(sphere));
    };
    const square = (matrix: Matrix, vector: number[]) =>
      dot(vector, matrix.mmul(Matrix.columnVector(vector)).to1DArray());
    const within = precision(
      bank.map(({ embedding, leaf }) => minus(embedding, means.get(leaf)!)),
      bank.length - CLASSES,
    );
    const about = precision(
      bank.map(({ embedding }) => minus(embedding, middle)),
      bank.length - 1,
    );
    const types = [...means.values()].map((one) => square(within, minus(photo.embedding, one)));
    return Math.min(...types) - square(about, minus(photo.embedding, middle));
  };
  const score = prepared("relative Mahalanobis");
  assertAlmostEquals(score(FOREIGN), distance(FOREIGN, CONTEXT.bank), 1e-6);
  for (const photo of CONTEXT.bank) {
    assertAlmostEquals(score(photo), distance(photo, without(photo)), 1e-6);
  }
});

Deno.test("vim() is energy alone when the photo lies in the principal subspace", () => {
  // Logits are 0 at the origin without a bias, and the bank spreads along four of eight axes; what
  // it holds of the fifth goes both ways, so that it leans the subspace nowhere.
  const bank = [0, 1, 2, 3].flatMap((axis) =>
    [1, -1].map((sign) => {
      const embedding = Array.from(
        { length: DIMENSION },
        (_, d) => d === axis ? 5 + axis : d === 4 ? 0.5 * sign : 0,
      );
      return { ...photoOf(`${axis} ${sign}`, embedding), leaf: axis };
    })
  );
  const score = prepared("ViM", { ...CONTEXT, bias: new Float32Array(7), bank });
  const inside = photoOf("inside", [1, 2, 3, 4, 0, 0, 0, 0]);
  assertAlmostEquals(score(inside), -energyOf(inside), 1e-4);
  const alpha = mean(bank.map(({ logits }) => [Math.max(...logits.slice(0, 6))]))[0]! / 0.5;
  const outside = photoOf("outside", [1, 2, 3, 4, 0, 0, 3, 4]);
  assertAlmostEquals(score(outside), alpha * 5 - energyOf(outside), 1e-4);
});

Deno.test("vim() projects on the eigenvectors of the others' scatter", () => {
  const context = { ...CONTEXT, bias: new Float32Array(7) };
  const score = prepared("ViM", context);
  for (const photo of CONTEXT.bank) {
    const bank = without(photo);
    const rows = new Matrix(bank.map(({ embedding }) => [...embedding]));
    const { eigenvectorMatrix } = new EigenvalueDecomposition(rows.transpose().mmul(rows), {
      assumeSymmetric: true,
    });
    // Eigenvalues rise: the first four of eight are those outside.
    const outside = [0, 1, 2, 3].map((column) => eigenvectorMatrix.getColumn(column));
    const residual = ({ embedding }: NoveltyPhoto) =>
      norm(outside.map((axis) => dot(axis, embedding)));
    const typical = norm(bank.map(residual)) / Math.sqrt(bank.length);
    const top = mean(bank.map(({ logits }) => [Math.max(...logits.slice(0, 6))]))[0]!;
    const expected = top / typical * residual(photo) - energyOf(photo);
    assertAlmostEquals(score(photo), expected, 1e-6);
  }
});

Deno.test("cosineSoftmax() compares with the leaves' weights once the mean is taken away", () => {
  // Away from the mean: 2 along each of the first two axes, whose pair is the first class. The
  // others share one axis with it, or none: cosines are √½ · (1, 0, 0, 0, 0, −1).
  const photo = photoOf("", [3, 3, 1, 1, 1, 1, 1, 1]);
  const e = Math.exp(10 * Math.SQRT1_2);
  assertAlmostEquals(prepared("cosine softmax")(photo), 1 - e / (e + 4 + 1 / e), 1e-6);
});

Deno.test("compareNovelty() resamples types when it tells how sure the ranking is", () => {
  const known = CONTEXT.bank.map((photo) => ({ ...photo, type: `${photo.leaf}` }));
  const random = seeded(7);
  const fresh = Array.from({ length: 12 }, (_, i) => ({
    ...photoOf(`fresh ${i}`, FOREIGN.embedding.map((x) => x + 0.2 * random())),
    type: `new ${i % 3}`,
  }));
  const rows = compareNovelty(CONTEXT, known, fresh);
  assertEquals(rows.map(({ name }) => name), NOVELTY_SCORES.map(({ name }) => name));
  for (const { auroc } of rows) assertEquals(auroc, { value: 1, low: 1, high: 1 });

  // One of two new types looks as known ones do: with types resampled, either may be all there is.
  const alike = known.slice(0, 4).map((photo, i) => ({ ...photo, path: `alike ${i}`, type: "b" }));
  const mixed = compareNovelty(
    CONTEXT,
    known,
    [...fresh.slice(0, 4), ...alike].map((photo, i) => ({
      ...photo,
      type: i < 4 ? "a" : "b",
    })),
  );
  const { auroc } = mixed.find(({ name }) => name === "energy")!;
  assertLess(auroc.low, 0.6);
  assertEquals(auroc.high, 1);
});

Deno.test("formatNoveltyComparison() sorts the best first", () => {
  const row = (name: string, value: number) => ({
    name,
    source: "a paper",
    auroc: { value, low: value - 0.1, high: value + 0.1 },
  });
  const lines = formatNoveltyComparison([row("worse", 0.6), row("better", 0.7)]).split("\n");
  assertEquals(lines.length, 4);
  assertEquals(lines[2], "| better | a paper | 0.700 [0.600, 0.800] |");
  assertStringIncludes(lines[3]!, "worse");
});
