/**
 * The WebAssembly inference engine (ONNX Runtime Web) behind {@linkcode Session}: the one of
 * browsers, and the fallback of a server where the native one does not load.
 *
 * @module
 */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import type { OpenSession } from "./session.ts";
import { openWebSession } from "./web_session.ts";

/** How the engine is started. */
export interface WasmOptions {
  /** Threads: more than one needs a cross-origin isolated page, and does not work in Deno. */
  readonly threads?: number;
  /** Where the engine's own files are, as a URL that ends in a slash; beside the package by default. */
  readonly files?: string;
  /** The engine's own program, where it was loaded already. */
  readonly binary?: Uint8Array<ArrayBuffer>;
}

/**
 * The engine's memory grows and never shrinks: weights that are widened at each run, not when they
 * are loaded, save the face embedders 100 MB for a tenth of their time.
 */
const LEAN: InferenceSession.SessionOptions = {
  graphOptimizationLevel: "disabled",
  enableCpuMemArena: false,
  enableMemPattern: false,
};

/**
 * Prepares the engine. Its settings hold for the whole page or Worker, from the first model on.
 *
 * @returns opens a model from its bytes; it throws when they are no valid model
 */
export function createWasmRuntime(
  { threads = 1, files, binary }: WasmOptions = {},
): OpenSession {
  env.wasm.numThreads = threads;
  if (binary !== undefined) env.wasm.wasmBinary = binary.buffer;
  if (files !== undefined) env.wasm.wasmPaths = files;
  return (model, { lean = false } = {}) =>
    openWebSession({ InferenceSession, Tensor }, model, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
      ...(lean ? LEAN : {}),
    });
}
