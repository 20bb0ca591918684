import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { softmax } from "../functions/core/softmax.ts";
import { drawLines } from "../training/eval/line_chart.ts";
import { createRandom } from "../training/eval/random.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { DOUBTED, fitCuts, fitTemperature } from "../training/paradigms/calibration.ts";
import { withNoise } from "../training/paradigms/label_noise.ts";
import {
  agreement,
  bestClasses,
  crossEntropyOf,
  digits,
  energies,
  quantile,
} from "../training/paradigms/scores.ts";
import { type EpochFigures, phasesOf } from "../training/paradigms/sequential.ts";
import { type Examples, pick, withoutClasses, type World } from "../training/paradigms/world.ts";
import { assertWellFormed } from "./support/svg.ts";

const CLASSES = 5;

/** Scores whose labels are drawn from their own probabilities at a temperature. */
function calibrated(temperature: number, n: number, seed: number) {
  const random = createRandom(seed), draw = gaussian(random);
  const scores = Float32Array.from({ length: n * CLASSES }, () => 4 * draw());
  const labels = Int32Array.from({ length: n }, (_, i) => {
    const shares = softmax(scores.subarray(i * CLASSES, (i + 1) * CLASSES), temperature);
    let left = random();
    return Math.min(CLASSES - 1, shares.findIndex((share) => (left -= share) < 0) >>> 0);
  });
  return { scores, labels };
}

Deno.test("fitTemperature() recovers the temperature that labels were drawn at", () => {
  for (const temperature of [0.5, 1, 3, 8]) {
    const { scores, labels } = calibrated(temperature, 2000, 1);
    const fitted = fitTemperature(scores, labels);
    assertAlmostEquals(Math.log(fitted), Math.log(temperature), 0.12, `${fitted}, ${temperature}`);
    // Nothing near it is likelier.
    const loss = (t: number) => crossEntropyOf(scores.map((z) => z / t), labels);
    for (const other of [0.95, 1.05]) assertLess(loss(fitted), loss(other * fitted));
  }
});

Deno.test("fitTemperature() stays between 0.2 and 20 when all or no label is right", () => {
  const scores = Float32Array.from({ length: 40 * CLASSES }, (_, i) => i % CLASSES === 2 ? 2 : 0);
  assertAlmostEquals(fitTemperature(scores, new Int32Array(40).fill(2)), 0.2, 1e-3);
  assertAlmostEquals(fitTemperature(scores, new Int32Array(40).fill(1)), 20, 0.1);
});

/** Normal numbers about a mean. */
const normals = (n: number, mean: number, deviation: number, seed: number) => {
  const draw = gaussian(createRandom(seed));
  return Float64Array.from({ length: n }, () => mean + deviation * draw());
};

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const NONE = new Float64Array(0);

Deno.test("fitCuts() doubts a twentieth of the validation photos, by how familiar they are", () => {
  const { scores, labels } = calibrated(2, 400, 2);
  const familiar = normals(400, -3, 2, 6);
  const cuts = fitCuts({ scores, labels, familiar, strangers: NONE });
  assertEquals(cuts.temperature, fitTemperature(scores, labels));
  assertEquals(DOUBTED, 0.05);
  assertEquals(familiar.filter((value) => value < cuts.doubt).length, 20);
  // Neither the scores nor strangers move it.
  const strangers = normals(50, -9, 1, 7);
  const others = fitCuts({ scores: scores.map((z) => z / 3), labels, familiar, strangers });
  assertEquals(others.doubt, cuts.doubt);
  assertNotEquals(others.novelty, cuts.novelty);
});

/** Confidences, and whether each is right, as scores of two classes at temperature 1. */
function told(answers: readonly (readonly [number, boolean])[]) {
  const scores = Float32Array.from(
    answers.flatMap(([confidence]) => [Math.log(confidence / (1 - confidence)), 0]),
  );
  return { scores, labels: Int32Array.from(answers, ([, right]) => right ? 0 : 1) };
}

