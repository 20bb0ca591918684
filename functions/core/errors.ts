/**
 * What can go wrong, by meaning. The routes turn each class into a status in one place
 * (`functions/routes/problem.ts`); core and its implementations know nothing of HTTP.
 *
 * @module
 */
import type { FaceOfPhoto } from "./memory.ts";

/** The bytes are of a format that is not read. Status 415. */
export class UnsupportedPhotoError extends Error {
  override name = "UnsupportedPhotoError";
}

/** The bytes are of a format that is read, but damaged. Status 422. */
export class DamagedPhotoError extends Error {
  override name = "DamagedPhotoError";
}

/** More bytes or pixels than the limit. Status 413. */
export class PhotoTooLargeError extends Error {
  override name = "PhotoTooLargeError";
}

/** The request is understood but cannot be carried out as asked. Status 422. */
export class UnteachableError extends Error {
  override name = "UnteachableError";
  /** One line for each refused image, in the order of the request. */
  readonly refusals: readonly Refusal[];

  constructor(message: string, refusals: readonly Refusal[] = []) {
    super(message);
    this.refusals = refusals;
  }
}

/** Why one image cannot be taught. */
export interface Refusal {
  /** 0-based position among the images of the request. */
  readonly image: number;
  readonly reason: string;
  /** Whether it would be taught with `force`. */
  readonly forcible: boolean;
  /** The faces to choose from, where it was not said which one is meant. */
  readonly faces?: readonly FaceOfPhoto[];
}

/** Nothing is stored under that name. Status 404. */
export class NotFoundError extends Error {
  override name = "NotFoundError";
}

/** The change collides with the present state. Status 409. */
export class ConflictError extends Error {
  override name = "ConflictError";
}

/** All workers are busy and the queue is full. Status 503 with `Retry-After`. */
export class BusyError extends Error {
  override name = "BusyError";
  /** Seconds after which asking again is sensible. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** The store has no room left. Status 507. */
export class CapacityError extends Error {
  override name = "CapacityError";
}

/** A quota is used up. Status 429 with `Retry-After`. */
export class QuotaError extends Error {
  override name = "QuotaError";
  /** Seconds after which asking again is sensible. */
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}
