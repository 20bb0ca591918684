/**
 * How much CPU recall takes, as ratios to a plain loop over float32 that are measured interleaved
 * in one run.
 *
 *     deno run -A tests/bench/recall_bench.ts
 *
 * "codes" is what the service runs: bounds from one byte a dimension, exact re-ranking in float32.
 * "gemm" is the same search in ONNX Runtime over the whole float32 table; "read" is what it takes
 * to read the codes from memory once, the bound that no scan gets below.
 *
 * @module
 */
import { createGraphScorer } from "../../functions/memory/graph_scorer.ts";
import { createLoopScorer } from "../../functions/memory/loop_scorer.ts";
import { NearestIndex } from "../../functions/memory/nearest.ts";
import type { Scorer } from "../../functions/memory/scorer.ts";
import { openNative } from "../../models/runtime_native.ts";
import type { Session } from "../../models/session.ts";
import { int } from "../../training/onnx/attribute.ts";
import { Graph } from "../../training/onnx/graph.ts";
import { cpuOf, median } from "./cpu.ts";
import { dot, near, randomUnit, seeded } from "../support/vectors.ts";

const SIZES = [
  { rows: 10_000, dimension: 128, rounds: 60 },
  { rows: 10_000, dimension: 1280, rounds: 20 },
  { rows: 100_000, dimension: 128, rounds: 20 },
  { rows: 100_000, dimension: 1280, rounds: 8 },
];
/** Rounds that are not counted: the loops are compiled meanwhile. */
const WARM_UP = 4;
/** Neighbours asked for. */
const LIMIT = 10;

/** The whole search over float32 as a graph. */
function gemmGraph(): Uint8Array {
  const graph = new Graph("gemm");
  const table = graph.input("table", "float32", ["N", "D"]);
  const query = graph.input("query", "float32", [1, "D"]);
  const k = graph.input("k", "int64", [1]);
  const scores = graph.node("Gemm", [query, table], "scores", { transB: int(1) });
  const [values, rows] = graph.nodes("TopK", [scores, k], ["values", "rows"]);
  graph.output(values!, "float32", [1, "K"]);
  graph.output(rows!, "int64", [1, "K"]);
  return graph.toBytes();
}

/** The row with the highest cosine, by a plain loop. */
function plainLoop(table: Float32Array, dimension: number, query: Float32Array): number {
  let best = -Infinity;
  let nearest = -1;
  for (let row = 0, at = 0; at < table.length; row++, at += dimension) {
    let sum = 0;
    for (let i = 0; i < dimension; i++) sum += table[at + i]! * query[i]!;
    if (sum > best) {
      best = sum;
      nearest = row;
    }
  }
  return nearest;
}

async function measure(
  { rows, dimension, rounds }: (typeof SIZES)[number],
  engines: { graph: Scorer; loop: Scorer; gemm: Session },
): Promise<void> {
  const random = seeded(rows + dimension);
  const table = new Float32Array(rows * dimension);
  const index = new NearestIndex(dimension);
  for (let row = 0; row < rows; row++) {
    const vector = randomUnit(dimension, random);
    table.set(vector, row * dimension);
    index.add(vector);
  }
  const vectorAt = (row: number) => table.subarray(row * dimension, (row + 1) * dimension);
  let ranked = 0;
  const search = async (query: Float32Array, scorer: Scorer) => {
    const exact = (slots: readonly number[]) => {
      ranked += slots.length;
      return Promise.resolve(
        slots.map((slot) => ({ item: slot, similarity: dot(query, vectorAt(slot)) })),
      );
    };
    return (await index.search(query, LIMIT, scorer, exact, (a, b) => a - b))[0]!.item;
  };
  const gemm = async (query: Float32Array) => {
    const { rows: found } = await engines.gemm.run({
      table: { data: table, dims: [rows, dimension] },
      query: { data: query, dims: [1, dimension] },
      k: { data: BigInt64Array.of(BigInt(LIMIT)), dims: [1] },
    });
    return Number(found!.data[0]);
  };
  const bytes = new Uint8Array(rows * dimension).fill(1);
  const copy = new Uint8Array(rows * dimension);
  const ways: Record<string, (query: Float32Array) => unknown> = {
    loop: (query) => plainLoop(table, dimension, query),
    codes: (query) => search(query, engines.graph),
    gemm,
    "codes by loop": (query) => search(query, engines.loop),
    // A copy reads and writes, so half of it is the least that reading takes.
    read: () => copy.set(bytes),
  };
  const times: Record<string, number[]> = {};
  let right = 0;
  for (let round = -WARM_UP; round < rounds; round++) {
    // Every second query is a taught one seen again, the others are like nothing in the table.
    const query = round % 2 === 0
      ? near(vectorAt(Math.floor(random() * rows)), 0.5, random)
      : randomUnit(dimension, random);
    const answers: Record<string, unknown> = {};
    for (const [name, way] of Object.entries(ways)) {
      const took = await cpuOf(async () => answers[name] = await way(query));
      if (round >= 0) (times[name] ??= []).push(name === "read" ? took / 2 : took);
    }
    if (round >= 0 && answers["codes"] === answers["loop"]) right++;
    if (round < 0) ranked = 0;
  }
  const loop = median(times["loop"]!);
  const ratio = (name: string) => `1/${(loop / median(times[name]!)).toFixed(1)}`;
  console.log(
    [
      `${rows} x ${dimension}`.padEnd(14),
      `loop ${loop.toFixed(2)} ms`,
      `codes ${ratio("codes")}`,
      `gemm ${ratio("gemm")}`,
      `codes by loop ${ratio("codes by loop")}`,
      `codes / read ${(median(times["codes"]!) / median(times["read"]!)).toFixed(1)}`,
      `recall@1 ${(right / rounds).toFixed(2)}`,
      `re-ranked ${(ranked / rounds / 2).toFixed(0)} a query`,
    ].join("   "),
  );
}

/** Measures and prints the ratios. */
export async function benchRecall(): Promise<void> {
  const model = await Deno.readFile(new URL("../../models/recall.onnx", import.meta.url));
  const engines = {
    graph: createGraphScorer(await openNative(model)),
    loop: createLoopScorer(),
    gemm: await openNative(gemmGraph()),
  };
  console.log("CPU of the nearest memories, as ratios to a plain loop over float32");
  for (const size of SIZES) await measure(size, engines);
  await engines.graph.close();
  await engines.gemm.release();
}

if (import.meta.main) await benchRecall();
