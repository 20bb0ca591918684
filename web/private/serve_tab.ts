/**
 * What a Worker of private mode does: requests in, replies out. Nothing of a photo leaves it.
 *
 * @module
 */
import type { Asked, Said } from "./messages.ts";
import { type Engine, openPrivate } from "./open_private.ts";

/** The part of a Worker's own scope that is used; the configuration's types are a window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(message: Said, transfer?: Transferable[]): void;
  readonly location: Location;
}

/** Serves the page that started this Worker, by an engine. */
export function serveTab(engine: Engine): void {
  const scope = globalThis as unknown as WorkerScope;
  const opening = openPrivate(scope.location.origin, engine, (loaded) => {
    scope.postMessage({ type: "loaded", loaded });
  });

  scope.onmessage = async ({ data: { id, path, method, headers, body } }) => {
    const answer = await opening.catch(() => undefined);
    // The page was told why.
    if (answer === undefined) return;
    const request = new Request(new URL(path, "http://localhost"), {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body === null ? {} : { body }),
    });
    const response = await answer(request);
    const reply = await response.arrayBuffer();
    scope.postMessage({
      type: "reply",
      id,
      status: response.status,
      headers: [...response.headers],
      body: reply,
    }, [reply]);
  };

  opening.then(
    () => scope.postMessage({ type: "open" }),
    (error) => scope.postMessage({ type: "failed", message: String(error?.message ?? error) }),
  );
}
