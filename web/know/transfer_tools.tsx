/**
 * The buttons that carry what is known out, as a file, and in.
 *
 * @module
 */
import { strings } from "../strings.ts";

/** What the buttons are given. */
export interface TransferToolsProps {
  readonly isBusy: boolean;
  /** Whether there is anything to export. */
  readonly isAnything: boolean;
  onExport(): void;
  onImport(file: File): void;
}

/** Export and import. */
export function TransferTools({ isBusy, isAnything, onExport, onImport }: TransferToolsProps) {
  const says = strings.known;
  return (
    <>
      {isAnything && (
        <button
          type="button"
          class="button plain small"
          title={says.exportHint}
          disabled={isBusy}
          onClick={onExport}
        >
          {says.export}
        </button>
      )}
      <label class="button plain small" data-busy={String(isBusy)}>
        <input
          type="file"
          class="unseen"
          accept=".ndjson,application/x-ndjson"
          disabled={isBusy}
          onChange={(event: Event) => {
            const input = event.target as HTMLInputElement;
            const file = input.files?.[0];
            // Emptied, so that choosing the same file again reads it again.
            input.value = "";
            if (file) onImport(file);
          }}
        />
        {isBusy ? says.importing : says.import}
      </label>
    </>
  );
}
