/**
 * The encoder without Workers: what a script that looks at one photo after another needs.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import { encodePhoto } from "../../functions/photo/encode_photo.ts";
import { openFaceEmbedder } from "../../functions/photo/face_models.ts";
import { createParadigmModels, noParadigms } from "../../functions/photo/paradigm_models.ts";
import { createRetried } from "../../functions/photo/retried.ts";
import { createBackbone } from "../../models/backbone.ts";
import { createFaceFinder } from "../../models/face_finder.ts";
import { createKinds } from "../../models/kinds.ts";
import { lookModelOf } from "../../models/look.ts";
import type { Manifest } from "../../models/manifest.ts";
import { createRecognizer } from "../../models/recognizer.ts";
import { openNative } from "../../models/runtime_native.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { join, toFileUrl } from "../paths.ts";

/**
 * Opens the networks of a manifest; those of the trained paradigms, where it tells of them, when they
 * are first asked.
 *
 * @param manifest what it says of them
 * @param models folder of the manifest
 * @throws {Error} when a file is not the manifest's, or the native runtime cannot be loaded
 */
export async function openInProcessEncoder(
  manifest: Pick<Manifest, "backbone" | "kinds" | "faces" | "paradigms">,
  models: string,
): Promise<Encoder> {
  async function open({ file, sha256 }: { readonly file: string; readonly sha256: string }) {
    const bytes = await Deno.readFile(join(models, file));
    await verifyFile(bytes, sha256, file);
    return await openNative(bytes);
  }
  const { backbone: section, kinds, faces } = manifest;
  const session = await open(section);
  const kindsSession = await open(kinds);
  const detector = await open(faces.detector);
  const recognize = createRecognizer({
    backbone: createBackbone(session, section),
    scoreKinds: createKinds(kindsSession, kinds),
    view: section.input,
    decided: kinds.decided,
  });
  const finder = createFaceFinder({ detector, section: faces });
  const embedder = createRetried(() =>
    openFaceEmbedder(faces, toFileUrl(`${models}/`), openNative)
  );
  const trained = manifest.paradigms &&
    createParadigmModels(manifest.paradigms, toFileUrl(`${models}/`), openNative);
  return {
    model: { id: section.id, version: section.version },
    lookModel: lookModelOf(section),
    faceModel: faces.id,
    runtime: "native",
    async encode(photo, options = {}) {
      const { keepPhoto = false, mirrored = false, faces = "full", paradigms = [] } = options;
      const isAsked = paradigms.length > 0;
      if (isAsked && !trained) throw noParadigms(paradigms);
      return await encodePhoto(photo, {
        recognize,
        finder,
        keepPhoto,
        mirrored,
        faces,
        ...(trained && isAsked
          ? { scoreParadigms: (centre) => trained.score(paradigms, centre) }
          : {}),
        owned: false,
      });
    },
    async describe(seen, { mode = "full" } = {}) {
      const opened = await embedder.get();
      return await opened.embedder.embed(seen.map(({ crop }) => crop), mode);
    },
    async close() {
      await session.release();
      await kindsSession.release();
      await detector.release();
      await (await embedder.got())?.release();
      await trained?.release();
    },
  };
}
