/**
 * The encoder without Workers: what a script that looks at one photo after another needs.
 *
 * @module
 */
import type { Encoder } from "../../functions/core/encoder.ts";
import { vipsCodec } from "../../functions/photo/decode.ts";
import { readModelsIn } from "../../functions/photo/read_models.ts";
import { openSingleEncoder } from "../../functions/photo/single_encoder.ts";
import type { Manifest } from "../../models/manifest.ts";
import { openNative } from "../../models/runtime_native.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { toFileUrl } from "../paths.ts";

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
  const read = readModelsIn(toFileUrl(`${models}/`));
  async function readChecked({ file, sha256 }: { readonly file: string; readonly sha256: string }) {
    const bytes = await read(file);
    await verifyFile(bytes, sha256, file);
    return bytes;
  }
  const { backbone: section, kinds, faces, paradigms: trained } = manifest;
  return await openSingleEncoder({
    runtime: "native",
    open: openNative,
    codec: vipsCodec,
    model: await readChecked(section),
    section,
    kinds: { section: kinds, model: await readChecked(kinds) },
    faces: { section: faces, detector: await readChecked(faces.detector), read },
    ...(trained ? { paradigms: { section: trained, read } } : {}),
  });
}
