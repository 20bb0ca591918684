/**
 * Where a photo comes in: chosen, dropped, or pasted.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { useEffect, useState } from "hono/jsx/dom";
import { strings } from "../strings.ts";

/** What the input is given. */
export interface PhotoInputProps {
  /** The photo that was asked about last. */
  readonly photo: Blob | undefined;
  /** Whether a filter aged it. */
  readonly isAged: boolean;
  readonly busy: boolean;
  /** At least one. */
  onPhotos(photos: readonly Blob[]): void;
  /** What is shown in the photo's place, as the camera's picture. */
  readonly instead?: Child;
  /** What lies over the photo. */
  readonly over?: Child;
  /** What stands below it. */
  readonly below?: Child;
}

/** The files of a drop or a paste. */
function filesOf(data: DataTransfer | null): readonly File[] {
  return [...data?.files ?? []];
}

/** The photo, and the ways to choose another. */
export function PhotoInput(props: PhotoInputProps) {
  const { photo, isAged, busy, onPhotos, instead, over: overlay, below } = props;
  const says = strings.photo;
  const [preview, setPreview] = useState<string | undefined>(undefined);
  const [dragging, setDragging] = useState(false);

  useEffect(() => {
    if (!photo) return setPreview(undefined);
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
      const files = filesOf(event.dataTransfer);
      setDragging(false);
      if (files.length === 0) return;
      event.preventDefault();
      onPhotos(files);
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      onPhotos(files);
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
  }, [onPhotos]);

  return (
    <section class="photo" aria-label={strings.sections.photo}>
      <div class="viewer">
        {instead ?? (
          <label
            class="frame"
            data-dragging={String(dragging)}
            data-busy={String(busy)}
            data-aged={String(isAged)}
          >
            <input
              type="file"
              accept="image/*,.heic,.heif"
              multiple
              class="unseen"
              onChange={(event: Event) => {
                const input = event.target as HTMLInputElement;
                const files = [...input.files ?? []];
                // Emptied, so that choosing the same file again asks again.
                input.value = "";
                if (files.length > 0) onPhotos(files);
              }}
            />
            {preview
              ? <img class="preview" src={preview} alt="" onError={() => setPreview(undefined)} />
              : <img class="waiting" src="/assets/icon.svg" alt="" width="120" height="120" />}
            {isAged && <span class="filter">{says.aged}</span>}
            <span class="invitation">
              <span class="button">
                {dragging ? says.drop : preview ? says.instead : says.choose}
              </span>
              <span class="hint">{says.hint}</span>
            </span>
          </label>
        )}
        {!instead && overlay}
      </div>
      {below}
    </section>
  );
}
