/**
 * What the backbone makes of every view of a photo: what recipes fit to.
 *
 * @module
 */
import { decodePhoto } from "../../functions/photo/decode.ts";
import type { BackboneOutput } from "../../models/backbone.ts";
import type { BackboneSection } from "../../models/manifest.ts";
import { VIEWS, viewsOf } from "../../models/views.ts";
import { openBackbone } from "../open_backbone.ts";

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
 * @throws as {@linkcode openBackbone} does
 */
export async function openViewReader(
  section: BackboneSection,
  models: string,
): Promise<ViewReader> {
  const { backbone, close } = await openBackbone(section, models);
  return {
    model: { id: section.id, version: section.version },
    async see(photo) {
      const pixels = viewsOf((await decodePhoto(photo)).working, section.input);
      const seen: BackboneOutput[] = [];
      for (const view of VIEWS) seen.push(await backbone.run(pixels(view)));
      return seen;
    },
    close,
  };
}
