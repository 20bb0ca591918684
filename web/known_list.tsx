/**
 * What is known, with photos where they were kept, and how to have it forgotten.
 *
 * @module
 */
import { useEffect, useState } from "hono/jsx/dom";
import type { KnownLabel } from "./client.ts";
import { ConfirmDialog } from "./confirm_dialog.tsx";
import { sayProblem } from "./problem_words.ts";
import { strings } from "./strings.ts";

/** What the list is given. */
export interface KnownListProps {
  readonly labels: readonly KnownLabel[];
  /** Whether there are labels beyond these. */
  readonly more: boolean;
  onMore(): Promise<void>;
  /** Kept photos of a label, newest first. */
  photosOf(label: string, limit: number): Promise<readonly Blob[]>;
  /** Forgets a label, or everything; resolves to the number of memories. */
  onForget(label?: string): Promise<number>;
  /** The list turned out not to be what the server has. */
  onStale(): Promise<void>;
}

/** Thumbnails of one label. */
const THUMBNAILS = 3;

/** What a question is asked about: a label, or everything. */
type Doomed = KnownLabel | "everything";

/** Labels with their counts. */
export function KnownList(props: KnownListProps) {
  const { labels, more, onMore, photosOf, onForget, onStale } = props;
  const says = strings.known;
  const [doomed, setDoomed] = useState<Doomed | undefined>(undefined);
  const [done, setDone] = useState("");
  const [wrong, setWrong] = useState("");

  async function attempt(what: () => Promise<void>) {
    setDone("");
    setWrong("");
    try {
      await what();
    } catch (error) {
      setWrong(sayProblem(error));
      await onStale().catch(() => {/* what went wrong is said already */});
    }
  }

  return (
    <section class="known" aria-labelledby="known-heading">
      <div class="line">
        <h2 id="known-heading">{strings.sections.known}</h2>
        {labels.length > 0 && (
          <button
            type="button"
            class="button plain small"
            onClick={() => setDoomed("everything")}
          >
            {says.forgetAll}
          </button>
        )}
      </div>
      {labels.length === 0 && <p class="quiet">{says.empty}</p>}
      <ul class="labels">
        {labels.map((label) => (
          <li key={label.label}>
            <Thumbnails label={label} photosOf={photosOf} />
            <span class="name">{label.label}</span>
            <span class="quiet">
              {says.memories(label.memories)}
              {label.negatives > 0 && `, ${says.negatives(label.negatives)}`}
            </span>
            <button
              type="button"
              class="button plain small"
              aria-label={says.forgetLabel(label.label)}
              onClick={() => setDoomed(label)}
            >
              {says.forget}
            </button>
            {label.advice[0] !== undefined && <p class="advice">{label.advice[0]}</p>}
          </li>
        ))}
      </ul>
      {more && (
        <button type="button" class="button plain" onClick={() => attempt(onMore)}>
          {says.more}
        </button>
      )}
      <p class="done" aria-live="polite">{done}</p>
      <p class="failed" role="alert">{wrong}</p>
      {doomed !== undefined && (
        <ConfirmDialog
          title={doomed === "everything" ? says.confirmAll : says.confirmLabel(doomed.label)}
          text={doomed === "everything"
            ? says.erasesAll
            : says.erases(doomed.memories + doomed.negatives, doomed.photos)}
          onCancel={() => setDoomed(undefined)}
          onConfirm={() => {
            setDoomed(undefined);
            void attempt(async () => {
              if (doomed === "everything") setDone(says.forgottenAll(await onForget()));
              else setDone(says.forgotten(doomed.label, await onForget(doomed.label)));
            });
          }}
        />
      )}
    </section>
  );
}

/** Kept photos of a label, or its initial where there is none. */
function Thumbnails(
  { label, photosOf }: {
    readonly label: KnownLabel;
    readonly photosOf: KnownListProps["photosOf"];
  },
) {
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
          <img key={url} src={url} alt={strings.known.photo(name)} width="56" height="56" />
        ))
        : <span class="initial" aria-hidden="true">{[...name][0]?.toUpperCase()}</span>}
    </span>
  );
}
