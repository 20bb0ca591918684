/**
 * The interface between a photo and the numbers that the answer is made from. The server
 * implements it with a pool of Workers (`functions/photo/`), a browser with one Worker.
 *
 * @module
 */
import type { FaceCrop, FaceDescriptor, FaceMode, FaceQuality } from "../../models/face.ts";
import type { Fingerprint } from "../../models/fingerprint.ts";
import type { Box } from "../../models/pixels.ts";
import type { ParadigmScores, TrainedParadigm } from "../../models/paradigms.ts";
import type { NetworkScores } from "../../models/recognizer.ts";

/** Size of the upright photo in its own pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A face that an encoder found. */
export interface SeenFace {
  /** In pixels of the upright photo, inside of it. */
  readonly box: Box;
  readonly quality: FaceQuality;
  /** What {@linkcode Encoder.describe} makes a descriptor of. */
  readonly crop: FaceCrop;
}

/** What an encoder saw in one photo. */
export interface Encoded {
  readonly image: ImageSize;
  /** Perceptual hashes of the picture and of its mirror; null when it is too flat to tell apart. */
  readonly fingerprint: Fingerprint | null;
  /** Standard deviation of the brightness, 0 for a blank picture to 127.5. */
  readonly contrast: number;
  /** Unit vector that individuals and taught types are compared by, [1280]. */
  readonly look: Float32Array;
  /** What the networks make of it. */
  readonly scores: NetworkScores;
  /** What the trained paradigms make of it; only when they were asked for, and those alone. */
  readonly paradigms?: ParadigmScores;
  /** How many views the networks looked at, 1 to 3. */
  readonly views: number;
  /** The faces, those first that the photo is most of. */
  readonly faces: readonly SeenFace[];
  /** The upright working image without metadata as a JPEG; only when it was asked for. */
  readonly photo?: Uint8Array;
  /** CPU-side wall time in milliseconds. */
  readonly timings: { readonly decode: number; readonly encode: number; readonly faces: number };
}

/** Options of one call. */
export interface EncodeOptions {
  /** Also return the photo to keep, whole or in at most 128 pixels. */
  readonly keepPhoto?: boolean | "thumbnail";
  /** The look takes in the mirror image: for what is to be remembered. */
  readonly mirrored?: boolean;
  /** How thoroughly faces are looked for and cut out, or `none`; `full` when left out. */
  readonly faces?: FaceMode | "none";
  /**
   * Whether the photo's buffer is nobody else's: it may then be given away and is detached. A
   * server that copies it for a Worker instead has the bytes of a large photo several times.
   */
  readonly owned?: boolean;
  /** Also ask these trained paradigms. Their networks are loaded at the first call. */
  readonly paradigms?: readonly TrainedParadigm[];
  /** Gives up waiting in the queue when it fires; a photo that is being worked on is finished. */
  readonly signal?: AbortSignal;
}

/** Turns the bytes of photos into numbers. */
export interface Encoder {
  /** Names the network. */
  readonly model: { readonly id: string; readonly version: string };
  /** Names what makes looks; those of different ones are never compared. */
  readonly lookModel: string;
  /** Names what makes the descriptors of faces. */
  readonly faceModel: string;
  /** Names the inference engine. */
  readonly runtime: "native" | "wasm";
  /**
   * @throws {UnsupportedPhotoError} for a format that is not read
   * @throws {DamagedPhotoError} for a damaged file
   * @throws {PhotoTooLargeError} for more bytes or pixels than the limit
   * @throws {BusyError} when the queue is full
   * @throws {TypeError} when a trained paradigm is asked for that the encoder was made without
   */
  encode(photo: Uint8Array, options?: EncodeOptions): Promise<Encoded>;
  /**
   * One descriptor for each face, in their order. The networks for it are loaded at the first call.
   *
   * @throws {BusyError} when there is not the time for it, or the encoder is closing
   */
  describe(
    faces: readonly SeenFace[],
    options?: { readonly mode?: FaceMode; readonly signal?: AbortSignal },
  ): Promise<readonly FaceDescriptor[]>;
  close(): Promise<void>;
}
