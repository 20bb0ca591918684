/**
 * Exact search over compact codes, by each scorer against a brute force.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { createGraphScorer } from "../functions/memory/graph_scorer.ts";
import { GrowingBlock } from "../functions/memory/growing_block.ts";
import { clearRow, encodeRow } from "../functions/memory/code_block.ts";
import { createLoopScorer } from "../functions/memory/loop_scorer.ts";
import { NearestIndex } from "../functions/memory/nearest.ts";
import type { Scorer } from "../functions/memory/scorer.ts";
import { TopHeap } from "../functions/memory/top_heap.ts";
import { compareUlids, readUlid, ulidTime, writeUlid } from "../functions/memory/ulid_bytes.ts";
import { parseSection } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { verifyFile } from "../models/verify_file.ts";
import { buildRecall } from "../training/recipes/recall.ts";
import { decodeTime, ulid } from "ulid";
import { dot, near, randomUnit, seeded, unit } from "./support/vectors.ts";

const MODEL = new URL("../models/recall.onnx", import.meta.url);

const scorers: [string, () => Promise<Scorer>][] = [
  ["a loop", () => Promise.resolve(createLoopScorer())],
  [
    "the graph",
    async () => createGraphScorer(await openNative(await Deno.readFile(MODEL)), { smallest: 0 }),
  ],
];

/** Vectors of every shape that is hard on codes: spread, crowded, spiky, without spread, one-sided. */
function hardVectors(count: number, dimension: number, random: () => number): Float32Array[] {
  const centre = randomUnit(dimension, random);
  return Array.from({ length: count }, (_, i) => {
    switch (i % 6) {
      case 0:
        return randomUnit(dimension, random);
      case 1:
        return near(centre, 1e-4, random);
      case 2:
        return Float32Array.from({ length: dimension }, (_, d) => d === i % dimension ? -1 : 0);
      case 3:
        return unit(new Float32Array(dimension).fill(i % 4 < 2 ? 1 : -1));
      case 4:
        // Rectified, as the network's features are.
        return unit(randomUnit(dimension, random).map((x) => Math.max(x, 1e-3)));
      default:
        // The largest products with the smallest codes: where 16-bit sums would saturate.
        return unit(Float32Array.from({ length: dimension }, (_, d) => d % 2 ? 1 : -1));
    }
  });
}

for (const [name, open] of scorers) {
  Deno.test(`top() of ${name} bounds every cosine from above, and closely`, async () => {
    const scorer = await open();
    for (const dimension of [2, 7, 48, 128, 1280]) {
      const random = seeded(dimension);
      const vectors = hardVectors(150, dimension, random);
      const block = new GrowingBlock(dimension, 1024);
      for (const vector of vectors) encodeRow(block, block.append(), vector);
      for (const query of hardVectors(12, dimension, random)) {
        const { rows, bounds } = await scorer.prepare(query).top(block.view(), 150);
        assertEquals([...Array.from(rows)].sort((a, b) => a - b), vectors.map((_, i) => i));
        for (let i = 0; i < rows.length; i++) {
          const cosine = dot(query, vectors[rows[i]!]!);
          assertGreater(bounds[i]!, cosine);
          // Codes of one byte a dimension are off by their rounding, spikes the most.
          assertLess(bounds[i]! - cosine, 0.6);
          if (i > 0) assert(bounds[i]! <= bounds[i - 1]!);
        }
      }
    }
    await scorer.close();
  });

  Deno.test(`top() of ${name} puts dead rows last`, async () => {
    const scorer = await open();
    const random = seeded(3);
    const block = new GrowingBlock(32, 64);
    for (let i = 0; i < 40; i++) encodeRow(block, block.append(), randomUnit(32, random));
    for (let i = 0; i < 40; i += 2) clearRow(block, i);
    const { rows, bounds } = await scorer.prepare(randomUnit(32, random)).top(block.view(), 30);
    const live = Array.from(rows).filter((_, i) => bounds[i]! > -2);
    assertEquals(live.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => 2 * i + 1));
    assert(Array.from(bounds).every((bound, i) => (bound > -2) === (i < 20)));
    await scorer.close();
  });

  Deno.test(`search() by ${name} finds what a brute force finds while vectors come and go`, async () => {
    const scorer = await open();
    for (const [dimension, count] of [[3, 200], [128, 1500], [1280, 300]] as const) {
      const random = seeded(dimension + count);
      // Blocks so small that there are many.
      const index = new NearestIndex(dimension, 100 * dimension);
      const live = new Map<number, Float32Array>();
      const add = (vector: Float32Array) => live.set(index.add(vector), vector);
      for (const vector of hardVectors(count, dimension, random)) add(vector);
      for (let round = 0; round < 4; round++) {
        for (const slot of [...live.keys()].filter(() => random() < 0.2)) {
          index.remove(slot);
          live.delete(slot);
        }
        for (const vector of hardVectors(Math.floor(count / 10), dimension, random)) add(vector);
        assertEquals(index.size, live.size);
        for (const query of hardVectors(6, dimension, random)) {
          const limit = [1, 10, 100][round % 3]!;
          let looked = 0;
          const found = await index.search(query, limit, scorer, (slots) => {
            looked += slots.length;
            return Promise.resolve(slots.map((slot) => {
              const vector = live.get(slot);
              return vector === undefined
                ? undefined
                : { item: slot, similarity: dot(query, vector) };
            }));
          }, (a, b) => a - b);
          const expected = [...live].map(([slot, vector]) => ({
            item: slot,
            similarity: dot(query, vector),
          })).sort((a, b) => b.similarity - a.similarity || a.item - b.item).slice(0, limit);
          assertEquals(found, expected);
          assert(looked <= live.size);
        }
      }
    }
    await scorer.close();
  });
}

