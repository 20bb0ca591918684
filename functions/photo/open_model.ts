/**
 * Opens a model that seldom runs.
 *
 * @module
 */
import type { OpenSession, Session } from "../../models/session.ts";
import { verifyFile } from "../../models/verify_file.ts";

/** Reads a file that lies beside the manifest. */
export type ReadModel = (file: string) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Reads, checks and opens a model of the manifest, in as little memory as can be had.
 *
 * @param file what the manifest says of it: its name beside the manifest, and its hash
 * @param open the engine
 * @throws {Error} when the file is missing, not the manifest's, or cannot be loaded
 */
export async function openModel(
  { file, sha256 }: { readonly file: string; readonly sha256: string },
  read: ReadModel,
  open: OpenSession,
): Promise<Session> {
  const bytes = await read(file);
  await verifyFile(bytes, sha256, file);
  const opened = await open(bytes, { lean: true });
  // The engine has its own copy, and the garbage collector would leave this one for long.
  bytes.buffer.transfer(0);
  return opened;
}
