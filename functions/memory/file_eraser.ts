/**
 * Cleans a database file of what was deleted from it.
 *
 * @module
 */
import type { Eraser } from "./kv_store.ts";

/** What the Worker answers. */
export type EraserReply = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Makes the eraser of a SQLite file that others have open too. It works in a Worker of its own for
 * as long as it is busy: SQLite would hold the event loop up.
 *
 * @param path of the file
 */
export function createFileEraser(path: string): Eraser {
  return {
    run() {
      const worker = new Worker(new URL("./file_eraser_worker.ts", import.meta.url), {
        type: "module",
      });
      return new Promise<void>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<EraserReply>) => {
          if (data.ok) resolve();
          else reject(new Error(data.reason));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage(path);
      }).finally(() => worker.terminate());
    },
  };
}
