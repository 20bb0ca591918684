/**
 * What is known, with photos where they were kept: rename it, make two one, have it forgotten, carry
 * it out and in.
 *
 * @module
 */
import type { FC } from "hono/jsx";
import { useState } from "hono/jsx/dom";
import { ApiError } from "../api_error.ts";
import type { KnownLabel } from "../client.ts";
import { ConfirmDialog } from "../confirm_dialog.tsx";
import { KnownItem } from "./known_item.tsx";
import { loadPart } from "../load_part.ts";
import type { NamingDialogProps } from "./naming_dialog.tsx";
import { sayProblem } from "../problem_words.ts";
import { strings } from "../strings.ts";
import { TransferTools } from "./transfer_tools.tsx";

/** What the list is given. */
export interface KnownListProps {
  readonly labels: readonly KnownLabel[];
  /** Whether there are labels beyond these. */
  readonly more: boolean;
  onMore(): Promise<void>;
  /** Kept photos of a label, newest first. */
  photosOf(label: string, limit: number): Promise<readonly Blob[]>;
  onRename(label: string, to: string): Promise<void>;
  /** Forgets a label, or everything; resolves to the number of memories. */
  onForget(label?: string): Promise<number>;
  /** Saves everything as a file. */
  onExport(): Promise<void>;
  onImport(file: File): Promise<{ readonly imported: number; readonly known: number }>;
  /** The list turned out not to be what the server has. */
  onStale(): Promise<void>;
}

/** What is asked about: a label, or everything. */
type Doomed = KnownLabel | "everything";

/** The dialog once it is loaded, and the label that it is about. */
interface Naming {
  readonly label: string;
  readonly Dialog: FC<NamingDialogProps>;
}

/** Labels with their counts. */
export function KnownList(props: KnownListProps) {
  const { labels, more, onMore, photosOf, onRename, onForget, onExport, onImport, onStale } = props;
  const says = strings.known;
  const [doomed, setDoomed] = useState<Doomed | undefined>(undefined);
  const [naming, setNaming] = useState<Naming | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState("");
  const [wrong, setWrong] = useState("");

  /** Does something and says what came of it. */
  async function attempt(what: () => Promise<string>, say = sayProblem) {
    setDone("");
    setWrong("");
    setBusy(true);
    try {
      setDone(await what());
    } catch (error) {
      setWrong(say(error));
      await onStale().catch(() => {/* what went wrong is said already */});
    }
    setBusy(false);
  }

  function rename(label: string) {
    void attempt(async () => {
      setNaming({ label, Dialog: (await loadPart(import("./naming_dialog.tsx"))).NamingDialog });
      return "";
    });
  }

  return (
    <section class="known" aria-labelledby="known-heading">
      <div class="line">
        <h2 id="known-heading">{strings.sections.known}</h2>
        <span class="does">
          <TransferTools
            isBusy={isBusy}
            isAnything={labels.length > 0}
            onExport={() =>
              void attempt(async () => {
                await onExport();
                return says.exported;
              })}
            onImport={(file) =>
              void attempt(async () => {
                const { imported, known } = await onImport(file);
                return says.imported(imported, known);
              })}
          />
          {labels.length > 0 && (
            <button
              type="button"
              class="button plain small"
              onClick={() => setDoomed("everything")}
            >
              {says.forgetAll}
            </button>
          )}
        </span>
      </div>
      {labels.length === 0 && <p class="quiet">{says.empty}</p>}
      <ul class="labels">
        {labels.map((label) => (
          <li key={label.label}>
            <KnownItem
              label={label}
              photosOf={photosOf}
              onRename={() => rename(label.label)}
              onForget={() => setDoomed(label)}
            />
          </li>
        ))}
      </ul>
      {more && (
        <button
          type="button"
          class="button plain"
          onClick={() =>
            void attempt(async () => {
              await onMore();
              return "";
            })}
        >
          {says.more}
        </button>
      )}
      <p class="done" aria-live="polite">{done}</p>
      <p class="failed" role="alert">{wrong}</p>
      {naming && (
        <naming.Dialog
          label={naming.label}
          others={labels.map(({ label }) => label).filter((label) => label !== naming.label)}
          onCancel={() => setNaming(undefined)}
          onName={(to) => {
            const { label } = naming;
            const merges = labels.some((other) => other.label === to);
            setNaming(undefined);
            void attempt(async () => {
              await onRename(label, to);
              return merges ? says.merged(label, to) : says.renamed(label, to);
            }, (error) =>
              error instanceof ApiError && error.status === 409
                ? says.apart(label, to)
                : sayProblem(error));
          }}
        />
      )}
      {doomed !== undefined && (
        <ConfirmDialog
          title={doomed === "everything" ? says.confirmAll : says.confirmLabel(doomed.label)}
          text={doomed === "everything"
            ? says.erasesAll
            : says.erases(doomed.memories + doomed.negatives, doomed.photos)}
          onCancel={() => setDoomed(undefined)}
          onConfirm={() => {
            setDoomed(undefined);
            void attempt(async () =>
              doomed === "everything"
                ? says.forgottenAll(await onForget())
                : says.forgotten(doomed.label, await onForget(doomed.label))
            );
          }}
        />
      )}
    </section>
  );
}
