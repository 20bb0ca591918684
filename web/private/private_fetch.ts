/**
 * `fetch` that asks the service in this tab in place of the server.
 *
 * @module
 */
import type { EngineName } from "./choose_engine.ts";
import type { Asked, Loaded, Said } from "./messages.ts";

/** Where the Worker's program is, by its engine. */
const WORKERS: Readonly<Record<EngineName, string>> = {
  wasm: "/assets/private_worker.js",
  webgpu: "/assets/private_worker_webgpu.js",
};
/** What the server has that tells nothing of anybody: files of the page, and of the trainings. */
const SERVED = /^\/(assets|paradigms|models|runtime|docs)(\/|$)/;
/** Replies that have no body. */
const BODILESS = new Set([101, 204, 205, 304]);

/** The service in this tab. */
export interface PrivateService {
  readonly fetch: typeof fetch;
  /** Resolves when it answers; rejects when it cannot be opened. */
  readonly opened: Promise<void>;
  /** Ends the Worker. */
  close(): void;
}

/**
 * Starts the Worker.
 *
 * @param engine what it answers by
 * @param tell is told how far loading has come
 */
export function openPrivateService(
  engine: EngineName,
  tell: (loaded: Loaded) => void,
): PrivateService {
  const worker = new Worker(WORKERS[engine], { type: "module" });
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  const waiting = new Map<number, (reply: Extract<Said, { type: "reply" }>) => void>();
  let last = 0;
  worker.onerror = (event) => reject(new Error(event.message || "the program did not come"));
  worker.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.type === "loaded") tell(data.loaded);
    else if (data.type === "open") resolve();
    else if (data.type === "failed") reject(new Error(data.message));
    else {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    }
  };
  // Who asks is told; nobody else has to be.
  opened.catch(() => {});

  return {
    opened,
    close: () => worker.terminate(),
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      if (SERVED.test(pathname)) return await fetch(request);
      await opened;
      const body = request.method === "GET" || request.method === "HEAD"
        ? null
        : await request.arrayBuffer();
      const asked: Asked = {
        id: ++last,
        path: pathname + search,
        method: request.method,
        headers: [...request.headers],
        body,
      };
      const replied = new Promise<Extract<Said, { type: "reply" }>>((done) =>
        waiting.set(asked.id, done)
      );
      worker.postMessage(asked, body === null ? [] : [body]);
      const reply = await replied;
      return new Response(BODILESS.has(reply.status) ? null : reply.body, {
        status: reply.status,
        headers: reply.headers.map(([name, value]): [string, string] => [name, value]),
      });
    },
  };
}
