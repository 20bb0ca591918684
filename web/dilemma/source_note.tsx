/**
 * Which file a chart was drawn from, and what made that.
 *
 * @module
 */
import { dilemma } from "./dilemma_strings.ts";

/** Where what the charts show lies in the project. */
const FILE = "models/paradigms/evaluation.json";

/** The line below a chart. */
export function SourceNote({ command }: { readonly command: string }) {
  return (
    <p class="source quiet">
      <a href="/paradigms">{dilemma.source(FILE)}</a> <code>{command}</code>
    </p>
  );
}
