/**
 * Asks for another name of a label; where that is known the two become one. Loaded when it is first
 * asked for.
 *
 * @module
 */
import { useEffect, useRef, useState } from "hono/jsx/dom";
import { strings } from "../strings.ts";

/** What the dialog is given. */
export interface NamingDialogProps {
  readonly label: string;
  /** The other labels, which it can become one with. */
  readonly others: readonly string[];
  onName(name: string): void;
  onCancel(): void;
}

/** Most characters of a name. */
const NAME_CHARACTERS = 200;

/** A modal question; Escape leaves the name as it is. */
export function NamingDialog({ label, others, onName, onCancel }: NamingDialogProps) {
  const says = strings.known;
  const [name, setName] = useState(label);
  const [wrong, setWrong] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const modal = dialog.current;
    modal?.showModal();
    field.current?.select();
    // Closed, it gives the focus back to where it was.
    return () => modal?.close();
  }, []);
  const merges = others.includes(name.trim());
  return (
    <dialog
      ref={dialog}
      aria-labelledby="naming-title"
      onCancel={(event: Event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <form
        noValidate
        onSubmit={(event: Event) => {
          event.preventDefault();
          const given = name.trim();
          if (given === "") setWrong(says.nameless);
          else if (given === label) onCancel();
          else onName(given);
        }}
      >
        <h2 id="naming-title">{says.renameLabel(label)}</h2>
        <div class="labelled">
          <label for="new-name">{says.newName}</label>
          <input
            id="new-name"
            type="text"
            ref={field}
            value={name}
            maxLength={NAME_CHARACTERS}
            autocomplete="off"
            list="other-names"
            onInput={(event: Event) => setName((event.target as HTMLInputElement).value)}
          />
          <datalist id="other-names">
            {others.map((other) => <option key={other} value={other}></option>)}
          </datalist>
        </div>
        <p class="quiet merges" aria-live="polite">{merges && says.merges(name.trim())}</p>
        <p class="failed" role="alert">{wrong}</p>
        <div class="line">
          <button type="button" class="button plain" onClick={onCancel}>{says.renameKeep}</button>
          <button type="submit" class="button">{says.rename}</button>
        </div>
      </form>
    </dialog>
  );
}
