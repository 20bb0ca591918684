/// <reference lib="deno.worker" />
/**
 * The Worker behind {@linkcode createFileEraser}: takes a path, answers when the file is clean.
 *
 * SQLite keeps what was deleted in free pages, in the slack of pages and in the write-ahead log.
 * `VACUUM` builds every page anew from what is alive; a truncating checkpoint before it bounds the
 * log's size, and one after it empties the log, which holds the old pages until then.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { EraserReply } from "./file_eraser.ts";

/** How long SQLite waits for another connection, in milliseconds. */
const TIMEOUT = 5_000;
/** Tries of the last checkpoint, which a reader or writer of the moment turns away. */
const TRIES = 200;

self.onmessage = async ({ data: path }: MessageEvent<string>) => {
  let reply: EraserReply;
  try {
    await erase(path);
    reply = { ok: true };
  } catch (error) {
    reply = { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
};

async function erase(path: string): Promise<void> {
  const database = new DatabaseSync(path, { timeout: TIMEOUT });
  try {
    truncated(database);
    database.exec("VACUUM");
    for (let attempt = 1; !truncated(database); attempt++) {
      if (attempt === TRIES) throw new Error("the write-ahead log is in use all the time");
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
    }
  } finally {
    database.close();
  }
}

/** Moves the log into the file and empties it; false when somebody was in the way. */
function truncated(database: DatabaseSync): boolean {
  const result = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  return result?.["busy"] === 0;
}
