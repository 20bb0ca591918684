/**
 * Asks about a live picture, one frame at a time, as fast as answers come.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { ApiError } from "../api_error.ts";

/** How a picture is watched. */
export interface WatchOptions {
  /** The picture as it is now; undefined while there is none. */
  frame(): Promise<Blob | undefined>;
  ask(frame: Blob): Promise<Answer>;
  /** Told of every answer, with how many there are a second. */
  onAnswer(answer: Answer, rate: number): void;
  /** Told what is wrong; it is tried again after the wait. */
  onTrouble(error: unknown): void;
  /** Least milliseconds from one question to the next. */
  readonly interval: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Milliseconds that the rate is taken over. */
const RECENT = 3000;

/** Seconds to wait where something is wrong and the server does not say how long. */
const PAUSE = 2;

/** Milliseconds until a picture is asked for again that was not there. */
const SOON = 100;

/** Watches until the signal ends it. */
export async function watch(options: WatchOptions): Promise<void> {
  const { frame, ask, onAnswer, onTrouble, interval, signal } = options;
  let times: number[] = [];
  while (!signal.aborted) {
    const began = performance.now();
    let pause = SOON;
    try {
      const picture = await frame();
      if (picture && !signal.aborted) {
        const answer = await ask(picture);
        if (signal.aborted) return;
        const now = performance.now();
        times = [...times.filter((time) => time > now - RECENT), now];
        onAnswer(answer, rateOf(times));
        pause = Math.max(0, interval - (now - began));
      }
    } catch (error) {
      if (signal.aborted) return;
      onTrouble(error);
      const seconds = error instanceof ApiError ? error.retryAfter ?? PAUSE : PAUSE;
      pause = seconds * 1000;
    }
    await rest(pause, signal);
  }
}

/** Answers a second. */
function rateOf(times: readonly number[]): number {
  const first = times[0], last = times.at(-1);
  if (first === undefined || last === undefined || first === last) return 0;
  return (times.length - 1) / (last - first) * 1000;
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, milliseconds);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    }
    signal.addEventListener("abort", finish);
  });
}
