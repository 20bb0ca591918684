/**
 * Whether the page answers by itself, in this tab, or asks the server; and the way there. What it
 * takes to answer is loaded only where it is chosen.
 *
 * @module
 */
import type { EngineName } from "./private/choose_engine.ts";
import type { Loaded } from "./private/messages.ts";
import type { Keep } from "./session.ts";

type Gpu = NonNullable<Parameters<typeof import("./private/choose_engine.ts").chooseEngine>[0]>;

/** Where the choice is kept. */
const KEY = "xolo.private";

/** Whether private mode was chosen. */
export function isPrivate(lasting: Keep): boolean {
  return lasting.get(KEY) === "on";
}

/** Keeps the choice; it holds from the next load on. */
export function choosePrivate(lasting: Keep, chosen: boolean): void {
  if (chosen) lasting.set(KEY, "on");
  else lasting.remove(KEY);
}

/** How opening goes. */
export type PrivateState =
  | { readonly is: "loading"; readonly loaded?: Loaded }
  | { readonly is: "open" }
  | { readonly is: "failed"; readonly why: string };

/**
 * Makes the `fetch` of private mode. The service is opened at the first call.
 *
 * @param tell is told how opening goes
 */
export function createPrivateFetch(tell: (state: PrivateState) => void): typeof fetch {
  let opening: Promise<typeof fetch> | undefined;
  async function open(): Promise<typeof fetch> {
    try {
      await keepAtHand();
      const [{ openPrivateService }, { chooseEngine }] = await Promise.all([
        import("./private/private_fetch.ts"),
        import("./private/choose_engine.ts"),
      ]);
      const start = (engine: EngineName) =>
        openPrivateService(engine, (loaded) => tell({ is: "loading", loaded }));
      const engine = await chooseEngine((navigator as { gpu?: Gpu }).gpu);
      let service = start(engine);
      try {
        await service.opened;
      } catch (error) {
        if (engine === "wasm") throw error;
        // A graphics processor that cannot take the networks is no reason not to answer.
        service.close();
        service = start("wasm");
        await service.opened;
      }
      // What was taught should not be swept where the device runs short of room.
      await navigator.storage?.persist?.().catch(() => false);
      tell({ is: "open" });
      return service.fetch;
    } catch (error) {
      tell({ is: "failed", why: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
  return async (input, init) => await (await (opening ??= open()))(input, init);
}

/** Has the service worker keep what comes from now on; without one private mode needs the network. */
async function keepAtHand(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/service_worker.js");
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise<void>((done) =>
      navigator.serviceWorker.addEventListener("controllerchange", () => done(), { once: true })
    );
  } catch {
    // The browser keeps nothing for this page; what is loaded is loaded again next time.
  }
}
