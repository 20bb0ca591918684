import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import type { OpenSession } from "../models/session.ts";
import { auroc } from "../training/eval/measures.ts";
import { createRandom } from "../training/eval/random.ts";
import { Graph } from "../training/onnx/mod.ts";
import {
  fitSketch,
  insert,
  lookUp,
  type Sketch,
  type SketchOptions,
} from "../training/sketch/sketch.ts";
import { addSketch } from "../training/sketch/sketch_graph.ts";
import { fitWhitening, whiten, type Whitening } from "../training/sketch/whitening.ts";

const DIM = 32;
const OPTIONS: SketchOptions = {
  dim: DIM,
  seed: 7,
  features: 20,
  tables: 24,
  comparisons: 2,
  among: 4,
  groups: 16,
};

/** Nearly normal, of variance 1. */
const normal = (random: () => number) =>
  Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);

/** Photos of one class lie about its centre; a copy lies near its photo. */
function clusters(seed: number, classes: number) {
  const random = createRandom(seed);
  const near = (centre: Float32Array, spread: number) =>
    centre.map((x) => Math.abs(x + spread * normal(random)));
  const centres = Array.from({ length: classes }, () => near(new Float32Array(DIM), 1));
  return {
    photos: (each: number) =>
      centres.flatMap((centre) => Array.from({ length: each }, () => near(centre, 0.4))),
    copy: (photo: Float32Array) => near(photo, 0.06),
  };
}

const joined = (rows: readonly Float32Array[]) =>
  Float32Array.from(rows.flatMap((row) => [...row]));
const matrixOf = ({ projection: { dims, data, scale } }: Whitening) =>
  Array.from(
    scale,
    (s, i) => Array.from(data.subarray(i * dims[1]!, (i + 1) * dims[1]!), (c) => c * s),
  );
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

Deno.test("fitWhitening() gives PᵀP = (C + shrinkage · mean variance · I)⁻¹ when it keeps all directions", () => {
  const dim = 10, n = 300, shrinkage = 0.1;
  const random = createRandom(3);
  const rows = Array.from({ length: n }, () => {
    const common = random();
    return Float32Array.from({ length: dim }, (_, d) => (common + (1 + d) * random()) ** 2);
  });
  const roots = rows.map((row) => Array.from(row, Math.sqrt));
  const mean = Array.from({ length: dim }, (_, d) => roots.reduce((s, r) => s + r[d]!, 0) / n);
  const covariance = mean.map((_, a) =>
    mean.map((_, b) => roots.reduce((s, r) => s + (r[a]! - mean[a]!) * (r[b]! - mean[b]!), 0) / n)
  );
  const variance = covariance.reduce((s, row, d) => s + row[d]!, 0) / dim;
  for (const seed of [1, 2]) {
    const whitening = fitWhitening(joined(rows), {
      dim,
      features: dim,
      shrinkage,
      random: createRandom(seed),
    });
    mean.forEach((value, d) => assertAlmostEquals(whitening.mean[d]!, value, 1e-5));
    const P = matrixOf(whitening);
    const column = (d: number) => P.map((row) => row[d]!);
    for (let a = 0; a < dim; a++) {
      for (let b = 0; b < dim; b++) {
        const product = mean.reduce((sum, _, k) =>
          sum + dot(column(a), column(k)) *
            (covariance[k]![b]! + (k === b ? shrinkage * variance : 0)), 0);
        // As near as 8 bits come.
        assertAlmostEquals(product, a === b ? 1 : 0, 0.05);
      }
    }
  }
});

Deno.test("fitWhitening() keeps the directions of most variance, rotated by chance", () => {
  const random = createRandom(4);
  const embeddings = Float32Array.from(
    { length: 200 * 6 },
    (_, i) => (5 + (i % 6 < 2 ? 1 : 0.01) * random()) ** 2,
  );
  const fit = (seed: number) =>
    fitWhitening(embeddings, { dim: 6, features: 2, shrinkage: 0, random: createRandom(seed) });
  const P = matrixOf(fit(1));
  for (const row of P) {
    const large = Math.hypot(...row.slice(0, 2));
    assertLess(Math.hypot(...row.slice(2)), 0.05 * large);
    // A rotation, not an axis: both directions are in each coordinate.
    assertGreater(Math.min(Math.abs(row[0]!), Math.abs(row[1]!)), 0.01 * large);
  }
  assertEquals(fit(1), fit(1));
  assertNotEquals(fit(1).projection.data, fit(2).projection.data);
});

