/**
 * An encoder that looks at each photo once.
 *
 * @module
 */
import type { Encoded, Encoder, SeenFace } from "../../functions/core/encoder.ts";
import type { FaceDescriptor } from "../../models/face.ts";
import { sha256Hex } from "../../models/sha256.ts";

/**
 * Wraps an encoder so that asking about the same bytes again costs nothing: an evaluation asks
 * about one photo many times, each time with something else taught.
 */
export function createCachedEncoder(encoder: Encoder): Encoder {
  const seen = new Map<string, Promise<Encoded>>();
  const described = {
    full: new WeakMap<SeenFace, FaceDescriptor>(),
    light: new WeakMap<SeenFace, FaceDescriptor>(),
  };
  return {
    model: encoder.model,
    lookModel: encoder.lookModel,
    faceModel: encoder.faceModel,
    runtime: encoder.runtime,
    async encode(photo, options) {
      if (options?.keepPhoto) return await encoder.encode(photo, options);
      const key = `${await sha256Hex(photo)} ${options?.faces ?? "full"} ${
        options?.mirrored ?? false
      } ${options?.paradigms?.toSorted() ?? ""}`;
      let encoded = seen.get(key);
      if (encoded === undefined) {
        encoded = encoder.encode(photo, options);
        encoded.catch(() => seen.delete(key));
        seen.set(key, encoded);
      }
      return await encoded;
    },
    async describe(faces, options = {}) {
      const known = described[options.mode ?? "full"];
      const fresh = faces.filter((face) => !known.has(face));
      const descriptors = await encoder.describe(fresh, options);
      fresh.forEach((face, i) => known.set(face, descriptors[i]!));
      return faces.map((face) => known.get(face)!);
    },
    close: () => encoder.close(),
  };
}
