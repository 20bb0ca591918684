/**
 * Why the answer is what it is: its kind, its evidence, its confidence and its time.
 *
 * @module
 */
import type { Answer, Evidence } from "../../functions/core/answer_type.ts";
import { sayKinds } from "./kind_words.ts";
import { KindView } from "./kind_view.tsx";
import { decidingEvidence } from "./route_words.ts";
import { ShareBar } from "./share_bar.tsx";
import { strings } from "../strings.ts";
import { TimeView, type TimeViewProps } from "./time_view.tsx";
import { percent } from "../words.ts";

/** What the details are given. */
export interface AnswerDetailsProps extends Pick<TimeViewProps, "usual"> {
  readonly answer: Answer;
}

/** Everything that stands behind an answer. */
export function AnswerDetails({ answer, usual }: AnswerDetailsProps) {
  const says = strings.details;
  const isDrawn = sayKinds(answer).length > 0;
  // The one that decided is drawn with the route.
  const others = answer.evidence.filter((one) => one !== decidingEvidence(answer));
  return (
    <div class="details">
      <KindView answer={answer} />
      <h3>{says.heading}</h3>
      <dl>
        {!isDrawn && answer.path.length > 0 && (
          <>
            <dt>{says.path}</dt>
            <dd>
              <ol class="crumbs" lang="en">
                {answer.path.map((kind) => <li key={kind}>{kind}</li>)}
              </ol>
            </dd>
          </>
        )}
        <dt>{says.reason}</dt>
        <dd lang="en">{answer.reason}</dd>
        <dt>{says.confidence}</dt>
        <dd>
          <ShareBar share={answer.confidence} />
          <span>
            <b>{percent(answer.confidence)}</b> <small>{says.confidenceHint}</small>
          </span>
        </dd>
        {others.length > 0 && (
          <>
            <dt>{says.evidence}</dt>
            <dd>
              <ul class="rows">
                {others.map((e) => <EvidenceRow key={e.memory} evidence={e} />)}
              </ul>
            </dd>
          </>
        )}
        {(!isDrawn || answer.named) && answer.alternatives.length > 0 && (
          <>
            <dt>{says.alternatives}</dt>
            <dd>
              <ul class="rows" lang="en">
                {answer.alternatives.slice(0, 4).map(({ label, confidence }) => (
                  <li key={label}>
                    <ShareBar share={confidence} />
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
          <TimeView timings={answer.timings} usual={usual} />
        </dd>
      </dl>
    </div>
  );
}

function EvidenceRow({ evidence }: { readonly evidence: Evidence }) {
  const { by, label, similarity, threshold } = evidence;
  const { evidenceBy, similarity: compared } = strings.details;
  return (
    <li>
      <ShareBar share={similarity} needed={threshold} />
      <span>
        {evidenceBy[by]} {label}{" "}
        <small>{compared(similarity.toFixed(2), threshold.toFixed(2))}</small>
      </span>
    </li>
  );
}
