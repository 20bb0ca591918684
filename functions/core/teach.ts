/**
 * Teaching: photos and a name become memories.
 *
 * @module
 */
import type { Encoded, Encoder } from "./encoder.ts";
import {
  DamagedPhotoError,
  PhotoTooLargeError,
  type Refusal,
  UnsupportedPhotoError,
  UnteachableError,
} from "./errors.ts";
import type { Generalize } from "./generalize_type.ts";
import { lookOf } from "./look.ts";
import type { Memory, MemoryTable, NewMemory, Scope, Taught } from "./memory.ts";
import { sha256Hex } from "../../models/sha256.ts";

/** What teaching is done with. */
export interface TeachParts {
  readonly encoder: Encoder;
  readonly memory: MemoryTable;
  readonly generalize: Generalize;
}

/** What is taught besides the photos. */
export interface Lesson {
  readonly space: string;
  readonly label: string;
  readonly scope: Scope;
  /** A negative example: this is *not* `label`. */
  readonly not: boolean;
  /** Also keep the upright photo, without metadata. */
  readonly keepPhoto: boolean;
  /** Take examples that are too poor, too. */
  readonly force: boolean;
  /** Most memories that the space may hold afterwards; no bound when left out. */
  readonly maxMemories?: number;
  readonly signal?: AbortSignal;
}

/** Teaches all photos or none. */
export type TeachPhotos = (
  photos: readonly Uint8Array[],
  lesson: Lesson,
) => Promise<readonly Taught[]>;

/** Shorter sides than this tell the network too little: it looks at 224 pixels. */
const SHORTEST_SIDE = 32;

/** Of 255 levels; a lens cap and a blank sheet lie below, the faintest photo above. */
const LEAST_CONTRAST = 2;

/** Photos in work at once: enough to keep the Workers busy, few enough to leave the queue to others. */
const AT_ONCE = 2;

/**
 * Makes the function that teaches.
 *
 * @returns a function that rejects with {@linkcode UnteachableError} naming every photo that is too
 * poor an example, and as {@linkcode Encoder.encode} and {@linkcode MemoryTable.teach} do
 */
export function createTeach({ encoder, memory, generalize }: TeachParts): TeachPhotos {
  return async function teach(photos, lesson) {
    // Whatever ends the lesson ends the looking at its other photos, too.
    const given = new AbortController();
    const signal = lesson.signal ? AbortSignal.any([lesson.signal, given.signal]) : given.signal;
    const lessons: (NewMemory | Refusal)[] = new Array(photos.length);
    let next = 0;
    async function work() {
      while (next < photos.length && !given.signal.aborted) {
        const image = next++;
        lessons[image] = await learn(photos[image]!, image, { ...lesson, signal }, photos.length);
      }
    }
    try {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, photos.length) }, work));
    } catch (error) {
      given.abort();
      throw error;
    }

    const refusals = lessons.filter((l): l is Refusal => "reason" in l);
    if (refusals.length > 0) {
      const why = refusals.map(({ image, reason }) => `image ${image}: ${reason}`).join("; ");
      throw new UnteachableError(`nothing was taught. ${why}`, refusals);
    }
    const { space, maxMemories } = lesson;
    return await memory.teach(space, lessons as NewMemory[], {
      model: encoder.model.id,
      ...(maxMemories === undefined ? {} : { maxMemories }),
    });
  };

  async function learn(
    photo: Uint8Array,
    image: number,
    lesson: Lesson,
    of: number,
  ): Promise<NewMemory | Refusal> {
    const bytes = await sha256Hex(photo);
    const known = (await memory.byBytes(lesson.space, bytes)).find((m) =>
      m.label === lesson.label && m.not === lesson.not && m.model === encoder.model.id &&
      (m.hasPhoto || !lesson.keepPhoto)
    );
    if (known) return again(known);

    let seen: Encoded;
    try {
      seen = await encoder.encode(photo, {
        keepPhoto: lesson.keepPhoto,
        ...(lesson.signal ? { signal: lesson.signal } : {}),
      });
    } catch (error) {
      // Among several photos the one that cannot be read is named beside the other refusals.
      if (of === 1 || !isAboutPhoto(error)) throw error;
      return { image, reason: error.message };
    }
    const reason = lesson.force ? undefined : poverty(seen);
    if (reason !== undefined) return { image, reason };
    return {
      label: lesson.label,
      kind: "thing",
      scope: lesson.scope,
      not: lesson.not,
      model: encoder.model.id,
      embedding: lookOf(seen.embedding),
      bytes,
      fingerprint: seen.fingerprint?.upright ?? null,
      image: seen.image,
      path: generalize(seen.logits).path,
      ...(seen.photo ? { photo: seen.photo } : {}),
    };
  }
}

function isAboutPhoto(error: unknown): error is Error {
  return error instanceof DamagedPhotoError || error instanceof UnsupportedPhotoError ||
    error instanceof PhotoTooLargeError;
}

/** A memory that is there already, as a lesson that the table will recognise. */
function again(
  { id: _id, space: _space, createdAt: _at, hasPhoto: _has, ...memory }: Memory,
): NewMemory {
  return memory;
}

/** Why a photo is too poor an example, if it is. */
function poverty({ image, contrast }: Encoded): string | undefined {
  const { width, height } = image;
  if (Math.min(width, height) < SHORTEST_SIDE) {
    return `it is ${width}×${height} pixels; both sides should have at least ${SHORTEST_SIDE}`;
  }
  if (contrast < LEAST_CONTRAST) return "it is nearly blank; it should show something";
  return undefined;
}
