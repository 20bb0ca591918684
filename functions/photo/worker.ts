/**
 * One Worker of the photo pool: bytes in, numbers out. The first message is its settings.
 *
 * @module
 */
import { createBackbone } from "../../models/backbone.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import type { Encoded } from "../core/encoder.ts";
import { encodePhoto } from "./encode_photo.ts";
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

function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  scope.postMessage({ type: "failed", name, message }, []);
}

scope.onmessage = async ({ data }: MessageEvent<WorkerSettings>) => {
  // Photos that arrive while the model is being opened wait behind these promises.
  const session = loadRuntime(data.runtime).then((open) => open(data.model));
  const backbone = session.then((opened) => createBackbone(opened, data.section));
  let running: Promise<unknown> = Promise.resolve();
  scope.onmessage = async ({ data: request }: MessageEvent<EncodeRequest | null>) => {
    try {
      if (request === null) {
        // Releasing a session that is at work would pull its memory from under it.
        await running;
        await (await session).release();
        scope.postMessage({ type: "released" }, []);
        return;
      }
      const encoding = backbone.then((opened) =>
        encodePhoto(request.photo, {
          backbone: opened,
          view: data.section.input,
          limits: data.limits,
          keepPhoto: request.keepPhoto,
          owned: true,
        })
      );
      running = encoding.catch(() => {});
      const output = await encoding;
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
