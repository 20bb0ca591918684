/**
 * Labelled photos together with what the networks would say of them.
 *
 * @module
 */
import {
  type NetworkScores,
  type RecognizerParts,
  recognizeViews,
} from "../../models/recognizer.ts";
import { VIEWS } from "../../models/views.ts";
import type { SeenPhoto } from "./seen_photos.ts";

/** A labelled photo as an answer is made from it. */
export interface RecognizedPhoto extends SeenPhoto {
  readonly scores: NetworkScores;
  /** How many views were looked at. */
  readonly looks: number;
}

/** The graph behind the backbone, and when further views are looked at. */
export type Kinds = Pick<RecognizerParts, "scoreKinds" | "decided">;

/** Looks at each photo as the service does: at one view, at more while its kind is undecided. */
export async function recognizedPhotos(
  photos: readonly SeenPhoto[],
  kinds: Kinds,
): Promise<RecognizedPhoto[]> {
  const recognized: RecognizedPhoto[] = [];
  for (const photo of photos) {
    const { scores, views } = await recognizeViews(
      (view) => photo.views[VIEWS.indexOf(view)]!,
      kinds,
    );
    recognized.push({ ...photo, scores, looks: views });
  }
  return recognized;
}
