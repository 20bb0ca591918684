/**
 * One network's training, to be walked through epoch by epoch.
 *
 * @module
 */
import { useState } from "hono/jsx/dom";
import type { ParadigmEvaluation } from "../../models/paradigm_card.ts";
import { percent } from "../words.ts";
import { dilemma } from "./dilemma_strings.ts";
import { LineChart } from "./line_chart.tsx";
import { SourceNote } from "./source_note.tsx";

type Training = NonNullable<ParadigmEvaluation["noise"]>[number];

/** What the explorer is given. */
export interface NoiseExplorerProps {
  /** One training at each share of wrong labels, at least one. */
  readonly trainings: readonly Training[];
  readonly command: string;
}

/** The share that is shown first: there is much to learn by heart, and much to learn. */
const FIRST = 0.25;

/** The phase of an epoch; empty where it is in none. */
export function phaseAt({ phases }: Pick<Training, "phases">, epoch: number): string {
  return phases.find(({ from, to }) => from <= epoch && epoch <= to)?.name ?? "";
}

/** What a training is told to have come to at an epoch, in words. */
export function sayEpoch(training: Training, epoch: number): string {
  const says = dilemma.noise;
  const shareOf = (name: string) => {
    const curve = training.curves.find((one) => one.name === name);
    const share = curve?.y[curve.x.indexOf(epoch)];
    return share === undefined ? undefined : shareInLine(share);
  };
  const [test, given, truth] = ["test", "asGiven", "asTrue"].map(shareOf);
  return [
    test === undefined ? "" : says.says(epoch, test),
    given === undefined || truth === undefined ? "" : says.saysWrong(given, truth),
    says.saysPhase[phaseAt(training, epoch)] ?? "",
  ].join("");
}

/** A share that no line ends within. */
export function shareInLine(share: number): string {
  return percent(share).replaceAll(" ", "\u00a0");
}

/** The chart with its slider. */
export function NoiseExplorer({ trainings, command }: NoiseExplorerProps) {
  const says = dilemma.noise;
  const [share, setShare] = useState(
    (trainings.find(({ noise }) => noise === FIRST) ?? trainings[0]!).noise,
  );
  const training = trainings.find(({ noise }) => noise === share)!;
  const epochs = training.curves[0]!.x;
  const last = epochs.at(-1)!;
  const settling = training.phases.find(({ name }) => name === "settling");
  const [epoch, setEpoch] = useState(settling?.to ?? last);
  const phase = says.phases[phaseAt(training, epoch)] ?? "";
  return (
    <figure class="curve explorer">
      <fieldset class="choices">
        <legend>{says.wrong}</legend>
        {trainings.map(({ noise }) => (
          <label key={noise}>
            <input
              type="radio"
              name="noise"
              value={noise}
              checked={noise === share}
              onChange={() => setShare(noise)}
            />
            {Math.round(noise * 100)} %
          </label>
        ))}
      </fieldset>
      <LineChart
        label={says.chart(`${Math.round(share * 100)} %`)}
        lines={training.curves}
        spans={training.phases.map((one) => ({ ...one, label: says.phases[one.name] ?? one.name }))}
        at={epoch}
      />
      <ul class="legend">
        {training.curves.map(({ name }) => (
          <li key={name} data-line={name}>{says.lines[name] ?? name}</li>
        ))}
      </ul>
      <label class="slider">
        <span>{says.epoch}</span>
        <input
          type="range"
          min={epochs[0]}
          max={last}
          step="1"
          value={epoch}
          aria-valuetext={says.of(epoch, last, phase)}
          onInput={(event: Event) => setEpoch(Number((event.target as HTMLInputElement).value))}
        />
      </label>
      <p class="spoken" aria-live="polite">{sayEpoch(training, epoch)}</p>
      <figcaption>
        <SourceNote command={command} />
        <details>
          <summary>{dilemma.data}</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={dilemma.data}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{says.columns}</th>
                  {training.curves.map(({ name }) => (
                    <th key={name} scope="col">{says.lines[name] ?? name}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {epochs.map((one, i) => (
                  <tr key={one}>
                    <th scope="row">{one}</th>
                    {training.curves.map(({ name, y }) => <td key={name}>{y[i]!.toFixed(3)}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      </figcaption>
    </figure>
  );
}
