/**
 * Puts the service together from its settings.
 *
 * @module
 */
import { createApp } from "./app.ts";
import { servicesOf } from "./assemble.ts";
import { MODELS, openParts } from "./open.ts";
import { createParadigmCards } from "./paradigm_cards.ts";
import { createServedFiles } from "./served_files.ts";
import type { Asset } from "./routes/services.ts";
import type { Settings } from "./settings.ts";
import { extname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** What Deno's server tells beside a request. */
export interface Peer {
  readonly remoteAddr: Deno.Addr;
  /** Resolves when the reply has been sent to its last byte. */
  readonly completed?: Promise<void>;
}

/** The service, ready to be served. */
export interface Service {
  /** Answers a request; `info` tells who asks. */
  fetch(request: Request, info?: Peer): Promise<Response>;
  /**
   * Refuses new requests from here on. Resolves when none is in flight, its reply's body included, or after so many milliseconds.
   */
  settle(most: number): Promise<void>;
  /** Lets go of everything. */
  close(): Promise<void>;
}

const MIB = 2 ** 20;

/** Files of the page, as `deno task build` leaves them. */
const PAGE = new URL("../web/dist/", import.meta.url);
/** Files that the build leaves for browsers that answer by themselves; read as they are sent. */
const RUNTIME = new URL("runtime/", PAGE);

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

async function etagOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `"${digest.subarray(0, 12).toBase64({ alphabet: "base64url" })}"`;
}

/** Reads the page's files; none when it was not built. */
async function readAssets(folder: URL): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  async function read(at: URL) {
    for await (const entry of Deno.readDir(at)) {
      const url = new URL(encodeURIComponent(entry.name) + (entry.isDirectory ? "/" : ""), at);
      if (url.href === RUNTIME.href) continue;
      if (entry.isDirectory) await read(url);
      else {
        const body = await Deno.readFile(url);
        const path = "/" +
          relative(fileURLToPath(folder), fileURLToPath(url)).replaceAll("\\", "/");
        const type = TYPES[extname(entry.name)] ?? "application/octet-stream";
        assets.set(path, { body, type, etag: await etagOf(body) });
      }
    }
  }
  try {
    await read(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("the page is not built: run `deno task build` to have it at /");
  }
  return assets;
}

/**
 * Opens all parts and makes the application of them.
 *
 * @param models folder of the manifest and its files
 */
export async function compose(settings: Settings, models: URL = MODELS): Promise<Service> {
  const [parts, assets] = await Promise.all([openParts(settings, models), readAssets(PAGE)]);
  let isEnding = false;
  const services = servicesOf(parts, {
    cards: createParadigmCards(new URL("paradigms/", models)),
    review: settings.review,
    faceAge: settings.faceAge,
    access: {
      ...(settings.token === undefined ? {} : { token: settings.token }),
      publicSpaces: settings.publicSpaces,
      demo: settings.demo,
    },
    // A body is there several times while it is taken apart: raw, as a form, as photos, at a Worker.
    limits: { inFlightBytes: Math.floor(settings.memoryMb * MIB / 12) },
    assets,
    files: await createServedFiles(models, RUNTIME),
    isEnding: () => isEnding,
    now: () => new Date(),
  });
  const app = createApp(services);
  let inFlight = 0;
  let settled = Promise.withResolvers<void>();
  function leave() {
    if (--inFlight > 0) return;
    settled.resolve();
    settled = Promise.withResolvers();
  }
  return {
    async fetch(request, info) {
      inFlight++;
      try {
        return await app.fetch(request, info);
      } finally {
        // An export goes on after the handler has replied.
        if (info?.completed) info.completed.then(leave, leave);
        else leave();
      }
    },
    async settle(most) {
      isEnding = true;
      if (inFlight === 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((done) => timer = setTimeout(done, most));
      await Promise.race([settled.promise, late]);
      clearTimeout(timer);
    },
    close: () => parts.close(),
  };
}
