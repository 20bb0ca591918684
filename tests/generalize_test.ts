import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { createChoice, createGeneralizer, multiplierFor } from "../functions/core/generalize.ts";
import { bestStanding, createPosterior, type Posterior } from "../functions/core/posterior.ts";
import { softmax } from "../functions/core/softmax.ts";
import { type HierarchyNode, parseHierarchy } from "../models/hierarchy.ts";
import { parseManifest } from "../models/manifest.ts";
import type { NetworkScores } from "../models/recognizer.ts";
import { openInProcessEncoder } from "../training/eval/in_process_encoder.ts";
import { createRandom, draw } from "../training/eval/random.ts";
import { fromFileUrl } from "../training/paths.ts";
import { filesBelow, testWithData } from "./support/data.ts";

const models = new URL("../models/", import.meta.url);
const read = async (name: string) => JSON.parse(await Deno.readTextFile(new URL(name, models)));
const manifest = parseManifest(await read("manifest.json"));
const hierarchy = parseHierarchy(await read("hierarchy.json"));
const { network } = manifest;
const { nodes: allNodes, kindCount, leafCount } = hierarchy;
const generalize = createGeneralizer(hierarchy, network);
const posterior = createPosterior(hierarchy, network);
const choose = createChoice(hierarchy);
const open = network.openKinds.map(({ name }) => hierarchy.find(name)!);
const leavesOf = (name: string) => hierarchy.find(name)!.leaves;

/** The graph's other outputs as they would be, if the logits were all that there is to see. */
function scoresOf(logits: Float32Array): NetworkScores {
  const shares = softmax(logits, network.temperature);
  const kinds = open.map(({ leaves }) => leaves.reduce((sum, leaf) => sum + shares[leaf]!, 0));
  return {
    logits,
    kinds: Float32Array.of(...kinds, Math.max(0, 1 - kinds.reduce((a, b) => a + b))),
    cosines: logits.map((logit) => Math.max(-1, Math.min(1, logit / 20))),
  };
}

/** Scores of logits that are `height` at the given leaves and 0 elsewhere. */
function scoresAt(leaves: readonly number[], height: number): NetworkScores {
  const logits = new Float32Array(leafCount);
  for (const leaf of leaves) logits[leaf] = height;
  return scoresOf(logits);
}

/** Scores as networks give them: noise, and some leaves of one kind that stand out. */
function* randomScores(count: number): Generator<NetworkScores> {
  const random = createRandom(20261123);
  for (let i = 0; i < count; i++) {
    const logits = Float32Array.from({ length: leafCount }, () => 2 * random());
    const { leaves } = allNodes[Math.floor(random() * allNodes.length)]!;
    const height = 12 * random();
    for (const leaf of leaves) logits[leaf]! += height * (0.7 + 0.3 * random());
    yield scoresOf(logits);
  }
}

/** Deng et al., §3: 0 for everything at once, 1 for a leaf. */
const informationOf = ({ leaves }: Pick<HierarchyNode, "leaves">) =>
  1 - Math.log(leaves.length) / Math.log(leafCount);

Deno.test("softmax() agrees with its closed form when there is a temperature", () => {
  const [a, b] = softmax(Float32Array.of(0, Math.log(9)), 2);
  assertAlmostEquals(a!, 0.25, 1e-7);
  assertAlmostEquals(b!, 0.75, 1e-7);
  assertEquals([...softmax(Float32Array.of(1e30, 0))], [1, 0]);
  assertThrows(() => softmax(Float32Array.of(1), 0), RangeError, "temperature is 0");
  assertThrows(() => softmax(Float32Array.of(1, NaN)), RangeError, "must be finite");
});