Deno.test("whiten() computes P · (√x − μ)", () => {
  const photos = clusters(5, 3).photos(20);
  const whitening = fitWhitening(joined(photos), {
    dim: DIM,
    features: 9,
    shrinkage: 0.05,
    random: createRandom(5),
  });
  const centred = Array.from(photos[4]!, (x, d) => Math.sqrt(x) - whitening.mean[d]!);
  const expected = matrixOf(whitening).map((row) => dot(row, centred));
  const made = whiten(whitening, photos[4]!);
  assertEquals(made.length, 9);
  expected.forEach((value, i) => assertAlmostEquals(made[i]!, value, 1e-5));
});

Deno.test("fitSketch() sets exactly the bits of the groups' codes, found by brute force", () => {
  for (
    const options of [OPTIONS, { ...OPTIONS, comparisons: 3, among: 3, groups: 8, tables: 5 }]
  ) {
    const { tables, comparisons, among, groups } = options as Required<SketchOptions>;
    const photos = clusters(1, 4).photos(12);
    const { sketch, groupOf } = fitSketch(joined(photos), options);
    const codes = among ** comparisons;
    const expected = new Set<string>();
    photos.forEach((photo, i) => {
      const p = whiten(sketch.whitening, photo);
      for (let t = 0; t < tables; t++) {
        const digits = Array.from({ length: comparisons }, (_, m) => {
          const start = (t * comparisons + m) * among;
          const values = Array.from(sketch.picks.subarray(start, start + among), (j) => p[j]!);
          return values.indexOf(Math.max(...values));
        });
        expected.add(`${t} ${parseInt(digits.join(""), among)} ${groupOf[i]}`);
      }
    });
    assertEquals(sketch.bits.length, tables * codes * groups / 8);
    const found = new Set<string>();
    sketch.bits.forEach((byte, at) => {
      const row = Math.floor(at * 8 / groups);
      for (let bit = 0; bit < 8; bit++) {
        if ((byte & 2 ** bit) === 0) continue;
        found.add(`${Math.floor(row / codes)} ${row % codes} ${at * 8 % groups + bit}`);
      }
    });
    assertEquals([...found].sort(), [...expected].sort());
  }
});

Deno.test("fitSketch() draws comparisons without repeats and groups of the same size", () => {
  const photos = clusters(2, 5).photos(10);
  const { sketch, groupOf } = fitSketch(joined(photos), { ...OPTIONS, among: 6 });
  const uses = new Uint16Array(20);
  for (let i = 0; i < sketch.picks.length; i += 6) {
    const comparison = sketch.picks.subarray(i, i + 6);
    assertEquals(new Set(comparison).size, 6);
    for (const coordinate of comparison) uses[coordinate]!++;
  }
  assertEquals(sketch.picks.length, 24 * 2 * 6);
  // 16 permutations of 20, of each of which 18 serve.
  assert(uses.every((count) => count >= 8 && count <= 16), `uneven: ${uses}`);
  const sizes = new Uint16Array(16);
  for (const group of groupOf) sizes[group]!++;
  assertEquals([...new Set(sizes)].sort(), [3, 4]);
  // By chance, not in the order of the photos.
  assertNotEquals([...groupOf], photos.map((_, i) => i % 16));
});

Deno.test("fitSketch() gives the same sketch for the same seed and another for another", () => {
  const embeddings = joined(clusters(3, 4).photos(10));
  const made = fitSketch(embeddings, OPTIONS);
  assertEquals(fitSketch(embeddings, OPTIONS), made);
  const other = fitSketch(embeddings, { ...OPTIONS, seed: 8 });
  for (const part of ["picks", "bits"] as const) {
    assertNotEquals(other.sketch[part], made.sketch[part]);
  }
  assertNotEquals(other.groupOf, made.groupOf);
});

Deno.test("fitSketch() takes a whitening that was fitted already", () => {
  const embeddings = joined(clusters(3, 4).photos(10));
  const made = fitSketch(embeddings, OPTIONS);
  const { whitening } = made.sketch;
  assertEquals(fitSketch(embeddings, { ...OPTIONS, features: 3, whitening }), made);
});

