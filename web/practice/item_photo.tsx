/**
 * The photo of an item of review, or a drawing that says that none was kept.
 *
 * @module
 */
import { useEffect, useState } from "hono/jsx/dom";
import { practice } from "./practice_strings.ts";
import type { ReviewItem } from "./practice_types.ts";

/** What the picture is given. */
export interface ItemPhotoProps {
  readonly item: ReviewItem;
  /** Resolves to the URL of the item's thumbnail. */
  photoOf(item: ReviewItem): Promise<string>;
}

/** The photo with its face framed, always in the same square. */
export function ItemPhoto({ item, photoOf }: ItemPhotoProps) {
  const says = practice.review;
  const [shown, setShown] = useState<{ id: string; url: string } | undefined>(undefined);
  const [failed, setFailed] = useState("");
  const { id, hasPhoto, image, box } = item;

  useEffect(() => {
    if (!hasPhoto) return;
    let current = true;
    photoOf(item).then((url) => {
      if (current) setShown({ id, url });
    }, () => {
      if (current) setFailed(id);
    });
    return () => {
      current = false;
    };
  }, [id]);

  if (!hasPhoto) {
    return (
      <div class="item-photo none">
        <Drawing kind={item.kind} />
        <p>{says.noPhoto}</p>
        <p class="quiet">{says.keepPhoto}</p>
      </div>
    );
  }
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return (
    <div class="item-photo">
      {shown?.id === id
        ? (
          <span
            class="picture"
            style={{ "--ratio": String(image.width / image.height) }}
          >
            <img src={shown.url} alt={says.photo} />
            {box && (
              <span
                class="edge"
                role="img"
                aria-label={says.face}
                style={{
                  left: share(box.x, image.width),
                  top: share(box.y, image.height),
                  width: share(box.width, image.width),
                  height: share(box.height, image.height),
                }}
              />
            )}
          </span>
        )
        : <p class="quiet">{failed === id ? says.photoFailed : ""}</p>}
    </div>
  );
}

/** Somebody's outline, or a thing's. */
function Drawing({ kind }: { readonly kind: ReviewItem["kind"] }) {
  return (
    <svg viewBox="0 0 120 100" width="120" height="100" aria-hidden="true" class="drawing">
      <rect x="4" y="4" width="112" height="92" rx="12" />
      {kind === "person"
        ? (
          <>
            <circle cx="60" cy="40" r="16" />
            <path d="M28 88c2-20 16-28 32-28s30 8 32 28" />
          </>
        )
        : (
          <>
            <circle cx="86" cy="28" r="9" />
            <path d="M10 86l30-40 22 28 14-16 34 28" />
          </>
        )}
    </svg>
  );
}
