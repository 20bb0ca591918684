/**
 * Teaching: photos and a name become memories.
 *
 * @module
 */
import type { Encoded, Encoder, ImageSize, SeenFace } from "./encoder.ts";
import {
  DamagedPhotoError,
  PhotoTooLargeError,
  type Refusal,
  UnsupportedPhotoError,
  UnteachableError,
} from "./errors.ts";
import type { FaceJudge } from "./face_judge.ts";
import type { Generalization, Generalize } from "./generalize_type.ts";
import { humanFaces, isOfAnimal } from "./human_faces.ts";
import type { Actor } from "./ledger.ts";
import type { FaceOfPhoto, Kind, Memory, MemoryTable, NewMemory, Scope, Taught } from "./memory.ts";
import { peopleOf } from "./people.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { isOfPeople } from "./subject_of.ts";

/** What teaching is done with. */
export interface TeachParts {
  readonly encoder: Encoder;
  readonly memory: MemoryTable;
  readonly generalize: Generalize;
  readonly faces: FaceJudge;
}

/** What is taught besides the photos. */
export interface Lesson {
  readonly space: string;
  readonly label: string;
  /** `auto` takes the person whose face the photo is of, or else the thing. */
  readonly kind: Kind | "auto";
  readonly scope: Scope;
  /** 0-based among the faces of each photo; needed where there are several. */
  readonly face?: number;
  /** A negative example: this is *not* `label`. */
  readonly not: boolean;
  /** Also keep the upright photo, without metadata. */
  readonly keepPhoto: boolean;
  /** Take examples that are too poor, too. */
  readonly force: boolean;
  /** Most memories that the space may hold afterwards; no bound when left out. */
  readonly maxMemories?: number;
  /** Who teaches, for the history; somebody when left out. */
  readonly actor?: Actor;
  /** Whether each photo's buffer is nobody else's, as in {@linkcode EncodeOptions}. */
  readonly owned?: boolean;
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
export function createTeach({ encoder, memory, generalize, faces }: TeachParts): TeachPhotos {
  const models = { person: faces.model, thing: encoder.lookModel };

  return async function teach(photos, lesson) {
    checkLesson(lesson);
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
    const learnt = lessons as NewMemory[];
    if (refusals.length === 0) refusals.push(...await disagreements(learnt, lesson));
    if (refusals.length > 0) {
      const why = refusals.map(({ image, reason }) => `image ${image}: ${reason}`).join("; ");
      throw new UnteachableError(`nothing was taught. ${why}`, refusals);
    }
    const { space, maxMemories, actor } = lesson;
    return await memory.teach(space, learnt, {
      models,
      ...(actor === undefined ? {} : { actor }),
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
      m.label === lesson.label && m.not === lesson.not && m.model === models[m.kind] &&
      isMeant(m, lesson) && (m.hasPhoto || !lesson.keepPhoto) && (m.forced || !lesson.force)
    );
    if (known) return again(known);

    let seen: Encoded;
    try {
      seen = await encoder.encode(photo, {
        keepPhoto: lesson.keepPhoto,
        mirrored: lesson.kind !== "person" && lesson.face === undefined,
        owned: lesson.owned ?? false,
        ...(lesson.signal ? { signal: lesson.signal } : {}),
      });
    } catch (error) {
      // Among several photos the one that cannot be read is named beside the other refusals.
      if (of === 1 || !isAboutPhoto(error)) throw error;
      return { image, reason: error.message, forcible: false };
    }
    const reason = lesson.force ? undefined : poverty(seen);
    if (reason !== undefined) return { image, reason, forcible: true };
    const general = generalize(seen.scores);
    const people = humanFaces(seen.faces, general);
    const common = {
      label: lesson.label,
      not: lesson.not,
      bytes,
      image: seen.image,
      faces: people.length,
      forced: lesson.force,
      ...(seen.photo ? { photo: seen.photo } : {}),
    };
    if (await kindOf(people, seen.image, general, lesson) === "thing") {
      return {
        ...common,
        kind: "thing",
        scope: lesson.scope,
        model: models.thing,
        embedding: seen.look,
        fingerprint: seen.fingerprint?.upright ?? null,
        face: null,
        path: general.path,
      };
    }
    const chosen = choose(people, lesson);
    if ("reason" in chosen) return { image, ...chosen };
    const { face, index } = chosen;
    const weak = lesson.force ? undefined : weakness(face, faces.section.example);
    if (weak !== undefined) return { image, reason: weak, forcible: true };
    const { signal } = lesson;
    const [descriptor] = await encoder.describe([face], signal ? { signal } : {});
    return {
      ...common,
      kind: "person",
      scope: "individual",
      model: models.person,
      embedding: faces.pack(descriptor!),
      // The picture around a face may be anybody's.
      fingerprint: null,
      face: { index, box: face.box },
      path: ["person"],
    };
  }

  /** What a photo is taught as. */
  async function kindOf(
    faces: readonly SeenFace[],
    image: ImageSize,
    general: Generalization,
    lesson: Lesson,
  ): Promise<Kind> {
    if (lesson.kind !== "auto") return lesson.kind;
    if (lesson.face !== undefined) return "person";
    if (lesson.scope === "type" || faces.length === 0) return "thing";
    // What is named in a photo of a dog and a stranger is the dog, as in the answer to it.
    const ofPeople = isOfPeople(faces.map(({ box }) => box), image);
    if (ofPeople && !isOfAnimal(general)) return "person";
    // Whoever says "Grandma", or that it is not Grandma, means a face, however small it is.
    const { space, label } = lesson;
    const references = await memory.references(space, {
      labels: [label],
      kind: "person",
      limit: 1,
    });
    return references.length > 0 ? "person" : "thing";
  }

  /** Faces that are too unlike the others of the same name: one bad example would spoil a person. */
  async function disagreements(
    learnt: readonly NewMemory[],
    { space, label, not, force }: Lesson,
  ): Promise<Refusal[]> {
    if (not || force || !learnt.some(({ kind }) => kind === "person")) return [];
    const person = (await peopleOf(memory, space, [label], faces)).get(label);
    const known = new Map(person?.memories.map(({ bytes }, i) => [bytes, person.vectors[i]!]));
    const before = new Set([...known.keys(), ...(person?.odd ?? []).map(({ bytes }) => bytes)]);
    for (const { kind, bytes, embedding } of learnt) {
      if (kind === "person" && !known.has(bytes)) known.set(bytes, faces.unpack(embedding));
    }
    const refusals: Refusal[] = [];
    for (const [image, { kind, bytes, embedding }] of learnt.entries()) {
      if (kind !== "person" || before.has(bytes)) continue;
      const others = [...known].filter(([of]) => of !== bytes).map(([, vector]) => vector);
      if (others.length === 0) continue;
      const { llr, similarity } = faces.fit(faces.template(others), faces.unpack(embedding));
      if (llr >= faces.section.example.agreement) continue;
      const rest = others.length === 1 ? "other photo" : `${others.length} other photos`;
      refusals.push({
        image,
        forcible: true,
        reason: `its face is unlike the ${rest} of ${label} (similarity ${
          similarity.toFixed(2)
        }); teach it with force if it is ${label} all the same`,
      });
    }
    return refusals;
  }
}

/** @throws {UnteachableError} for a lesson that contradicts itself */
function checkLesson({ kind, scope, face }: Lesson): void {
  if (kind === "thing" && face !== undefined) {
    throw new UnteachableError(
      `face=${face} should be the index of a person among the answer's subjects; kind=thing has none`,
    );
  }
  if (scope === "type" && (kind === "person" || face !== undefined)) {
    throw new UnteachableError("a person is an individual; scope=type is for breeds and models");
  }
}

/** Whether a memory of the same bytes and label is what the lesson would make of the photo. */
function isMeant({ kind, face, faces }: Memory, lesson: Lesson): boolean {
  if (lesson.kind !== "auto" && lesson.kind !== kind) return false;
  if (lesson.face !== undefined) return face?.index === lesson.face;
  return kind === "thing" ? lesson.kind === "thing" || faces === 0 : faces === 1;
}

/** The face that is meant, or why it cannot be told. */
function choose(
  faces: readonly SeenFace[],
  { face, label }: Lesson,
): { face: SeenFace; index: number } | Omit<Refusal, "image"> {
  if (faces.length === 0) {
    return {
      forcible: false,
      reason: `no face is found, by which ${label} could be recognised; kind=thing goes by look`,
    };
  }
  const listed = faces.map(({ box }, index) => ({ index, box }));
  if (face === undefined) {
    if (faces.length === 1) return { face: faces[0]!, index: 0 };
    return {
      reason: `it shows ${faces.length} faces; face should say which one is ${label}: ${
        listed.map(faceWords).join(", ")
      }`,
      forcible: false,
      faces: listed,
    };
  }
  const chosen = faces[face];
  if (chosen) return { face: chosen, index: face };
  return {
    reason: `face=${face} should be the index of a person among the answer's subjects: ${
      listed.map(faceWords).join(", ")
    }`,
    forcible: false,
    faces: listed,
  };
}

function faceWords({ index, box: { x, y, width, height } }: FaceOfPhoto): string {
  return `${index} (${width}×${height} at ${x}, ${y})`;
}

/** Why a face is too weak an example, if it is. */
function weakness(
  { box, quality }: SeenFace,
  least: FaceJudge["section"]["example"],
): string | undefined {
  const { score, size, sharpness, turn } = quality;
  if (size < least.size) {
    // A large photo is looked at in 1280 pixels; people count in those of their photo.
    const scale = Math.sqrt(box.width * box.height) / size;
    return `its face is ${Math.round(size * scale)} pixels wide; it should have at least ${
      Math.ceil(least.size * scale)
    }`;
  }
  if (turn > least.turn) {
    return `its face is turned away (${turn.toFixed(2)}); it should be at most ${least.turn}`;
  }
  if (sharpness < least.sharpness) {
    return `its face is blurred (sharpness ${
      sharpness.toPrecision(2)
    }); it should have at least ${least.sharpness}`;
  }
  if (score < least.score) {
    return `it is hardly a face (${score.toFixed(2)}); it should score at least ${least.score}`;
  }
  return undefined;
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
