import { assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { createRandom } from "../training/eval/random.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import {
  createExceptionTable,
  type Neighbours,
  thresholdFor,
} from "../training/paradigms/exception_table.ts";
import { dot, randomUnit } from "./support/vectors.ts";

/** A unit vector of the plane, at an angle in degrees. */
const at = (degrees: number) =>
  Float32Array.of(Math.cos(degrees / 180 * Math.PI), Math.sin(degrees / 180 * Math.PI));
const cosine = (degrees: number) => Math.cos(degrees / 180 * Math.PI);

/** Typical photos at 0°, 10° and 180°, exceptions at 40° and 90°. */
const table = createExceptionTable({
  keys: [at(0), at(40), at(10), at(90), at(180)],
  labels: Int32Array.of(0, 7, 1, 0, 2),
  exceptions: [1, 3],
});

Deno.test("ExceptionTable.look() finds the nearest exception and the nearest of what is typical", () => {
  for (
    const [degrees, exception, typical] of [[38, 1, 2], [5.5, 1, 2], [4.5, 1, 0], [170, 3, 4]]
  ) {
    const found = table.look(at(degrees!));
    assertEquals([found.exception.key, found.typical.key], [exception, typical]);
    const angles = [0, 40, 10, 90, 180];
    for (const { key, similarity } of [found.exception, found.typical]) {
      assertAlmostEquals(similarity, cosine(degrees! - angles[key]!), 1e-6);
    }
  }
});

Deno.test("ExceptionTable.look() agrees with the largest of all cosines in many dimensions", () => {
  const random = createRandom(1);
  const keys = Array.from({ length: 60 }, () => randomUnit(9, random));
  const exceptions = [...keys.keys()].filter((i) => i % 7 === 3);
  const { look } = createExceptionTable({ keys, labels: keys.map((_, i) => i), exceptions });
  for (let i = 0; i < 20; i++) {
    const direction = randomUnit(9, random);
    const cosines = keys.map((key) => key.reduce((sum, x, d) => sum + x * direction[d]!, 0));
    const best = (is: (key: number) => boolean) => {
      const similarity = Math.max(...cosines.filter((_, key) => is(key)));
      return { key: cosines.indexOf(similarity), similarity };
    };
    const { exception, typical } = look(direction);
    for (
      const [made, expected] of [
        [exception, best((key) => exceptions.includes(key))],
        [typical, best((key) => !exceptions.includes(key))],
      ] as const
    ) {
      assertEquals(made.key, expected.key);
      assertAlmostEquals(made.similarity, expected.similarity, 1e-6);
    }
  }
});

Deno.test("ExceptionTable.recall() asks for the threshold and for more than everything typical", () => {
  const recall = (degrees: number, threshold: number) =>
    table.recall(table.look(at(degrees)), threshold);
  // The exception itself, and what is as near as the threshold asks.
  assertEquals(recall(40, 0.99), 7);
  assertEquals(recall(45, cosine(6)), 7);
  assertEquals(recall(45, cosine(4)), undefined);
  // Its label may be 0, which is a label.
  assertEquals(recall(88, 0.9), 0);
  // As near as before, but a typical one is nearer: the half way is at 25°.
  assertEquals(recall(26, 0.9), 7);
  assertEquals(recall(24, 0.9), undefined);
  assertEquals(recall(24, -1), undefined);
  // At the threshold is enough, as like as a typical one is not.
  const found = table.look(at(45));
  assertEquals(table.recall(found, found.exception.similarity), 7);
  const tie = { exception: { key: 1, similarity: 0.5 }, typical: { key: 0, similarity: 0.5 } };
  assertEquals(table.recall(tie, 0), undefined);
});

Deno.test("ExceptionTable says nothing without exceptions, and goes by the threshold alone without typical ones", () => {
  const keys = [at(0), at(90)];
  const none = createExceptionTable({ keys, labels: [3, 4], exceptions: [] });
  const found = none.look(at(0));
  assertEquals(found.exception, { key: -1, similarity: -Infinity });
  for (const threshold of [-1, -Infinity]) assertEquals(none.recall(found, threshold), undefined);
  const all = createExceptionTable({ keys, labels: [3, 4], exceptions: [0, 1] });
  assertEquals(all.look(at(80)).typical.key, -1);
  assertEquals(all.recall(all.look(at(80)), 0.9), 4);
  assertEquals(all.recall(all.look(at(80)), 0.99), undefined);
  const empty = createExceptionTable({ keys: [], labels: [], exceptions: [] });
  assertEquals(empty.recall(empty.look(at(0)), -1), undefined);
});

Deno.test("ExceptionTable.look() leaves no key out where it is mapped over directions", () => {
  // `map` gives an index too, which is none of a key to leave out.
  const angles = [0, 40, 10, 90, 180];
  const found = angles.map(at).map(table.look);
  assertEquals(found, angles.map((degrees) => table.look(at(degrees))));
  assertEquals(
    found.map(({ exception, typical }) =>
      exception.similarity > typical.similarity ? exception.key : typical.key
    ),
    [0, 1, 2, 3, 4],
  );
});

