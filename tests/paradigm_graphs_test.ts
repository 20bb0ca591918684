import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import type { OpenSession, Tensor } from "../models/session.ts";
import { sha256Hex } from "../models/sha256.ts";
import { createRandom } from "../training/eval/random.ts";
import { FEATURE_LIMIT, fitStandardizer, standardize } from "../training/fit/standardizer.ts";
import { startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { initMlp } from "../training/nets/mlp.ts";
import { dequantizeMlp, quantizeMlp } from "../training/nets/quantized_mlp.ts";
import { logitsOf } from "../training/nets/run_mlp.ts";
import { Graph } from "../training/onnx/graph.ts";
import {
  addFamiliarity,
  familiarities,
  type Familiarity,
  fitFamiliarity,
} from "../training/paradigms/familiarity.ts";
import { buildJoint } from "../training/paradigms/joint_graph.ts";
import { buildSequential } from "../training/paradigms/sequential_graph.ts";
import { fitSketch, lookUp } from "../training/sketch/sketch.ts";
import { rowsOf } from "../training/sketch/whitening.ts";
import {
  type ExemplarFeatures,
  featureIds,
  prototypesOf,
  vocabulary,
} from "../training/wide/exemplar_features.ts";
import { wideRows } from "../training/wide/wide_rows.ts";
import { createWideTable, type WideTable } from "../training/wide/wide_table.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

const DIM = 24;
const CLASSES = 6;
/** Classes of the backbone. */
const WIDTH = 9;
/** What is answered alike by all engines, in float32. */
const TOLERANCE = 1e-4;

const engines: readonly (readonly [string, OpenSession])[] = [
  ["native", openNative],
  ["wasm", createWasmRuntime()],
];

/** What the backbone makes of some photos: [n, DIM] and [n, WIDTH], or of other widths. */
type Batch = Readonly<Record<"embedding" | "logits", Float32Array>>;

/** Opens a graph, asks it and frees it. */
async function ask(
  open: OpenSession,
  model: Uint8Array,
  batches: readonly Batch[],
  widths: Readonly<Record<keyof Batch, number>> = { embedding: DIM, logits: WIDTH },
): Promise<Record<string, Tensor>[]> {
  const session = await open(model);
  try {
    assertEquals(session.inputNames, ["embedding", "logits"]);
    const tensor = (data: Float32Array, width: number) => ({
      data,
      dims: [data.length / width, width],
    });
    const made: Record<string, Tensor>[] = [];
    for (const { embedding, logits } of batches) {
      made.push(
        await session.run({
          embedding: tensor(embedding, widths.embedding),
          logits: tensor(logits, widths.logits),
        }),
      );
    }
    return made;
  } finally {
    await session.release();
  }
}

const joined = (rows: readonly Float32Array[]) =>
  Float32Array.from(rows.flatMap((row) => [...row]));

/** Normal numbers. */
const normals = (length: number, random: () => number, deviation = 1) =>
  Float32Array.from({ length }, gaussian(random)).map((x) => x * deviation);

/** Familiarity with classes that are drawn. */
function drawFamiliarity(classes: number, seed: number): Familiarity {
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: 3 * classes }, (_, i) => i % classes);
  return fitFamiliarity(normals(labels.length * WIDTH, random, 3), labels, {
    classes,
    validation: {
      general: normals(30 * classes, random, 2),
      backbone: normals(30 * WIDTH, random, 3),
    },
  });
}

/** Random embeddings of photos, seen and not, and the parts that both paradigms have in common. */
function trial(seed: number) {
  const random = createRandom(seed);
  const embedding = () => Float32Array.from({ length: DIM }, () => 3 * random() ** 2);
  const seen = Array.from({ length: 64 }, embedding);
  const train = joined(seen);
  const { sketch } = fitSketch(train, {
    dim: DIM,
    seed,
    features: 16,
    tables: 40,
    comparisons: 2,
    among: 4,
    groups: 16,
  });
  const standardizer = fitStandardizer(train, DIM);
  // Far beyond what is standardized, so that the limit counts.
  const odd = embedding().map((x, d) => d % 3 === 0 ? 900 + x : x);
  assert(standardize(odd, standardizer).some((x) => x === FEATURE_LIMIT));
  const asked = [seen[0]!, embedding(), new Float32Array(DIM), odd, seen[1]!, embedding()];
  asked.push(embedding());
  const logits = asked.map(() => normals(WIDTH, random, 3));
  // One batch of seven, and the first, the zeros and the odd one alone.
  const batches: Batch[] = [
    { embedding: joined(asked), logits: joined(logits) },
    ...[0, 2, 3].map((i) => ({ embedding: asked[i]!, logits: logits[i]! })),
  ];
  return { random, sketch, standardizer, seen, asked, batches };
}

