import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { UnsupportedPhotoError } from "../functions/core/errors.ts";
import { createGeneralizer } from "../functions/core/generalize.ts";
import { softmax } from "../functions/core/softmax.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import type { BackboneOutput } from "../models/backbone.ts";
import { sha256Hex } from "../models/sha256.ts";
import { bootstrap } from "../training/eval/bootstrap.ts";
import { features } from "../training/eval/features.ts";
import { auroc, calibrationError } from "../training/eval/measures.ts";
import { createRandom } from "../training/eval/random.ts";
import { recognizedPhotos } from "../training/eval/recognized_photos.ts";
import type { SeenPhoto } from "../training/eval/seen_photos.ts";
import type { ViewReader } from "../training/eval/view_reader.ts";
import { join } from "../training/paths.ts";
import { calibrate, kindsOf } from "../training/recipes/calibrate.ts";
import { fitSoftmax } from "../training/recipes/fit_softmax.ts";
import type { Classifier } from "../training/recipes/kinds.ts";

const hierarchy = parseHierarchy(
  JSON.parse(await Deno.readTextFile(new URL("../models/hierarchy.json", import.meta.url))),
);

Deno.test("fitSoftmax() finds the classes' log-odds when the features say nothing", () => {
  const examples = [0, 0, 0, 1].map((label) => ({ features: [7], label }));
  const { weights, biases } = fitSoftmax(examples, 2);
  assertEquals(weights, [[0]]);
  assertAlmostEquals(biases[0]!, Math.log(3), 1e-3);
  const heavier = examples.map((example) => ({ ...example, weight: example.label === 1 ? 3 : 1 }));
  assertAlmostEquals(fitSoftmax(heavier, 2).biases[0]!, 0, 1e-3);
});

Deno.test("fitSoftmax() finds the logistic that made the labels when there are many examples", () => {
  const random = createRandom(3);
  const examples = Array.from({ length: 4000 }, () => {
    const features = [6 * random() - 3, 20 * random()];
    const p = 1 / (1 + Math.exp(-(1.5 * features[0]! - 0.2 * features[1]! + 1)));
    return { features, label: random() < p ? 0 : 1 };
  });
  const { weights: [weights], biases: [bias] } = fitSoftmax(examples, 2, 0);
  assertAlmostEquals(weights![0]!, 1.5, 0.12);
  assertAlmostEquals(weights![1]!, -0.2, 0.03);
  assertAlmostEquals(bias!, 1, 0.25);
});

Deno.test("fitSoftmax() ends where the loss is flat when there are three classes", () => {
  const random = createRandom(5);
  const examples = Array.from({ length: 60 }, (_, i) => ({
    features: [random() + (i % 3), random() * 5],
    label: i % 3,
  }));
  const { weights, biases } = fitSoftmax(examples, 3, 1e-2);
  const loss = (w: readonly (readonly number[])[], b: readonly number[]) =>
    examples.reduce((sum, { features, label }) => {
      const scores = [
        ...w.map((row, c) => row[0]! * features[0]! + row[1]! * features[1]! + b[c]!),
        0,
      ];
      return sum - Math.log(softmax(Float32Array.from(scores))[label]!);
    }, 0) / examples.length;
  // The biases are not held back, so the mean loss itself is flat in them.
  const step = 1e-2;
  for (const c of [0, 1]) {
    const moved = (by: number) => loss(weights, biases.map((b, i) => i === c ? b + by : b));
    assertLess(Math.abs(moved(step) - moved(-step)) / (2 * step), 1e-4);
    assertGreater(moved(step), loss(weights, biases));
  }
});

Deno.test("fitSoftmax() throws when there is nothing to fit or a label is no class", () => {
  assertThrows(() => fitSoftmax([], 2), RangeError, "no examples");
  assertThrows(() => fitSoftmax([{ features: [1], label: 2 }], 2), RangeError, "A label is 2");
});

/** A classifier whose logits are the features themselves. */
function identity(): Classifier {
  const { leafCount } = hierarchy;
  const weights = new Float32Array(leafCount ** 2);
  for (let i = 0; i < leafCount; i++) weights[i * leafCount + i] = 1;
  return { weights, bias: new Float32Array(leafCount) };
}

/**
 * Photos whose labels are drawn from the softmax of their logits at a temperature, of types never
 * learnt, which are like all types of their kind, and of other things.
 */
