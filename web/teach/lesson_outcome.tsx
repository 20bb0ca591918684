/**
 * What became of a lesson: learnt, and how to take it back; or why not, and how to insist.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { ApiError } from "../api_error.ts";
import { sayProblem } from "../problem_words.ts";
import { strings } from "../strings.ts";

/** A lesson that was learnt. */
export interface Learnt {
  readonly says: string;
  /** What was not learnt of it, one sentence each. */
  readonly but?: readonly string[];
  /** Takes it back and resolves to what to say then; left out where nothing was changed. */
  readonly undo?: (() => Promise<string>) | undefined;
}

/** Teaches, by force if need be. */
export type Teaching = (force: boolean) => Promise<Learnt>;

/** How far a lesson has come. */
export type LessonState =
  | { readonly is: "idle" }
  | { readonly is: "busy" }
  | ({ readonly is: "done" } & Omit<Learnt, "undo"> & { readonly undo?: () => void })
  | { readonly is: "undone"; readonly says: string }
  /** `insist` is there where the refusal can be overruled. */
  | { readonly is: "failed"; readonly says: string; readonly insist?: () => void };

/** A lesson and a way to begin it. */
export interface UsedLesson {
  readonly state: LessonState;
  /** Says so when there is nothing that could be taught. */
  fail(says: string): void;
  /** Runs a lesson; `then` follows when it was learnt, at once or by force. */
  run(teach: Teaching, then?: () => void): Promise<void>;
}

/**
 * Keeps the outcome of a lesson.
 *
 * @param since changes when what was said about the last lesson holds no longer
 */
export function useLesson(since: unknown): UsedLesson {
  const [state, setState] = useState<LessonState>({ is: "idle" });

  useEffect(() => {
    setState((now) => now.is === "busy" ? now : { is: "idle" });
  }, [since]);

  async function attempt(teach: Teaching, then: () => void, force: boolean) {
    setState({ is: "busy" });
    try {
      const { undo, ...learnt } = await teach(force);
      const back = undo === undefined ? {} : { undo: () => void takeBack(undo) };
      setState({ is: "done", ...learnt, ...back });
      then();
    } catch (error) {
      const insist = !force && error instanceof ApiError && error.mayForce
        ? { insist: () => void attempt(teach, then, true) }
        : {};
      setState({ is: "failed", says: sayProblem(error), ...insist });
    }
  }

  async function takeBack(undo: () => Promise<string>) {
    setState({ is: "busy" });
    try {
      setState({ is: "undone", says: await undo() });
    } catch (error) {
      setState({ is: "failed", says: sayProblem(error) });
    }
  }

  return {
    state,
    fail: (says) => setState({ is: "failed", says }),
    run: (teach, then = () => {}) => attempt(teach, then, false),
  };
}

/** The outcome in words, read aloud when it comes. */
export function LessonOutcome({ state }: { readonly state: LessonState }) {
  const line = useRef<HTMLParagraphElement>(null);
  const { is } = state;

  // Who worked by keyboard goes on here: the button that was pressed is gone.
  useEffect(() => {
    if (is === "undone") line.current?.focus({ preventScroll: true });
  }, [is]);

  return (
    <>
      <p class="done" aria-live="polite" tabIndex={-1} ref={line}>
        {(is === "done" || is === "undone") && state.says}
      </p>
      {state.is === "done" && state.but && state.but.length > 0 && (
        <ul class="but">{state.but.map((why) => <li key={why}>{why}</li>)}</ul>
      )}
      {state.is === "done" && state.undo && (
        <button type="button" class="button plain small undo" onClick={state.undo}>
          {strings.teach.undo}
        </button>
      )}
      <p class="failed" role="alert">{state.is === "failed" && state.says}</p>
      {state.is === "failed" && state.insist && (
        <button type="button" class="button plain small insist" onClick={state.insist}>
          {strings.teach.force}
        </button>
      )}
    </>
  );
}
