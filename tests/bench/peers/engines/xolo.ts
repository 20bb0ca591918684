/**
 * This project's way with faces, as the service's Workers go it. Its arguments are the engine,
 * `native` or `wasm`, and how thoroughly it looks, `full` or `light`.
 *
 * @module
 */
import { readModelsIn } from "../../../../functions/photo/read_models.ts";
import { openFaceEmbedder } from "../../../../functions/photo/face_models.ts";
import { loadRuntime } from "../../../../functions/photo/runtime.ts";
import type { FaceMode } from "../../../../models/face.ts";
import { createFaceFinder } from "../../../../models/face_finder.ts";
import { parseSection } from "../../../../models/manifest.ts";
import { serveEngine } from "../serve_engine.ts";

const MODELS = new URL("../../../../models/", import.meta.url);

const [runtime, mode] = Deno.args as ["native" | "wasm", FaceMode];

await serveEngine(async () => {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", MODELS)));
  const section = parseSection("faces", manifest.faces);
  const open = await loadRuntime(runtime);
  const detector = await open(await Deno.readFile(new URL(section.detector.file, MODELS)));
  const finder = createFaceFinder({ detector, section });
  const { embedder } = await openFaceEmbedder(section, readModelsIn(MODELS), open);
  return {
    async describe(photo) {
      const [best] = await finder.find(photo, mode);
      if (best === undefined) return null;
      const [face] = await embedder.embed(finder.crop(photo, [best], mode), mode);
      const { sface, dlib } = face!;
      return dlib ? [sface, dlib] : [sface];
    },
  };
});
