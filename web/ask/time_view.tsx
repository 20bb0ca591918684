/**
 * Where the time of an answer went, as a line of its stages.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { strings } from "../strings.ts";
import { milliseconds, sayTimings } from "../words.ts";

/** What the line is given. */
export interface TimeViewProps {
  readonly timings: Answer["timings"];
  /** What the last answer took that the network gave, in milliseconds: the line's scale. */
  readonly usual?: number | undefined;
}

/** The stages side by side, with what they are; shorter than the last answer by the network. */
export function TimeView({ timings, usual }: TimeViewProps) {
  const stages = sayTimings(timings);
  const whole = Math.max(timings.total, usual ?? 0);
  const spared = usual !== undefined && timings.total < usual;
  return (
    <div class="time">
      <p>
        <b>{strings.details.total(milliseconds(timings.total))}</b>
        {spared && <small>{` – ${strings.details.usual(milliseconds(usual))}`}</small>}
      </p>
      <span class="timeline" aria-hidden="true">
        {stages.map(({ id, ms }) => (
          <span key={id} data-stage={id} style={{ width: `${ms / whole * 100}%` }}></span>
        ))}
      </span>
      <ul>
        {stages.map(({ id, title, ms }) => (
          <li key={id} data-stage={id}>{title} {milliseconds(ms)}</li>
        ))}
      </ul>
    </div>
  );
}
