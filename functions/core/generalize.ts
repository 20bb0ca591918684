/**
 * The network stage: the most specific kind that can be vouched for.
 *
 * The rule is the threshold of Deng et al., "Hedging Your Bets" (CVPR 2012), in its simplest form:
 * among the nodes whose probability reaches what the asked accuracy needs, the one that says most.
 *
 * @module
 */
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import type { Guarantee, NetworkCalibration } from "../../models/network.ts";
import type { Alternative } from "./answer_type.ts";
import type { Generalization, Generalize } from "./generalize_type.ts";
import { logistic, logOdds, sigmoid } from "./log_odds.ts";
import { createPosterior } from "./posterior.ts";

/** How many guesses below the label are told. */
const ALTERNATIVES = 5;
/** A guess beside a leaf, or where nothing can be vouched for, is told from this probability on. */
const LEAST_ALTERNATIVE = 0.005;
/** From this confidence on the answer is worded without "perhaps". */
const IS = 0.9;

/**
 * Makes the network stage.
 *
 * @returns a pure function; it throws a {@linkcode RangeError} for another number of logits than
 * leaves, a logit that is not finite, or a specificity outside .5 to .999
 * @throws {RangeError} when the calibration does not fit the hierarchy
 */
export function createGeneralizer(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
): Generalize {
  const { nodes, kindCount, leafCount } = hierarchy;
  const leaves = nodes.slice(kindCount);
  const allLeaves = leaves.map((_, i) => i);
  const posteriorOf = createPosterior(hierarchy, calibration);
  const information = nodes.map(({ leaves }) => Math.log2(leafCount / leaves.length));

  return function generalize(logits, options = {}): Generalization {
    const specificity = options.specificity ?? calibration.specificity;
    const needed = neededProbability(calibration.guarantees, specificity);
    const posterior = posteriorOf(logits);
    const probability = (node: HierarchyNode) => posterior.nodes[node.index]!;
    const confidence = (node: HierarchyNode) => logistic(calibration.confidence, probability(node));

    let answer: HierarchyNode | undefined;
    let nearest = nodes[0]!;
    for (const node of nodes) {
      const p = probability(node);
      if (p > probability(nearest)) nearest = node;
      if (p < needed) continue;
      const more = answer === undefined ||
        (information[node.index]! - information[answer.index]! || p - probability(answer)) > 0;
      if (more) answer = node;
    }
    // Below a kind the nearest types are worth telling however unlikely: "looks most like …".
    const within = answer !== undefined && answer.leaves.length > 1;
    const alternatives = (within ? answer!.leaves : allLeaves)
      .reduce<HierarchyNode[]>((top, index) => {
        const leaf = leaves[index]!;
        const p = probability(leaf);
        if (!within && (leaf === answer || p < LEAST_ALTERNATIVE)) return top;
        if (top.length === ALTERNATIVES && p <= probability(top.at(-1)!)) return top;
        const at = top.findIndex((other) => p > probability(other));
        top.splice(at === -1 ? top.length : at, 0, leaf);
        if (top.length > ALTERNATIVES) top.pop();
        return top;
      }, [])
      .map((node): Alternative => ({ label: node.name, confidence: probability(node) }));

    if (!answer) {
      return {
        label: null,
        route: "none",
        certainty: "unknown",
        confidence: 0,
        path: [],
        novel: false,
        novelty: 0,
        alternatives,
        reason: `no kind reaches the probability ${number(needed)} that ${percent(specificity)} ` +
          `accuracy needs; the nearest is ${nearest.name} at ${number(probability(nearest))}`,
      };
    }

    const novelty = posterior.novelty(answer);
    const novel = within && novelty >= calibration.novelCut;
    const sure = confidence(answer);
    const reasons = [
      `${answer.name} has probability ${number(probability(answer))} ≥ ${number(needed)}, ` +
      `which ${percent(specificity)} accuracy needs`,
    ];
    if (novel) reasons.push(`of a type that is probably new (${number(novelty)})`);
    if (within && alternatives[0]) reasons.push(`looks most like ${alternatives[0].label}`);
    return {
      label: answer.name,
      route: "network",
      certainty: sure >= IS ? "is" : "perhaps",
      confidence: sure,
      path: answer.path,
      novel,
      novelty,
      alternatives,
      reason: reasons.join("; "),
    };
  };
}

/**
 * The probability that a kind needs at an accuracy: interpolated in log-odds between the measured
 * guarantees, and beyond the last of them further along the same line.
 *
 * @throws {RangeError} when the specificity is outside .5 to .999
 */
export function neededProbability(guarantees: readonly Guarantee[], specificity: number): number {
  if (!(specificity >= 0.5 && specificity <= 0.999)) {
    throw new RangeError(`The specificity is ${specificity}; it must be .5 to .999.`);
  }
  const upper = guarantees.findIndex((known) => known.specificity >= specificity);
  const high = guarantees[upper === -1 ? guarantees.length - 1 : upper];
  if (!high) throw new RangeError("The calibration has no guarantees.");
  const low = guarantees[upper === -1 ? guarantees.length - 2 : upper - 1];
  if (!low) return high.probability;
  const from = logOdds(low.specificity);
  const share = (logOdds(specificity) - from) / (logOdds(high.specificity) - from);
  const start = logOdds(low.probability);
  return sigmoid(start + share * (logOdds(high.probability) - start));
}

/** Rounded down, so that a printed probability never claims more than there is. */
const number = (value: number) => (Math.floor(value * 1000) / 1000).toString();
const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
