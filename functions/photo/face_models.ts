/**
 * Opens the networks that look at faces.
 *
 * @module
 */
import type { FaceEmbedder } from "../../models/face.ts";
import { createFaceEmbedder } from "../../models/face_embedder.ts";
import type { FacesSection } from "../../models/face_networks.ts";
import type { OpenSession } from "../../models/session.ts";
import { verifyFile } from "../../models/verify_file.ts";

/** The embedders of faces, opened, and what lets go of them. */
export interface OpenedEmbedder {
  readonly embedder: FaceEmbedder;
  release(): Promise<void>;
}

/**
 * Reads and opens the embedders of faces.
 *
 * @param section what the manifest says of them
 * @param folder of the manifest
 * @param open the engine
 * @throws {Error} when a file is missing, not the manifest's, or cannot be loaded
 */
export async function openFaceEmbedder(
  section: FacesSection,
  folder: URL,
  open: OpenSession,
): Promise<OpenedEmbedder> {
  async function session({ file, sha256 }: { readonly file: string; readonly sha256: string }) {
    const bytes = await Deno.readFile(new URL(file, folder));
    await verifyFile(bytes, sha256, file);
    return await open(bytes, { lean: true });
  }
  // One after the other: each takes several times its size while it is being loaded.
  const sface = await session(section.sface);
  const dlib = await session(section.dlib).catch(async (error) => {
    await sface.release();
    throw error;
  });
  return {
    embedder: createFaceEmbedder({ sface, dlib, section }),
    async release() {
      await sface.release();
      await dlib.release();
    },
  };
}