Deno.test("lookUp() knows every photo of the sketch, in its group", () => {
  const photos = clusters(1, 6).photos(20);
  const { sketch, groupOf } = fitSketch(joined(photos), { ...OPTIONS, tables: 60 });
  for (const [i, photo] of photos.entries()) {
    const { known, group, hits, projected } = lookUp(sketch, photo);
    assertEquals([group, hits[groupOf[i]!]], [groupOf[i], 60]);
    const mean = hits.reduce((sum, h) => sum + h, 0) / hits.length;
    const squares = hits.reduce((sum, h) => sum + (h - mean) ** 2, 0) / hits.length;
    assertAlmostEquals(known, (60 - mean) / Math.sqrt(squares), 1e-9);
    assertAlmostEquals(Math.hypot(...projected), 1, 1e-6);
  }
});

Deno.test("lookUp() ranks copies of seen photos above unseen photos of the same classes", () => {
  const { photos, copy } = clusters(9, 6);
  const [seen, unseen] = [photos(20), photos(20)];
  const { sketch, groupOf } = fitSketch(joined(seen), { ...OPTIONS, tables: 60, comparisons: 3 });
  const copies = seen.map((photo) => lookUp(sketch, copy(photo)));
  const score = auroc([
    ...copies.map(({ known }) => ({ score: known, positive: true })),
    ...unseen.map((photo) => ({ score: lookUp(sketch, photo).known, positive: false })),
  ]);
  assertGreater(score, 0.95);
  assertGreater(copies.filter(({ group }, i) => group === groupOf[i]).length / copies.length, 0.9);
  assert(
    copies.some(({ hits }) => Math.max(...hits) < 60),
    "the copies are no copies but the photos",
  );
});

Deno.test("lookUp() gives zeros, not NaN, for the mean itself", () => {
  const embeddings = Float32Array.from({ length: 16 * DIM }, (_, i) => i % DIM < 16 ? i % 3 : 4);
  const { sketch } = fitSketch(embeddings, { ...OPTIONS, groups: 8, features: 8 });
  const { whitening } = sketch;
  const flat = { ...whitening, mean: new Float32Array(DIM).fill(2) };
  const { projected, known } = lookUp(
    { ...sketch, whitening: flat },
    new Float32Array(DIM).fill(4),
  );
  assertEquals(projected, new Float32Array(8));
  assert(known >= 0 && known < Infinity);
});

Deno.test("insert() makes one more photo known and leaves the given sketch as it is", () => {
  const { photos } = clusters(4, 5);
  const { sketch } = fitSketch(joined(photos(10)), OPTIONS);
  const before = structuredClone(sketch);
  const [photo] = photos(1);
  assertLess(Math.max(...lookUp(sketch, photo!).hits), 24);
  const taught = insert(sketch, photo!, 13);
  assertEquals(sketch, before);
  assertEquals(lookUp(taught, photo!).hits[13], 24);
  assert(taught.bits.every((byte, i) => (byte & sketch.bits[i]!) === sketch.bits[i]));
});

Deno.test("insert() of all photos into an empty sketch gives what fitSketch() gives", () => {
  const photos = clusters(4, 5).photos(10);
  const { sketch, groupOf } = fitSketch(joined(photos), OPTIONS);
  let grown: Sketch = { ...sketch, bits: new Uint8Array(sketch.bits.length) };
  photos.forEach((photo, i) => grown = insert(grown, photo, groupOf[i]!));
  assertEquals(grown, sketch);
});

const engines: readonly (readonly [string, OpenSession])[] = [
  ["native", openNative],
  ["wasm", createWasmRuntime()],
];

