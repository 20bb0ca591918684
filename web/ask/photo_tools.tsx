/**
 * What can be done with the photo on screen, beside teaching it: the camera, and the filter that
 * ages.
 *
 * @module
 */
import { strings } from "../strings.ts";

/** What the tools are given. */
export interface PhotoToolsProps {
  /** Whether there is a photo on screen. */
  readonly isThere: boolean;
  /** Whether a filter aged it. */
  readonly isAged: boolean;
  readonly isBusy: boolean;
  onAge(): void;
  onOriginal(): void;
  onCamera(): void;
}

/** A line of buttons. */
export function PhotoTools(props: PhotoToolsProps) {
  const { isThere, isAged, isBusy, onAge, onOriginal, onCamera } = props;
  const says = strings.photo;
  return (
    <div class="tools" role="group" aria-label={says.tools}>
      <button type="button" class="button plain small" data-do="camera" onClick={onCamera}>
        {strings.camera.start}
      </button>
      {isAged
        ? (
          <button type="button" class="button plain small" data-do="original" onClick={onOriginal}>
            {says.original}
          </button>
        )
        : (
          <button
            type="button"
            class="button plain small"
            data-do="age"
            disabled={!isThere || isBusy}
            onClick={onAge}
          >
            {says.age}
          </button>
        )}
      {isAged && <p class="hint">{says.agedHint}</p>}
    </div>
  );
}
