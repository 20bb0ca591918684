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
import { createGeneralizer, neededProbability } from "../functions/core/generalize.ts";
import { createPosterior } from "../functions/core/posterior.ts";
import { softmax } from "../functions/core/softmax.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import { parseManifest } from "../models/manifest.ts";
import { openInProcessEncoder } from "../training/eval/in_process_encoder.ts";
import { createRandom, draw } from "../training/eval/random.ts";
import { fromFileUrl } from "../training/paths.ts";
import { filesBelow, testWithData } from "./support/data.ts";

const models = new URL("../models/", import.meta.url);
const read = async (name: string) => JSON.parse(await Deno.readTextFile(new URL(name, models)));
const manifest = parseManifest(await read("manifest.json"));
const hierarchy = parseHierarchy(await read("hierarchy.json"));
const { network } = manifest;
const generalize = createGeneralizer(hierarchy, network);
const posterior = createPosterior(hierarchy, network);
const leavesOf = (name: string) => hierarchy.find(name)!.leaves;

/** Logits that are `height` at the given leaves and 0 elsewhere. */
function logitsAt(leaves: readonly number[], height: number): Float32Array {
  const logits = new Float32Array(hierarchy.leafCount);
  for (const leaf of leaves) logits[leaf] = height;
  return logits;
}

/** Logits as a network gives them: noise, and some leaves of one kind that stand out. */
function* randomLogits(count: number): Generator<Float32Array> {
  const random = createRandom(20261123);
  for (let i = 0; i < count; i++) {
    const logits = Float32Array.from({ length: hierarchy.leafCount }, () => 2 * random());
    const { leaves } = hierarchy.nodes[Math.floor(random() * hierarchy.nodes.length)]!;
    const height = 12 * random();
    for (const leaf of leaves) logits[leaf]! += height * (0.7 + 0.3 * random());
    yield logits;
  }
}

Deno.test("softmax() agrees with its closed form when there is a temperature", () => {
  const [a, b] = softmax(Float32Array.of(0, Math.log(9)), 2);
  assertAlmostEquals(a!, 0.25, 1e-7);
  assertAlmostEquals(b!, 0.75, 1e-7);
  assertEquals([...softmax(Float32Array.of(1e30, 0))], [1, 0]);
  assertThrows(() => softmax(Float32Array.of(1), 0), RangeError, "temperature is 0");
  assertThrows(() => softmax(Float32Array.of(1, NaN)), RangeError, "must be finite");
});

Deno.test("createPosterior() shares out exactly 1 between leaves and new types", () => {
  const open = network.openKinds.map(({ name }) => hierarchy.find(name)!);
  for (const logits of randomLogits(100)) {
    const { nodes, novelty } = posterior(logits);
    const sum = (leaves: readonly number[]) =>
      leaves.reduce((total, leaf) => total + nodes[hierarchy.kindCount + leaf]!, 0);
    const all = Array.from({ length: hierarchy.leafCount }, (_, i) => i);
    const fresh = open.reduce((total, kind) => total + nodes[kind.index]! - sum(kind.leaves), 0);
    assertAlmostEquals(sum(all) + fresh, 1, 1e-9);
    for (const node of hierarchy.nodes) {
      assert(nodes[node.index]! >= 0 && nodes[node.index]! <= 1 + 1e-9);
      for (const above of node.above) {
        assertGreaterOrEqual(nodes[above]! + 1e-9, nodes[node.index]!);
      }
      assert(novelty(node) >= 0 && novelty(node) <= 1);
    }
  }
});

Deno.test("createPosterior() is blind to which leaves of a kind are meant when it judges the kind", () => {
  const dogs = leavesOf("dog");
  for (const logits of randomLogits(20)) {
    const turned = logits.slice();
    for (const [i, leaf] of dogs.entries()) turned[leaf] = logits[dogs[(i + 7) % dogs.length]!]!;
    const dog = hierarchy.find("dog")!;
    const [before, after] = [posterior(logits), posterior(turned)];
    assertAlmostEquals(before.nodes[dog.index]!, after.nodes[dog.index]!, 1e-9);
    assertAlmostEquals(before.novelty(dog), after.novelty(dog), 1e-9);
    // The leaves' own probabilities go where their logits went.
    const at = (nodes: Float64Array, leaf: number) => nodes[hierarchy.kindCount + leaf]!;
    assertAlmostEquals(at(before.nodes, dogs[7]!), at(after.nodes, dogs[0]!), 1e-9);
  }
});

Deno.test("createPosterior() throws when the calibration does not fit the hierarchy", () => {
  const openKind = network.openKinds[0]!;
  const make = (openKinds: typeof network.openKinds) =>
    createPosterior(hierarchy, { ...network, openKinds });
  assertThrows(() => make([{ ...openKind, name: "unicorn" }]), RangeError, '"unicorn"');
  assertThrows(() => make([{ ...openKind, weights: [1] }]), RangeError, "1 weights; expected 8");
  assertThrows(
    () => make([openKind, { ...openKind, name: "terrier" }]),
    RangeError,
    "share a leaf",
  );
});