Deno.test("createPosterior() shares out exactly 1 between leaves and new types", () => {
  for (const scores of randomScores(100)) {
    const { nodes, fresh, novelty } = posterior(scores);
    const sum = (leaves: readonly number[]) =>
      leaves.reduce((total, leaf) => total + nodes[kindCount + leaf]!, 0);
    const all = Array.from({ length: leafCount }, (_, i) => i);
    const atKinds = open.reduce((total, kind) => total + nodes[kind.index]! - sum(kind.leaves), 0);
    assertAlmostEquals(sum(all) + atKinds, 1, 1e-6);
    assertAlmostEquals(fresh.reduce((a, b) => a + b), atKinds, 1e-6);
    for (const node of allNodes) {
      assert(nodes[node.index]! >= 0 && nodes[node.index]! <= 1 + 1e-6);
      assert(fresh[node.index]! >= 0 && fresh[node.index]! <= nodes[node.index]! + 1e-9);
      if (!open.includes(node)) assertEquals(fresh[node.index], 0);
      for (const above of node.above) {
        assertGreaterOrEqual(nodes[above]! + 1e-9, nodes[node.index]!);
      }
      assert(novelty(node) >= 0 && novelty(node) <= 1);
    }
  }
});

Deno.test("createPosterior() gives a kind what the head says, and by Bayes its share of new types", () => {
  const { newShare } = network;
  for (const scores of randomScores(50)) {
    const { nodes, fresh, novelty } = posterior(scores);
    for (const [i, kind] of open.entries()) {
      const mass = scores.kinds[i]!;
      assertAlmostEquals(nodes[kind.index]!, mass, 1e-9);
      const novel = newShare * novelty(kind);
      const known = (1 - newShare) * (1 - novelty(kind));
      assertAlmostEquals(fresh[kind.index]!, mass * novel / (novel + known), 1e-9);
      // What is left is shared out as the backbone would.
      const [a, b] = kind.leaves;
      const odds = Math.exp((scores.logits[a!]! - scores.logits[b!]!) / network.temperature);
      assertAlmostEquals(nodes[kindCount + a!]!, odds * nodes[kindCount + b!]!, 1e-9);
    }
  }
});

Deno.test("bestStanding() is the best leaf's odds over chance when the others are alike", () => {
  for (const name of ["dog", "cat", "animal"]) {
    const node = hierarchy.find(name)!;
    const cosines = new Float32Array(leafCount).fill(0.25);
    assertAlmostEquals(bestStanding(cosines, node, 0.1), 0, 1e-9);
    // Leaves outside of the kind do not count.
    cosines[leavesOf("bird").find((leaf) => !node.leaves.includes(leaf)) ?? 999] = 1;
    cosines[node.leaves.at(-2)!] = 0.75;
    assertAlmostEquals(bestStanding(cosines, node, 0.1), 5, 1e-9);
    assertAlmostEquals(bestStanding(cosines, node, 0.25), 2, 1e-9);
  }
  const leaf = hierarchy.leaf(268);
  assertEquals(bestStanding(scoresAt([268], 20).cosines, leaf, 0.1), 0);
});

Deno.test("createPosterior() judges novelty by the cosines, whatever the logits are", () => {
  const dog = hierarchy.find("dog")!;
  const { logits, kinds } = scoresAt([268], 20);
  const novelty = (cosines: Float32Array) => posterior({ logits, kinds, cosines }).novelty(dog);
  const cosines = new Float32Array(leafCount).fill(0.1);
  let before = novelty(cosines);
  assertGreater(before, 0.9);
  for (const cosine of [0.3, 0.5, 0.7, 0.9]) {
    cosines[dog.leaves[3]!] = cosine;
    assertLess(novelty(cosines), before);
    before = novelty(cosines);
  }
  assertLess(before, 0.1);
});