function drawnPhotos(temperature: number, random: () => number): SeenPhoto[] {
  const photos: SeenPhoto[] = [];
  const add = (logits: Float32Array, of: Pick<SeenPhoto, "source" | "truth">) => {
    const view = { logits, embedding: logits, gem: logits };
    photos.push({
      ...of,
      type: `${photos.length}`,
      path: "",
      sha256: "",
      fold: 0,
      learnt: false,
      views: [view, view, view],
    });
  };
  const logitsOf = (tops: readonly number[], height: number) => {
    const logits = Float32Array.from({ length: hierarchy.leafCount }, () => random());
    for (const top of tops) logits[top]! += height * (0.8 + 0.2 * random());
    return logits;
  };
  const pick = (from: readonly number[]) => from[Math.floor(random() * from.length)]!;
  const dogs = hierarchy.find("dog")!.leaves;
  const cats = hierarchy.find("cat")!.leaves;
  const all = Array.from({ length: hierarchy.leafCount }, (_, i) => i);
  const isPet = (leaf: number) => dogs.includes(leaf) || cats.includes(leaf);
  for (let i = 0; i < 500; i++) {
    const among = i % 5 === 0 ? dogs : i % 5 === 1 ? cats : all;
    const logits = logitsOf([pick(among), pick(among)], 10 * temperature);
    const chances = softmax(logits, temperature);
    let left = random();
    const label = chances.findIndex((p) => (left -= p) < 0);
    add(logits, { source: isPet(label) ? "known" : "leaf", truth: hierarchy.leaf(label) });
  }
  for (const [name, leaves] of [["dog", dogs], ["cat", cats]] as const) {
    for (let i = 0; i < 60; i++) {
      const logits = logitsOf(leaves, 10 * temperature);
      add(logits, { source: "new", truth: hierarchy.find(name)! });
    }
  }
  for (let i = 0; i < 60; i++) {
    const logits = logitsOf([pick(all.filter((leaf) => !isPet(leaf)))], 8 * temperature * random());
    add(logits, { source: "other", truth: null });
  }
  return photos;
}

Deno.test("calibrate() finds the temperature that the labels were drawn at", async () => {
  for (const temperature of [0.7, 1.4]) {
    const photos = drawnPhotos(temperature, createRandom(7));
    const { network, kinds } = await calibrate(hierarchy, identity(), photos);
    assertAlmostEquals(network.temperature, temperature, 0.1);
    assertAlmostEquals(kinds.temperature, network.temperature, 1e-5);
  }
});

Deno.test("calibrate() keeps its guarantees, tells new types and rises in accuracy when labels are drawn", async () => {
  const photos = drawnPhotos(1, createRandom(8));
  const calibration = await calibrate(hierarchy, identity(), photos);
  const { network } = calibration;
  const generalize = createGeneralizer(hierarchy, network);
  const seen = await recognizedPhotos(photos, kindsOf(calibration));

  assertGreater(network.guarantees.length, 2);
  for (const [i, { specificity, multiplier }] of network.guarantees.entries()) {
    const before = network.guarantees[i - 1];
    if (before) assert(multiplier > before.multiplier && specificity > before.specificity);
    else assertEquals(multiplier, 0);
    const learnt = seen.filter(({ source }) => source === "leaf" || source === "known");
    const answers = learnt.flatMap(({ scores, truth }) => {
      const { label } = generalize(scores, { specificity });
      return label === null ? [] : [hierarchy.find(label)!.leaves.includes(truth!.leaves[0]!)];
    });
    // Many show two things that have little in common, and may be either.
    assertGreater(answers.length / learnt.length, 0.1);
    assertGreaterOrEqual(answers.filter(Boolean).length / answers.length, specificity - 0.01);
  }

  const flagged = (source: SeenPhoto["source"], kind: string) => {
    const of = seen.filter((photo) => photo.source === source && photo.truth?.path.includes(kind));
    return of.filter(({ scores }) => generalize(scores).novel).length / of.length;
  };
  for (const kind of ["dog", "cat"]) assertGreater(flagged("new", kind), 0.9);
  // From how new known dogs look it is chosen what is flagged.
  assertLess(flagged("known", "dog"), 0.15);
});

