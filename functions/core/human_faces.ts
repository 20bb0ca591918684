/**
 * Which of the faces that were found are people's.
 *
 * @module
 */
import type { SeenFace } from "./encoder.ts";
import type { Generalization } from "./generalize_type.ts";

/**
 * Score from which a face in a photo of an animal is a person's. Among 949 photos of dogs and cats
 * (`breeds`, `novel-breeds`) the best face of 16 scores more, 11 of them with people; of 54 it
 * scores less, and nearly all of those are muzzles.
 */
const BESIDE_AN_ANIMAL = 0.88;

/** The kind above all animals. */
const ANIMAL = "animal";

/** Whether the network vouches for an animal. */
export function isOfAnimal({ path, certainty }: Generalization): boolean {
  return path[0] === ANIMAL && certainty !== "unknown";
}

/**
 * The faces of a photo that are taken for people's, in their order: the persons among the subjects
 * of an answer to it, whoever asks.
 *
 * @param faces as they were found
 * @param general what the network makes of the photo at the deployment's own accuracy: every caller
 * must come to the same faces
 */
export function humanFaces(
  faces: readonly SeenFace[],
  general: Generalization,
): readonly SeenFace[] {
  if (!isOfAnimal(general)) return faces;
  return faces.filter(({ quality }) => quality.score >= BESIDE_AN_ANIMAL);
}
