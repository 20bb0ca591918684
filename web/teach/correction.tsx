/**
 * Takes a name back: "that is not Grandma".
 *
 * @module
 */
import { type Learnt, LessonOutcome, useLesson } from "./lesson_outcome.tsx";
import type { Correctable } from "../ask/people.ts";
import { strings } from "../strings.ts";

/** What the correction is given. */
export interface CorrectionProps {
  /** Undefined while there is no name to take back. */
  readonly name: Correctable | undefined;
  /** Changes when what was said about the last correction holds no longer. */
  readonly since: unknown;
  onCorrect(name: Correctable, force: boolean): Promise<Learnt>;
}

/** The button below an answer from memory, and what came of it. */
export function Correction({ name, since, onCorrect }: CorrectionProps) {
  const { state, run } = useLesson(since);
  return (
    <div class="correction">
      {name && (
        <button
          type="button"
          class="button plain small"
          disabled={state.is === "busy"}
          onClick={() => void run((force) => onCorrect(name, force))}
        >
          {strings.teach.not(name.label)}
        </button>
      )}
      <LessonOutcome state={state} />
    </div>
  );
}