Deno.test("createPosterior() is blind to which leaves of a kind are meant when it judges the kind", () => {
  const dogs = leavesOf("dog");
  for (const scores of randomScores(20)) {
    const turned = (of: Float32Array) => {
      const other = of.slice();
      for (const [i, leaf] of dogs.entries()) other[leaf] = of[dogs[(i + 7) % dogs.length]!]!;
      return other;
    };
    const dog = hierarchy.find("dog")!;
    const before = posterior(scores);
    const after = posterior({
      ...scores,
      logits: turned(scores.logits),
      cosines: turned(scores.cosines),
    });
    assertAlmostEquals(before.nodes[dog.index]!, after.nodes[dog.index]!, 1e-9);
    assertAlmostEquals(before.novelty(dog), after.novelty(dog), 1e-9);
    // The leaves' own probabilities go where their logits went.
    const at = (nodes: Float64Array, leaf: number) => nodes[kindCount + leaf]!;
    assertAlmostEquals(at(before.nodes, dogs[7]!), at(after.nodes, dogs[0]!), 1e-9);
  }
});

Deno.test("createPosterior() throws when the calibration does not fit the hierarchy", () => {
  const openKind = network.openKinds[0]!;
  const make = (openKinds: typeof network.openKinds) =>
    createPosterior(hierarchy, { ...network, openKinds });
  assertThrows(() => make([{ ...openKind, name: "unicorn" }]), RangeError, '"unicorn"');
  assertThrows(
    () => make([openKind, { ...openKind, name: "terrier" }]),
    RangeError,
    '"terrier" and "dog" share a leaf.',
  );
});

Deno.test("createChoice() takes the node of the highest (information + λ) · probability when no type is new", () => {
  const random = createRandom(2012);
  const fresh = new Float64Array(allNodes.length);
  const told = { none: 0, kind: 0, leaf: 0 };
  for (let i = 0; i < 200; i++) {
    // Most of it lies in one kind, there on few leaves or on many.
    const { leaves: within } = allNodes[Math.floor(random() * kindCount)]!;
    const sharpness = 10 ** (4 * random() - 2);
    const raw = Array.from({ length: leafCount }, random);
    const part = 30 * random() * raw.reduce((a, b) => a + b);
    const inside = within.map(() => random() ** sharpness);
    const sum = inside.reduce((a, b) => a + b);
    for (const [j, leaf] of within.entries()) raw[leaf]! += part * inside[j]! / sum;
    const total = raw.reduce((a, b) => a + b);
    const nodes = Float64Array.from(
      allNodes,
      ({ leaves }) => leaves.reduce((sum, leaf) => sum + raw[leaf]!, 0) / total,
    );
    for (const multiplier of [0, 0.3, 1, 3, 30]) {
      const worth = allNodes.map((node) => (informationOf(node) + multiplier) * nodes[node.index]!);
      // Saying nothing is always right and tells nothing.
      const most = Math.max(multiplier, ...worth);
      const chosen = choose({ nodes, fresh }, multiplier);
      assertAlmostEquals(chosen ? worth[chosen.index]! : multiplier, most, 1e-12);
      told[chosen ? chosen.leaves.length === 1 ? "leaf" : "kind" : "none"]++;
    }
  }
  for (const count of Object.values(told)) assertGreater(count, 100);
});

Deno.test("createChoice() answers the kind and nothing above it when a type of it is new", () => {
  const [dog, animal] = [hierarchy.find("dog")!, hierarchy.find("animal")!];
  const wolf = hierarchy.leaf(leavesOf("wolf").find((leaf) => !dog.leaves.includes(leaf))!);
  const nodes = new Float64Array(allNodes.length);
  const fresh = new Float64Array(allNodes.length);
  // A dog, and no known one, by .9; else a wolf.
  for (const at of [...dog.above, dog.index]) nodes[at]! += 0.9;
  for (const at of [...wolf.above, wolf.index]) nodes[at]! += 0.1;
  const multiplier = multiplierFor(network.guarantees, network.specificity);
  const [without, within] = [animal, dog].map((node) =>
    (informationOf(node) + multiplier) * nodes[node.index]!
  );
  assertGreater(without!, within!);
  assert(choose({ nodes, fresh }, multiplier)!.leaves.length > dog.leaves.length);
  fresh[dog.index] = 0.9;
  assertEquals(choose({ nodes, fresh }, multiplier)?.name, "dog");
  // It is worth as much as a leaf of that probability: no more is told of a less likely wolf.
  assertEquals(choose({ nodes, fresh }, 0)?.name, "dog");
});

