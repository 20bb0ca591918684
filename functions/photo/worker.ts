/**
 * One Worker of the photo pool: bytes in, numbers out. The first message is its settings.
 *
 * @module
 */
import type { FaceCrop, FaceDescriptor, FaceMode } from "../../models/face.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import type { KindsSection } from "../../models/kinds.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import type { ParadigmsSection, TrainedParadigm } from "../../models/paradigms.ts";
import type { Encoded } from "../core/encoder.ts";
import { vipsCodec } from "./decode.ts";
import type { PhotoLimits } from "./limits.ts";
import { openPhotoModels } from "./photo_models.ts";
import type { WorkerReply } from "./pool.ts";
import { readModelsIn } from "./read_models.ts";
import { loadRuntime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";

/** What a Worker is told at its start. */
export interface WorkerSettings {
  readonly runtime: Runtime;
  /** The bytes of the backbone. */
  readonly model: Uint8Array;
  readonly section: BackboneSection;
  readonly kinds: {
    readonly section: KindsSection;
    /** The bytes of the graph. */
    readonly model: Uint8Array;
  };
  readonly faces: {
    readonly section: FacesSection;
    /** The bytes of the detector. */
    readonly detector: Uint8Array;
    /** Where the embedders lie, which are read when the first face is described. */
    readonly folder: string;
  };
  /** Left out where there are no trained paradigms. */
  readonly paradigms?: {
    readonly section: ParadigmsSection;
    /** Where their networks lie, each of which is read when it is first asked. */
    readonly folder: string;
  };
  readonly limits: PhotoLimits;
}

/** One photo to encode, or faces to describe. */
export type WorkerRequest =
  | {
    readonly type: "encode";
    readonly photo: Uint8Array;
    readonly keepPhoto: boolean | "thumbnail";
    readonly mirrored: boolean;
    readonly faces: FaceMode | "none";
    /** Empty where there are none. */
    readonly paradigms: readonly TrainedParadigm[];
  }
  | {
    readonly type: "describe";
    readonly crops: readonly FaceCrop[];
    readonly mode: FaceMode;
  };

/** What comes of a request. */
export type WorkerOutput =
  | { readonly type: "encoded"; readonly encoded: Encoded }
  | { readonly type: "described"; readonly descriptors: readonly FaceDescriptor[] };

/** The part of a Worker's own scope that is used; the configuration's types are a window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: WorkerReply<WorkerOutput>, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

function fail(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  scope.postMessage({ type: "failed", name, message }, []);
}

/** Opens the models of the settings; what answers a request, and what lets go of them. */
async function open(settings: WorkerSettings) {
  const { runtime, faces, paradigms, ...others } = settings;
  const models = await openPhotoModels({
    ...others,
    open: await loadRuntime(runtime),
    codec: vipsCodec,
    faces: { ...faces, read: readModelsIn(new URL(faces.folder)) },
    ...(paradigms
      ? { paradigms: { ...paradigms, read: readModelsIn(new URL(paradigms.folder)) } }
      : {}),
  });
  return {
    async work(request: WorkerRequest): Promise<WorkerOutput> {
      if (request.type === "encode") {
        return {
          type: "encoded",
          encoded: await models.encode(request.photo, { ...request, owned: true }),
        };
      }
      const descriptors = await models.describe(request.crops, request.mode);
      return { type: "described", descriptors };
    },
    release: models.release,
  };
}

/** What of an output is given away and not copied. */
function transferOf(output: WorkerOutput): Transferable[] {
  if (output.type === "described") {
    return output.descriptors.flatMap(({ sface, dlib }) =>
      dlib ? [sface.buffer, dlib.buffer] : [sface.buffer]
    );
  }
  const { look, scores, paradigms: { sequential, joint } = {}, photo, faces } = output.encoded;
  return [
    look.buffer,
    ...Object.values(scores).map(({ buffer }) => buffer),
    ...(sequential ? [sequential.generalizer.buffer, sequential.memorizer.buffer] : []),
    ...(joint ? [joint.deep.buffer, joint.wide.buffer] : []),
    ...(photo ? [photo.buffer] : []),
    ...faces.flatMap(({ crop: { sface, dlib } }) =>
      dlib ? [sface.buffer, dlib.buffer] : [sface.buffer]
    ),
  ];
}

scope.onmessage = async ({ data }: MessageEvent<WorkerSettings>) => {
  // Photos that arrive while the models are being opened wait behind this promise.
  const opened = open(data);
  let running: Promise<unknown> = Promise.resolve();
  scope.onmessage = async ({ data: request }: MessageEvent<WorkerRequest | null>) => {
    try {
      if (request === null) {
        // Releasing a session that is at work would pull its memory from under it.
        await running;
        await (await opened).release();
        scope.postMessage({ type: "released" }, []);
        return;
      }
      const working = opened.then(({ work }) => work(request));
      running = working.catch(() => {});
      const output = await working;
      scope.postMessage({ type: "done", output }, [...new Set(transferOf(output))]);
    } catch (error) {
      fail(error);
    }
  };
  try {
    await opened;
    scope.postMessage({ type: "ready" }, []);
  } catch (error) {
    fail(error);
  }
};
