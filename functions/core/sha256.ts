/**
 * SHA-256 of bytes as 64 lower-case hexadecimal digits.
 *
 * @example
 * ```ts
 * import { sha256 } from "./sha256.ts";
 *
 * console.assert((await sha256(new Uint8Array())).startsWith("e3b0c442"));
 * ```
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}
