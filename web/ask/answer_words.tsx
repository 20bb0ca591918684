/**
 * The answer in words: what a screen reader says when it comes.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { strings } from "../strings.ts";
import { percent, sayAnswer, sayOrigin } from "../words.ts";

/** How far a question has come. */
export type Phase =
  | { readonly is: "idle" }
  | { readonly is: "asking" }
  /** `live` of a picture that moves: what is said changes several times a second. */
  | { readonly is: "answered"; readonly answer: Answer; readonly live?: boolean }
  | { readonly is: "failed"; readonly why: string };

/** The status region of the page. */
export function AnswerWords({ phase }: { readonly phase: Phase }) {
  return (
    <div
      role="status"
      class="words"
      aria-live={phase.is === "answered" && phase.live ? "off" : "polite"}
      aria-busy={phase.is === "asking" ? "true" : "false"}
    >
      {phase.is === "idle" && <p class="quiet">{strings.answer.idle}</p>}
      {phase.is === "asking" && <p class="quiet">{strings.answer.asking}</p>}
      {phase.is === "failed" && <p class="failed">{phase.why}</p>}
      {phase.is === "answered" && <Said answer={phase.answer} />}
    </div>
  );
}

function Said({ answer }: { readonly answer: Answer }) {
  const { headline: [before, strong, after], more } = sayAnswer(answer);
  const { rule, demoted, review } = answer;
  return (
    <>
      <p class="headline">
        {before}
        <strong lang={isKind(answer) ? "en" : undefined}>{strong}</strong>
        {after}
      </p>
      {more.map((sentence) => <p key={sentence}>{sentence}</p>)}
      {rule && <p>{strings.answer.reads(rule.reads)}</p>}
      {demoted && <p>{strings.answer.demoted(demoted)}</p>}
      <p class="origin" data-route={answer.route}>
        {sayOrigin(answer.route)}
        {answer.route !== "none" && ` · ${percent(answer.confidence)}`}
      </p>
      {review && (
        <p>
          <a href="#/review">{strings.answer.queued}</a>
        </p>
      )}
    </>
  );
}

/** Whether the telling part is a kind's name, which the network knows in English alone. */
function isKind({ route, path, label }: Answer): boolean {
  return route === "network" && label !== null && !(path.length === 1 && label === "person");
}
