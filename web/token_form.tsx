/**
 * Takes the token of a deployment that has one.
 *
 * @module
 */
import { useState } from "hono/jsx/dom";
import { sayProblem } from "./problem_words.ts";
import { strings } from "./strings.ts";

/** What the form is given. */
export interface TokenFormProps {
  /** Resolves to whether the server takes it. */
  onToken(token: string): Promise<boolean>;
}

/** The field "Token". */
export function TokenForm({ onToken }: TokenFormProps) {
  const says = strings.token;
  const [wrong, setWrong] = useState("");

  async function submit(event: Event) {
    event.preventDefault();
    const token = String(new FormData(event.target as HTMLFormElement).get("token") ?? "").trim();
    setWrong("");
    try {
      if (token === "" || !await onToken(token)) setWrong(strings.problems[401]);
    } catch (error) {
      setWrong(sayProblem(error));
    }
  }

  return (
    <form class="teach" onSubmit={submit} noValidate>
      <h3>{says.heading}</h3>
      <label for="token">{says.label}</label>
      <div class="line">
        <input id="token" name="token" type="password" autocomplete="off" />
        <button type="submit" class="button">{says.button}</button>
      </div>
      <p class="quiet">{says.hint}</p>
      <p class="failed" role="alert">{wrong}</p>
    </form>
  );
}
