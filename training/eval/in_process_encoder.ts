/**
 * The encoder without Workers: what a script that looks at one photo after another needs.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import { encodePhoto } from "../../functions/photo/encode_photo.ts";
import { createBackbone } from "../../models/backbone.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { openNative } from "../../models/runtime_native.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { join } from "../paths.ts";

/**
 * Opens the backbone of a manifest.
 *
 * @param section what the manifest says of it
 * @param models folder of the manifest
 * @throws {Error} when the file is not the manifest's, or the native runtime cannot be loaded
 */
export async function openInProcessEncoder(
  section: BackboneSection,
  models: string,
): Promise<Encoder> {
  const file = await Deno.readFile(join(models, section.file));
  await verifyFile(file, section.sha256, section.file);
  const session = await openNative(file);
  const backbone = createBackbone(session, section);
  return {
    model: { id: backbone.id, version: backbone.version },
    runtime: "native",
    encode: (photo, { keepPhoto = false } = {}) =>
      encodePhoto(photo, { backbone, view: section.input, keepPhoto, owned: false }),
    close: () => session.release(),
  };
}
