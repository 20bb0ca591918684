/**
 * Teaches several photos by one name, one after the other: a poor one is told and passed over.
 *
 * @module
 */
import { ApiError } from "../api_error.ts";

/** A photo that was not taught. */
export interface Passed {
  /** Its position among the photos. */
  readonly photo: number;
  readonly error: ApiError;
}

/** What became of several photos. */
export interface SeveralTaught {
  /** How many are new. */
  readonly created: number;
  /** How many are known now, the new ones included. */
  readonly known: number;
  readonly passed: readonly Passed[];
}

/** How several photos are taught. */
export interface SeveralOptions {
  /** Teaches one of them; resolves to how many memories are new. */
  teach(photo: Blob): Promise<number>;
  /** Called before each with its position. */
  onPhoto?(photo: number): void;
  /** Waits; a stand-in for tests. */
  wait?(milliseconds: number): Promise<void>;
}

/** What is about one photo, and not about the others. */
const ABOUT_PHOTO = new Set([409, 413, 415, 422]);

/** How often a photo is tried again when the server is busy. */
const TRIES = 5;

/** Seconds to wait where the server does not say. */
const PAUSE = 2;

/**
 * Teaches photos one by one.
 *
 * @throws {ApiError} when something is wrong that has nothing to do with the photo
 */
export async function teachSeveral(
  photos: readonly Blob[],
  options: SeveralOptions,
): Promise<SeveralTaught> {
  const { teach, onPhoto, wait = (ms) => new Promise((done) => setTimeout(done, ms)) } = options;
  const passed: Passed[] = [];
  let created = 0;
  for (const [photo, blob] of photos.entries()) {
    onPhoto?.(photo);
    for (let tries = 1;; tries++) {
      try {
        created += await teach(blob);
        break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (ABOUT_PHOTO.has(error.status)) {
          passed.push({ photo, error });
          break;
        }
        if (error.status !== 503 || tries === TRIES) throw error;
        await wait((error.retryAfter ?? PAUSE) * 1000);
      }
    }
  }
  return { created, known: photos.length - passed.length, passed };
}
