/**
 * `Server-Timing` of an answer, so that a browser's tools show where the time went.
 *
 * @module
 */
import type { Timings } from "../core/answer_type.ts";

/** The stages that took time, as the value of a `Server-Timing` header. */
export function serverTiming(timings: Timings): string {
  return Object.entries(timings)
    .filter(([, ms]) => ms > 0)
    .map(([stage, ms]) => `${stage};dur=${ms.toFixed(3)}`)
    .join(", ");
}