Deno.test("calibrate() fits a head that tells the kinds, whether their types were learnt or not", async () => {
  const photos = drawnPhotos(1, createRandom(9));
  const calibration = await calibrate(hierarchy, identity(), photos);
  const names = calibration.network.openKinds.map(({ name }) => name);
  const seen = await recognizedPhotos(photos, kindsOf(calibration));
  let right = 0;
  for (const { scores, truth, looks } of seen) {
    assertEquals(looks > 1, Math.max(...scores.kinds) < calibration.decided);
    const kind = names.findIndex((name) => truth?.path.includes(name));
    const told = scores.kinds.indexOf(Math.max(...scores.kinds));
    if (told === (kind === -1 ? names.length : kind)) right++;
  }
  assertGreater(right / seen.length, 0.95);
});

Deno.test("auroc() is the share of pairs in order when scores tie", () => {
  const random = createRandom(9);
  const scored = Array.from({ length: 80 }, () => ({
    score: Math.floor(10 * random()),
    positive: random() < 0.4,
  }));
  let wins = 0, pairs = 0;
  for (const a of scored.filter(({ positive }) => positive)) {
    for (const b of scored.filter(({ positive }) => !positive)) {
      pairs++;
      wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
    }
  }
  assertAlmostEquals(auroc(scored), wins / pairs, 1e-12);
  assert(Number.isNaN(auroc([{ score: 1, positive: true }])));
});

Deno.test("calibrationError() is the distance from the truth when probabilities are off by as much", () => {
  const scored = (score: number) =>
    Array.from({ length: 100 }, (_, i) => ({ score, positive: i % 10 < 7 }));
  assertAlmostEquals(calibrationError(scored(0.7)), 0, 1e-12);
  assertAlmostEquals(calibrationError(scored(0.9)), 0.2, 1e-12);
});

Deno.test("bootstrap() covers the normal approximation when the statistic is a mean", () => {
  const items = Array.from({ length: 400 }, (_, i): number => i % 4 === 0 ? 1 : 0);
  const { value, low, high } = bootstrap(items, (xs) => xs.reduce((a, b) => a + b, 0) / xs.length);
  const half = 1.96 * Math.sqrt(0.25 * 0.75 / 400);
  assertEquals(value, 0.25);
  assertAlmostEquals(low, 0.25 - half, 0.01);
  assertAlmostEquals(high, 0.25 + half, 0.01);
  assertThrows(() => bootstrap([], () => 0), RangeError, "nothing to resample");
});

Deno.test("features() looks at a photo once when it is asked for it again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = ["a", "b"].map((name) => join(folder, name));
    await Deno.writeTextFile(paths[0]!, "first");
    await Deno.writeTextFile(paths[1]!, "second");
    let looks = 0;
    /** Reads the photo's length, so that what comes back can be told apart. */
    const viewsOf = (length: number): BackboneOutput[] =>
      [0, 1, 2].map((view) => ({
        logits: Float32Array.of(length, 0.1),
        embedding: Float32Array.of(1, 2, view),
        gem: Float32Array.of(view, length, 5, 6),
      }));
    const reader = (version: string): Pick<ViewReader, "model" | "see"> => ({
      model: { id: "length", version },
      see(photo) {
        looks++;
        if (photo.length > 10) throw new UnsupportedPhotoError("too long");
        return Promise.resolve(viewsOf(photo.length));
      },
    });
    const all = (version: string) =>
      Array.fromAsync(features(paths, reader(version), { cache: join(folder, "cache") }));
    const first = await all("1");
    assertEquals(
      first,
      await Promise.all(
        ["first", "second"].map(async (text, i) => ({
          path: paths[i]!,
          sha256: await sha256Hex(new TextEncoder().encode(text)),
          views: viewsOf(text.length),
        })),
      ),
    );
    assertEquals(looks, 2);
    assertEquals(await all("1"), first);
    assertEquals(looks, 2);
    // Another model, or another photo under the same name, is looked at.
    await all("2");
    assertEquals(looks, 4);
    await Deno.writeTextFile(paths[0]!, "changed");
    assertEquals((await all("1")).map(({ views }) => views), [viewsOf(7), viewsOf(6)]);
    assertEquals(looks, 5);
    await Deno.writeTextFile(paths[0]!, "much too long");
    await assertRejects(() => all("1"), UnsupportedPhotoError, "too long");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