Deno.test("generalize() names the leaf when one stands out", () => {
  const answer = generalize(scoresAt([268], 20));
  assertEquals(answer.label, "Mexican hairless");
  assertEquals(answer.path, ["animal", "mammal", "dog or relative", "dog", "Mexican hairless"]);
  assertEquals([answer.route, answer.certainty, answer.novel], ["network", "is", false]);
  assert(answer.named);
  assertLess(answer.novelty, 0.1);
  assertGreater(answer.confidence, 0.9);
});

Deno.test("generalize() answers the kind and that its type is new when no leaf of it stands out", () => {
  for (const kind of ["dog", "cat"]) {
    const answer = generalize(scoresAt(leavesOf(kind), 15));
    assertEquals(answer.label, kind);
    assertEquals(answer.path.at(-1), kind);
    assert(answer.novel && !answer.named);
    assertGreaterOrEqual(answer.novelty, network.novelCut);
    assertMatch(answer.reason, new RegExp(`^${kind} has probability .* probably new`));
    assertEquals(answer.alternatives.length, 5);
    for (const { label } of answer.alternatives) {
      assert(hierarchy.find(label)!.path.includes(kind));
    }
  }
});

Deno.test("generalize() tells the nearest type first when it answers the kind", () => {
  const scores = scoresAt(leavesOf("dog"), 9);
  scores.logits[263] = 10;
  scores.cosines[263] = 0.5;
  const { label, alternatives, reason } = generalize(scores);
  assertEquals(label, "dog");
  assertEquals(alternatives[0]?.label, "Pembroke");
  assertMatch(reason, /looks most like Pembroke/);
});

Deno.test("generalize() does not answer when no kind can be vouched for", () => {
  const answer = generalize(scoresAt([], 0));
  assertEquals([answer.label, answer.route, answer.certainty], [null, "none", "unknown"]);
  assertEquals([answer.path, answer.novel, answer.confidence], [[], false, 0]);
  assertEquals([answer.named, answer.novelty], [false, 0]);
  assertMatch(answer.reason, /^no kind is likely enough for 95 % accuracy; the nearest is /);
});

Deno.test("generalize() keeps its promises when scores are random", () => {
  const told = { none: 0, kind: 0, leaf: 0 };
  for (const scores of randomScores(150)) {
    const { nodes, fresh }: Posterior = posterior(scores);
    let probability = 0, information = 1;
    for (const specificity of [0.5, 0.7, 0.9, 0.95, 0.98, 0.995, 0.999]) {
      const answer = generalize(scores, { specificity });
      assertEquals(answer.path.at(-1) ?? null, answer.label);
      assertEquals(answer.label === null, answer.route === "none");
      const sure = answer.pathConfidence ?? [];
      assertEquals(sure.length, answer.path.length);
      assertEquals(sure, [...sure].sort((a, b) => b - a));
      assertEquals(sure.at(-1) ?? 0, answer.confidence);
      assertEquals(answer.label === null, answer.certainty === "unknown");
      for (const value of [answer.confidence, answer.novelty]) assert(value >= 0 && value <= 1);
      for (const [i, { label, confidence }] of answer.alternatives.entries()) {
        assert(confidence >= 0 && confidence <= (answer.alternatives[i - 1]?.confidence ?? 1));
        assert(label !== answer.label);
      }
      const node = answer.label === null ? undefined : hierarchy.find(answer.label)!;
      assertEquals(answer.named, node?.leaves.length === 1);
      told[node ? answer.named ? "leaf" : "kind" : "none"]++;
      // Whoever asks for more accuracy is never answered what is less likely or tells more: of a
      // type never learnt its kind tells all that there is to tell.
      const now = node ? nodes[node.index]! : 1;
      const tells = node
        ? informationOf(node) + (1 - informationOf(node)) * fresh[node.index]! / now
        : 0;
      assertGreaterOrEqual(now, probability - 1e-9);
      assertGreaterOrEqual(information, tells - 1e-9);
      [probability, information] = [now, tells];
    }
  }
  for (const count of Object.values(told)) assertGreater(count, 50);
});

