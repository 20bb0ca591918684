/// <reference lib="deno.worker" />
/**
 * The Worker behind {@linkcode createFileEraser}: takes a path, answers when the file is clean.
 *
 * SQLite keeps what was deleted in free pages, in the slack of pages and in the write-ahead log.
 * `VACUUM` builds every page anew from what is alive; a truncating checkpoint before it bounds the
 * log's size, and one after it empties the log, which holds the old pages until then.
 *
 * `VACUUM` attaches a database inside SQLite, which Deno allows to processes with all permissions
 * only. Others write the table anew in place with `secure_delete`, which zeroes every page and
 * cell that is let go of: the file is as clean, takes longer and does not shrink.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { EraserReply } from "./file_eraser.ts";

/** How long SQLite waits for another connection, in milliseconds. */
const TIMEOUT = 5_000;
/** Tries of the last checkpoint, which a reader or writer of the moment turns away. */
const TRIES = 200;
/** Most pages of one filling: SQLite's values are bounded. */
const FILL = 20_000;

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
    try {
      database.exec("VACUUM");
    } catch (error) {
      const denied = error instanceof Error && /attached/.test(error.message);
      if (!denied) throw error;
      rewrite(database);
    }
    for (let attempt = 1; !truncated(database); attempt++) {
      if (attempt === TRIES) throw new Error("the write-ahead log is in use all the time");
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
    }
  } finally {
    database.close();
  }
}

/** Writes everything anew in place; what is not alive is zero afterwards. */
function rewrite(database: DatabaseSync): void {
  const read = (pragma: string) => Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  database.exec("PRAGMA secure_delete = ON");
  database.exec("BEGIN IMMEDIATE");
  try {
    // Pages that were freed before, by whoever does not zero them: taken up and let go of again.
    database.exec("CREATE TABLE xolo_fill (content BLOB)");
    const fill = database.prepare("INSERT INTO xolo_fill VALUES (zeroblob(?))");
    const page = read("page_size") - 4;
    for (let free = read("freelist_count"); free > 0; free = read("freelist_count")) {
      fill.run(Math.min(free, FILL) * page);
    }
    database.exec("DROP TABLE xolo_fill");
    // Slack of the pages in use: their rows move out, the pages are zeroed, the rows move back.
    database.exec("CREATE TABLE xolo_rows AS SELECT * FROM kv");
    database.exec("DELETE FROM kv");
    database.exec("INSERT INTO kv SELECT * FROM xolo_rows");
    database.exec("DROP TABLE xolo_rows");
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** Moves the log into the file and empties it; false when somebody was in the way. */
function truncated(database: DatabaseSync): boolean {
  const result = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  return result?.["busy"] === 0;
}
