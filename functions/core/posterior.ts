/**
 * From the network's logits to a probability for every node of the hierarchy.
 *
 * The network spreads all probability over types that it learnt. For kinds with many other types
 * (dogs, cats) two corrections make room for those: the kind's own probability comes from a small
 * logistic model over summed probabilities of groups, and the share of it that belongs to a type
 * never learnt stays at the kind and goes to none of its leaves.
 *
 * @module
 */
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import type { NetworkCalibration, OpenKind } from "../../models/network.ts";
import { logistic } from "./log_odds.ts";
import { softmax } from "./softmax.ts";

/** What is known of one photo. */
export interface Posterior {
  /** Probability of each node, in the order of `hierarchy.nodes`; a kind's includes new types. */
  readonly nodes: Float64Array;
  /** Probability that the type below the node is one never learnt, given the node. */
  novelty(node: HierarchyNode): number;
}

/** Computes the posterior from `hierarchy.leafCount` logits. */
export type ComputePosterior = (logits: Float32Array) => Posterior;

/** Below it a group's probability tells nothing more. */
const FLOOR = 1e-6;

/**
 * What an open kind's weights apply to: logarithms of the groups' summed probabilities, the
 * group of what is in none last.
 *
 * @throws {RangeError} when a group is not in the hierarchy
 */
export function createGroupFeatures(
  hierarchy: Hierarchy,
  groups: readonly string[],
): (probabilities: Float64Array) => Float64Array {
  const of = new Uint8Array(hierarchy.leafCount).fill(groups.length);
  for (const [i, name] of groups.entries()) {
    for (const leaf of find(hierarchy, name).leaves) of[leaf] = Math.min(of[leaf]!, i);
  }
  return function groupFeatures(probabilities) {
    const sums = new Float64Array(groups.length + 1);
    for (let i = 0; i < of.length; i++) sums[of[i]!]! += probabilities[i]!;
    return sums.map((sum) => Math.log(Math.max(sum, FLOOR)));
  };
}

/** Share of the best leaf within the node, 0 to 1; what novelty is judged by. */
export function bestShare(probabilities: Float64Array, { leaves }: HierarchyNode): number {
  let sum = 0;
  let best = 0;
  for (const leaf of leaves) {
    const p = probabilities[leaf]!;
    sum += p;
    if (p > best) best = p;
  }
  return sum === 0 ? 0 : best / sum;
}

/**
 * Prepares the posterior.
 *
 * @throws {RangeError} when a name of the calibration is not in the hierarchy, an open kind has
 * another number of weights than there are groups, or two open kinds share a leaf
 */
export function createPosterior(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
): ComputePosterior {
  const { nodes, kindCount, leafCount } = hierarchy;
  const { temperature, groups, openKinds } = calibration;
  const features = createGroupFeatures(hierarchy, groups);
  const open = openKinds.map((kind) => ({ ...kind, node: find(hierarchy, kind.name) }));
  /** For each leaf its open kind, or −1. */
  const openOf = new Int8Array(leafCount).fill(-1);
  for (const [i, { node, name, weights }] of open.entries()) {
    if (weights.length !== groups.length + 1) {
      throw new RangeError(
        `"${name}" has ${weights.length} weights; expected ${groups.length + 1}.`,
      );
    }
    for (const leaf of node.leaves) {
      if (openOf[leaf] !== -1) {
        throw new RangeError(`"${name}" and "${openKinds[openOf[leaf]!]!.name}" share a leaf.`);
      }
      openOf[leaf] = i;
    }
  }

  /** The nodes above each leaf, one after the other, and where each leaf's begin. */
  const begins = new Int32Array(leafCount + 1);
  const above = Int32Array.from(
    nodes.slice(kindCount).flatMap((leaf, i) => {
      begins[i + 1] = begins[i]! + leaf.above.length;
      return [...leaf.above];
    }),
  );

  return function posterior(logits) {
    if (logits.length !== leafCount) {
      throw new RangeError(`Expected ${leafCount} logits, got ${logits.length}.`);
    }
    const raw = softmax(logits, temperature);
    const mass = openMass(features(raw), open);
    const soft = softmax(logits, calibration.noveltyTemperature);
    const novel = open.map(({ node, novelty }) => logistic(novelty, bestShare(soft, node)));

    // The network's own sum over each open kind, and over the rest at −1.
    const sums = new Float64Array(open.length + 1);
    for (let i = 0; i < leafCount; i++) sums[openOf[i]! + 1]! += raw[i]!;
    const rest = 1 - mass.reduce((sum, p) => sum + p, 0);
    const scale = sums.map((sum, i) => {
      const share = i === 0 ? rest : mass[i - 1]! * (1 - novel[i - 1]!);
      return sum === 0 ? 0 : share / sum;
    });

    const probabilities = new Float64Array(nodes.length);
    for (let i = 0; i < leafCount; i++) {
      const p = probabilities[kindCount + i] = raw[i]! * scale[openOf[i]! + 1]!;
      for (let at = begins[i]!; at < begins[i + 1]!; at++) probabilities[above[at]!]! += p;
    }
    for (const [i, { node }] of open.entries()) {
      for (const at of [...node.above, node.index]) {
        probabilities[at]! += mass[i]! * novel[i]!;
      }
    }

    return {
      nodes: probabilities,
      novelty(node) {
        const within = openOf[node.leaves[0]!]!;
        if (within !== -1 && node.leaves.length <= open[within]!.node.leaves.length) {
          return novel[within]!;
        }
        // A leaf is judged among its own kind.
        const among = node.leaves.length > 1 ? node : nodes[node.parents[0] ?? node.index]!;
        const generic = logistic(calibration.novelty, bestShare(soft, among));
        const p = probabilities[node.index]!;
        return open.reduce((mean, { node: kind }, i) => {
          const share = kind.above.includes(node.index) && p > 0 ? mass[i]! / p : 0;
          return mean + share * (novel[i]! - generic);
        }, generic);
      },
    };
  };
}

/** Probability of each open kind: softmax over their scores and 0 for everything else. */
function openMass(features: Float64Array, kinds: readonly OpenKind[]): number[] {
  const scores = kinds.map(({ weights, bias }) =>
    weights.reduce((sum, weight, i) => sum + weight * features[i]!, bias)
  );
  const max = Math.max(0, ...scores);
  const powers = scores.map((score) => Math.exp(score - max));
  const sum = powers.reduce((a, b) => a + b, Math.exp(-max));
  return powers.map((power) => power / sum);
}

function find(hierarchy: Hierarchy, name: string): HierarchyNode {
  const node = hierarchy.find(name);
  if (!node) throw new RangeError(`The calibration names "${name}", which the hierarchy has not.`);
  return node;
}
