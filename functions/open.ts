/**
 * Opens the parts that answers are made with: models, Workers and the store.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseManifest } from "../models/manifest.ts";
import { verifyFile } from "../models/verify_file.ts";
import { assembleParts, type Parts } from "./assemble.ts";
import type { MemoryTable } from "./core/memory.ts";
import { createGraphScorer } from "./memory/graph_scorer.ts";
import { createInProcessTable } from "./memory/in_process.ts";
import { openKvTable } from "./memory/kv.ts";
import { createLoopScorer } from "./memory/loop_scorer.ts";
import type { Scorer } from "./memory/scorer.ts";
import { createPhotoEncoder } from "./photo/encoder.ts";
import { chooseRuntime, loadRuntime } from "./photo/runtime.ts";
import { PRECISION_FLOOR, REVIEW_RATE, type Settings } from "./settings.ts";

/** Where the project's models lie. */
export const MODELS = new URL("../models/", import.meta.url);

/**
 * Opens everything.
 *
 * @param models folder of the manifest and its files
 * @throws {Error} when a model is missing or not the manifest's, or the store cannot be opened
 */
export async function openParts(
  settings:
    & Pick<Settings, "data" | "runtime" | "memoryMb" | "faceAge">
    & Partial<Pick<Settings, "precisionFloor" | "reviewRate">>,
  models: URL = MODELS,
): Promise<Parts> {
  async function readModel(file: string, sha256: string): Promise<Uint8Array> {
    const bytes = await Deno.readFile(new URL(file, models));
    await verifyFile(bytes, sha256, file);
    return bytes;
  }
  const manifest = parseManifest(
    JSON.parse(await Deno.readTextFile(new URL("manifest.json", models))),
  );
  const { backbone, kinds, look, recall, faces, people, paradigms } = manifest;
  const [weights, kindsModel, hierarchy, cohort, search, detector, age] = await Promise.all([
    readModel(backbone.file, backbone.sha256),
    readModel(kinds.file, kinds.sha256),
    readModel(manifest.hierarchy.file, manifest.hierarchy.sha256),
    readModel(look.cohort.file, look.cohort.sha256),
    readModel(recall.file, recall.sha256),
    readModel(faces.detector.file, faces.detector.sha256),
    settings.faceAge ? readModel(people.age.file, people.age.sha256) : null,
  ]);
  const runtime = await chooseRuntime(settings.runtime, (line) => console.warn(line));
  // The wasm engine would copy the whole table at each search; a plain loop does not.
  const scorer = runtime === "native"
    ? createGraphScorer(await (await loadRuntime("native"))(search))
    : createLoopScorer();
  const { memory, store } = await openStore(settings, scorer).catch(async (error) => {
    await scorer.close();
    throw error;
  });
  try {
    const encoder = await createPhotoEncoder({
      section: backbone,
      model: weights,
      kinds: { section: kinds, model: kindsModel },
      faces: { section: faces, detector, folder: models },
      ...(paradigms ? { paradigms: { section: paradigms, folder: models } } : {}),
      runtime,
      memoryMb: settings.memoryMb,
      cores: availableParallelism(),
    });
    const { precisionFloor = PRECISION_FLOOR, reviewRate = REVIEW_RATE } = settings;
    return assembleParts({
      manifest,
      encoder,
      memory,
      store,
      files: { hierarchy, cohort, age },
      precisionFloor,
      reviewRate,
      now: () => new Date(),
      report: (message) => console.warn(message),
    });
  } catch (error) {
    await memory.close();
    throw error;
  }
}

async function openStore(
  { data, memoryMb }: Pick<Settings, "data" | "memoryMb">,
  scorer: Scorer,
): Promise<{ memory: MemoryTable; store: string }> {
  // Half of what is there is the Workers', a quarter the program's own.
  const tableBytes = Math.floor(memoryMb * 2 ** 20 / 4);
  if (data === ":memory:") {
    return { memory: createInProcessTable({ tableBytes, scorer }), store: "in-process" };
  }
  if (data === undefined) {
    return {
      memory: await openKvTable(await Deno.openKv(), { tableBytes, scorer, owned: true }),
      store: "deno-kv",
    };
  }
  await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  return {
    memory: await openKvTable(join(data, "memories.sqlite"), { tableBytes, scorer }),
    store: "deno-kv",
  };
}
