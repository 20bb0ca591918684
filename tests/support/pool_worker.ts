/**
 * A Worker for the pool's tests that does what it is told, well or badly.
 *
 * @module
 */
import type { WorkerReply } from "../../functions/photo/pool.ts";

/** What the Worker shall do. */
export type Order =
  | { readonly do: "double"; readonly value: number; readonly afterMs?: number }
  /** Tells a number that is this Worker's own. */
  | { readonly do: "who"; readonly afterMs?: number }
  | { readonly do: "throw" }
  | { readonly do: "die" }
  | { readonly do: "spin" };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<Order | null>) => void) | null;
  postMessage(message: WorkerReply<number>): void;
};

const own = Math.random();

scope.onmessage = ({ data }) => {
  if (data === null) return scope.postMessage({ type: "released" });
  switch (data.do) {
    case "double":
      setTimeout(
        () => scope.postMessage({ type: "done", output: data.value * 2 }),
        data.afterMs ?? 0,
      );
      return;
    case "who":
      setTimeout(() => scope.postMessage({ type: "done", output: own }), data.afterMs ?? 0);
      return;
    case "throw":
      return scope.postMessage({ type: "failed", name: "RangeError", message: "too much" });
    case "die":
      throw new Error("as told");
    case "spin":
      while (true);
  }
};
scope.postMessage({ type: "ready" });