/** Networks with biases that are not zero. */
function network(seed: number, hidden: readonly number[], outputs = CLASSES) {
  const draw = gaussian(createRandom(seed));
  return initMlp([DIM, ...hidden, outputs], seed)
    .map((layer) => ({ ...layer, bias: layer.bias.map(() => draw()) }));
}

function assertClose(made: Tensor | undefined, expected: ArrayLike<number>, outputs: number): void {
  assert(made?.data instanceof Float32Array);
  assertEquals(made.dims, [expected.length / outputs, outputs]);
  for (let i = 0; i < expected.length; i++) {
    const tolerance = TOLERANCE * Math.max(1, Math.abs(expected[i]!) / 10);
    assertAlmostEquals(
      made.data[i]!,
      expected[i]!,
      tolerance,
      `number ${i}: ${made.data[i]} for ${expected[i]}`,
    );
  }
}

for (const [engine, open] of engines) {
  Deno.test({
    name: `buildSequential() agrees with the training engine when the ${engine} engine runs it`,
    // The wasm engine opens a message port for the page's whole life.
    sanitizeResources: false,
    async fn() {
      for (const hidden of [[], [10, 7]]) {
        const { sketch, standardizer, batches } = trial(11);
        const [generalizer, memorizer] = [1, 2].map((seed) => quantizeMlp(network(seed, hidden)));
        const familiarity = drawFamiliarity(CLASSES, 21);
        const graph = buildSequential({
          standardizer,
          generalizer: generalizer!,
          memorizer: memorizer!,
          sketch,
          familiarity,
        });
        const answers = await ask(open, graph.toBytes(), batches);
        for (const [i, batch] of batches.entries()) {
          assertEquals(Object.keys(answers[i]!).sort(), [
            "familiar",
            "generalizer",
            "known",
            "memorizer",
          ]);
          const x = standardize(batch.embedding, standardizer);
          for (
            const [name, layers] of [["generalizer", generalizer], [
              "memorizer",
              memorizer,
            ]] as const
          ) {
            const expected = await logitsOf(dequantizeMlp(layers!), x);
            assertClose(answers[i]![name], expected, CLASSES);
          }
          const known = rowsOf(batch.embedding, DIM).map((row) => lookUp(sketch, row).known);
          assertClose(answers[i]!.known, known, 1);
          // By what generalizes, not by what memorizes.
          const general = await logitsOf(dequantizeMlp(generalizer!), x);
          const familiar = familiarities(familiarity, { general, backbone: batch.logits });
          assertClose(answers[i]!.familiar, familiar, 1);
        }
      }
    },
  });
}

/** A wide part that has something to say of the photos that were seen, and of chance. */
function wideFor(features: ExemplarFeatures, seen: readonly Float32Array[]): WideTable {
  const table = createWideTable(features.classes, { alpha: 4, l1: 0.8 });
  const draw = gaussian(createRandom(17));
  for (const [i, row] of seen.entries()) {
    // Some of what is seen has no weights.
    if (i % 8 === 7) continue;
    const gradient = () => Float32Array.from({ length: features.classes }, draw);
    table.update(new Map(featureIds(features, row).map((id) => [id, gradient()])));
  }
  return table;
}

