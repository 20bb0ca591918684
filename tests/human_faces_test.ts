/**
 * Which faces are people's.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { SeenFace } from "../functions/core/encoder.ts";
import type { Generalization } from "../functions/core/generalize_type.ts";
import { humanFaces } from "../functions/core/human_faces.ts";

function faceOf(score: number): SeenFace {
  return {
    box: { x: 0, y: 0, width: 10, height: 10 },
    quality: { score, size: 10, sharpness: 1, turn: 0 },
    crop: { sface: new Uint8Array(), dlib: null },
  };
}

function saying(path: string[], certainty: Generalization["certainty"] = "is"): Generalization {
  return {
    label: path.at(-1) ?? null,
    named: false,
    route: "network",
    certainty,
    confidence: 0.9,
    path,
    novel: false,
    novelty: 0,
    alternatives: [],
    reason: "",
  };
}

Deno.test("humanFaces() passes over what may be a muzzle where the network vouches for an animal", () => {
  const faces = [faceOf(0.95), faceOf(0.75)];
  assertEquals(humanFaces(faces, saying(["animal", "dog"])), faces.slice(0, 1));
  assertEquals(humanFaces(faces, saying(["clothing"])), faces);
  assertEquals(humanFaces(faces, saying(["animal"], "unknown")), faces);
});
