/**
 * A session of ONNX Runtime Web behind {@linkcode Session}, whichever of its engines it is of.
 *
 * @module
 */
import type {
  InferenceSession,
  InferenceSessionFactory,
  TensorConstructor,
} from "onnxruntime-common";
import { fromOrt, toOrt } from "./runtime_tensors.ts";
import type { Session } from "./session.ts";

/** The part of ONNX Runtime Web that is used. */
export interface Ort {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

/** Opens a model from its bytes. @throws {Error} when they are no valid model */
export async function openWebSession(
  { InferenceSession, Tensor }: Ort,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, ...options });
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      return fromOrt(await session.run(toOrt(Tensor, inputs)));
    },
    async release() {
      await session.release();
    },
  };
}
