/**
 * Where a photo comes in: chosen, dropped, pasted, or one of the samples.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { useEffect, useState } from "hono/jsx/dom";
import { samples } from "./samples.ts";
import { strings } from "./strings.ts";

/** What the input is given. */
export interface PhotoInputProps {
  /** The photo that was asked about last. */
  readonly photo: Blob | undefined;
  readonly busy: boolean;
  onPhoto(photo: Blob): void;
  /** What lies over the photo. */
  readonly children?: Child;
}

/** The first file of a drop or a paste, if there is one. */
function fileOf(data: DataTransfer | null): File | undefined {
  return data?.files[0];
}

/** The photo, and the ways to choose another. */
export function PhotoInput({ photo, busy, onPhoto, children }: PhotoInputProps) {
  const says = strings.photo;
  const [preview, setPreview] = useState<string | undefined>(undefined);
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    if (!photo) return;
    const url = URL.createObjectURL(photo);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [photo]);

  // Anywhere on the page will do: nobody aims when dropping.
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      const file = fileOf(event.dataTransfer);
      setDragging(false);
      if (!file) return;
      event.preventDefault();
      onPhoto(file);
    };
    const paste = (event: ClipboardEvent) => {
      const file = fileOf(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      onPhoto(file);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
    };
  }, [onPhoto]);

  return (
    <section class="photo" aria-label={strings.sections.photo}>
      <div class="viewer">
        <label class="frame" data-dragging={String(dragging)} data-busy={String(busy)}>
          <input
            type="file"
            accept="image/*,.heic,.heif"
            class="unseen"
            onChange={(event: Event) => {
              const input = event.target as HTMLInputElement;
              const file = input.files?.[0];
              // Emptied, so that choosing the same file again asks again.
              input.value = "";
              if (file) onPhoto(file);
            }}
          />
          {preview
            ? <img class="preview" src={preview} alt="" onError={() => setPreview(undefined)} />
            : <img class="waiting" src="/assets/icon.svg" alt="" width="120" height="120" />}
          <span class="invitation">
            <span class="button">
              {dragging ? says.drop : preview ? says.instead : says.choose}
            </span>
            <span class="hint">{says.hint}</span>
          </span>
        </label>
        {children}
      </div>
      <div class="samples">
        <p id="samples-heading">{says.samples}</p>
        <ul aria-labelledby="samples-heading">
          {samples.map(({ file, alt }) => (
            <li key={file}>
              <button
                type="button"
                onClick={async () => {
                  const response = await fetch(`/assets/samples/${file}`);
                  if (response.ok) onPhoto(await response.blob());
                }}
              >
                <img src={`/assets/samples/${file}`} alt={alt} width="64" height="64" />
              </button>
            </li>
          ))}
        </ul>
        <details>
          <summary>{says.credits}</summary>
          <ul>{samples.map(({ file, credit }) => <li key={file}>{credit}</li>)}</ul>
        </details>
      </div>
    </section>
  );
}
