/**
 * The name that decisions are signed with: asked once, and kept by the browser.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { practice } from "./practice_strings.ts";
import { ACTOR_CHARACTERS } from "../actor.ts";

/** What the form is given. */
export interface SignatureProps {
  readonly name: string | undefined;
  /** Whether it should be the first thing that is asked. */
  readonly isFirst?: boolean;
  onName(name: string): void;
}

/** Who signs, and the field to say so. */
export function Signature({ name, isFirst = false, onName }: SignatureProps) {
  const says = practice.signature;
  const [isOpen, setOpen] = useState(false);
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);

  if (!isFirst && !isOpen) {
    return (
      <p class="signature quiet">
        {name === undefined ? says.nobody : (
          <>
            {says.as}
            <strong>{name}</strong>
          </>
        )} <button type="button" class="link" onClick={() => setOpen(true)}>{says.change}</button>
      </p>
    );
  }
  return (
    <form
      class="signature-form"
      noValidate
      onSubmit={(event: Event) => {
        event.preventDefault();
        const fields = new FormData(event.target as HTMLFormElement);
        const given = String(fields.get("actor") ?? "").trim();
        if (given === "") return setWrong(says.nameless);
        setWrong("");
        setOpen(false);
        onName(given);
      }}
    >
      {isFirst && <h3>{says.heading}</h3>}
      <label for="actor">{says.label}</label>
      <div class="line">
        <input
          id="actor"
          name="actor"
          type="text"
          value={name ?? ""}
          maxLength={ACTOR_CHARACTERS}
          autocomplete="name"
          ref={field}
        />
        <button type="submit" class="button">{isFirst ? says.button : says.keep}</button>
      </div>
      <p class="quiet">{says.hint}</p>
      <p class="failed" role="alert">{wrong}</p>
    </form>
  );
}
