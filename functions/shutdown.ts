/**
 * Ends the process in order when it is told to, and in bounded time whatever a client does.
 *
 * @module
 */
import type { Service } from "./compose.ts";

/** How the service is ended. */
export interface Shutdown {
  readonly service: Pick<Service, "settle" | "close">;
  /** Milliseconds that requests in flight are given. */
  readonly settle: number;
  /** Milliseconds that the store is given after them. */
  readonly close: number;
}

/**
 * On SIGINT or SIGTERM finishes what is in flight, closes the store and exits: with 0, or with 1
 * when the store took too long. A second signal exits at once.
 */
export function shutdownOnSignal({ service, settle, close }: Shutdown): void {
  let isClosing = false;
  for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15]] as const) {
    Deno.addSignalListener(signal, async () => {
      if (isClosing) Deno.exit(128 + number);
      isClosing = true;
      await service.settle(settle);
      setTimeout(() => Deno.exit(1), close);
      try {
        await service.close();
        Deno.exit(0);
      } catch (error) {
        console.error("Xolo cannot close its store:", error);
        Deno.exit(1);
      }
    });
  }
}
