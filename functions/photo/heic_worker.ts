/**
 * Decodes one HEIC photo in a Worker of its own; see `heic_apart.ts`.
 *
 * @module
 */
import { decodeHeic } from "./heic.ts";
import { sharp, toWorking } from "./vips.ts";
import type { DecodedPhoto } from "./codec.ts";
import type { WorkerReply } from "./pool.ts";

/** The part of a Worker's own scope that is used; the configuration's types are a window's. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Uint8Array>) => void) | null;
  postMessage(message: WorkerReply<DecodedPhoto>, transfer: Transferable[]): void;
};

scope.onmessage = async ({ data: bytes }) => {
  try {
    const { data, width, height, channels } = await decodeHeic(bytes);
    const working = await toWorking(sharp(data, { raw: { width, height, channels } }));
    const output = { working, image: { width, height } };
    scope.postMessage({ type: "done", output }, [working.data.buffer]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    scope.postMessage({ type: "failed", name, message }, []);
  }
};
