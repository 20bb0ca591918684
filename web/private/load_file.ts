/**
 * Files of the server's, loaded with an eye on how far they have come.
 *
 * @module
 */
import type { Loaded } from "./messages.ts";

/** How long a file is, as the server says it also where it sends it compressed. */
const LENGTH = "xolo-bytes";

/** Loads files, and tells how much of all of them is there. */
export interface FileLoader {
  /** @throws {Error} when the file does not come, or not whole */
  load(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Makes a loader.
 *
 * @param origin of the server
 * @param tell is told whenever more has come
 */
export function createFileLoader(origin: string, tell: (loaded: Loaded) => void): FileLoader {
  let bytes = 0;
  let of = 0;
  return {
    async load(path) {
      const response = await fetch(new URL(path, origin));
      const { body, headers, ok, status } = response;
      if (!ok || body === null) throw new Error(`${path} cannot be loaded: status ${status}`);
      const length = Number(headers.get(LENGTH) ?? headers.get("content-length") ?? 0);
      of += length;
      const file = path.split("/").at(-1)!;
      const whole = new Uint8Array(length);
      let at = 0;
      for (const reader = body.getReader();;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (at + value.length > length) throw new Error(`${path} is longer than ${length} bytes`);
        whole.set(value, at);
        at += value.length;
        bytes += value.length;
        tell({ file, bytes, of });
      }
      if (at !== length) throw new Error(`${path} ended after ${at} of ${length} bytes`);
      return whole;
    },
  };
}
