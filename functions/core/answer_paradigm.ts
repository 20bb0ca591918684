/**
 * What a trained paradigm says of a photo: always the best of its classes, with doubt in the
 * certainty.
 *
 * @module
 */
import type { Logistic } from "../../models/network.ts";
import type {
  JointScores,
  ParadigmScores,
  ParadigmsSection,
  SequentialScores,
  TrainedParadigm,
} from "../../models/paradigms.ts";
import type { Certainty, JointParts, ParadigmParts, SequentialParts } from "./answer_type.ts";
import { energy } from "./energy.ts";
import type { Generalization } from "./generalize_type.ts";
import { sigmoid } from "./log_odds.ts";
import { softmax } from "./softmax.ts";

/** What is told beside the label. */
const ALTERNATIVES = 3;

/** A network's answer, with how its parts came to it. */
export type ParadigmVerdict<P extends ParadigmParts = ParadigmParts> =
  & Generalization
  & { readonly parts: P };

/**
 * The answer of a trained paradigm.
 *
 * @param scores what it makes of the photo
 * @param section what the manifest says of it
 * @throws {TypeError} when the scores are not there
 * @throws {RangeError} when they are not of as many classes as the section's, or not finite
 */
export function answerParadigm(
  paradigm: TrainedParadigm,
  { sequential, joint }: ParadigmScores,
  section: ParadigmsSection,
): ParadigmVerdict {
  if (paradigm === "sequential" && sequential) return answerSequential(sequential, section);
  if (paradigm === "joint" && joint) return answerJoint(joint, section);
  throw new TypeError(`Expected scores of the paradigm "${paradigm}", there are none`);
}

/**
 * Generalize first, memorize later: the memorizer answers what the router knows from training, the
 * generalizer all else. What is known is never doubted.
 *
 * @throws {RangeError} when the scores are not of as many classes as the section's, or not finite
 */
export function answerSequential(
  { generalizer, memorizer, known }: SequentialScores,
  { classes, sequential: section }: ParadigmsSection,
): ParadigmVerdict<SequentialParts> {
  // The share is a float32, in which .7 is a little less than the manifest's .7.
  const isKnown = known >= Math.fround(section.known);
  const head = isKnown ? "memorizer" : "generalizer";
  const familiar = energy(generalizer, section.temperature.generalizer);
  const ranked = rank(isKnown ? memorizer : generalizer, section.temperature[head], classes);
  const doubt = isKnown ? undefined : doubtOf(familiar, section.doubt);
  const share = `${number(known)} of the tables agree, ${number(section.known)} needed`;
  return {
    ...settle(ranked, familiar, section, doubt),
    reason: [
      `${isKnown ? "seen" : "not seen"} in training: ${share}: the ${head} answers`,
      ...(doubt === undefined ? [] : [doubt]),
    ].join("; "),
    parts: { known, head },
  };
}

/**
 * Generalize and memorize at once: the deep and the wide part's scores add up (Cheng et al. 2016,
 * eq. 3, for several classes).
 *
 * @throws {RangeError} when the scores are not of as many classes as the section's, or not finite
 */
export function answerJoint(
  { deep, wide }: JointScores,
  { classes, joint: section }: ParadigmsSection,
): ParadigmVerdict<JointParts> {
  if (wide.length !== deep.length) {
    throw new RangeError(`Expected ${deep.length} scores of the wide part, got ${wide.length}`);
  }
  const familiar = energy(deep, section.temperature);
  const ranked = rank(deep.map((score, i) => score + wide[i]!), section.temperature, classes);
  const [best, runnerUp] = ranked;
  const oddsBy = (part: Float32Array) =>
    (part[best!.index]! - part[runnerUp!.index]!) / section.temperature;
  const parts = { deep: oddsBy(deep), wide: oddsBy(wide) };
  const doubt = doubtOf(familiar, section.doubt);
  return {
    ...settle(ranked, familiar, section, doubt),
    reason: [
      `${best!.label} before ${runnerUp!.label} by ${(parts.deep + parts.wide).toFixed(2)} in ` +
      `log-odds: ${parts.deep.toFixed(2)} from the deep part, ${
        parts.wide.toFixed(2)
      } from the wide`,
      ...(doubt === undefined ? [] : [doubt]),
    ].join("; "),
    parts,
  };
}

interface Ranked {
  readonly index: number;
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** All classes, the likeliest first. */
function rank(logits: Float32Array, temperature: number, classes: readonly string[]): Ranked[] {
  if (logits.length !== classes.length) {
    throw new RangeError(
      `Expected a score for each of ${classes.length} classes, got ${logits.length}`,
    );
  }
  const probabilities = softmax(logits, temperature);
  return classes.map((label, index) => ({ index, label, confidence: probabilities[index]! }))
    .sort((a, b) => b.confidence - a.confidence);
}

/** Why it may be none of the classes, if it may. */
function doubtOf(familiar: number, needed: number): string | undefined {
  if (familiar >= needed) return undefined;
  return `it may be none of the classes: energy ${familiar.toFixed(2)}, ${
    needed.toFixed(2)
  } needed`;
}

/** All of the answer but why. */
function settle(
  [best, ...others]: readonly Ranked[],
  familiar: number,
  { sure, novelty: { slope, intercept } }: { readonly sure: number; readonly novelty: Logistic },
  doubt: string | undefined,
): Omit<Generalization, "reason"> {
  const { label, confidence } = best!;
  const certainty: Certainty = doubt !== undefined
    ? "unknown"
    : confidence >= sure
    ? "is"
    : "perhaps";
  return {
    label,
    named: true,
    route: "network",
    certainty,
    confidence,
    path: [],
    novel: false,
    novelty: sigmoid(intercept + slope * familiar),
    alternatives: others.slice(0, ALTERNATIVES)
      .map(({ label, confidence }) => ({ label, confidence })),
  };
}

/** A share in as few digits as tell it: float32's .83 is .8299999. */
const number = (share: number) => Number(share.toFixed(3)).toString();
