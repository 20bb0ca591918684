/**
 * What an answer of each system costs behind the embedding: time and bytes, side by side.
 *
 * @module
 */
import type { Tensor } from "../../../models/session.ts";
import { openNative } from "../../../models/runtime_native.ts";
import { initMlp } from "../../nets/mlp.ts";
import { int } from "../../onnx/attribute.ts";
import { Graph } from "../../onnx/graph.ts";
import { addMlp, quantizeMlp } from "../../nets/quantized_mlp.ts";
import { createRandom } from "../random.ts";

/** What one system costs. */
export interface Cost {
  readonly system: string;
  /** Of the file. */
  readonly bytes: number;
  /** Median time of one answer as a multiple of the single network's. */
  readonly time: number;
}

/** Answers that are timed, after as many that are not. */
const RUNS = 300;

/** Networks by name: the committed files, and what they are compared with. */
export async function measureCosts(
  networks: Readonly<Record<string, Uint8Array>>,
  { dim, width, hidden, classes, photos, features }: {
    readonly dim: number;
    /** The backbone's classes. */
    readonly width: number;
    readonly hidden: readonly number[];
    readonly classes: number;
    /** Keys of a table. */
    readonly photos: number;
    /** Length of a key. */
    readonly features: number;
  },
): Promise<Cost[]> {
  const single = new Graph("single");
  const x = single.input("embedding", "float32", ["N", dim]);
  const logits = addMlp(single, x, quantizeMlp(initMlp([dim, ...hidden, classes], 1)), "");
  single.output(logits, "float32", ["N", classes]);

  const random = createRandom(1);
  const table = new Graph("table");
  const query = table.input("embedding", "float32", ["N", dim]);
  const floats = (name: string, rows: number, width: number) =>
    table.constant(name, {
      dims: [rows, width],
      data: Float32Array.from({ length: rows * width }, random),
    });
  const whitened = table.node("Gemm", [query, floats("whitening", features, dim)], "whitened", {
    transB: int(1),
  });
  const cosines = table.node("Gemm", [whitened, floats("keys", photos, features)], "cosines", {
    transB: int(1),
  });
  table.output(cosines, "float32", ["N", photos]);

  const all: Record<string, Uint8Array> = {
    "one network": single.toBytes(),
    "table, 1-NN": table.toBytes(),
    ...networks,
  };
  const times = new Map<string, number>();
  const row = (length: number) => ({
    data: Float32Array.from({ length }, random),
    dims: [1, length],
  });
  const inputs: Record<string, Tensor> = { embedding: row(dim), logits: row(width) };
  for (const [system, bytes] of Object.entries(all)) {
    const session = await openNative(bytes);
    const took: number[] = [];
    const fed = Object.fromEntries(session.inputNames.map((name) => [name, inputs[name]!]));
    for (let i = 0; i < 2 * RUNS; i++) {
      const begun = performance.now();
      await session.run(fed);
      if (i >= RUNS) took.push(performance.now() - begun);
    }
    times.set(system, took.sort((a, b) => a - b)[RUNS / 2]!);
    await session.release();
  }
  return Object.entries(all).map(([system, bytes]) => ({
    system,
    bytes: bytes.length,
    time: times.get(system)! / times.get("one network")!,
  }));
}
