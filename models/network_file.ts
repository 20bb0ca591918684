/**
 * What the manifest says of every network's file.
 *
 * @module
 */
import { z } from "zod";

const name = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");

/**
 * The fields of a network that was made of a package's weights.
 *
 * @param registries those that the package may be of
 */
export function networkFile<const R extends readonly [string, ...string[]]>(registries: R) {
  return {
    /** Beside the manifest. */
    file: name,
    bytes: z.int().positive(),
    sha256,
    /** SPDX expression. */
    licence: name,
    /** Beside the manifest. */
    licenceFile: name,
    source: z.object({
      registry: z.enum(registries),
      package: name,
      version: name,
      /** The package's file and its hash. */
      file: name,
      sha256,
      /** The file of weights inside it and its hash. */
      weights: z.object({ path: name, sha256 }).readonly(),
    }).readonly(),
    made: z.object({ command: name }).readonly(),
  };
}