for (const [engine, open] of engines) {
  Deno.test({
    name: `buildJoint() agrees with the training engine when the ${engine} engine runs it`,
    // The wasm engine opens a message port for the page's whole life.
    sanitizeResources: false,
    async fn() {
      const passed = new Set<number>();
      const spoke = new Set<boolean>();
      for (
        const [nearest, shares] of [[2, [0.5, 0.9]], [1, [0.3]], [3, [0.2, 0.5, 0.8]]] as const
      ) {
        const { sketch, standardizer, seen, asked, batches } = trial(12);
        const known = asked.map((row) => lookUp(sketch, row).known).sort((a, b) => a - b);
        const features: ExemplarFeatures = {
          sketch,
          prototypes: prototypesOf(
            seen.map((row) => lookUp(sketch, row).projected),
            seen.map((_, i) => i % CLASSES),
            CLASSES,
          ),
          classes: CLASSES,
          nearest,
          // Between two of them: right at a border rounding decides.
          levels: shares.map((share) => {
            const at = Math.floor(share * known.length);
            return (known[at]! + known[at - 1]!) / 2;
          }),
        };
        const wide = wideFor(features, seen);
        const deep = quantizeMlp(network(3, [8]));
        const familiarity = drawFamiliarity(CLASSES, 22);
        const graph = buildJoint({
          standardizer,
          deep,
          features,
          wide: wideRows(wide, vocabulary(features)),
          familiarity,
        });
        const answers = await ask(open, graph.toBytes(), batches);
        for (const [i, batch] of batches.entries()) {
          assertEquals(Object.keys(answers[i]!).sort(), ["deep", "familiar", "wide"]);
          const x = standardize(batch.embedding, standardizer);
          const general = await logitsOf(dequantizeMlp(deep), x);
          assertClose(answers[i]!.deep, general, CLASSES);
          // By the deep part alone.
          const familiar = familiarities(familiarity, { general, backbone: batch.logits });
          assertClose(answers[i]!.familiar, familiar, 1);
          const sums = rowsOf(batch.embedding, DIM).map((row) => {
            const sum = new Float32Array(CLASSES);
            const ids = featureIds(features, row);
            wide.addTo(sum, ids);
            passed.add(ids.length / nearest);
            spoke.add(sum.some((value) => value !== 0));
            return sum;
          });
          assertClose(answers[i]!.wide, joined(sums), CLASSES);
        }
      }
      assertEquals([...passed].sort(), [0, 1, 2, 3]);
      assertEquals(spoke.size, 2);
    },
  });

  Deno.test({
    name: `buildJoint() of an empty wide part gives zeros when the ${engine} engine runs it`,
    sanitizeResources: false,
    async fn() {
      const { sketch, standardizer, batches } = trial(13);
      const features: ExemplarFeatures = {
        sketch,
        prototypes: new Float32Array(2 * 16),
        classes: 2,
        nearest: 2,
        levels: [0],
      };
      const graph = buildJoint({
        standardizer,
        deep: quantizeMlp(network(4, [], 2)),
        features,
        wide: wideRows(createWideTable(2, { alpha: 1, l1: 1 }), vocabulary(features)),
        familiarity: drawFamiliarity(2, 23),
      });
      const answers = await ask(open, graph.toBytes(), batches);
      batches.forEach(({ embedding: { length } }, i) =>
        assertEquals(answers[i]!.wide, {
          data: new Float32Array(length / DIM * 2),
          dims: [length / DIM, 2],
        })
      );
    },
  });
}

Deno.test("buildJoint() takes as many features as hundreds of classes have", async () => {
  const { sketch, standardizer, batches, seen } = trial(14);
  const classes = 6000;
  const features: ExemplarFeatures = {
    sketch,
    prototypes: new Float32Array(classes * 16).fill(0.25),
    classes,
    nearest: 1,
    levels: [0, 0.1],
  };
  assertGreater(vocabulary(features), 150_000);
  const [id] = featureIds(features, seen[0]!);
  const table = createWideTable(classes, { alpha: 1, l1: 0 });
  table.update(
    new Map([[id!, Float32Array.from({ length: classes }, (_, c) => c === 5 ? -3 : 0)]]),
  );
  const graph = buildJoint({
    standardizer,
    deep: quantizeMlp(network(5, [], classes)),
    features,
    wide: wideRows(table, vocabulary(features)),
    familiarity: drawFamiliarity(classes, 24),
  });
  const [, { wide }] = await ask(openNative, graph.toBytes(), batches) as [
    unknown,
    { wide: Tensor },
  ];
  const expected = new Float32Array(classes);
  table.addTo(expected, [id!]);
  assertEquals(wide!.data, expected);
  assertGreater(expected[5]!, 0.5);
});

