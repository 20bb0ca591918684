/**
 * A quota by name over a fixed window. Counts live in this process alone: with several instances
 * each grants its own, which bounds abuse without a round trip to the store.
 *
 * @module
 */
import { QuotaError } from "../core/errors.ts";

/** Counts what is taken. */
export interface Quota {
  /** @throws {QuotaError} when this name has taken all there is until the window ends */
  take(name: string): void;
}

/** Names that are remembered at once; beyond, the oldest window is dropped. */
const MOST_NAMES = 10_000;

/**
 * Makes a quota of `each` takings a name every `seconds`.
 *
 * @example
 * ```ts
 * import { createQuota } from "./quota.ts";
 *
 * const quota = createQuota({ each: 2, seconds: 60, now: () => new Date() });
 * quota.take("somebody");
 * ```
 */
export function createQuota(
  { each, seconds, now }: { each: number; seconds: number; now: () => Date },
): Quota {
  const windows = new Map<string, { ends: number; taken: number }>();
  return {
    take(name) {
      const time = now().getTime();
      let window = windows.get(name);
      if (window === undefined || window.ends <= time) {
        windows.delete(name);
        window = { ends: time + seconds * 1000, taken: 0 };
        windows.set(name, window);
        if (windows.size > MOST_NAMES) windows.delete(windows.keys().next().value!);
      }
      if (window.taken >= each) {
        throw new QuotaError(
          `at most ${each} are granted every ${seconds} seconds`,
          (window.ends - time) / 1000,
        );
      }
      window.taken++;
    },
  };
}
