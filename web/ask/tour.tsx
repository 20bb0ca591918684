/**
 * What can be seen here in half a minute, for who sees the page for the first time.
 *
 * @module
 */
import { strings } from "../strings.ts";

/** Three steps. */
export function Tour() {
  const { heading, steps } = strings.tour;
  return (
    <div class="tour">
      <h3 id="tour-heading">{heading}</h3>
      <ol aria-labelledby="tour-heading">{steps.map((step) => <li key={step}>{step}</li>)}</ol>
    </div>
  );
}
