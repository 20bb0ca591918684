/**
 * Decodes HEIC in a Worker that lives as long as the photo takes: WebAssembly memory never shrinks
 * and is only freed when the garbage collector comes round; a Worker's is freed when it ends. What
 * a hostile file does to the decoder ends with it as well.
 *
 * @module
 */
import { DamagedPhotoError } from "../core/errors.ts";
import type { DecodedPhoto } from "./codec.ts";
import type { WorkerReply } from "./pool.ts";

/**
 * Decodes the primary picture of a HEIC file.
 *
 * @throws {DamagedPhotoError} for a damaged file
 */
export async function decodeHeicApart(bytes: Uint8Array): Promise<DecodedPhoto> {
  const worker = new Worker(new URL("./heic_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<DecodedPhoto>();
  worker.onmessage = ({ data }: MessageEvent<WorkerReply<DecodedPhoto>>) => {
    if (data.type === "done") resolve(data.output);
    else if (data.type === "failed") {
      reject(
        data.name === "DamagedPhotoError"
          ? new DamagedPhotoError(data.message)
          : new Error(`HEIC decoding failed: ${data.message}`),
      );
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new DamagedPhotoError(`The photo is a damaged HEIC: ${event.message}`));
  };
  worker.postMessage(bytes);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}