Deno.test("search() looks at few exact vectors when one is clearly nearest", async () => {
  const random = seeded(21);
  const index = new NearestIndex(128);
  const vectors = Array.from({ length: 5000 }, () => randomUnit(128, random));
  for (const vector of vectors) index.add(vector);
  let looked = 0;
  const query = near(vectors[1234]!, 0.5, random);
  const found = await index.search(query, 1, createLoopScorer(), (slots) => {
    looked += slots.length;
    return Promise.resolve(
      slots.map((slot) => ({ item: slot, similarity: dot(query, vectors[slot]!) })),
    );
  }, (a, b) => a - b);
  assertEquals(found.map((one) => one.item), [1234]);
  assertLess(looked, 100);
});

Deno.test("search() rejects a query of another dimension", async () => {
  const index = new NearestIndex(8);
  await assertRejects(
    () =>
      index.search(new Float32Array(9), 1, createLoopScorer(), () => Promise.resolve([]), () => 0),
    RangeError,
    "9 dimensions",
  );
});

Deno.test("search() in an empty table finds nothing", async () => {
  const index = new NearestIndex(8);
  const slot = index.add(randomUnit(8, seeded(1)));
  index.remove(slot);
  const scorer = createLoopScorer();
  const query = randomUnit(8, seeded(2));
  const none = () => Promise.resolve([]);
  assertEquals(await index.search(query, 5, scorer, none, () => 0), []);
  assertEquals(await new NearestIndex(8).search(query, 5, scorer, none, () => 0), []);
});

Deno.test("NearestIndex takes about one byte a dimension", () => {
  const index = new NearestIndex(1280);
  const random = seeded(4);
  for (let i = 0; i < 3000; i++) index.add(randomUnit(1280, random));
  assertLess(index.bytes, 3000 * 1280 * 1.4);
  assertGreater(index.bytes, 3000 * 1280);
});

Deno.test("models/recall.onnx is what the recipe makes and the manifest names", async () => {
  const manifest = JSON.parse(
    await Deno.readTextFile(new URL("../models/manifest.json", import.meta.url)),
  );
  const recall = parseSection("recall", manifest.recall);
  const bytes = await Deno.readFile(MODEL);
  await verifyFile(bytes, recall.sha256, recall.file);
  assertEquals(bytes.length, recall.bytes);
  assertEquals(bytes, buildRecall().toBytes({ metadata: { licence: recall.licence } }));
});

Deno.test("TopHeap keeps the best of a stream, best first", () => {
  const random = seeded(6);
  for (const [limit, count] of [[1, 50], [10, 500], [40, 20], [0, 5]] as const) {
    const scores = Array.from({ length: count }, () => Math.floor(random() * 50));
    const heap = new TopHeap(limit);
    scores.forEach((score, row) => heap.offer(row, score));
    const { rows, bounds } = heap.drain();
    assertEquals([...bounds], scores.toSorted((a, b) => b - a).slice(0, limit));
    assertEquals([...rows].map((row) => scores[row]), [...bounds]);
    assertEquals(new Set(rows).size, rows.length);
  }
});

Deno.test("writeUlid() and readUlid() are each other's inverse and keep the order", () => {
  const random = seeded(8);
  const words = new Uint32Array(8);
  for (let i = 0; i < 500; i++) {
    const [a, b] = [random(), random()].map((x) => ulid(Math.floor(x * 2 ** 47))) as [
      string,
      string,
    ];
    assert(writeUlid(a, words, 0) && writeUlid(b, words, 4));
    assertEquals([readUlid(words, 0), readUlid(words, 4)], [a, b]);
    assertEquals(ulidTime(words, 0), decodeTime(a));
    assertEquals(Math.sign(compareUlids(words, 0, words, 4)), a < b ? -1 : 1);
    assertEquals(compareUlids(words, 0, words, 0), 0);
  }
  for (const wrong of ["", "8".repeat(26), `0${"U".repeat(25)}`, "0".repeat(27), "é".repeat(26)]) {
    assertEquals(writeUlid(wrong, words, 0), false);
  }
});
