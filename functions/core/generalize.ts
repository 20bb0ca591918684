/**
 * The network stage: the most specific kind that can be vouched for.
 *
 * Deng, Krause, Berg & Fei-Fei, "Hedging Your Bets: Optimizing Accuracy-Specificity Trade-offs in
 * Large Scale Visual Recognition" (CVPR 2012), DARTS: of all nodes the one with the highest
 * (information + λ) · probability, with one multiplier λ ≥ 0 for each accuracy that is guaranteed.
 *
 * @module
 */
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import type { Guarantee, NetworkCalibration } from "../../models/network.ts";
import type { Alternative } from "./answer_type.ts";
import type { Generalization, Generalize } from "./generalize_type.ts";
import { logistic, logOdds } from "./log_odds.ts";
import { createPosterior, type Posterior } from "./posterior.ts";

/** How many guesses below the label are told. */
const ALTERNATIVES = 5;
/** A guess beside a leaf, or where nothing can be vouched for, is told from this probability on. */
const LEAST_ALTERNATIVE = 0.005;
/** From this novelty on a type is worded as new. */
const LIKELY = 0.5;
/** From this confidence on the answer is worded without "perhaps". */
const IS = 0.9;

/**
 * Makes the network stage.
 *
 * @returns a pure function; it throws a {@linkcode RangeError} for scores of other lengths than the
 * hierarchy's, one that is not finite, or a specificity outside .5 to .999
 * @throws {RangeError} when the calibration does not fit the hierarchy
 */
export function createGeneralizer(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
): Generalize {
  const { nodes, kindCount } = hierarchy;
  const leaves = nodes.slice(kindCount);
  const allLeaves = leaves.map((_, i) => i);
  const nearest = ({ nodes: p }: Posterior) =>
    nodes.reduce((best, node) => p[node.index]! > p[best.index]! ? node : best);
  const posteriorOf = createPosterior(hierarchy, calibration);
  const choose = createChoice(hierarchy);

  return function generalize(scores, options = {}): Generalization {
    const specificity = options.specificity ?? calibration.specificity;
    const multiplier = multiplierFor(calibration.guarantees, specificity);
    const posterior = posteriorOf(scores);
    const probability = (node: HierarchyNode) => posterior.nodes[node.index]!;
    const confidence = (node: HierarchyNode) => logistic(calibration.confidence, probability(node));

    const answer = choose(posterior, multiplier);
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
        named: false,
        route: "none",
        certainty: "unknown",
        confidence: 0,
        path: [],
        novel: false,
        novelty: 0,
        alternatives,
        reason: `no kind is likely enough for ${percent(specificity)} accuracy; the nearest is ` +
          `${nearest(posterior).name} at ${number(probability(nearest(posterior)))}`,
      };
    }

    const novelty = posterior.novelty(answer);
    const novel = within && novelty >= calibration.novelCut;
    const sure = confidence(answer);
    const reasons = [
      `${answer.name} has probability ${number(probability(answer))} and says the most that ` +
      `${percent(specificity)} accuracy bears`,
    ];
    // The words follow the probability; the flag is a cut for those who count.
    if (within && novelty >= LIKELY) {
      reasons.push(`of a type that is probably new (${number(novelty)})`);
    }
    if (within && alternatives[0]) reasons.push(`looks most like ${alternatives[0].label}`);
    return {
      label: answer.name,
      named: !within,
      route: "network",
      certainty: sure >= IS ? "is" : "perhaps",
      confidence: sure,
      path: answer.path,
      pathConfidence: answer.path.map((name) => confidence(hierarchy.find(name)!)),
      novel,
      novelty,
      alternatives,
      reason: reasons.join("; "),
    };
  };
}

/**
 * How an answer is chosen among the nodes: undefined when saying nothing is worth most.
 *
 * The information of a node is log₂(leaves / its leaves), of that of a leaf (Deng et al., §3). The
 * type below an open kind may be one never learnt. Then the kind's is the most telling name that
 * there is, and counts like a leaf's: to that part of its probability it adds what it lacks.
 */
export function createChoice(
  { nodes, leafCount }: Hierarchy,
): (
  posterior: Pick<Posterior, "nodes" | "fresh">,
  multiplier: number,
) => HierarchyNode | undefined {
  const information = nodes.map(({ leaves }) =>
    Math.log2(leafCount / leaves.length) / Math.log2(leafCount)
  );
  return function choose({ nodes: p, fresh }, multiplier) {
    let best: HierarchyNode | undefined;
    // Above all nodes there is "something", which is always right and tells nothing.
    let worth = multiplier;
    for (const node of nodes) {
      const { index } = node;
      const value = (information[index]! + multiplier) * p[index]! +
        (1 - information[index]!) * fresh[index]!;
      if (value > worth) [best, worth] = [node, value];
    }
    return best;
  };
}

/**
 * The multiplier of an accuracy: between the measured guarantees, and beyond the last of them along
 * the same line, its logarithm (of 1 + λ) is linear in the accuracy's log-odds.
 *
 * @throws {RangeError} when the specificity is outside .5 to .999
 */
export function multiplierFor(guarantees: readonly Guarantee[], specificity: number): number {
  if (!(specificity >= 0.5 && specificity <= 0.999)) {
    throw new RangeError(`The specificity is ${specificity}; it must be .5 to .999.`);
  }
  const upper = guarantees.findIndex((known) => known.specificity >= specificity);
  const high = guarantees[upper === -1 ? guarantees.length - 1 : upper];
  if (!high) throw new RangeError("The calibration has no guarantees.");
  const low = guarantees[upper === -1 ? guarantees.length - 2 : upper - 1];
  if (!low) return high.multiplier;
  const from = logOdds(low.specificity);
  const share = (logOdds(specificity) - from) / (logOdds(high.specificity) - from);
  const start = Math.log1p(low.multiplier);
  return Math.expm1(start + share * (Math.log1p(high.multiplier) - start));
}

/** Rounded down, so that a printed probability never claims more than there is. */
const number = (value: number) => (Math.floor(value * 1000) / 1000).toString();
const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
