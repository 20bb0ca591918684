/**
 * What the backbone makes of every view of a photo: what recipes fit to.
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import { type BackboneOutput, createBackbone } from "../../models/backbone.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { openNative } from "../../models/runtime_native.ts";
import { verifyFile } from "../../models/verify_file.ts";
import { VIEWS, viewsOf } from "../../models/views.ts";
import { join } from "../paths.ts";

/** Looks at photos. */
export interface ViewReader {
  /** Names the network. */
  readonly model: { readonly id: string; readonly version: string };
  /** What it makes of each of `VIEWS`, in their order. @throws as `decodePhoto` does */
  see(photo: Uint8Array): Promise<readonly BackboneOutput[]>;
  close(): Promise<void>;
}

/**
 * Opens the backbone.
 *
 * @param models folder of its file
 * @throws {Error} when the file is not the section's, or the native runtime cannot be loaded
 */
export async function openViewReader(
  section: BackboneSection,
  models: string,
): Promise<ViewReader> {
  const bytes = await Deno.readFile(join(models, section.file));
  await verifyFile(bytes, section.sha256, section.file);
  const session = await openNative(bytes);
  const backbone = createBackbone(session, section);
  return {
    model: { id: section.id, version: section.version },
    async see(photo) {
      const pixels = viewsOf((await decodePhoto(photo)).working, section.input);
      const seen: BackboneOutput[] = [];
      for (const view of VIEWS) seen.push(await backbone.run(pixels(view)));
      return seen;
    },
    close: () => session.release(),
  };
}
