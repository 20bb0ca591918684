/**
 * The {@linkcode Encoder} without Workers of its own: one photo after another in the thread that
 * calls, as a script or a Worker of a page needs it.
 *
 * @module
 */
import { lookModelOf } from "../../models/look.ts";
import type { Encoder } from "../core/encoder.ts";
import { noParadigms } from "./paradigm_models.ts";
import { openPhotoModels, type PhotoModelsOptions } from "./photo_models.ts";

/**
 * Opens the networks.
 *
 * @param runtime names the engine
 * @throws {Error} when a network cannot be loaded
 */
export async function openSingleEncoder(
  { runtime, ...options }: PhotoModelsOptions & Pick<Encoder, "runtime">,
): Promise<Encoder> {
  const { section, faces, paradigms: trained } = options;
  const models = await openPhotoModels(options);
  return {
    model: { id: section.id, version: section.version },
    lookModel: lookModelOf(section),
    faceModel: faces.section.id,
    runtime,
    async encode(photo, asked = {}) {
      const { keepPhoto = false, mirrored = false, faces = "full", paradigms = [] } = asked;
      if (paradigms.length > 0 && !trained) throw noParadigms(paradigms);
      return await models.encode(photo, { keepPhoto, mirrored, faces, paradigms, owned: false });
    },
    describe: (seen, { mode = "full" } = {}) => models.describe(seen.map(({ crop }) => crop), mode),
    close: models.release,
  };
}
