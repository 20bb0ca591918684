/**
 * The native inference engine (ONNX Runtime's Node binding) behind {@linkcode Session}.
 *
 * `run` computes synchronously inside the binding: use it in a Worker where a free event loop
 * matters.
 *
 * @module
 */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { fromOrt, toOrt } from "./runtime_tensors.ts";
import type { OpenOptions, Session } from "./session.ts";

/** One thread: on a busy machine a second one halves the throughput. */
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
};

/** The arena keeps what one run needed for the next: 30 MB of the face embedders. */
const LEAN: InferenceSession.SessionOptions = { enableCpuMemArena: false, enableMemPattern: false };

/**
 * Opens a model natively.
 *
 * @param model the bytes of an ONNX file
 * @throws {Error} when the platform's library cannot be loaded or the bytes are no valid model
 */
export async function openNative(
  model: Uint8Array,
  { lean = false }: OpenOptions = {},
): Promise<Session> {
  const session = await InferenceSession.create(model, lean ? { ...OPTIONS, ...LEAN } : OPTIONS);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      return fromOrt(await session.run(toOrt(OrtTensor, inputs)));
    },
    async release() {
      await session.release();
    },
  };
}
