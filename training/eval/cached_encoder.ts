/**
 * An encoder that looks at each photo once.
 *
 * @module
 */
import type { Encoded, Encoder } from "../../functions/core/encoder.ts";
import { sha256Hex } from "../../models/sha256.ts";

/**
 * Wraps an encoder so that asking about the same bytes again costs nothing: an evaluation asks
 * about one photo many times, each time with something else taught.
 */
export function createCachedEncoder(encoder: Encoder): Encoder {
  const seen = new Map<string, Promise<Encoded>>();
  return {
    model: encoder.model,
    runtime: encoder.runtime,
    async encode(photo, options) {
      if (options?.keepPhoto) return await encoder.encode(photo, options);
      const key = await sha256Hex(photo);
      let encoded = seen.get(key);
      if (encoded === undefined) {
        encoded = encoder.encode(photo, options);
        encoded.catch(() => seen.delete(key));
        seen.set(key, encoded);
      }
      return await encoded;
    },
    close: () => encoder.close(),
  };
}
