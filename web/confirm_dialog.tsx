/**
 * Asks before something is gone for good.
 *
 * @module
 */
import { useEffect, useRef } from "hono/jsx/dom";
import { strings } from "./strings.ts";

/** What the dialog is given. */
export interface ConfirmDialogProps {
  readonly title: string;
  /** What will be lost. */
  readonly text: string;
  /** What the buttons say, where it is not forgetting. */
  readonly cancel?: string;
  readonly confirm?: string;
  onConfirm(): void;
  onCancel(): void;
}

/** A modal question; Escape is a no. */
export function ConfirmDialog(
  {
    title,
    text,
    cancel = strings.known.cancel,
    confirm = strings.known.confirm,
    onConfirm,
    onCancel,
  }: ConfirmDialogProps,
) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const modal = dialog.current;
    modal?.showModal();
    // Closed, it gives the focus back to where it was.
    return () => modal?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onCancel={(event: Event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id="confirm-title">{title}</h2>
      <p id="confirm-text">{text}</p>
      <div class="line">
        <button type="button" class="button plain" onClick={onCancel}>{cancel}</button>
        <button type="button" class="button grave" onClick={onConfirm}>{confirm}</button>
      </div>
    </dialog>
  );
}
