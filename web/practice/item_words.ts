/**
 * What was answered to an item, in the words of the first view.
 *
 * @module
 */
import type { ReviewItem } from "./practice_types.ts";
import { strings } from "../strings.ts";
import { sayAnswer, type Words } from "../words.ts";

/** Nobody looks where in a photo this face is. */
const NOWHERE = { x: 0, y: 0, width: 0, height: 0 };

/** Says what was answered to an item. */
export function sayItem(
  { answer, suggestions, kind, rule }: Pick<
    ReviewItem,
    "answer" | "suggestions" | "kind" | "rule"
  >,
): Words {
  const { label, route, certainty, confidence, path, novelty, similarity, by } = answer;
  const isStranger = kind === "person" && route === "network";
  const { headline, more } = sayAnswer({
    label,
    route,
    certainty,
    confidence,
    path,
    novelty,
    alternatives: suggestions.filter((one) => one.label !== label),
    subjects: isStranger
      ? [{
        kind,
        label: null,
        certainty: "unknown",
        confidence: 0,
        similarity: 0,
        box: NOWHERE,
      }]
      : [],
    // How many memories speak for it is not known here, so a sure one is not counted.
    evidence: by !== null && label !== null && certainty !== "is"
      ? [{ memory: "", label, by, similarity: similarity ?? 0, threshold: 0 }]
      : [],
  });
  return { headline, more: rule ? [...more, strings.answer.reads(rule.reads)] : more };
}