Deno.test("generalize() throws when scores or specificity are not what they should be", () => {
  const scores = scoresAt([1], 1);
  const odd = (length: number, value: number) => {
    const data = new Float32Array(length);
    data[length - 1] = value;
    return data;
  };
  for (const [name, length] of [["logits", 1000], ["cosines", 1000], ["kinds", 3]] as const) {
    const wrong = (data: Float32Array, message: string) =>
      assertThrows(() => generalize({ ...scores, [name]: data }), RangeError, message);
    wrong(odd(length - 1, 0), `Expected ${length} ${name}, got ${length - 1}.`);
    wrong(odd(length, NaN), `One of the ${name} is NaN; it must be finite.`);
    wrong(odd(length, -Infinity), `One of the ${name} is -Infinity; it must be finite.`);
  }
  for (const specificity of [0.49, 1, NaN]) {
    assertThrows(
      () => generalize(scores, { specificity }),
      RangeError,
      `The specificity is ${specificity}; it must be .5 to .999.`,
    );
  }
});

Deno.test("multiplierFor() passes through what was measured and rises between and beyond", () => {
  const guarantees = [
    { specificity: 0.8, multiplier: 0 },
    { specificity: 0.9, multiplier: 1 },
    { specificity: 0.95, multiplier: 3 },
  ];
  const multiplier = (specificity: number) => multiplierFor(guarantees, specificity);
  for (const { specificity, multiplier: expected } of guarantees) {
    assertAlmostEquals(multiplier(specificity), expected, 1e-9);
  }
  for (const specificity of [0.5, 0.7, 0.799]) assertEquals(multiplier(specificity), 0);
  // Half-way in log-odds between .9 and .95: odds √(9 · 19), so 1 + λ = √(2 · 4).
  const middle = Math.sqrt(9 * 19);
  assertAlmostEquals(multiplier(middle / (1 + middle)), Math.sqrt(8) - 1, 1e-9);
  // As far beyond .95 as .9 is before it: odds 19² / 9, so 1 + λ = 4² / 2.
  const beyond = 19 ** 2 / 9;
  assertAlmostEquals(multiplier(beyond / (1 + beyond)), 7, 1e-9);
  for (const list of [guarantees, network.guarantees]) {
    let before = 0;
    for (let i = 0; i <= 499; i++) {
      const now = multiplierFor(list, 0.5 + i / 1000);
      if (0.5 + i / 1000 > list[0]!.specificity) assertGreater(now, before);
      else assertEquals(now, 0);
      before = now;
    }
  }
  assertThrows(() => multiplierFor([], 0.9), RangeError, "no guarantees");
});

testWithData(
  "generalize() says dog or cat for photos of breeds that ImageNet does not have",
  ["data/novel-breeds"],
  async ([folder]) => {
    const encoder = await openInProcessEncoder(manifest, fromFileUrl(models));
    try {
      for (const [kind, count] of [["dog", 20], ["cat", 10]] as const) {
        const photos = draw(
          filesBelow(folder).filter((path) => path.includes(`/${kind}__`)),
          count,
          createRandom(1),
        );
        let right = 0;
        for (const photo of photos) {
          const { scores } = await encoder.encode(await Deno.readFile(photo), { faces: "none" });
          if (generalize(scores).path.includes(kind)) right++;
        }
        assertGreaterOrEqual(right / count, 0.9, `${right} of ${count} are ${kind}`);
      }
    } finally {
      await encoder.close();
    }
  },
);
