/**
 * What every paradigm and every specialist does with four kinds of photos.
 *
 * @module
 */
import { useState } from "hono/jsx/dom";
import type { ParadigmEvaluation } from "../../models/paradigm_card.ts";
import { ShareBar } from "../ask/share_bar.tsx";
import { percent } from "../words.ts";
import { dilemma } from "./dilemma_strings.ts";
import { SourceNote } from "./source_note.tsx";

type Row = ParadigmEvaluation["rows"][number];

const QUADRANTS = ["q1", "q2", "q3", "q4"] as const;
/** How the rows of the three are called in the evaluation. */
const PARADIGM = /^paradigm \d/;

/** The shares of exceptions that there are rows of, the fewest first. */
export function sharesOf(rows: readonly Row[]): number[] {
  const shares = rows.map(({ exceptions }) => exceptions).filter((one) => typeof one === "number");
  return [...new Set(shares)].sort((a, b) => a - b);
}

/** A table of all systems, with a choice of how many exceptions there were. */
export function Quadrants({ evaluation }: { readonly evaluation: ParadigmEvaluation }) {
  const says = dilemma.quadrants;
  const { rows, seeds, command } = evaluation;
  const shares = sharesOf(rows);
  const [share, setShare] = useState(shares[0]);
  return (
    <figure class="curve">
      <fieldset class="choices">
        <legend>{says.share}</legend>
        {shares.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="exceptions"
              value={one}
              checked={one === share}
              onChange={() => setShare(one)}
            />
            {Math.round(one * 100)} %
          </label>
        ))}
      </fieldset>
      {/* The roles stay when the narrow page lays the rows out as cards. */}
      <table role="table" class="records quadrants" aria-labelledby="quadrants-heading">
        <thead role="rowgroup">
          <tr role="row">
            {[says.system, ...QUADRANTS.map((q) => says[q]), says.d].map((name) => (
              <th key={name} role="columnheader" scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.filter(({ exceptions }) => exceptions === share).map((row) => (
            <tr key={row.system} role="row" data-paradigm={String(PARADIGM.test(row.system))}>
              <th role="rowheader" scope="row">{says.systems[row.system] ?? row.system}</th>
              {QUADRANTS.map((q) => (
                <td key={q} role="cell" data-column={says[q]}>
                  <span>
                    <ShareBar share={Number(row[q])} /> {percent(Number(row[q]))}
                  </span>
                </td>
              ))}
              <td role="cell" data-column={says.d}>
                <strong>
                  {says.spread(row.d.toFixed(3), Number(row.dSpread ?? 0).toFixed(3))}
                </strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <figcaption>
        <p class="quiet">{says.dAbout} {says.seeds(seeds.length)}</p>
        <SourceNote command={command} />
      </figcaption>
    </figure>
  );
}
