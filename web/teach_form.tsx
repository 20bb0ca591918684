/**
 * Gives the photo on screen a name.
 *
 * @module
 */
import { useEffect, useState } from "hono/jsx/dom";
import { sayProblem } from "./problem_words.ts";
import { strings } from "./strings.ts";

/** What the form is given. */
export interface TeachFormProps {
  /** Whether there is a photo to teach. */
  readonly ready: boolean;
  /** Changes when what was said about the last lesson holds no longer. */
  readonly since: number;
  /** Resolves to what to say about it. */
  onTeach(label: string, keepPhoto: boolean): Promise<string>;
}

/** The field "Name" and the button "Teach". */
export function TeachForm({ ready, since, onTeach }: TeachFormProps) {
  const says = strings.teach;
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState("");
  const [wrong, setWrong] = useState("");

  useEffect(() => {
    setDone("");
    setWrong("");
  }, [since]);

  async function submit(event: Event) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const label = String(fields.get("name") ?? "").trim();
    setDone("");
    setWrong("");
    if (label === "") {
      setWrong(says.nameless);
      return;
    }
    setBusy(true);
    try {
      setDone(await onTeach(label, fields.get("keep") !== null));
      form.reset();
    } catch (error) {
      setWrong(sayProblem(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="teach" onSubmit={submit} noValidate>
      <h3>{says.heading}</h3>
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
      <p class="done" aria-live="polite">{done}</p>
      <p class="failed" role="alert">{wrong}</p>
    </form>
  );
}
