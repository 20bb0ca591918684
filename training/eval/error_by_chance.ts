/**
 * What a calibration error would be if the probabilities were exact.
 *
 * @module
 */
import { logOdds, sigmoid } from "../../functions/core/log_odds.ts";
import type { Scored } from "./measures.ts";
import { createRandom } from "./random.ts";

/** How often labels are drawn again. */
const REDRAWS = 200;

/**
 * The mean error when labels are drawn by the probabilities themselves (Bröcker & Smith, "Increasing
 * the Reliability of Reliability Diagrams", 2007): of so few examples none is 0.
 *
 * @param error the error of examples
 * @param odds of a positive example beside a negative one in what was drawn, where the probabilities
 * are told for both equally frequent; 1 when they are told for what was drawn
 */
export function errorByChance(
  scored: readonly Scored[],
  error: (sample: readonly Scored[]) => number,
  odds = 1,
): number {
  const random = createRandom(1);
  let sum = 0;
  for (let redraw = 0; redraw < REDRAWS; redraw++) {
    sum += error(scored.map(({ score }) => ({
      score,
      positive: random() < sigmoid(logOdds(score) + Math.log(odds)),
    })));
  }
  return sum / REDRAWS;
}
