/**
 * One label that is known, with what can be done about it.
 *
 * @module
 */
import type { KnownLabel } from "../client.ts";
import { strings } from "../strings.ts";
import { Thumbnails, type ThumbnailsProps } from "./thumbnails.tsx";

/** What the item is given. */
export interface KnownItemProps extends ThumbnailsProps {
  readonly label: KnownLabel;
  onRename(): void;
  onForget(): void;
}

/** Its photos, its name, its memories, and what would help most. */
export function KnownItem({ label, photosOf, onRename, onForget }: KnownItemProps) {
  const says = strings.known;
  const { label: name, memories, negatives, advice } = label;
  return (
    <>
      <Thumbnails label={label} photosOf={photosOf} />
      <span class="name">{name}</span>
      <span class="quiet">
        {says.memories(memories)}
        {negatives > 0 && `, ${says.negatives(negatives)}`}
      </span>
      {advice[0] !== undefined && <p class="advice" lang="en">{advice[0]}</p>}
      <span class="does">
        <button
          type="button"
          class="button plain small"
          aria-label={says.renameLabel(name)}
          onClick={onRename}
        >
          {says.rename}
        </button>
        <button
          type="button"
          class="button plain small"
          aria-label={says.forgetLabel(name)}
          onClick={onForget}
        >
          {says.forget}
        </button>
      </span>
    </>
  );
}
