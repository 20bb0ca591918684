/**
 * From what the networks say to a probability for every node of the hierarchy.
 *
 * The backbone spreads all probability over types that it learnt. For kinds with many other types
 * (dogs, cats) two corrections make room for those: the kind's own probability comes from a head
 * that was fitted to breeds that the backbone never saw, too, and the share of it that belongs to a type never
 * learnt stays at the kind and goes to none of its leaves.
 *
 * @module
 */
import type { Hierarchy, HierarchyNode } from "../../models/hierarchy.ts";
import type { NetworkCalibration } from "../../models/network.ts";
import type { NetworkScores } from "../../models/recognizer.ts";
import { logOdds, sigmoid } from "./log_odds.ts";
import { softmax } from "./softmax.ts";

/** What is known of one photo. */
export interface Posterior {
  /** Probability of each node, in the order of `hierarchy.nodes`; a kind's includes new types. */
  readonly nodes: Float64Array;
  /** Of each node the part of its probability that is of types never learnt, directly below it. */
  readonly fresh: Float64Array;
  /**
   * Probability that the type below the node is one never learnt, given the node, where known and
   * new ones are equally frequent.
   */
  novelty(node: HierarchyNode): number;
}

/** Computes the posterior of what was seen in one photo. */
export type ComputePosterior = (scores: NetworkScores) => Posterior;

/**
 * How much the best leaf of a node stands out, in log-odds over chance: what novelty is judged by.
 *
 * The maximum of the softmax over the cosines of the node's leaves (Techapanurak et al., ACCV 2020),
 * beside the share that each of them would have if all were alike.
 *
 * @param cosines of all leaves
 */
export function bestStanding(
  cosines: Float32Array,
  { leaves }: HierarchyNode,
  temperature: number,
): number {
  if (leaves.length < 2) return 0;
  const shares = softmax(Float32Array.from(leaves, (leaf) => cosines[leaf]!), temperature);
  return logOdds(Math.max(...shares)) + Math.log(leaves.length - 1);
}

/**
 * Prepares the posterior.
 *
 * @returns a function that throws a {@linkcode RangeError} for scores of another length, or that
 * are not finite
 * @throws {RangeError} when a name of the calibration is not in the hierarchy, or two open kinds
 * share a leaf
 */
export function createPosterior(
  hierarchy: Hierarchy,
  calibration: NetworkCalibration,
): ComputePosterior {
  const { nodes, kindCount, leafCount } = hierarchy;
  const { temperature, cosineTemperature, openKinds } = calibration;
  const open = openKinds.map((kind) => ({ ...kind, node: find(hierarchy, kind.name) }));
  /** What prior odds of a new type add to the log-odds of novelty. */
  const prior = logOdds(calibration.newShare);
  /** For each leaf its open kind, or −1. */
  const openOf = new Int8Array(leafCount).fill(-1);
  for (const [i, { node, name }] of open.entries()) {
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

  return function posterior({ logits, kinds, cosines }) {
    check("logits", logits, leafCount);
    check("cosines", cosines, leafCount);
    check("kinds", kinds, open.length + 1);
    const raw = softmax(logits, temperature);
    const judged = (by: NetworkCalibration["novelty"], node: HierarchyNode) =>
      by.intercept + by.slope * bestStanding(cosines, node, cosineTemperature);
    const strangeness = open.map(({ node, novelty }) => judged(novelty, node));
    const novel = strangeness.map(sigmoid);
    const fresh = new Float64Array(nodes.length);
    for (const [i, { node }] of open.entries()) {
      fresh[node.index] = kinds[i]! * sigmoid(strangeness[i]! + prior);
    }

    // The backbone's own sum over each open kind, and over the rest at 0.
    const sums = new Float64Array(open.length + 1);
    for (let i = 0; i < leafCount; i++) sums[openOf[i]! + 1]! += raw[i]!;
    const scale = sums.map((sum, i) => {
      const mass = i === 0
        ? kinds.at(-1)!
        : Math.max(0, kinds[i - 1]! - fresh[open[i - 1]!.node.index]!);
      return sum === 0 ? 0 : mass / sum;
    });

    const probabilities = new Float64Array(nodes.length);
    for (let i = 0; i < leafCount; i++) {
      const p = probabilities[kindCount + i] = raw[i]! * scale[openOf[i]! + 1]!;
      for (let at = begins[i]!; at < begins[i + 1]!; at++) probabilities[above[at]!]! += p;
    }
    for (const { node } of open) {
      for (const at of [...node.above, node.index]) probabilities[at]! += fresh[node.index]!;
    }

    return {
      nodes: probabilities,
      fresh,
      novelty(node) {
        const within = openOf[node.leaves[0]!]!;
        if (within !== -1 && node.leaves.length <= open[within]!.node.leaves.length) {
          return novel[within]!;
        }
        // A leaf is judged among its own kind.
        const among = node.leaves.length > 1 ? node : nodes[node.parents[0] ?? node.index]!;
        const generic = sigmoid(judged(calibration.novelty, among));
        const p = probabilities[node.index]!;
        return open.reduce((mean, { node: kind }, i) => {
          const share = kind.above.includes(node.index) && p > 0 ? kinds[i]! / p : 0;
          return mean + share * (novel[i]! - generic);
        }, generic);
      },
    };
  };
}

function check(name: string, scores: Float32Array, length: number): void {
  if (scores.length !== length) {
    throw new RangeError(`Expected ${length} ${name}, got ${scores.length}.`);
  }
  const odd = scores.find((score) => !Number.isFinite(score));
  if (odd !== undefined) throw new RangeError(`One of the ${name} is ${odd}; it must be finite.`);
}

function find(hierarchy: Hierarchy, name: string): HierarchyNode {
  const node = hierarchy.find(name);
  if (!node) throw new RangeError(`The calibration names "${name}", which the hierarchy has not.`);
  return node;
}