Deno.test("ExceptionTable.lookAnew() looks from each typical photo at all but itself", () => {
  const found = table.lookAnew();
  const expected = [
    { exception: [1, 40], typical: [2, 10] },
    { exception: [1, 30], typical: [0, 10] },
    { exception: [3, 90], typical: [2, 170] },
  ] as const;
  assertEquals(found.length, expected.length);
  found.forEach((neighbours, i) => {
    for (const sort of ["exception", "typical"] as const) {
      const [key, degrees] = expected[i]![sort];
      assertEquals(neighbours[sort].key, key);
      assertAlmostEquals(neighbours[sort].similarity, cosine(degrees), 1e-6);
    }
  });
  // Looked at as one that is known, each finds itself, before and after.
  for (const degrees of [0, 10, 180]) {
    assertAlmostEquals(table.look(at(degrees)).typical.similarity, 1, 1e-6);
  }
});

Deno.test("ExceptionTable.lookAnew() agrees with a table from which that photo was taken", () => {
  const random = createRandom(7);
  const keys = Array.from({ length: 60 }, () => randomUnit(9, random));
  const exceptions = [...keys.keys()].filter((i) => i % 7 === 3);
  const typical = [...keys.keys()].filter((i) => i % 7 !== 3);
  const found = createExceptionTable({ keys, labels: keys.map((_, i) => i), exceptions })
    .lookAnew();
  assertEquals(found.length, typical.length);
  found.forEach((neighbours, i) => {
    const itself = typical[i]!;
    const nearest = (candidates: readonly number[]) =>
      candidates.filter((key) => key !== itself)
        .map((key) => ({ key, similarity: dot(keys[key]!, keys[itself]!) }))
        .reduce((best, one) => one.similarity > best.similarity ? one : best);
    assertEquals(neighbours, { exception: nearest(exceptions), typical: nearest(typical) });
  });
});

Deno.test("ExceptionTable.lookAnew() finds what is equal to a photo but is another one", () => {
  // Two typical photos and an exception, all the same.
  const keys = [at(0), at(0), at(0), at(90)];
  const same = createExceptionTable({ keys, labels: [1, 1, 2, 3], exceptions: [1] });
  assertEquals(
    same.lookAnew().slice(0, 2),
    [2, 0].map((key) => ({
      exception: { key: 1, similarity: 1 },
      typical: { key, similarity: 1 },
    })),
  );
});

Deno.test("ExceptionTable.lookAnew() bears what has no neighbour of one sort, or of none", () => {
  const keys = [at(0), at(90)];
  const none = { key: -1, similarity: -Infinity };
  const of = (keys: readonly Float32Array[], exceptions: readonly number[]) =>
    createExceptionTable({ keys, labels: [3, 4], exceptions }).lookAnew();
  assertEquals(of([], []), []);
  assertEquals(of(keys, [0, 1]), []);
  assertEquals(of([at(0)], []), [{ exception: none, typical: none }]);
  // A single typical one has exceptions alone around it.
  const [single, ...others] = of(keys, [1]);
  assertEquals(others, []);
  assertEquals([single!.exception.key, single!.typical], [1, none]);
  assertEquals(of(keys, []).map(({ exception, typical }) => [exception, typical.key]), [
    [none, 1],
    [none, 0],
  ]);
});

/** What is added to the similarity that must not pass any more. */
const ABOVE = 1e-6;

/** Photos that are as like an exception as said, and liker or less like than to what is typical. */
const photos = (similarities: readonly number[], isLiker: boolean): Neighbours[] =>
  similarities.map((similarity) => ({
    exception: { key: 0, similarity },
    typical: { key: 1, similarity: similarity + (isLiker ? -0.05 : 0.05) },
  }));

/** Photos of which a quarter is liker to an exception, as like as a normal number. */
function seen(n: number, seed: number): Neighbours[] {
  const draw = gaussian(createRandom(seed));
  const similarities = Array.from({ length: n }, () => 0.3 + 0.06 * draw());
  const liker = n / 4;
  return [
    ...photos(similarities.slice(0, liker), true),
    ...photos(similarities.slice(liker), false),
  ];
}

/** How many the table answers, by its own rule. */
const passing = (photos: readonly Neighbours[], threshold: number) =>
  photos.filter((neighbours) => table.recall(neighbours, threshold) !== undefined).length;

Deno.test("thresholdFor() lets the share of new photos pass that was asked for, but for chance", () => {
  const [n, fresh, repeats] = [4000, 8000, 15];
  const samples = Array.from(
    { length: repeats },
    (_, i) => [seen(n, 100 + i), seen(fresh, 200 + i)] as const,
  );
  for (const share of [0.003, 0.01, 0.05, 0.1]) {
    const passed = samples.map(([validation, others]) =>
      passing(others, thresholdFor(validation, share)) / fresh
    );
    // What lies above the (k + 1)th largest of n; both samples add to how far off it is.
    const expected = (Math.floor(share * n) + 1) / (n + 1);
    const deviation = Math.sqrt(expected * (1 - expected) * (1 / n + 1 / fresh));
    for (const one of passed) assertAlmostEquals(one, expected, 4 * deviation, `${share}`);
    const mean = passed.reduce((sum, one) => sum + one, 0) / repeats;
    assertAlmostEquals(mean, expected, 3 * deviation / Math.sqrt(repeats), `${share}`);
  }
});

