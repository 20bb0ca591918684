/**
 * Keeps the page and the models of private mode at hand, so that it goes on without the network. What
 * the API says is never kept, and nothing of a photo comes by here.
 *
 * @module
 */

/** Names what was built, so that another build has a cache of its own; put in by the build. */
declare const BUILD: string;
/** The page's own files; put in by the build. */
declare const SHELL: readonly string[];

/** The part of a service worker's own scope that is used; the configuration's types are a window's. */
interface ServiceWorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: AskEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

interface LifeEvent {
  waitUntil(done: Promise<unknown>): void;
}

interface AskEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;
const CACHE = `xolo-${BUILD}`;

scope.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([...SHELL]);
    await scope.skipWaiting();
  })());
});

scope.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("xolo-") && name !== CACHE) await caches.delete(name);
    }
    await scope.clients.claim();
  })());
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  // Models are looked at by their hash where they are opened: what is here is as good as what comes.
  if (/^\/(models|runtime)\//.test(pathname)) event.respondWith(kept(request));
  else if (pathname === "/" || /^\/(assets|paradigms)(\/|$)/.test(pathname)) {
    event.respondWith(fresh(request));
  }
});

/** What is at hand, or else what the server has, which is at hand from then on. */
async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return await cache.match(request) ?? await asked(cache, request);
}

/** What the server has, or what is at hand where it does not answer. */
async function fresh(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    return await asked(cache, request);
  } catch (error) {
    const found = await cache.match(request, { ignoreSearch: true });
    if (found) return found;
    throw error;
  }
}

async function asked(cache: Cache, request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 200) await cache.put(request, response.clone());
  return response;
}
