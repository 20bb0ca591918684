/**
 * The way of an answer, drawn: memory's four questions, the rules, the network, and the short cut
 * past those that were not needed.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { decidingEvidence, sayRoute, sayRouteAhead, sayShortcut } from "./route_words.ts";
import { ShareBar } from "./share_bar.tsx";
import { strings } from "../strings.ts";

/** The stations; the one that answered is filled, those that were not needed are dashed. */
export function RouteView({ answer }: { readonly answer: Answer | undefined }) {
  const steps = answer ? sayRoute(answer) : sayRouteAhead();
  const answered = steps.findIndex(({ state }) => state === "answered");
  const shortcut = answer && sayShortcut(answer);
  return (
    <div class="way">
      <h3 id="route-heading">{strings.route.heading}</h3>
      <div
        class="track"
        data-route={answer?.route}
        data-cut={String(shortcut !== undefined)}
        style={{ "--at": String(answered), "--of": String(steps.length + 1) }}
      >
        <span class="shortcut" aria-hidden="true"></span>
        <ol class="route" aria-labelledby="route-heading">
          {steps.map(({ id, title, state, says }) => (
            <li key={id} data-state={state} data-certainty={answer?.certainty ?? "unknown"}>
              <span class="station">{title}</span> <span class="says">{says}</span>
            </li>
          ))}
          <li
            key="goal"
            class="goal"
            data-reached={String(answer !== undefined)}
            aria-hidden="true"
          >
            <span class="station">{strings.route.goal}</span>
          </li>
        </ol>
      </div>
      <Compared answer={answer} />
      <p class="cut quiet">{shortcut}</p>
    </div>
  );
}

/** How alike the photo and the memory are that decided. */
function Compared({ answer }: { readonly answer: Answer | undefined }) {
  const evidence = answer && decidingEvidence(answer);
  if (!evidence) return null;
  const { by, similarity, threshold } = evidence;
  const { compared, needed } = strings.route;
  if (by === "bytes") return <p class="compared">{compared.bytes}</p>;
  return (
    <p class="compared">
      <span>{compared[by]}</span>
      <ShareBar share={similarity} needed={threshold} />
      <span>{needed(similarity.toFixed(2), threshold.toFixed(2))}</span>
    </p>
  );
}