for (const [engine, open] of engines) {
  Deno.test({
    name: `addFamiliarity() bears extreme logits when the ${engine} engine runs it`,
    sanitizeResources: false,
    async fn() {
      // Each class is told by a class of the backbone of its own; the last three tell none.
      const told = Float32Array.from(
        { length: CLASSES * WIDTH },
        (_, i) => i % WIDTH === Math.floor(i / WIDTH) ? 200 : 0,
      );
      const random = createRandom(25);
      const familiarity = fitFamiliarity(told, Int32Array.from(Array(CLASSES).keys()), {
        classes: CLASSES,
        validation: {
          general: normals(30 * CLASSES, random, 2),
          backbone: normals(30 * WIDTH, random, 3),
        },
      });
      const spike = (width: number, at: number, height: number) =>
        Float32Array.from({ length: width }, (_, i) => i === at ? height : 0);
      const rows: readonly (readonly [general: Float32Array, backbone: Float32Array])[] = [
        [spike(CLASSES, 2, 700), spike(WIDTH, 2, 700)],
        // Exponentials that overflow, all alike.
        [new Float32Array(CLASSES).fill(500), new Float32Array(WIDTH).fill(500)],
        [new Float32Array(CLASSES).fill(-500), new Float32Array(WIDTH).fill(-500)],
        // What no class agrees with: the logarithm is of what is next to nothing.
        [spike(CLASSES, 0, 3), spike(WIDTH, 8, 60)],
        [spike(CLASSES, 0, -700), spike(WIDTH, 8, 700)],
        // Just above next to nothing.
        [spike(CLASSES, 0, 3), spike(WIDTH, 8, 27)],
        [normals(CLASSES, random), normals(WIDTH, random)],
      ];
      const graph = new Graph("familiar");
      addFamiliarity(
        graph,
        graph.input("embedding", "float32", ["N", CLASSES]),
        graph.input("logits", "float32", ["N", WIDTH]),
        familiarity,
      );
      const batches: Batch[] = [
        { embedding: joined(rows.map(([g]) => g)), logits: joined(rows.map(([, b]) => b)) },
        ...rows.map(([embedding, logits]) => ({ embedding, logits })),
      ];
      const widths = { embedding: CLASSES, logits: WIDTH };
      const answers = await ask(open, graph.toBytes(), batches, widths);
      batches.forEach(({ embedding: general, logits: backbone }, i) => {
        const expected = familiarities(familiarity, { general, backbone });
        assert(expected.every(Number.isFinite));
        assertClose(answers[i]!.familiar, expected, 1);
      });
      const [known, , , odd] = familiarities(familiarity, {
        general: batches[0]!.embedding,
        backbone: batches[0]!.logits,
      });
      assertGreater(known!, odd!);
    },
  });
}

const models = new URL("../models/", import.meta.url);
const { paradigms } = parseManifest(
  JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))),
);

for (const id of ["sequential", "joint"] as const) {
  const section = paradigms?.[id];
  Deno.test({
    name: `the committed ${id}.onnx is the manifest's, and both engines answer alike${
      section ? "" : " [skipped: not trained]"
    }`,
    ignore: section === undefined,
    sanitizeResources: false,
    async fn() {
      const { file, bytes, sha256, inputs, outputs } = section!;
      const model = await Deno.readFile(new URL(file, models));
      assertEquals([model.length, await sha256Hex(model)], [bytes, sha256]);
      const { embedding: { dim }, logits: { dim: backboneClasses } } = inputs;
      // As sparse as embeddings are.
      const random = createRandom(20);
      const rows = Array.from(
        { length: 7 },
        () => Float32Array.from({ length: dim }, () => random() < 0.5 ? 0 : -Math.log(random())),
      );
      rows[3] = new Float32Array(dim);
      const logits = rows.map(() => normals(backboneClasses, random, 2));
      const batches: Batch[] = [
        { embedding: joined(rows), logits: joined(logits) },
        ...[0, 3].map((i) => ({ embedding: rows[i]!, logits: logits[i]! })),
      ];
      const widths = { embedding: dim, logits: backboneClasses };
      const made: Record<string, Tensor>[][] = [];
      for (const [, open] of engines) made.push(await ask(open, model, batches, widths));
      batches.forEach(({ embedding: { length } }, i) => {
        for (const { name, dim: width } of Object.values(outputs)) {
          const [native, wasm] = made.map((answers) => answers[i]![name]!);
          assertEquals(native!.dims, [length / dim, width]);
          assertClose(wasm, native!.data as Float32Array, width);
          assert((native!.data as Float32Array).every(Number.isFinite));
        }
      });
      // A row is answered alone as it is among others.
      for (const { name, dim: width } of Object.values(outputs)) {
        const among = made[0]![0]![name]!.data as Float32Array;
        assertClose(made[0]![1]![name], among.subarray(0, width), width);
        assertClose(made[0]![2]![name], among.subarray(3 * width, 4 * width), width);
      }
    },
  });
}
