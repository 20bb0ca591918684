/**
 * The hierarchy of an answer: from the most general kind down to the label, and what is below it.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import { strings } from "../strings.ts";
import { isBred } from "../words.ts";

/** A kind on the way down, or one that could be the next. */
export interface KindStep {
  readonly name: string;
  /** 0 to 1; undefined where it was not told. */
  readonly share: number | undefined;
  /** `new` is what the network never learnt, the only one whose name is in the page's language. */
  readonly is: "kind" | "label" | "below" | "new";
}

/** How many of the nearest types are drawn. */
const DRAWN = 3;

/**
 * The kinds of an answer by the network, general → specific, then what could be below the label,
 * the likeliest first.
 *
 * @returns nothing for other answers: memory remembers the path alone
 */
export function sayKinds(answer: Kinded): readonly KindStep[] {
  const { route, path, pathConfidence = [], named, novelty, alternatives, label } = answer;
  if (route !== "network" || path.length < 2) return [];
  const down = path.map((name, i): KindStep => ({
    name,
    share: pathConfidence[i],
    is: i === path.length - 1 ? "label" : "kind",
  }));
  // Nothing is known below a type.
  if (named) return down;
  const { fresh } = strings.kinds;
  const below = [
    { name: isBred(path) ? fresh.breed : fresh.kind, share: novelty, is: "new" as const },
    ...alternatives.filter((one) => one.label !== label).slice(0, DRAWN)
      .map(({ label, confidence }) => ({ name: label, share: confidence, is: "below" as const })),
  ];
  return [...down, ...below.sort((a, b) => b.share - a.share)];
}

/** The part of an answer that tells its kinds. */
export type Kinded = Pick<
  Answer,
  "route" | "path" | "pathConfidence" | "named" | "novelty" | "alternatives" | "label"
>;
