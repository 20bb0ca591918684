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

/** What is made when it is first asked for; what failed, for want of memory, is tried again. */
export function createRetried<T>(make: () => Promise<T>) {
  let made: Promise<T> | undefined;
  return {
    async get(): Promise<T> {
      made ??= make();
      try {
        return await made;
      } catch (error) {
        made = undefined;
        throw error;
      }
    },
    /** What was made so far, if it could be. */
    got: (): Promise<T | undefined> => made?.catch(() => undefined) ?? Promise.resolve(undefined),
  };
}

/**
 * Reads and opens the embedders of faces: SFace at once, dlib's network when it is needed.
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
    const opened = await open(bytes, { lean: true });
    // The engine has its own copy, and the garbage collector would leave this one for long.
    bytes.buffer.transfer(0);
    return opened;
  }
  const sface = await session(section.sface);
  // A live preview does without dlib's network.
  const dlib = createRetried(() => session(section.dlib));
  return {
    embedder: createFaceEmbedder({ sface, dlib: dlib.get, section }),
    async release() {
      await sface.release();
      await (await dlib.got())?.release();
    },
  };
}
