/**
 * The real encoder on the committed model, for tests.
 *
 * @module
 */
import { createPhotoEncoder } from "../../functions/photo/encoder.ts";
import type { PhotoEncoderOptions } from "../../functions/photo/encoder.ts";
import type { Encoder } from "../../functions/core/encoder.ts";
import { parseSection } from "../../models/manifest.ts";
import type { BackboneSection } from "../../models/manifest.ts";

const models = new URL("../../models/", import.meta.url);

/** The manifest's word on the committed model, and its bytes. */
export async function committedModel(): Promise<{ section: BackboneSection; model: Uint8Array }> {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", models)));
  const section = parseSection("backbone", manifest.backbone);
  return { section, model: await Deno.readFile(new URL(section.file, models)) };
}

/** Runs a test on the real encoder and closes it. */
export async function withEncoder(
  options: Partial<PhotoEncoderOptions>,
  test: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await createPhotoEncoder({
    ...await committedModel(),
    runtime: "native",
    memoryMb: 512,
    cores: 2,
    ...options,
  });
  try {
    await test(encoder);
  } finally {
    await encoder.close();
  }
}
