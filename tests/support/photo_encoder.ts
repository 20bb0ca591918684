/**
 * The real encoder on the committed models, for tests.
 *
 * @module
 */
import { createPhotoEncoder } from "../../functions/photo/encoder.ts";
import type { PhotoEncoderOptions } from "../../functions/photo/encoder.ts";
import type { Encoder } from "../../functions/core/encoder.ts";
import { parseSection } from "../../models/manifest.ts";

const models = new URL("../../models/", import.meta.url);

/** The manifest's word on the committed models, and their bytes. */
export async function committedModel(): Promise<
  Pick<PhotoEncoderOptions, "section" | "model" | "kinds" | "faces">
> {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", models)));
  const section = parseSection("backbone", manifest.backbone);
  const kinds = parseSection("kinds", manifest.kinds);
  const faces = parseSection("faces", manifest.faces);
  return {
    section,
    model: await Deno.readFile(new URL(section.file, models)),
    kinds: { section: kinds, model: await Deno.readFile(new URL(kinds.file, models)) },
    faces: {
      section: faces,
      detector: await Deno.readFile(new URL(faces.detector.file, models)),
      folder: models,
    },
  };
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
