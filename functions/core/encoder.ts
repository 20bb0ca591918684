/**
 * The interface between a photo and the numbers that the answer is made from. The server
 * implements it with a pool of Workers (`functions/photo/`), a browser with one Worker.
 *
 * @module
 */
import type { Fingerprint } from "../../models/fingerprint.ts";

/** Size of the upright photo in its own pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What an encoder saw in one photo. */
export interface Encoded {
  readonly image: ImageSize;
  /** Perceptual hashes of the picture and of its mirror; null when it is too flat to tell apart. */
  readonly fingerprint: Fingerprint | null;
  /** Standard deviation of the brightness, 0 for a blank picture to 127.5. */
  readonly contrast: number;
  /** The network's pooled features as they come out of the graph, [1280], each ≥ 0. */
  readonly embedding: Float32Array;
  /** The network's scores over its leaf classes, [1000], before the softmax. */
  readonly logits: Float32Array;
  /** The upright working image without metadata as a JPEG; only when it was asked for. */
  readonly photo?: Uint8Array;
  /** CPU-side wall time in milliseconds. */
  readonly timings: { readonly decode: number; readonly encode: number };
}

/** Options of one call. */
export interface EncodeOptions {
  /** Also return the photo to keep. */
  readonly keepPhoto?: boolean;
  /** Gives up waiting in the queue when it fires; a photo that is being worked on is finished. */
  readonly signal?: AbortSignal;
}

/** Turns the bytes of photos into numbers. */
export interface Encoder {
  /** Names what made the embedding; embeddings of different models are never compared. */
  readonly model: { readonly id: string; readonly version: string };
  /** Names the inference engine. */
  readonly runtime: "native" | "wasm";
  /**
   * @throws {UnsupportedPhotoError} for a format that is not read
   * @throws {DamagedPhotoError} for a damaged file
   * @throws {PhotoTooLargeError} for more bytes or pixels than the limit
   * @throws {BusyError} when the queue is full
   */
  encode(photo: Uint8Array, options?: EncodeOptions): Promise<Encoded>;
  close(): Promise<void>;
}
