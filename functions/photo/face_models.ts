/**
 * Opens the networks that look at faces.
 *
 * @module
 */
import type { FaceEmbedder } from "../../models/face.ts";
import { createFaceEmbedder } from "../../models/face_embedder.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import type { OpenSession } from "../../models/session.ts";
import { openModel, type ReadModel } from "./open_model.ts";
import { createRetried } from "./retried.ts";

/** The embedders of faces, opened, and what lets go of them. */
export interface OpenedEmbedder {
  readonly embedder: FaceEmbedder;
  release(): Promise<void>;
}

/**
 * Reads and opens the embedders of faces: SFace at once, dlib's network when it is needed.
 *
 * @param section what the manifest says of them
 * @param open the engine
 * @throws {Error} when a file is missing, not the manifest's, or cannot be loaded
 */
export async function openFaceEmbedder(
  section: FacesSection,
  read: ReadModel,
  open: OpenSession,
): Promise<OpenedEmbedder> {
  const sface = await openModel(section.sface, read, open);
  // A live preview does without dlib's network.
  const dlib = createRetried(() => openModel(section.dlib, read, open));
  return {
    embedder: createFaceEmbedder({ sface, dlib: dlib.get, section }),
    async release() {
      await sface.release();
      await (await dlib.got())?.release();
    },
  };
}
