/**
 * Kept photos of a label, or its initial where there is none.
 *
 * @module
 */
import { useEffect, useState } from "hono/jsx/dom";
import type { KnownLabel } from "../client.ts";
import { strings } from "../strings.ts";

/** What the thumbnails are given. */
export interface ThumbnailsProps {
  readonly label: KnownLabel;
  /** Kept photos of a label, newest first. */
  photosOf(label: string, limit: number): Promise<readonly Blob[]>;
}

/** Thumbnails of one label. */
const THUMBNAILS = 3;

/** The photos, one over the other. */
export function Thumbnails({ label, photosOf }: ThumbnailsProps) {
  const [urls, setUrls] = useState<readonly string[]>([]);
  const { label: name, photos, lastTaughtAt } = label;

  useEffect(() => {
    if (photos === 0) return;
    let current = true;
    let made: readonly string[] = [];
    photosOf(name, THUMBNAILS).then((blobs) => {
      if (!current) return;
      made = blobs.map((blob) => URL.createObjectURL(blob));
      setUrls(made);
    }, () => {/* a thumbnail less; the list itself says what is wrong */});
    return () => {
      current = false;
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [name, photos, lastTaughtAt]);

  return (
    <span class="thumbnails">
      {photos > 0 && urls.length > 0
        ? urls.map((url) => (
          <img key={url} src={url} alt={strings.known.photo(name)} width="72" height="72" />
        ))
        : <span class="initial" aria-hidden="true">{[...name][0]?.toUpperCase()}</span>}
    </span>
  );
}