for (const [engine, open] of engines) {
  Deno.test({
    name: `addSketch() agrees with lookUp() when the ${engine} engine runs it`,
    // The wasm engine opens a message port for the page's whole life.
    sanitizeResources: false,
    async fn() {
      const { photos, copy } = clusters(6, 5);
      const seen = photos(10);
      for (
        const options of [
          OPTIONS,
          { ...OPTIONS, comparisons: 1, among: 20, tables: 7, groups: 8 },
          { ...OPTIONS, comparisons: 3, among: 2, tables: 300, groups: 48 },
        ]
      ) {
        const { sketch } = fitSketch(joined(seen), options);
        const graph = new Graph("seen");
        const embedding = graph.input("embedding", "float32", ["N", DIM]);
        const values = addSketch(graph, embedding, sketch, "seen.");
        graph.output(values.projected, "float32", ["N", 20]);
        graph.output(values.hits, "float32", ["N", sketch.groups]);
        graph.output(values.known, "float32", ["N", 1]);
        graph.output(values.group, "int64", ["N"]);
        const session = await open(graph.toBytes());
        try {
          const asked = [seen[0]!, copy(seen[1]!), ...photos(1).slice(0, 2), new Float32Array(DIM)];
          for (const batch of [asked, ...asked.map((one) => [one])]) {
            const made = await session.run({
              embedding: { data: joined(batch), dims: [batch.length, DIM] },
            });
            const expected = batch.map((one) => lookUp(sketch, one));
            assertEquals(made[values.hits], {
              data: Float32Array.from(expected.flatMap(({ hits }) => [...hits])),
              dims: [batch.length, sketch.groups],
            });
            const known = made[values.known]!;
            assertEquals(known.dims, [batch.length, 1]);
            expected.forEach((one, i) =>
              assertAlmostEquals(Number(known.data[i]), one.known, 1e-4)
            );
            assertEquals(made[values.group], {
              data: BigInt64Array.from(expected, ({ group }) => BigInt(group)),
              dims: [batch.length],
            });
            const projected = made[values.projected]!;
            assertEquals(projected.dims, [batch.length, 20]);
            joined(expected.map(({ projected }) => projected)).forEach((value, i) =>
              assertAlmostEquals(Number(projected.data[i]), value, 1e-5)
            );
          }
        } finally {
          await session.release();
        }
      }
    },
  });
}

Deno.test("addSketch() adds two sketches to one graph and refuses the same prefix twice", () => {
  const { sketch } = fitSketch(joined(clusters(6, 5).photos(10)), OPTIONS);
  const graph = new Graph("seen");
  const embedding = graph.input("embedding", "float32", ["N", DIM]);
  const names = ["a.", "b."].map((prefix) => addSketch(graph, embedding, sketch, prefix).known);
  assertEquals(names.map(String), ["a.known", "b.known"]);
  assertThrows(() => addSketch(graph, embedding, sketch, "a."), TypeError, "already");
});

Deno.test("sketches refuse embeddings and options that do not fit", () => {
  const photos = clusters(1, 4).photos(5);
  const embeddings = joined(photos);
  const fit = (given: Partial<SketchOptions>, of = embeddings) => () =>
    fitSketch(of, { ...OPTIONS, ...given });
  const { sketch } = fitSketch(embeddings, OPTIONS);
  const bad = (value: number) => photos[0]!.with(3, value);
  for (
    const [wrong, message] of [
      [fit({}, embeddings.subarray(1)), "Expected embeddings of 32 numbers each, got 639"],
      [fit({ dim: 0 }), "Expected embeddings of 0 numbers each"],
      [fit({ groups: 24 }), "24 groups need as many embeddings, got 20"],
      [fit({}, embeddings.subarray(0, 15 * DIM)), "16 groups need as many embeddings, got 15"],
      [fit({ groups: 12 }), "multiple of 8 groups, got 12"],
      [fit({ groups: 0 }), "Expected groups from 8 to"],
      [fit({ features: 33 }), "Expected features from 1 to 32, got 33"],
      [fit({ among: 21 }), "Expected coordinates to compare from 2 to 20, got 21"],
      [fit({ among: 1 }), "from 2 to 20, got 1"],
      [fit({ tables: 0 }), "Expected tables from 1 to"],
      [fit({ comparisons: 1.5 }), "Expected comparisons from 1 to"],
      [fit({ shrinkage: -1 }), "shrinkage must be at least 0, got -1"],
      [fit({}, joined([...photos, bad(-1)])), "finite numbers from 0 on, got -1"],
      [fit({}, new Float32Array(20 * DIM).fill(1)), "embeddings that differ"],
      [() => lookUp(sketch, new Float32Array(31)), "an embedding of 32 numbers, got 31"],
      [() => lookUp(sketch, bad(-0.5)), "got -0.5"],
      [() => lookUp(sketch, bad(NaN)), "got NaN"],
      [() => lookUp(sketch, bad(Infinity)), "got Infinity"],
      [() => insert(sketch, new Float32Array(33), 0), "an embedding of 32 numbers, got 33"],
      [() => insert(sketch, photos[0]!, 16), "Expected a group from 0 to 15, got 16"],
      [() => insert(sketch, photos[0]!, -1), "Expected a group from 0 to 15, got -1"],
      [
        () =>
          fitWhitening(photos[0]!, {
            dim: DIM,
            features: 2,
            shrinkage: 0,
            random: createRandom(1),
          }),
        "at least 2 embeddings, got 1",
      ],
    ] as const
  ) {
    assertThrows(wrong, RangeError, message);
  }
});
