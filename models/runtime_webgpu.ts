/**
 * The WebGPU inference engine (ONNX Runtime Web) behind {@linkcode Session}, for browsers with a
 * graphics processor. What it has no kernel for runs in WebAssembly.
 *
 * @module
 */
import { env, InferenceSession, Tensor } from "onnxruntime-web/webgpu";
import type { OpenSession } from "./session.ts";
import { openWebSession } from "./web_session.ts";

/**
 * Prepares the engine. Its settings hold for the whole page or Worker, from the first model on.
 *
 * @param options the engine's own program, which was loaded already
 * @returns opens a model from its bytes; it throws when they are no valid model
 */
export function createWebGpuRuntime(
  { binary }: { readonly binary: Uint8Array<ArrayBuffer> },
): OpenSession {
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = binary.buffer;
  return (model) =>
    openWebSession({ InferenceSession, Tensor }, model, {
      executionProviders: ["webgpu"],
      graphOptimizationLevel: "all",
    });
}
