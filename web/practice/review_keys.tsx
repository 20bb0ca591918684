/**
 * The keys that review is done with.
 *
 * @module
 */
import { useEffect, useRef } from "hono/jsx/dom";
import { practice } from "./practice_strings.ts";

/** What a key means in review: a suggestion by its place, or an action. */
export type Stroke =
  | { readonly suggestion: number }
  | { readonly action: "not" | "other" | "type" | "skip" | "subject" | "undo" | "help" };

const ACTIONS: Readonly<Record<string, Extract<Stroke, { action: string }>["action"]>> = {
  n: "not",
  l: "other",
  t: "type",
  s: "skip",
  x: "subject",
  u: "undo",
  "?": "help",
};

/**
 * What a pressed key means; undefined where it is meant for something else: a field, a link, the
 * browser, or a key that is held down.
 */
export function strokeOf(event: KeyboardEvent): Stroke | undefined {
  const { key, target } = event;
  if (event.defaultPrevented || event.repeat) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const on = target instanceof Element ? target : undefined;
  if (on?.closest("input, textarea, select, dialog")) return undefined;
  if (key === "Enter") return on?.closest("a, button, summary") ? undefined : { suggestion: 0 };
  if (/^[1-9]$/.test(key)) return { suggestion: Number(key) - 1 };
  const action = Object.hasOwn(ACTIONS, key.toLowerCase()) ? ACTIONS[key.toLowerCase()] : undefined;
  return action && { action };
}

/** The list of the keys, over the page. */
export function ReviewKeys(
  { isOn, onSwitch, onClose }: {
    /** Whether single keys answer. */
    readonly isOn: boolean;
    onSwitch(on: boolean): void;
    onClose(): void;
  },
) {
  const says = practice.review.keys;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="keys"
      aria-labelledby="keys-title"
      onCancel={(event: Event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id="keys-title">{says.heading}</h2>
      <dl>
        {says.list.map(([key, does]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event: Event) => onSwitch((event.target as HTMLInputElement).checked)}
        />{" "}
        {says.on}
      </label>
      <div class="line">
        <button type="button" class="button" onClick={onClose} autofocus>{says.close}</button>
      </div>
    </dialog>
  );
}