Deno.test("thresholdFor() is just above the similarity of the first that is too many", () => {
  // Five of ten are liker to an exception, in no order; those that are not are likest of all.
  const ten = [
    ...photos([0.99, 0.98], false),
    ...photos([0.5, 0.9, 0.7], true),
    ...photos([0.97], false),
    ...photos([0.6, 0.8], true),
    ...photos([0.96, -0.2], false),
  ];
  for (
    const [share, similarity, passes] of [
      [0, 0.9, 0],
      [0.09, 0.9, 0],
      [0.1, 0.8, 1],
      [0.19, 0.8, 1],
      [0.2, 0.7, 2],
      [0.3, 0.6, 3],
      [0.4, 0.5, 4],
      [0.49, 0.5, 4],
    ] as const
  ) {
    const threshold = thresholdFor(ten, share);
    assertEquals(threshold, similarity + ABOVE, `${share}`);
    assertEquals(thresholdFor(ten.toReversed(), share), threshold);
    assertEquals(passing(ten, threshold), passes);
    // It is the least: with what it is above, one more passes.
    assertEquals(passing(ten, similarity), passes + 1);
  }
});

Deno.test("thresholdFor() is the least at which no more than the share passes, of whatever is seen", () => {
  for (const [n, seed] of [[8, 1], [40, 2], [300, 3], [1000, 4]] as const) {
    const sample = seen(n, seed);
    for (const share of [0, 0.003, 0.01, 0.02, 0.1, 0.2]) {
      const threshold = thresholdFor(sample, share);
      assertLessOrEqual(passing(sample, threshold), share * n);
      assertGreater(passing(sample, threshold - 1.001 * ABOVE), share * n);
    }
  }
});

Deno.test("thresholdFor() lets none of those pass that are as like as the first that is too many", () => {
  const tied = [...photos([0.9, 0.8, 0.8, 0.8, 0.3], true), ...photos([0.95, 0.1, 0, 0, 0], false)];
  for (const share of [0.1, 0.2, 0.3]) {
    assertEquals(thresholdFor(tied, share), 0.8 + ABOVE);
    assertEquals(passing(tied, thresholdFor(tied, share)), 1);
  }
  assertEquals(thresholdFor(tied, 0.4), 0.3 + ABOVE);
  // As like an exception as what is typical is not liker.
  const even = [{ exception: { key: 0, similarity: 0.9 }, typical: { key: 1, similarity: 0.9 } }];
  assertEquals(thresholdFor([...even, ...photos([0.4], true)], 0), 0.4 + ABOVE);
});

Deno.test("thresholdFor() is −1 where no more are liker to an exception than may pass", () => {
  const ten = [...photos([0.9, 0.5], true), ...photos([0.9, 0.8, 0.7, 0.6, 0.5, 0, 0, 0], false)];
  assertEquals(thresholdFor(ten, 0.19), 0.5 + ABOVE);
  for (const share of [0.2, 0.25, 0.5, 1]) {
    assertEquals(thresholdFor(ten, share), -1);
    assertEquals(passing(ten, -1), 2);
  }
  // All of them may.
  assertEquals(thresholdFor(photos([0.9, 0.5], true), 1), -1);
});

Deno.test("thresholdFor() lets nothing pass at a share of none, but where there is nothing liker", () => {
  for (const liker of [[0.7], [0.7, 0.2, 0.69], [-0.5]]) {
    const sample = [...photos(liker, true), ...photos([0.9, 0.1], false)];
    assertEquals(thresholdFor(sample, 0), Math.max(...liker) + ABOVE);
    assertEquals(passing(sample, thresholdFor(sample, 0)), 0);
  }
  const without = createExceptionTable({ keys: [at(0), at(9)], labels: [0, 1], exceptions: [] });
  for (const share of [0, 0.003, 1]) {
    assertEquals(thresholdFor([], share), -1);
    assertEquals(thresholdFor(photos([0.9, 0.3], false), share), -1);
    assertEquals(thresholdFor([without.look(at(0)), ...without.lookAnew()], share), -1);
  }
});

Deno.test("thresholdFor() of typical photos looked at anew keeps the table from as many of them", () => {
  const random = createRandom(8);
  const keys = Array.from({ length: 300 }, () => randomUnit(6, random));
  const exceptions = [...keys.keys()].filter((i) => i % 5 === 0);
  const some = createExceptionTable({ keys, labels: keys.map((_, i) => i), exceptions });
  const anew = some.lookAnew();
  assertEquals(anew.length, 240);
  const answered = (threshold: number) =>
    anew.filter((neighbours) => some.recall(neighbours, threshold) !== undefined).length;
  // A fifth of what is nearest is an exception, and more than a tenth is too many.
  assertGreater(answered(-1), 24);
  for (const [share, most] of [[0, 0], [0.003, 0], [0.05, 12], [0.1, 24]] as const) {
    assertEquals(answered(thresholdFor(anew, share)), most);
  }
});
