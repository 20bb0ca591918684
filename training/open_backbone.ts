/**
 * Opens the backbone for training and evaluation.
 *
 * @module
 */
import { type Backbone, createBackbone } from "../models/backbone.ts";
import type { BackboneSection } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { verifyFile } from "../models/verify_file.ts";
import { join } from "./paths.ts";

/** The backbone, and what lets go of it. */
export interface OpenedBackbone {
  readonly backbone: Backbone;
  close(): Promise<void>;
}

/**
 * Opens it natively, on one thread.
 *
 * @param models folder of its file
 * @throws {Error} when the file is not the section's, or the native runtime cannot be loaded
 */
export async function openBackbone(
  section: BackboneSection,
  models: string,
): Promise<OpenedBackbone> {
  const bytes = await Deno.readFile(join(models, section.file));
  await verifyFile(bytes, section.sha256, section.file);
  const session = await openNative(bytes);
  return { backbone: createBackbone(session, section), close: () => session.release() };
}