Deno.test('fitCuts() says "is" as far down as 97 of 100 answers are right', () => {
  const sureOf = (answers: readonly (readonly [number, boolean])[]) => {
    const { scores, labels } = told(answers);
    const familiar = new Float64Array(answers.length);
    const { sure, temperature } = fitCuts({ scores, labels, familiar, strangers: NONE });
    const confidences = answers.map((_, i) =>
      Math.max(...softmax(scores.subarray(2 * i, 2 * i + 2), temperature))
    );
    return { sure, confidences };
  };
  // From the 100th on three in a hundred are wrong, further down one in three.
  const answers = Array.from(
    { length: 200 },
    (_, i) => [0.99 - i * 0.002, i < 100 ? i % 40 !== 39 : i % 3 !== 0] as const,
  );
  const { sure, confidences } = sureOf(answers);
  const above = answers.filter((_, i) => confidences[i]! >= sure);
  assertGreaterOrEqual(above.filter(([, right]) => right).length / above.length, 0.97);
  assertGreater(above.length, 90);
  for (let more = above.length + 1; more <= answers.length; more++) {
    const right = answers.slice(0, more).filter(([, right]) => right).length;
    assertLess(right / more, 0.97);
  }
  // Where not even the surest is right, nothing is sure.
  assertEquals(sureOf(answers.map(([confidence], i) => [confidence, i % 2 === 1])).sure, 1);
});

/** Scores that say nothing, of as many photos. */
const mute = (n: number) => ({ scores: new Float32Array(2 * n), labels: new Int32Array(n) });

Deno.test("fitCuts() fits novelty to strangers as the ratio of their likelihoods", () => {
  const [known, strange, deviation] = [6, 3, 1.2];
  const { novelty: { slope, intercept } } = fitCuts({
    ...mute(4000),
    familiar: normals(4000, known, deviation, 3),
    // Fewer of them, which must not count.
    strangers: normals(1000, strange, deviation, 4),
  });
  // log p(f | strange) / p(f | known) of two normal distributions of one deviation.
  const expected = (strange - known) / deviation ** 2;
  assertAlmostEquals(slope, expected, 0.15 * Math.abs(expected));
  assertAlmostEquals(-intercept / slope, (known + strange) / 2, 0.1);
});

Deno.test("fitCuts() takes one in two for a stranger where known things are doubted, without strangers", () => {
  const familiar = normals(1000, 6, 1.5, 5);
  const { doubt, novelty: { slope, intercept } } = fitCuts({
    ...mute(1000),
    familiar,
    strangers: NONE,
  });
  assertAlmostEquals(sigmoid(slope * doubt + intercept), 0.5, 1e-9);
  assertAlmostEquals(slope, -1 / 1.5, 0.05);
  // All the same: neither a division by zero nor NaN.
  const cuts = fitCuts({ ...mute(9), familiar: new Float64Array(9).fill(2), strangers: NONE });
  assert(Object.values(cuts.novelty).every(Number.isFinite));
  assertAlmostEquals(sigmoid(cuts.novelty.slope * 2 + cuts.novelty.intercept), 0.5, 1e-6);
});

Deno.test("energies() gives T · log Σ exp(z / T), without overflow", () => {
  const scores = Float32Array.of(1, 2, 3, -1, 0, 5);
  for (const temperature of [0.5, 1, 4]) {
    const expected = [[1, 2, 3], [-1, 0, 5]].map((row) =>
      temperature * Math.log(row.reduce((sum, z) => sum + Math.exp(z / temperature), 0))
    );
    energies(scores, 3, temperature).forEach((energy, i) =>
      assertAlmostEquals(energy, expected[i]!, 1e-6)
    );
  }
  assertEquals(energies(scores, 3), energies(scores, 3, 1));
  assertAlmostEquals(energies(Float32Array.of(1e5, 1e5), 2)[0]!, 1e5 + Math.log(2), 1e-6);
  assertEquals(energies(new Float32Array(0), 3).length, 0);
});

Deno.test("quantile() gives the value that a share of the numbers lies below", () => {
  const values = [30, -4, 10, 20, 100];
  assertEquals([0, 0.2, 0.39, 0.4, 0.99, 1].map((share) => quantile(values, share)), [
    -4,
    10,
    10,
    20,
    100,
    100,
  ]);
  // By number, not by their text; and the values stay in their order.
  assertEquals(values, [30, -4, 10, 20, 100]);
  assertEquals(quantile(Float32Array.of(7), 0.5), 7);
  assertThrows(() => quantile([], 0.5), RangeError, "at least one number");
});

