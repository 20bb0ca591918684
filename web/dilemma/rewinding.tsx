/**
 * Layers of the late network taken back to the early moment, to be chosen.
 *
 * @module
 */
import { useState } from "hono/jsx/dom";
import type { ParadigmEvaluation } from "../../models/paradigm_card.ts";
import { ShareBar } from "../ask/share_bar.tsx";
import { percent } from "../words.ts";
import { dilemma } from "./dilemma_strings.ts";
import { shareInLine } from "./noise_explorer.tsx";
import { SourceNote } from "./source_note.tsx";

/** What the choice is given. */
export interface RewindingProps {
  readonly rewinding: NonNullable<ParadigmEvaluation["rewinding"]>;
  readonly command: string;
  /** How many trainings the figures are means of. */
  readonly seeds: number;
}

/** The choice of layers, and what became of the network. */
export function Rewinding({ rewinding: { rows }, command, seeds }: RewindingProps) {
  const says = dilemma.rewinding;
  const [chosen, setChosen] = useState(0);
  const row = rows[chosen]!;
  const bars = ["asGiven", "asTrue", "test"] as const;
  return (
    <figure class="curve">
      <fieldset class="choices">
        <legend>{says.choose}</legend>
        {rows.map(({ layers }, i) => (
          <label key={i}>
            <input
              type="radio"
              name="layers"
              value={i}
              checked={i === chosen}
              onChange={() => setChosen(i)}
            />
            {layers.length === 0 ? says.none : says.layers(layers)}
          </label>
        ))}
      </fieldset>
      <p class="quiet">{says.hint(seeds)}</p>
      <dl class="bars">
        {bars.map((name) => (
          <div key={name} data-line={name}>
            <dt>{says[name]}</dt>
            <dd>
              <ShareBar share={row[name]} /> {percent(row[name])}
            </dd>
          </div>
        ))}
      </dl>
      <p class="spoken" aria-live="polite">
        {says.says(shareInLine(row.asGiven), shareInLine(row.asTrue), shareInLine(row.test))}
      </p>
      <figcaption>
        <SourceNote command={command} />
      </figcaption>
    </figure>
  );
}
