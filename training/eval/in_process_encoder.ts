/**
 * The encoder without Workers: what a script that looks at one photo after another needs.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import { decodePhoto, encodeKept } from "../../functions/photo/decode.ts";
import { createBackbone } from "../../models/backbone.ts";
import { fingerprint } from "../../models/fingerprint.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { contrastOf, networkPixels } from "../../models/pixels.ts";
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
    async encode(photo, options = {}) {
      const start = performance.now();
      const { working, image } = await decodePhoto(photo);
      const decoded = performance.now();
      const pixels = networkPixels(working, section.input);
      const { logits, embedding } = await backbone.run(pixels);
      return {
        image,
        fingerprint: fingerprint(working),
        contrast: contrastOf(pixels),
        logits,
        embedding,
        ...(options.keepPhoto ? { photo: await encodeKept(working) } : {}),
        timings: { decode: decoded - start, encode: performance.now() - decoded },
      };
    },
    close: () => session.release(),
  };
}
