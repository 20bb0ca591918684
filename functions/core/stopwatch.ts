/**
 * Wall time by stage.
 *
 * @module
 */
import type { Timings } from "./answer_type.ts";

type Stage = Exclude<keyof Timings, "total">;

/** Adds up the time of each stage. */
export interface Stopwatch {
  /** Adds the time since the last lap to a stage. */
  lap(stage: Stage): void;
  /** Adds time that somebody else measured. */
  add(stage: Stage, milliseconds: number): void;
  /** Starts the next lap without counting the time since the last one. */
  skip(): void;
  /** All stages so far, in milliseconds to the microsecond. */
  timings(): Timings;
}

/** Starts a stopwatch. */
export function stopwatch(): Stopwatch {
  const start = performance.now();
  const stages: Record<Stage, number> = {
    decode: 0,
    encode: 0,
    faces: 0,
    recall: 0,
    generalize: 0,
  };
  let last = start;
  const round = (ms: number) => Math.round(ms * 1000) / 1000;
  return {
    lap(stage) {
      const now = performance.now();
      stages[stage] += now - last;
      last = now;
    },
    add(stage, milliseconds) {
      stages[stage] += milliseconds;
    },
    skip() {
      last = performance.now();
    },
    timings() {
      return {
        decode: round(stages.decode),
        encode: round(stages.encode),
        faces: round(stages.faces),
        recall: round(stages.recall),
        generalize: round(stages.generalize),
        total: round(performance.now() - start),
      };
    },
  };
}
