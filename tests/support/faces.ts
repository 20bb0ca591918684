/**
 * Faces of chosen likeness, and a judge whose numbers can be checked by hand.
 *
 * @module
 */
import { createFaceJudge, type FaceJudge } from "../../functions/core/face_judge.ts";
import type { NewMemory } from "../../functions/core/memory.ts";
import type { FaceDescriptor } from "../../models/face.ts";
import type { FaceScore, PeopleSection } from "../../models/people.ts";
import { hash } from "./memory_contract.ts";

/** LLR = 20 · cosine − 6, whatever the embedder dlib says. */
const score: FaceScore = { bias: -6, sface: 20, distance: 0, dlib: 0 };

/** Cuts and scores for {@linkcode judge}. */
export const section: PeopleSection = {
  age: { file: "-", sha256: "0".repeat(64), bytes: 1 },
  plain: { full: [score, score, score], light: [score, score, score] },
  prior: 0.5,
  least: 10,
  cuts: { is: 0.9, isOfChild: 0.95, perhaps: 0.3 },
  youngFrom: 0.2,
  example: { score: 0.6, size: 20, sharpness: 0, turn: 1, agreement: -2 },
  alikeFrom: 2,
  made: { command: "-", data: "-" },
};

/** Judges by {@linkcode section}, without statistics. */
export const judge: FaceJudge = createFaceJudge("face-1", section, null);

/** A face whose cosine to every axis is given; what is left over is an axis of its own. */
export function face(cosines: Readonly<Record<number, number>>, own = 127): FaceDescriptor {
  const sface = new Float32Array(128);
  let rest = 1;
  for (const [axis, cosine] of Object.entries(cosines)) {
    sface[Number(axis)] = cosine;
    rest -= cosine ** 2;
  }
  sface[own] = Math.sqrt(Math.max(0, rest));
  return { sface, dlib: new Float32Array(128).fill(0.01) };
}

let taught = 0;

/** A lesson of a face in a photo of its own. */
export function personLesson(
  label: string,
  descriptor: FaceDescriptor,
  fields: Partial<NewMemory> = {},
): NewMemory {
  return {
    label,
    kind: "person",
    scope: "individual",
    not: false,
    model: judge.model,
    embedding: judge.pack(descriptor),
    bytes: hash(taught++),
    fingerprint: null,
    image: { width: 640, height: 480 },
    face: { index: 0, box: boxAt(0) },
    faces: 1,
    forced: false,
    path: ["person"],
    ...fields,
  };
}

/** Where the n-th of several faces is. */
export function boxAt(n: number) {
  return { x: 100 + 200 * n, y: 100, width: 150, height: 200 };
}
