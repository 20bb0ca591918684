/**
 * The way of an answer, drawn: memory's four questions, then the network.
 *
 * @module
 */
import type { Answer } from "../functions/core/answer_type.ts";
import { strings } from "./strings.ts";
import { sayRoute, sayRouteAhead } from "./words.ts";

/** The stations; the one that answered is filled, those that were not needed are dashed. */
export function RouteView({ answer }: { readonly answer: Answer | undefined }) {
  const steps = answer ? sayRoute(answer) : sayRouteAhead();
  return (
    <div>
      <h3 id="route-heading">{strings.route.heading}</h3>
      <ol class="route" aria-labelledby="route-heading">
        {steps.map(({ id, title, state, says }) => (
          <li key={id} data-state={state} data-certainty={answer?.certainty ?? "unknown"}>
            <span class="station">{title}</span> <span class="says">{says}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
