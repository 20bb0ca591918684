/**
 * Why the answer is what it is: its kind, its evidence, its confidence and its time.
 *
 * @module
 */
import type { Answer, Evidence } from "../functions/core/answer_type.ts";
import { strings } from "./strings.ts";
import { milliseconds, percent, sayTimings } from "./words.ts";

/** Everything that stands behind an answer. */
export function AnswerDetails({ answer }: { readonly answer: Answer }) {
  const says = strings.details;
  return (
    <div class="details">
      <h3>{says.heading}</h3>
      <dl>
        {answer.path.length > 0 && (
          <>
            <dt>{says.path}</dt>
            <dd>
              <ol class="crumbs">{answer.path.map((kind) => <li key={kind}>{kind}</li>)}</ol>
            </dd>
          </>
        )}
        <dt>{says.reason}</dt>
        <dd>{answer.reason}</dd>
        <dt>{says.confidence}</dt>
        <dd>
          <Bar share={answer.confidence} />
          <span>
            <b>{percent(answer.confidence)}</b> <small>{says.confidenceHint}</small>
          </span>
        </dd>
        {answer.evidence.length > 0 && (
          <>
            <dt>{says.evidence}</dt>
            <dd>
              <ul class="rows">
                {answer.evidence.map((e) => <EvidenceRow key={e.memory} evidence={e} />)}
              </ul>
            </dd>
          </>
        )}
        {answer.alternatives.length > 0 && (
          <>
            <dt>{says.alternatives}</dt>
            <dd>
              <ul class="rows">
                {answer.alternatives.slice(0, 4).map(({ label, confidence }) => (
                  <li key={label}>
                    <Bar share={confidence} />
                    <span>
                      {label} <small>{percent(confidence)}</small>
                    </span>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        <dt>{says.time}</dt>
        <dd>
          <TimeView answer={answer} />
        </dd>
      </dl>
    </div>
  );
}

/** A share of a whole as a line; `needed` marks a threshold on it. */
function Bar({ share, needed }: { readonly share: number; readonly needed?: number }) {
  return (
    <span class="bar" aria-hidden="true">
      <span class="fill" style={{ width: `${clamp(share) * 100}%` }}></span>
      {needed !== undefined && (
        <span class="needed" style={{ left: `${clamp(needed) * 100}%` }}></span>
      )}
    </span>
  );
}

function EvidenceRow({ evidence }: { readonly evidence: Evidence }) {
  const { by, label, similarity, threshold } = evidence;
  const { evidenceBy, similarity: compared } = strings.details;
  return (
    <li>
      <Bar share={similarity} needed={threshold} />
      <span>
        {evidenceBy[by]} {label}{" "}
        <small>{compared(similarity.toFixed(2), threshold.toFixed(2))}</small>
      </span>
    </li>
  );
}

function TimeView({ answer }: { readonly answer: Answer }) {
  const stages = sayTimings(answer.timings);
  return (
    <div class="time">
      <b>{strings.details.total(milliseconds(answer.timings.total))}</b>
      <span class="timeline" aria-hidden="true">
        {stages.map(({ id, share }) => (
          <span key={id} data-stage={id} style={{ width: `${share * 100}%` }}></span>
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

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
