/**
 * Whether a file is the one that the manifest means.
 *
 * @module
 */

import { sha256Hex } from "./sha256.ts";

/**
 * Resolves when the bytes have the hash that they should have.
 *
 * @param sha256 64 lower-case hexadecimal digits
 * @param name of the file, for the message
 * @throws {Error} when they have another
 *
 * @example
 * ```ts
 * import { verifyFile } from "./verify_file.ts";
 *
 * const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
 * await verifyFile(new Uint8Array(0), empty, "empty.bin");
 * ```
 */
export async function verifyFile(
  bytes: Uint8Array,
  sha256: string,
  name = "the file",
): Promise<void> {
  const got = await sha256Hex(bytes);
  if (got !== sha256) {
    throw new Error(
      `Expected ${name} with SHA-256 ${sha256}, got ${bytes.length} bytes with ${got}`,
    );
  }
}