Deno.test("generalize() names the leaf when one stands out", () => {
  const answer = generalize(logitsAt([268], 20));
  assertEquals(answer.label, "Mexican hairless");
  assertEquals(answer.path, ["animal", "mammal", "dog or relative", "dog", "Mexican hairless"]);
  assertEquals([answer.route, answer.certainty, answer.novel], ["network", "is", false]);
  assertLess(answer.novelty, 0.1);
  assertGreater(answer.confidence, 0.9);
});

Deno.test("generalize() answers the kind and that its type is new when no leaf of it stands out", () => {
  for (const kind of ["dog", "cat"]) {
    const answer = generalize(logitsAt(leavesOf(kind), 15));
    assertEquals(answer.label, kind);
    assertEquals(answer.path.at(-1), kind);
    assert(answer.novel);
    assertGreaterOrEqual(answer.novelty, network.novelCut);
    assertMatch(answer.reason, new RegExp(`^${kind} has probability .* probably new`));
    for (const { label } of answer.alternatives) {
      assert(hierarchy.find(label)!.path.includes(kind));
    }
  }
});

Deno.test("generalize() tells the nearest type first when it answers the kind", () => {
  const logits = logitsAt(leavesOf("dog"), 9);
  logits[263] = 10;
  const { label, alternatives, reason } = generalize(logits);
  assertEquals(label, "dog");
  assertEquals(alternatives[0]?.label, "Pembroke");
  assertMatch(reason, /looks most like Pembroke/);
});

Deno.test("generalize() does not answer when no kind can be vouched for", () => {
  const answer = generalize(new Float32Array(hierarchy.leafCount));
  assertEquals([answer.label, answer.route, answer.certainty], [null, "none", "unknown"]);
  assertEquals([answer.path, answer.novel, answer.confidence], [[], false, 0]);
});

Deno.test("generalize() keeps its promises when logits are random", () => {
  for (const logits of randomLogits(150)) {
    let size = 0;
    for (const specificity of [0.5, 0.7, 0.9, 0.95, 0.98, 0.995, 0.999]) {
      const answer = generalize(logits, { specificity });
      assertEquals(answer.path.at(-1) ?? null, answer.label);
      assertEquals(answer.label === null, answer.route === "none");
      assertEquals(answer.label === null, answer.certainty === "unknown");
      for (const value of [answer.confidence, answer.novelty]) assert(value >= 0 && value <= 1);
      for (const [i, { label, confidence }] of answer.alternatives.entries()) {
        assert(confidence >= 0 && confidence <= (answer.alternatives[i - 1]?.confidence ?? 1));
        assert(label !== answer.label);
      }
      // Whoever asks for more accuracy is never answered more specifically.
      const now = answer.label === null ? Infinity : hierarchy.find(answer.label)!.leaves.length;
      assertGreaterOrEqual(now, size);
      size = now;
    }
  }
});

Deno.test("generalize() throws when logits or specificity are not what they should be", () => {
  assertThrows(
    () => generalize(new Float32Array(999)),
    RangeError,
    "Expected 1000 logits, got 999",
  );
  assertThrows(() => generalize(logitsAt([1], NaN)), RangeError, "must be finite");
  for (const specificity of [0.49, 1, NaN]) {
    assertThrows(() => generalize(logitsAt([1], 1), { specificity }), RangeError, "must be .5 to");
  }
});

Deno.test("neededProbability() passes through what was measured and rises between and beyond", () => {
  const guarantees = [
    { specificity: 0.8, probability: 0.3 },
    { specificity: 0.9, probability: 0.5 },
    { specificity: 0.95, probability: 0.8 },
  ];
  const needed = (specificity: number) => neededProbability(guarantees, specificity);
  for (const { specificity, probability } of guarantees) {
    assertAlmostEquals(needed(specificity), probability, 1e-9);
  }
  assertEquals(needed(0.5), 0.3);
  // Half-way in log-odds between .9 and .95: odds √(9 · 19), so √(1 · 4) to 1.
  const middle = Math.sqrt(9 * 19);
  assertAlmostEquals(needed(middle / (1 + middle)), 2 / 3, 1e-9);
  assert(needed(0.98) > 0.8 && needed(0.999) > needed(0.98) && needed(0.999) < 1);
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
          const { logits } = await encoder.encode(await Deno.readFile(photo));
          if (generalize(logits).path.includes(kind)) right++;
        }
        assertGreaterOrEqual(right / count, 0.9, `${right} of ${count} are ${kind}`);
      }
    } finally {
      await encoder.close();
    }
  },
);
