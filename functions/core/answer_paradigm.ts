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
  ParadigmSection,
  ParadigmsSection,
  SequentialScores,
  TrainedParadigm,
} from "../../models/paradigms.ts";
import type { Certainty, JointParts, ParadigmParts, SequentialParts } from "./answer_type.ts";
import type { Generalization } from "./generalize_type.ts";
import { sigmoid } from "./log_odds.ts";
import { softmax } from "./softmax.ts";

/** What is told beside the label. */
const ALTERNATIVES = 3;

/** What the manifest says of a paradigm and its classes. */
type Told<P extends TrainedParadigm> =
  & Pick<ParadigmsSection, "classes">
  & { readonly [Name in P]: ParadigmSection<Name> };

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
  const { classes } = section;
  if (paradigm === "sequential" && sequential && section.sequential) {
    return answerSequential(sequential, { classes, sequential: section.sequential });
  }
  if (paradigm === "joint" && joint && section.joint) {
    return answerJoint(joint, { classes, joint: section.joint });
  }
  throw new TypeError(`Expected scores of the paradigm "${paradigm}", there are none`);
}

/**
 * Generalize first, memorize later: the memorizer answers what the router knows from training, the
 * generalizer all else. What is known is never doubted, however unfamiliar it looks, and its novelty is
 * 0: it was trained on, so it is of one of the classes.
 *
 * @throws {RangeError} when the scores are not of as many classes as the section's, or not finite
 */
export function answerSequential(
  { generalizer, memorizer, known, familiar }: SequentialScores,
  { classes, sequential: section }: Told<"sequential">,
): ParadigmVerdict<SequentialParts> {
  // It is a float32, in which 3.7 is a little less than the manifest's 3.7.
  const isKnown = known >= Math.fround(section.known);
  const head = isKnown ? "memorizer" : "generalizer";
  const ranked = rank(isKnown ? memorizer : generalizer, section.temperature[head], classes);
  const doubt = isKnown ? undefined : doubtOf(familiar, section.doubt);
  const far = `a group of training photos stands out by ${number(known)}, ${
    number(section.known)
  } needed`;
  return {
    ...settle(ranked, section, doubt),
    novelty: isKnown ? 0 : noveltyOf(familiar, section.novelty),
    reason: [
      `${isKnown ? "seen" : "not seen"} in training: ${far}: the ${head} answers`,
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
  { deep, wide, familiar }: JointScores,
  { classes, joint: section }: Told<"joint">,
): ParadigmVerdict<JointParts> {
  if (wide.length !== deep.length) {
    throw new RangeError(`Expected ${deep.length} scores of the wide part, got ${wide.length}`);
  }
  const ranked = rank(deep.map((score, i) => score + wide[i]!), section.temperature, classes);
  const [best, runnerUp] = ranked;
  const oddsBy = (part: Float32Array) =>
    (part[best!.index]! - part[runnerUp!.index]!) / section.temperature;
  const parts = { deep: oddsBy(deep), wide: oddsBy(wide) };
  const doubt = doubtOf(familiar, section.doubt);
  return {
    ...settle(ranked, section, doubt),
    novelty: noveltyOf(familiar, section.novelty),
    reason: [
      `${best!.label} before ${runnerUp!.label} by ${hundredths(parts.deep + parts.wide)} in ` +
      `log-odds: ${hundredths(parts.deep)} from the deep part, ${
        hundredths(parts.wide)
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
  // A float32 like `known`.
  if (familiar >= Math.fround(needed)) return undefined;
  return `it may be none of the classes: familiarity ${hundredths(familiar)}, ${
    hundredths(needed)
  } needed`;
}

/** The probability that the photo shows none of the classes. */
function noveltyOf(familiar: number, { slope, intercept }: Logistic): number {
  return sigmoid(intercept + slope * familiar);
}

/** All of the answer but why, and how new it is. */
function settle(
  [best, ...others]: readonly Ranked[],
  { sure }: { readonly sure: number },
  doubt: string | undefined,
): Omit<Generalization, "reason" | "novelty"> {
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
    alternatives: others.slice(0, ALTERNATIVES)
      .map(({ label, confidence }) => ({ label, confidence })),
  };
}

/** Two digits after the point, and a minus sign that is one: these numbers are often negative. */
const hundredths = (value: number) => value.toFixed(2).replace("-", "−");

/** As few digits as tell it: float32's 3.83 is 3.8299999. */
const number = (value: number) => Number(value.toFixed(3)).toString();
