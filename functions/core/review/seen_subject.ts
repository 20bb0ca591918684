/**
 * What an answer is about, as it would be taught if a person said what it is.
 *
 * @module
 */
import type { Answer } from "../answer_type.ts";
import type { Encoded, SeenFace } from "../encoder.ts";
import type { Generalization } from "../generalize_type.ts";
import type { SeenSubject } from "./item.ts";

/**
 * The thing that a photo shows.
 *
 * @param bytes SHA-256 of the file
 * @param faces how many of people the photo shows
 * @param model what made the look
 */
export function seenThing(
  bytes: string,
  { image, look, fingerprint, photo }: Encoded,
  { path }: Generalization,
  faces: number,
  model: string,
): SeenSubject {
  return {
    kind: "thing",
    model,
    sight: {
      bytes,
      image,
      faces,
      embedding: look,
      fingerprint: fingerprint?.upright ?? null,
      face: null,
      path,
    },
    ...(photo ? { thumbnail: photo } : {}),
  };
}

/**
 * The person whose face an answer is about.
 *
 * @param bytes SHA-256 of the file
 * @param found the photo's faces
 * @param face one of them
 * @param embedding its packed descriptor
 * @param model what made it
 */
export function seenPerson(
  bytes: string,
  { image, photo }: Encoded,
  found: readonly SeenFace[],
  face: SeenFace,
  embedding: Float32Array,
  model: string,
): SeenSubject {
  return {
    kind: "person",
    model,
    sight: {
      bytes,
      image,
      faces: found.length,
      embedding,
      // The picture around a face may be anybody's.
      fingerprint: null,
      face: { index: found.indexOf(face), box: face.box },
      path: ["person"],
    },
    ...(photo ? { thumbnail: photo } : {}),
  };
}

/** Which of the faces an answer is about: that of its label, or the one that the photo is most of. */
export function faceOf(
  { subjects }: Pick<Answer, "subjects">,
  label: string | null,
  found: readonly SeenFace[],
): SeenFace | undefined {
  const people = subjects.filter(({ kind }) => kind === "person");
  const about = people.find((one) => one.label === label) ?? people[0];
  return found.find(({ box }) =>
    about !== undefined && box.x === about.box.x && box.y === about.box.y &&
    box.width === about.box.width && box.height === about.box.height
  );
}
