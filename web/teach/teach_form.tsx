/**
 * Gives the photo on screen a name.
 *
 * @module
 */
import { type Learnt, LessonOutcome, useLesson } from "./lesson_outcome.tsx";
import { strings } from "../strings.ts";

/** What the form is given. */
export interface TeachFormProps {
  /** Whether there is a photo to teach. */
  readonly ready: boolean;
  /** Whom or what the name would be given to, where that has to be said. */
  readonly meant: string | undefined;
  /** What would make a better lesson, if anything. */
  readonly hint: string | undefined;
  /** How many photos get the name. */
  readonly photos: number;
  /** How many of several were taught so far, while they are. */
  readonly progress: number | undefined;
  /** Changes when what was said about the last lesson holds no longer. */
  readonly since: unknown;
  onTeach(label: string, keepPhoto: boolean, force: boolean): Promise<Learnt>;
}

/** The field "Name" and the button "Teach". */
export function TeachForm(
  { ready, meant, hint, photos, progress, since, onTeach }: TeachFormProps,
) {
  const says = strings.teach;
  const { state, fail, run } = useLesson(since);
  const busy = state.is === "busy";

  function submit(event: Event) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const label = String(fields.get("name") ?? "").trim();
    const keep = fields.get("keep") !== null;
    if (label === "") fail(says.nameless);
    else void run((force) => onTeach(label, keep, force), () => form.reset());
  }

  return (
    <form class="teach" onSubmit={submit} noValidate>
      <h3>{says.heading}</h3>
      {meant && <p class="quiet meant">{meant}</p>}
      {hint && <p class="quiet meant">{hint}</p>}
      {photos > 1 && <p class="quiet meant">{says.several(photos)}</p>}
      <fieldset disabled={!ready || busy}>
        <label for="teach-name">{says.name}</label>
        <div class="line">
          <input
            id="teach-name"
            name="name"
            type="text"
            maxLength={200}
            autocomplete="off"
            placeholder={says.placeholder}
          />
          <button type="submit" class="button">{busy ? says.teaching : says.button}</button>
        </div>
        <label class="choice">
          <input type="checkbox" name="keep" /> {says.keep}
        </label>
      </fieldset>
      {progress !== undefined && (
        <p class="progress">
          <label for="teach-progress">{says.progress(progress + 1, photos)}</label>
          <progress id="teach-progress" max={photos} value={progress}></progress>
        </p>
      )}
      <LessonOutcome state={state} />
    </form>
  );
}
