/**
 * Several photos that are taught by one name, as a strip; the one on screen is marked.
 *
 * @module
 */
import { useEffect, useState } from "hono/jsx/dom";
import { strings } from "../strings.ts";

/** What the strip is given. */
export interface SeveralPhotosProps {
  readonly photos: readonly Blob[];
  /** The one on screen. */
  readonly shown: Blob | undefined;
  /** Brings one on screen. */
  onShow(photo: Blob): void;
}

/** The strip, with how many there are. */
export function SeveralPhotos({ photos, shown, onShow }: SeveralPhotosProps) {
  const says = strings.photo;
  const [urls, setUrls] = useState<readonly string[]>([]);

  useEffect(() => {
    const made = photos.map((photo) => URL.createObjectURL(photo));
    setUrls(made);
    return () => made.forEach((url) => URL.revokeObjectURL(url));
  }, [photos]);

  return (
    <div class="several">
      <p>
        <strong>{says.several(photos.length)}</strong> {says.severalHint}
      </p>
      <ul>
        {urls.map((url, i) => (
          <li key={url}>
            <button
              type="button"
              aria-label={says.show(i + 1, urls.length)}
              aria-pressed={photos[i] === shown ? "true" : "false"}
              onClick={() => onShow(photos[i]!)}
            >
              <img src={url} alt="" width="56" height="56" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
