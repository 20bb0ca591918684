import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { splitByClass } from "../training/data/split.ts";

/** So many photos of each class, mixed. */
function mixed(...sizes: number[]): number[] {
  const left = [...sizes];
  const labels: number[] = [];
  while (left.some((n) => n > 0)) {
    for (const c of left.keys()) if (left[c]!-- > 0) labels.push(c);
  }
  return labels;
}

/** How many of a class are in each list. */
function sizesOf(labels: readonly number[], split: ReturnType<typeof splitByClass>, of: number) {
  return [split.train, split.validation, split.test]
    .map((list) => list.filter((i) => labels[i] === of).length);
}

Deno.test("splitByClass() puts each photo in one list, and each list in order", () => {
  const labels = mixed(40, 7, 1, 200);
  const { train, validation, test } = splitByClass(labels, { seed: 3 });
  const all = [...train, ...validation, ...test].sort((a, b) => a - b);
  assertEquals(all, [...labels.keys()]);
  for (const list of [train, validation, test]) {
    assertEquals(list, [...list].sort((a, b) => a - b));
  }
});

Deno.test("splitByClass() takes the shares of each class", () => {
  const labels = mixed(40, 200, 1000);
  const split = splitByClass(labels, { seed: 1 });
  assertEquals(sizesOf(labels, split, 0), [31, 3, 6]);
  assertEquals(sizesOf(labels, split, 1), [155, 15, 30]);
  assertEquals(sizesOf(labels, split, 2), [775, 75, 150]);
  const none = splitByClass(labels, { seed: 1, test: 0, validation: 0 });
  assertEquals(none.train, [...labels.keys()]);
});

Deno.test("splitByClass() is the same for a seed and another for another", () => {
  const labels = mixed(30, 30);
  const split = splitByClass(labels, { seed: 5 });
  assertEquals(splitByClass(Int32Array.from(labels), { seed: 5 }), split);
  assertNotEquals(splitByClass(labels, { seed: 6 }).test, split.test);
});

Deno.test("splitByClass() moves nothing of a class when another grows", () => {
  const labels = [...new Array(30).fill(0), ...new Array(30).fill(1)];
  const of0 = (test: readonly number[]) => test.filter((i) => i < 30);
  const before = of0(splitByClass(labels, { seed: 5 }).test);
  assertEquals(of0(splitByClass([...labels, 1, 2, 2, 2], { seed: 5 }).test), before);
  // And two classes of one size are not split alike.
  const { test } = splitByClass(labels, { seed: 5 });
  assertNotEquals(before, test.filter((i) => i >= 30).map((i) => i - 30));
});

Deno.test("splitByClass() draws every photo for the test about as often", () => {
  const labels = new Array(20).fill(0);
  const drawn = new Array(20).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    for (const i of splitByClass(labels, { seed }).test) drawn[i]++;
  }
  // 300 expected, standard deviation 16.
  assert(drawn.every((n) => n > 220 && n < 380), drawn.join());
});

Deno.test("splitByClass() keeps a photo of each class to train on, however small", () => {
  const labels = mixed(1, 2, 3, 4, 7);
  const split = splitByClass(labels, { seed: 2 });
  assertEquals(labels.slice(0, 5), [0, 1, 2, 3, 4]);
  assertEquals(sizesOf(labels, split, 0), [1, 0, 0]);
  assertEquals(sizesOf(labels, split, 1), [2, 0, 0]);
  assertEquals(sizesOf(labels, split, 2), [2, 0, 1]);
  assertEquals(sizesOf(labels, split, 3), [3, 0, 1]);
  assertEquals(sizesOf(labels, split, 4), [5, 1, 1]);
  const greedy = splitByClass(labels, { seed: 2, test: 0.6, validation: 0.39 });
  for (const c of [0, 1, 2, 3, 4]) assert(sizesOf(labels, greedy, c)[0]! >= 1, `class ${c}`);
  assertEquals(sizesOf(labels, greedy, 0), [1, 0, 0]);
  assertEquals(greedy.test.includes(0), false);
  assertEquals(sizesOf(labels, greedy, 1), [1, 0, 1]);
});

Deno.test("splitByClass() refuses shares that leave nothing, and labels that are none", () => {
  assertThrows(() => splitByClass([0], { seed: 1, test: 1 }), RangeError, "less than 1");
  assertThrows(() => splitByClass([0], { seed: 1, validation: -0.1 }), RangeError, "-0.1");
  assertThrows(() => splitByClass([0], { seed: 1, test: NaN }), RangeError, "NaN");
  assertThrows(() => splitByClass([0, -1], { seed: 1 }), RangeError, "label 1");
  assertThrows(() => splitByClass([0.5], { seed: 1 }), RangeError, "label 0");
  assertEquals(splitByClass([], { seed: 1 }), { train: [], validation: [], test: [] });
});
