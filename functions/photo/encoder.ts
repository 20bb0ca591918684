/**
 * The server's {@linkcode Encoder}: a pool of Workers that decode, resize, hash and infer.
 *
 * @module
 */
import type { BackboneSection } from "../../models/manifest.ts";
import type { FaceCrop, FaceDescriptor } from "../../models/face.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import type { KindsSection } from "../../models/kinds.ts";
import { lookModelOf } from "../../models/look.ts";
import type { ParadigmsSection } from "../../models/paradigms.ts";
import type { Encoder, SeenFace } from "../core/encoder.ts";
import {
  BusyError,
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../core/errors.ts";
import { returnFreedMemory } from "./allocator.ts";
import { readHeader } from "./header.ts";
import { checkBytes, checkPixels, decodeMemory, DEFAULT_LIMITS } from "./limits.ts";
import type { PhotoLimits } from "./limits.ts";
import { noParadigms } from "./paradigm_models.ts";
import { createWorkerPool, WorkerError } from "./pool.ts";
import type { Runtime } from "./runtime.ts";
import type { WorkerOutput, WorkerRequest, WorkerSettings } from "./worker.ts";

const MIB = 2 ** 20;

/** What the process takes besides the Workers: Deno, the routes, the memory table. */
const PROCESS = 128 * MIB;
/** What a Worker takes once it has run, by engine. */
const WORKER: Readonly<Record<Runtime, number>> = { native: 80 * MIB, wasm: 224 * MIB };
/** What the embedders of faces take on top, in a Worker that has loaded them. */
const FACES: Readonly<Record<Runtime, number>> = { native: 100 * MIB, wasm: 60 * MIB };
/** Bytes that a small model of float32 weights takes, loaded, for each of its file. */
const LOADED: Readonly<Record<Runtime, number>> = { native: 2, wasm: 4 };
/** What describing one face takes while it is done. */
const FACE = MIB;
/**
 * Most faces that are described at a time: a crowd neither runs into the time limit nor holds a
 * Worker for long, because other work gets its turn between two batches.
 */
const FACES_AT_ONCE = 4;
/** No second Worker is worth more than reading ordinary photos. */
const LEAST_DECODE = 96 * MIB;

/** How the pool is laid out. */
export interface PoolPlan {
  readonly workers: number;
  /** Bytes that a Worker takes by itself. */
  readonly workerMemory: number;
  /**
   * Bytes that take on top the models which are loaded on demand, the embedders of faces and the
   * trained paradigms, and the most Workers that may have them.
   */
  readonly skill: { readonly memory: number; readonly most: number };
  /** Bytes that the Workers and their decoders may take together. */
  readonly memory: number;
  /** Bytes of photos that may wait. */
  readonly queue: number;
}

/**
 * Divides the memory of the process among Workers, decoders and the queue.
 *
 * @param memoryMb of the whole process, in MiB
 * @param models bytes of the files of the trained paradigms; none when left out
 * @throws {RangeError} for less memory or fewer cores than one Worker needs
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(planPool({ memoryMb: 512, cores: 2, runtime: "native" }).workers, 2);
 * assertEquals(planPool({ memoryMb: 512, cores: 64, runtime: "native" }).workers, 3);
 * ```
 */
export function planPool(
  { memoryMb, cores, runtime, models = 0 }: {
    memoryMb: number;
    cores: number;
    runtime: Runtime;
    models?: number;
  },
): PoolPlan {
  if (!(cores >= 1)) throw new RangeError(`Cannot plan for ${cores} cores: need at least 1`);
  const workerMemory = WORKER[runtime];
  // One Worker seldom has both. Were they added up, a large photo would not fit beside them in
  // WebAssembly at 512 MB, and the Worker would be given up and started again for each.
  const skill = Math.max(FACES[runtime], LOADED[runtime] * models);
  const queue = Math.min(64 * MIB, memoryMb * MIB / 20);
  const memory = memoryMb * MIB - PROCESS - queue;
  if (memory < workerMemory + LEAST_DECODE) {
    const least = (PROCESS + workerMemory + LEAST_DECODE) / MIB / 0.95;
    throw new RangeError(
      `XOLO_MEMORY_MB is ${memoryMb}, the ${runtime} engine needs at least ${Math.ceil(least)}`,
    );
  }
  const affordable = Math.floor((memory - LEAST_DECODE) / workerMemory);
  const workers = Math.min(Math.floor(cores), affordable);
  const spare = memory - LEAST_DECODE - workers * workerMemory;
  const most = Math.min(workers, Math.max(1, Math.floor(spare / skill)));
  return { workers, workerMemory, skill: { memory: skill, most }, memory, queue };
}

/** Parts and settings of {@linkcode createPhotoEncoder}. */
export interface PhotoEncoderOptions {
  /** The manifest's word on the backbone. */
  readonly section: BackboneSection;
  /** The bytes of the backbone. */
  readonly model: Uint8Array;
  readonly kinds: {
    /** The manifest's word on the graph behind the backbone. */
    readonly section: KindsSection;
    /** The bytes of the graph. */
    readonly model: Uint8Array;
  };
  readonly faces: {
    /** The manifest's word on the networks for faces. */
    readonly section: FacesSection;
    /** The bytes of the detector. */
    readonly detector: Uint8Array;
    /** Folder of the embedders, which are loaded when the first face is described. */
    readonly folder: URL;
  };
  /** Left out where there are no trained paradigms. */
  readonly paradigms?: {
    /** The manifest's word on their networks. */
    readonly section: ParadigmsSection;
    /** Folder of the networks, each of which is loaded when it is first asked. */
    readonly folder: URL;
  };
  readonly runtime: Runtime;
  /** Memory of the whole process in MiB; Workers and decoders are sized by it. */
  readonly memoryMb: number;
  /** Most Workers. */
  readonly cores: number;
  /** Most photos that wait; 64 by default. */
  readonly queue?: number;
  /** Milliseconds that one photo may take; 20 s by default. */
  readonly timeLimit?: number;
}

/** Errors that a Worker may throw about a photo, by name. */
const PHOTO_ERRORS: Readonly<Record<string, new (message: string) => Error>> = {
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
};

function ofMeaning(error: unknown): unknown {
  if (!(error instanceof WorkerError)) return error;
  if (error.thrown === "TimeLimit") {
    return new DamagedPhotoError(`The photo cannot be read in time: ${error.message}`);
  }
  const Known = PHOTO_ERRORS[error.thrown];
  return Known ? new Known(error.message) : error;
}

function crops(faces: readonly SeenFace[]): FaceCrop[] {
  return faces.map(({ crop }) => crop);
}

function bytesOf(crops: readonly FaceCrop[]): number {
  return crops.reduce((sum, { sface, dlib }) => sum + sface.length + (dlib?.length ?? 0), 0);
}

/**
 * Starts the pool with one warm Worker; further ones start when they are needed.
 *
 * @throws {RangeError} for less memory than one Worker needs
 * @throws {WorkerError} when the engine or the model cannot be loaded
 */
export async function createPhotoEncoder(options: PhotoEncoderOptions): Promise<Encoder> {
  const { section, model, kinds, faces, runtime, timeLimit = 20_000, queue = 64 } = options;
  const { sequential, joint } = options.paradigms?.section ?? {};
  const plan = planPool({ ...options, models: (sequential?.bytes ?? 0) + (joint?.bytes ?? 0) });
  returnFreedMemory();
  // Without what is loaded on demand: the pool gives them up for a photo that needs their memory.
  const limits: PhotoLimits = { ...DEFAULT_LIMITS, memory: plan.memory - plan.workerMemory };
  const settings: WorkerSettings = {
    runtime,
    model,
    section,
    kinds,
    faces: { ...faces, folder: faces.folder.href },
    ...(options.paradigms
      ? { paradigms: { ...options.paradigms, folder: options.paradigms.folder.href } }
      : {}),
    limits,
  };
  const pool = createWorkerPool<WorkerRequest, WorkerOutput>({
    spawn() {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      worker.postMessage(settings);
      return worker;
    },
    size: plan.workers,
    queue: { jobs: queue, bytes: plan.queue },
    workerMemory: plan.workerMemory,
    skill: plan.skill,
    memory: plan.memory,
    timeLimit,
  });
  try {
    await pool.warm();
  } catch (error) {
    await pool.close();
    throw error;
  }
  return {
    model: { id: section.id, version: section.version },
    lookModel: lookModelOf(section),
    faceModel: faces.section.id,
    runtime,
    async encode(photo, asked = {}) {
      const { keepPhoto = false, mirrored = false, faces = "full", owned, signal } = asked;
      const paradigms = asked.paradigms ?? [];
      if (paradigms.length > 0 && !options.paradigms) throw noParadigms(paradigms);
      checkBytes(photo, limits);
      const header = readHeader(photo);
      checkPixels(header, limits);
      try {
        const output = await pool.run({
          input: { type: "encode", photo, keepPhoto, mirrored, faces, paradigms },
          transfer: owned ? [photo.buffer as ArrayBuffer] : [],
          bytes: photo.length,
          memory: decodeMemory(header) + photo.length * 2,
          skilled: paradigms.length > 0,
          signal,
        });
        if (output.type !== "encoded") throw new TypeError("A Worker answered another request");
        return output.encoded;
      } catch (error) {
        throw ofMeaning(error);
      }
    },
    async describe(faces, { mode = "full", signal } = {}) {
      const descriptors: FaceDescriptor[] = [];
      for (let begin = 0; begin < faces.length; begin += FACES_AT_ONCE) {
        const left = crops(faces.slice(begin));
        const batch = left.slice(0, FACES_AT_ONCE);
        try {
          const output = await pool.run({
            input: { type: "describe", crops: batch, mode },
            // The caller holds on to those that come later, too.
            bytes: bytesOf(left),
            memory: FACE * batch.length,
            skilled: true,
            admitted: true,
            signal,
          });
          if (output.type !== "described") throw new TypeError("A Worker answered another request");
          descriptors.push(...output.descriptors);
        } catch (error) {
          // All faces are cut to one size: it is never the photo that makes it slow.
          if (error instanceof WorkerError && error.thrown === "TimeLimit") {
            throw new BusyError(
              `The ${faces.length} faces could not be described in time: ${error.message}`,
              Math.ceil(timeLimit / 1000),
            );
          }
          throw ofMeaning(error);
        }
      }
      return descriptors;
    },
    close: () => pool.close(),
  };
}