Deno.test("bestClasses(), agreement(), crossEntropyOf() and digits() read a table of scores", () => {
  const scores = Float32Array.of(1, 3, 2, 5, 5, 0, -3, -2, -1);
  const best = bestClasses(scores, 3);
  assertEquals([...best], [1, 0, 2]);
  assertEquals(agreement(best, [1, 1, 2]), 2 / 3);
  assertEquals(agreement(best, [1, 1, 2], [1]), 0);
  assert(Number.isNaN(agreement(best, best, [])));
  const labels = [1, 1, 0];
  const expected = labels.reduce((sum, label, i) => {
    const row = [...scores.subarray(3 * i, 3 * i + 3)];
    return sum - Math.log(Math.exp(row[label]!) / row.reduce((all, z) => all + Math.exp(z), 0));
  }, 0) / 3;
  assertAlmostEquals(crossEntropyOf(scores, labels), expected, 1e-6);
  assertEquals([digits(0.123456), digits(2 / 3)], [0.1235, 0.6667]);
});

Deno.test("withNoise() gives a share of the rows another class, each other one about as often", () => {
  const truth = Int32Array.from({ length: 3000 }, (_, i) => i % 4);
  const before = truth.slice();
  const { given, wrong, right } = withNoise(truth, 0.3, { classes: 4, seed: 1 });
  assertEquals(truth, before);
  assertEquals(wrong.length, 900);
  const differing = [...truth.keys()].filter((row) => given[row] !== truth[row]);
  assertEquals(wrong, differing);
  assertEquals([...wrong, ...right].sort((a, b) => a - b), [...truth.keys()]);
  assert(given.every((label) => label >= 0 && label < 4));
  const counts = new Map<string, number>();
  for (const row of wrong) {
    const key = `${truth[row]} ${given[row]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assertEquals(counts.size, 12);
  for (const [key, count] of counts) assert(count > 45 && count < 110, `${key}: ${count}`);

  assertEquals(withNoise(truth, 0.3, { classes: 4, seed: 1 }), { given, wrong, right });
  assertNotEquals(withNoise(truth, 0.3, { classes: 4, seed: 2 }).wrong, wrong);
  const none = withNoise(truth, 0, { classes: 4, seed: 1 });
  assertEquals([none.given, none.wrong, none.right.length], [truth, [], 3000]);
  assertEquals(withNoise(truth, 1, { classes: 4, seed: 1 }).right, []);
});

/** A curve from validation and what is answered of the wrong labels, an epoch each. */
const curveOf = (validation: readonly number[], asGiven: readonly number[]): EpochFigures[] =>
  validation.map((value, i) => ({
    epoch: i + 1,
    loss: 0,
    clean: 0,
    asGiven: asGiven[i]!,
    asTrue: 0,
    validation: value,
    validationLoss: 0,
    test: 0,
  }));

Deno.test("phasesOf() finds fitting, settling and memorization", () => {
  assertEquals(
    phasesOf(curveOf([0.2, 0.6, 0.89, 0.9, 0.9, 0.88, 0.7], [0, 0.02, 0.05, 0.1, 0.1, 0.3, 0.9])),
    { fitting: [1, 2], settling: [3, 5], memorization: [6, 7] },
  );
});

Deno.test("phasesOf() has no memorization when no wrong label is learnt, or there is none", () => {
  for (const asGiven of [[0, 0.1, 0.1, 0.05], [NaN, NaN, NaN, NaN]]) {
    const { fitting, settling, memorization } = phasesOf(curveOf([0.3, 0.9, 0.9, 0.9], asGiven));
    assertEquals([fitting, settling], [[1, 1], [2, 4]]);
    // It would begin after the end: an empty span.
    assertEquals(memorization, [5, 4]);
  }
});

Deno.test("phasesOf() has no settling when memorization begins before validation is at its best", () => {
  const { fitting, settling, memorization } = phasesOf(
    curveOf([0.2, 0.4, 0.6, 0.9], [0, 0.2, 0.6, 1]),
  );
  assertEquals(fitting, [1, 1]);
  assert(settling[1] < settling[0], "settling is not empty");
  assertEquals(memorization, [2, 4]);
});

/** Photos whose embedding, label and path tell which one each is. */
function examples(labels: readonly number[], name: string): Examples {
  return {
    embeddings: Float32Array.from(labels.flatMap((label, i) => [i, label, 10 * i])),
    labels: Int32Array.from(labels),
    paths: labels.map((label, i) => `${name}/${label}/${i}.jpg`),
  };
}

const WORLD: World = {
  dim: 3,
  classes: ["ant", "bee", "cat", "dog"],
  train: examples([0, 1, 2, 3, 3, 1, 0], "train"),
  validation: examples([3, 1], "validation"),
  test: examples([1, 0, 2, 3, 1], "test"),
  photos: "abc",
};

Deno.test("pick() takes rows in the order asked for", () => {
  assertEquals(pick(WORLD.train, [4, 0]), {
    embeddings: Float32Array.of(4, 3, 40, 0, 0, 0),
    labels: Int32Array.of(3, 0),
    paths: ["train/3/4.jpg", "train/0/0.jpg"],
  });
  assertEquals(pick(WORLD.train, []).embeddings.length, 0);
  assertEquals(pick(WORLD.train, [...WORLD.train.labels.keys()]), WORLD.train);
});

Deno.test("withoutClasses() renumbers what stays and makes strangers of the test photos that go", () => {
  const before = structuredClone(WORLD);
  const { world, strangers } = withoutClasses(WORLD, [1, 2]);
  assertEquals(WORLD, before);
  assertEquals(world.classes, ["ant", "dog"]);
  assertEquals([world.dim, world.photos], [3, "abc"]);
  for (const part of ["train", "validation", "test"] as const) {
    const rows = [...WORLD[part].labels.keys()].filter((i) =>
      ![1, 2].includes(WORLD[part].labels[i]!)
    );
    const { labels, ...kept } = world[part];
    const { labels: old, ...expected } = pick(WORLD[part], rows);
    assertEquals(kept, expected);
    // The same names as before.
    assertEquals([...labels].map((c) => world.classes[c]), [...old].map((c) => WORLD.classes[c]));
  }
  assertEquals(strangers, pick(WORLD.test, [0, 2, 4]));
  assertEquals(withoutClasses(WORLD, []).world, WORLD);
});

/** Points of each polyline. */
const pointsOf = (svg: string) =>
  [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
    points!.split(" ").map((point) => point.split(",").map(Number) as [number, number])
  );

Deno.test("drawLines() draws a well-formed SVG and leaves out what is no number", () => {
  const svg = drawLines({
    title: "Cats & dogs <1>",
    x: "epoch",
    y: "share > half",
    lines: [
      { name: "train", x: [1, 2, 3, 4], y: [0, 0.5, NaN, 1] },
      { name: "wrong & given", x: [1, 2], y: [NaN, NaN] },
      { name: "test", x: [2], y: [0.25] },
    ],
    spans: [{ name: "a < b", from: 1, to: 2 }, { name: "rest", from: 3, to: 99 }],
  });
  assertWellFormed(svg);
  assertGreater(svg.indexOf("Cats &amp; dogs &lt;1&gt;"), 0);
  assertGreater(svg.indexOf("a &lt; b"), 0);
  const [train, test, ...more] = pointsOf(svg);
  assertEquals(more, []);
  assertEquals([train!.length, test!.length], [3, 1]);
  // To the right by the epoch, upwards by the share.
  const [[x1, y0], [x2, y50], [x4, y100]] = train as [
    [number, number],
    [number, number],
    [number, number],
  ];
  assertAlmostEquals((x2 - x1) / (x4 - x1), 1 / 3, 1e-3);
  assertAlmostEquals((y0 - y50) / (y0 - y100), 0.5, 1e-3);
  assertGreater(y0, y100);
  assertAlmostEquals(test![0]![0], x2, 0.1);
  assertAlmostEquals(test![0]![1], (y0 + y50) / 2, 0.1);
  // The spans stay in the frame.
  const shades = [...svg.matchAll(/<rect x="([^"]*)" y="[^"]*" width="([^"]*)"/g)];
  assertEquals(shades.length, 2);
  for (const [, left, width] of shades) {
    assert(Number(left) >= x1 - 0.1 && Number(left) + Number(width) <= x4 + 0.1);
  }
});

Deno.test("drawLines() of one epoch, and of none, is well-formed", () => {
  assertWellFormed(drawLines({
    title: "One",
    x: "epoch",
    y: "share",
    lines: [{ name: "train", x: [1], y: [0.5] }],
    spans: [{ name: "all", from: 1, to: 1 }],
  }));
  const line = { name: "train", x: [1, 2], y: [NaN, NaN] };
  assertEquals(pointsOf(drawLines({ title: "None", x: "epoch", y: "share", lines: [line] })), []);
});
