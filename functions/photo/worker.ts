/**
 * One Worker of the photo pool: bytes in, numbers out. The first message is its settings.
 *
 * @module
 */
import { createBackbone } from "../../models/backbone.ts";
import type { Backbone } from "../../models/backbone.ts";
import { fingerprint } from "../../models/fingerprint.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { contrastOf, networkPixels } from "../../models/pixels.ts";
import type { Encoded } from "../core/encoder.ts";
import { decodePhoto, encodeKept } from "./decode.ts";
import type { PhotoLimits } from "./limits.ts";
import type { WorkerReply } from "./pool.ts";
import { loadRuntime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";

/** What a Worker is told at its start. */
export interface WorkerSettings {
  readonly runtime: Runtime;
  /** The bytes of the model. */
  readonly model: Uint8Array;
  readonly section: BackboneSection;
  readonly limits: PhotoLimits;
}

/** One photo to encode. */
export interface EncodeRequest {
  readonly photo: Uint8Array;
  readonly keepPhoto: boolean;
}

/** The part of a Worker's own scope that is used; the configuration's types are a window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: WorkerReply<Encoded>, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

async function encode(
  backbone: Backbone,
  { limits, section }: WorkerSettings,
  { photo, keepPhoto }: EncodeRequest,
): Promise<Encoded> {
  const begun = performance.now();
  const { working, image } = await decodePhoto(photo, limits);
  drop(photo);
  const decoded = performance.now();
  const pixels = networkPixels(working, section.input);
  const { logits, embedding } = await backbone.run(pixels);
  const hashes = fingerprint(working);
  const kept = keepPhoto ? await encodeKept(working) : undefined;
  drop(working.data);
  return {
    image,
    fingerprint: hashes,
    contrast: contrastOf(pixels),
    logits,
    embedding,
    ...(kept ? { photo: kept } : {}),
    timings: { decode: decoded - begun, encode: performance.now() - decoded },
  };
}

/** Frees megabytes now that the garbage collector, who sees a small object, would leave for long. */
function drop({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  scope.postMessage({ type: "failed", name, message }, []);
}

scope.onmessage = async ({ data }: MessageEvent<WorkerSettings>) => {
  // Photos that arrive while the model is being opened wait behind these promises.
  const session = loadRuntime(data.runtime).then((open) => open(data.model));
  const backbone = session.then((opened) => createBackbone(opened, data.section));
  scope.onmessage = async ({ data: request }: MessageEvent<EncodeRequest | null>) => {
    try {
      if (request === null) {
        await (await session).release();
        scope.postMessage({ type: "released" }, []);
        return;
      }
      const output = await encode(await backbone, data, request);
      const transfer = [output.embedding.buffer, output.logits.buffer];
      if (output.photo) transfer.push(output.photo.buffer);
      scope.postMessage({ type: "done", output }, transfer);
    } catch (error) {
      fail(error);
    }
  };
  try {
    await backbone;
    scope.postMessage({ type: "ready" }, []);
  } catch (error) {
    fail(error);
  }
};
