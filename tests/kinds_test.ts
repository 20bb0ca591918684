import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { createBackbone } from "../models/backbone.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import { createKinds, type KindsSection } from "../models/kinds.ts";
import { parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import type { OpenSession, Session, Tensor } from "../models/session.ts";
import { sha256Hex } from "../models/sha256.ts";
import { createRandom } from "../training/eval/random.ts";
import { decodeModel } from "../training/onnx/mod.ts";
import { readClassifier } from "../training/recipes/classifier.ts";
import {
  buildKinds,
  type Classifier,
  groupsOf,
  type KindsParameters,
  scoreKindsBy,
} from "../training/recipes/kinds.ts";

const models = new URL("../models/", import.meta.url);
const read = (name: string) => Deno.readFile(new URL(name, models));
const readJson = async (name: string) => JSON.parse(new TextDecoder().decode(await read(name)));
const manifest = parseManifest(await readJson("manifest.json"));
const hierarchy = parseHierarchy(await readJson("hierarchy.json"));

const CLASSES = 60;
const FEATURES = 24;

/** Nearly normal, of variance 1. */
const normal = (random: () => number) =>
  Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
const vector = (length: number, random: () => number, scale = 1) =>
  Float32Array.from({ length }, () => scale * normal(random));

/** Numbers of a small graph: two kinds, told by four groups. */
function randomParameters(random: () => number): KindsParameters {
  const numbers = (length: number) => [...vector(length, random)];
  return {
    temperature: 0.5 + random(),
    // Every group has a class.
    groups: Uint8Array.from({ length: CLASSES }, (_, i) => i < 4 ? i : Math.floor(4 * random())),
    head: { weights: [numbers(4), numbers(4)], biases: numbers(2) },
    mean: vector(FEATURES, random).map(Math.abs),
    classifier: {
      weights: vector(CLASSES * FEATURES, random, 0.2),
      bias: vector(CLASSES, random, 0.1),
    },
  };
}

/** W · x + b, one class after the other. */
function logitsOf({ weights, bias }: Classifier, embedding: Float32Array): Float32Array {
  const rows = [...bias.keys()].map((c) =>
    weights.subarray(c * embedding.length, (c + 1) * embedding.length)
  );
  return bias.map((b, c) => rows[c]!.reduce((sum, w, d) => sum + w * embedding[d]!, b));
}

/** cos(embedding − mean, weights of the class), by its definition. */
function bruteCosine(
  { weights }: Classifier,
  mean: Float32Array,
  embedding: Float32Array,
  of: number,
): number {
  let dot = 0, a = 0, b = 0;
  for (let d = 0; d < mean.length; d++) {
    const [w, x] = [weights[of * mean.length + d]!, embedding[d]! - mean[d]!];
    dot += w * x;
    a += w * w;
    b += x * x;
  }
  return dot / Math.sqrt(a * b);
}

const sectionOf = (classes: number, features: number): KindsSection => ({
  ...manifest.kinds,
  inputs: {
    logits: { name: "logits", dim: classes },
    embedding: { name: "embedding", dim: features },
  },
  outputs: {
    kinds: { name: "kinds", of: ["dog", "cat"] },
    cosines: { name: "cosines", dim: classes },
  },
});

function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assertEquals(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assertAlmostEquals(actual[i]!, value, tolerance);
}

const engines: readonly (readonly [string, OpenSession, number])[] = [
  ["native", openNative, 1e-5],
  ["wasm", createWasmRuntime(), 1e-4],
];

for (const [engine, open, tolerance] of engines) {
  Deno.test({
    name: `buildKinds() agrees with scoreKindsBy() when the ${engine} engine runs it`,
    // The wasm engine opens a message port for the page's whole life.
    sanitizeResources: false,
    async fn() {
      const random = createRandom(2020);
      for (let i = 0; i < 5; i++) {
        const parameters = randomParameters(random);
        const session = await open(buildKinds(parameters).toBytes());
        try {
          const score = createKinds(session, sectionOf(CLASSES, FEATURES));
          const expect = scoreKindsBy(parameters);
          for (let j = 0; j < 10; j++) {
            const embedding = vector(FEATURES, random).map(Math.abs);
            // Every other time logits of their own, at last so far apart that a group has nothing.
            const logits = j % 2 === 0
              ? logitsOf(parameters.classifier, embedding)
              : vector(CLASSES, random, j === 9 ? 100 : 3);
            const made = await score({ logits, embedding });
            const expected = expect({ logits, embedding });
            assertClose(made.kinds, expected.kinds, tolerance);
            // As near as the number itself allows, where it is no cosine.
            const largest = expected.cosines.reduce((most, c) => Math.max(most, Math.abs(c)), 1);
            assertClose(made.cosines, expected.cosines, largest * tolerance);
            assertAlmostEquals(made.kinds.reduce((a, b) => a + b), 1, tolerance);
          }
        } finally {
          await session.release();
        }
      }
    },
  });
}

Deno.test("buildKinds() scores several pictures as one after the other when they come at once", async () => {
  const random = createRandom(6);
  const parameters = randomParameters(random);
  const [logits, embedding] = [vector(2 * CLASSES, random), vector(2 * FEATURES, random)];
  const session = await openNative(buildKinds(parameters).toBytes());
  const made = await session.run({
    logits: { data: logits, dims: [2, CLASSES] },
    embedding: { data: embedding, dims: [2, FEATURES] },
  }).finally(() => session.release());
  for (const i of [0, 1]) {
    const part = (data: Tensor["data"], length: number) =>
      (data as Float32Array).slice(i * length, (i + 1) * length);
    const { kinds, cosines } = scoreKindsBy(parameters)({
      logits: part(logits, CLASSES),
      embedding: part(embedding, FEATURES),
    });
    assertClose(part(made.kinds!.data, 3), kinds, 1e-5);
    assertClose(part(made.cosines!.data, CLASSES), cosines, 1e-5);
  }
});

Deno.test("scoreKindsBy() gives the cosines of the centred embedding to each class's weights", () => {
  const random = createRandom(11);
  for (let i = 0; i < 20; i++) {
    const parameters = randomParameters(random);
    const { classifier, mean } = parameters;
    // Along the weights of one class for a start: there the cosine is 1.
    const row = classifier.weights.subarray(7 * FEATURES, 8 * FEATURES);
    const along = mean.map((value, d) => value + 3 * row[d]!);
    for (const embedding of [along, vector(FEATURES, random, 1 + i).map(Math.abs)]) {
      const { kinds, cosines } = scoreKindsBy(parameters)({
        logits: logitsOf(classifier, embedding),
        embedding,
      });
      for (const [c, cosine] of cosines.entries()) {
        assertAlmostEquals(cosine, bruteCosine(classifier, mean, embedding, c), 1e-5);
      }
      if (embedding === along) assertAlmostEquals(cosines[7]!, 1, 1e-5);
      assertEquals(kinds.length, 3);
      assertAlmostEquals(kinds.reduce((a, b) => a + b), 1, 1e-6);
    }
  }
});

Deno.test("scoreKindsBy() gives the groups' sums when the head hands them on", () => {
  const random = createRandom(12);
  const parameters: KindsParameters = {
    ...randomParameters(random),
    temperature: 1,
    groups: Uint8Array.from({ length: CLASSES }, (_, i) => i % 3),
    // The logarithm of each group beside that of the last.
    head: { weights: [[1, 0, -1], [0, 1, -1]], biases: [0, 0] },
  };
  const logits = vector(CLASSES, random, 2);
  const powers = [...logits].map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  const { kinds } = scoreKindsBy(parameters)({ logits, embedding: vector(FEATURES, random) });
  for (const group of [0, 1, 2]) {
    const sum = powers.filter((_, i) => i % 3 === group).reduce((a, b) => a + b);
    assertAlmostEquals(kinds[group]!, sum / total, 1e-6);
  }
});

Deno.test("groupsOf() takes the first of the names that a class lies below", () => {
  const groups = groupsOf(hierarchy, ["dog", "animal"]);
  const [dogs, animals] = ["dog", "animal"].map((name) => hierarchy.find(name)!.leaves);
  for (const [leaf, group] of groups.entries()) {
    assertEquals(group, dogs!.includes(leaf) ? 0 : animals!.includes(leaf) ? 1 : 2);
  }
  assertThrows(() => groupsOf(hierarchy, ["unicorn"]), RangeError, '"unicorn"');
});

/** A graph that gives what it is told to. */
function fakeSession(made: Record<string, Tensor>, names: Partial<Session> = {}): Session {
  return {
    inputNames: ["logits", "embedding"],
    outputNames: ["kinds", "cosines"],
    run: () => Promise.resolve(made),
    release: () => Promise.resolve(),
    ...names,
  };
}

Deno.test("createKinds() throws when the graph has other inputs or outputs", () => {
  const section = sectionOf(4, 2);
  for (
    const [names, got] of [
      [{ inputNames: ["logits"] }, "logits,kinds,cosines"],
      [{ inputNames: ["logits", "gem"] }, "logits,gem,kinds,cosines"],
      [{ outputNames: ["kinds", "angles"] }, "logits,embedding,kinds,angles"],
    ] as const
  ) {
    assertThrows(
      () => createKinds(fakeSession({}, names), section),
      TypeError,
      `Expected the graph's inputs and outputs to be logits,embedding,kinds,cosines, got ${got}`,
    );
  }
});

Deno.test("createKinds() rejects and says what was expected when a tensor is not as it should be", async () => {
  const floats = (...dims: number[]): Tensor => ({
    data: new Float32Array(dims.reduce((a, b) => a * b)),
    dims,
  });
  const right = { kinds: floats(1, 3), cosines: floats(1, 4) };
  const seen = { logits: new Float32Array(4), embedding: new Float32Array(2) };
  const score = (made: Record<string, Tensor>, given = seen) =>
    Promise.resolve(createKinds(fakeSession(made), sectionOf(4, 2))(given));

  assertEquals(await score(right), { kinds: right.kinds.data, cosines: right.cosines.data });
  for (
    const [made, message] of [
      [
        { ...right, kinds: floats(1, 2) },
        'the output "kinds" as Float32Array [1,3], got Float32Array [1,2]',
      ],
      [
        { ...right, cosines: floats(4) },
        'the output "cosines" as Float32Array [1,4], got Float32Array [4]',
      ],
      [
        { ...right, cosines: { data: new Int8Array(4), dims: [1, 4] } },
        'the output "cosines" as Float32Array [1,4], got Int8Array [1,4]',
      ],
      [{ cosines: right.cosines }, 'the output "kinds" as Float32Array [1,3], got nothing'],
    ] as const
  ) {
    await assertRejects(() => score(made as Record<string, Tensor>), TypeError, message);
  }
  await assertRejects(
    () => score(right, { ...seen, logits: new Float32Array(3) }),
    RangeError,
    'Expected the input "logits" of 4 numbers, got 3',
  );
  await assertRejects(
    () => score(right, { ...seen, embedding: new Float32Array(1280) }),
    RangeError,
    'Expected the input "embedding" of 2 numbers, got 1280',
  );
});

Deno.test("the committed graph is the manifest's, small, and has the calibration's kinds in their order", async () => {
  const { kinds, network, backbone } = manifest;
  const bytes = await read(kinds.file);
  assertEquals(kinds.file, "kinds.onnx");
  assertEquals(bytes.length, kinds.bytes);
  assertEquals(await sha256Hex(bytes), kinds.sha256);
  assertLess(bytes.length, 100_000);
  assertEquals(kinds.outputs.kinds.of, network.openKinds.map(({ name }) => name));
  assertEquals(kinds.inputs.logits, backbone.outputs.logits);
  assertEquals(kinds.inputs.embedding, backbone.outputs.embedding);
  assertEquals(kinds.outputs.cosines.dim, hierarchy.leafCount);

  const session = await openNative(bytes);
  try {
    const score = createKinds(session, kinds);
    const embedding = new Float32Array(backbone.outputs.embedding.dim).fill(0.5);
    const likeliest = async (leaf: number) => {
      const logits = new Float32Array(hierarchy.leafCount);
      logits[leaf] = 15;
      const told = (await score({ logits, embedding })).kinds;
      return told.indexOf(Math.max(...told));
    };
    for (const [i, name] of kinds.outputs.kinds.of.entries()) {
      for (const leaf of hierarchy.find(name)!.leaves) assertEquals(await likeliest(leaf), i);
    }
    for (const name of ["furniture", "bird", "vehicle"]) {
      for (const leaf of hierarchy.find(name)!.leaves.slice(0, 10)) {
        assertEquals(await likeliest(leaf), kinds.outputs.kinds.of.length);
      }
    }
  } finally {
    await session.release();
  }
});

Deno.test("readClassifier() gives what the committed backbone and the graph behind it compute with", async () => {
  const { backbone: section, kinds } = manifest;
  const [model, graph] = [await read(section.file), await read(kinds.file)];
  const classifier = readClassifier(model);
  assertEquals(classifier.bias.length, 1000);
  assertEquals(classifier.weights.length, 1000 * 1280);
  const constant = decodeModel(graph).graph!.initializer.find(({ name }) => name === "mean")!;
  const mean = new Float32Array(constant.rawData.slice().buffer);

  const [session, behind] = [await openNative(model), await openNative(graph)];
  try {
    const backbone = createBackbone(session, section);
    const score = createKinds(behind, kinds);
    const random = createRandom(224);
    for (let i = 0; i < 2; i++) {
      const noise = Uint8Array.from(
        { length: section.input.size ** 2 * 3 },
        () => Math.floor(256 * random()),
      );
      const seen = await backbone.run(noise);
      const { logits, embedding } = seen;
      assertGreater(Math.max(...logits) - Math.min(...logits), 1);
      assertClose(logits, logitsOf(classifier, embedding), 1e-3);
      const { cosines } = await score(seen);
      for (const [c, cosine] of cosines.entries()) {
        assert(cosine >= -1 && cosine <= 1);
        assertAlmostEquals(cosine, bruteCosine(classifier, mean, embedding, c), 1e-3);
      }
    }
  } finally {
    await session.release();
    await behind.release();
  }
});

Deno.test("readClassifier() throws when the model ends in no classifier", async () => {
  const graph = await read(manifest.kinds.file);
  assertThrows(
    () => readClassifier(graph),
    TypeError,
    'Expected a constant "classifier.weight.int8" in the backbone, got none',
  );
});
