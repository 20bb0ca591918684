/**
 * Names of memories.
 *
 * @module
 */
import { monotonicFactory } from "ulid";

/** Makes ULIDs that sort by time, and by the order of asking within a millisecond. */
export class Ids {
  readonly #next = monotonicFactory();
  #nextEarlier = monotonicFactory();
  #earlier = 0;

  /** An id of now. @param time in milliseconds since 1970; the clock may stand still but not go back */
  now(time: number): string {
    return this.#next(time);
  }

  /** An id of any time, as of a memory that was taught elsewhere before. */
  at(time: number): string {
    // A monotonic factory never goes back in time; what is asked for here may.
    if (time < this.#earlier) this.#nextEarlier = monotonicFactory();
    this.#earlier = time;
    return this.#nextEarlier(time);
  }
}
