import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { cosine } from "../functions/core/cosine.ts";
import { createLookJudge, likenessOf } from "../functions/core/look_judge.ts";
import { cohortOf, lookOf, type LookSection } from "../models/look.ts";

const SECTION: LookSection = {
  cohort: { file: "", sha256: "", bytes: 0, rows: 3, dimension: 2, least: 0, nearest: 2 },
  copy: { bits: 31, cosine: 0.95, floor: 0.5, confidence: 0.99 },
  individuals: {
    animal: {
      is: { base: 0.5, slope: 0.5 },
      perhaps: { base: 0.35, slope: 0.5 },
      confidence: { bias: 1, slope: 10 },
    },
    object: {
      is: { base: 0.4, slope: 0.5 },
      perhaps: { base: 0.3, slope: 0.5 },
      confidence: { bias: 2, slope: 20 },
    },
  },
  types: { bias: -6, likeness: 20, rival: -8, novelty: 0.5, is: 0.9, perhaps: 0.6 },
  rivals: { bias: -3, likeness: 5, margin: 30, memories: -0.5 },
  made: { command: "", data: "", photos: "" },
};
const COHORT = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);

const judge = createLookJudge(SECTION, COHORT);
const at = (crowd: number, nearest = crowd) => ({ crowd, nearest });
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

let taught = 0;

/** A memory of its own. */
function memory(embedding: Float32Array, path: string[] = [], id = `${taught++}`) {
  return { id, embedding, path };
}

/** A reference in such surroundings. */
const reference = (crowd: number, animal = false) => ({
  centroid: Float32Array.of(1, 0),
  unity: 1,
  animal,
  crowd,
});

Deno.test("lookOf() makes the length 1 and takes the mean of the views' directions", () => {
  assertEquals(lookOf([Float32Array.of(3, 4)]), Float32Array.of(0.6, 0.8));
  const both = lookOf([Float32Array.of(5, 0), Float32Array.of(0, 1)]);
  for (const value of both) assertAlmostEquals(value, Math.SQRT1_2, 1e-6);
});

Deno.test("lookOf() leaves all-zero features at zero and refuses no view", () => {
  assertEquals(lookOf([new Float32Array(4)]), new Float32Array(4));
  assertThrows(() => lookOf([]), RangeError, "at least one view");
});

Deno.test("cosine() refuses vectors of two dimensions", () => {
  assertThrows(() => cosine(new Float32Array(2), new Float32Array(3)), RangeError, "2 and 3");
});

Deno.test("cosine() agrees with a plain sum whatever is left over of four", () => {
  for (const length of [1, 4, 7, 1280]) {
    const a = Float32Array.from({ length }, (_, i) => Math.sin(i + 1));
    const b = Float32Array.from({ length }, (_, i) => Math.cos(3 * i));
    let sum = 0;
    for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
    assertAlmostEquals(cosine(a, b), sum, 1e-9);
  }
});

Deno.test("cohortOf() reads signed bytes", () => {
  assertEquals([...cohortOf(Uint8Array.of(127, 129, 0))], [1, -1, 0]);
});

Deno.test("surroundings() are the mean cosine of the nearest cohort rows, and the nearest", () => {
  const { crowd, nearest } = judge.surroundings(Float32Array.of(1, 0));
  assertAlmostEquals(crowd, (1 + 0.6) / 2, 1e-6);
  assertAlmostEquals(nearest, 1, 1e-6);
  // The order of the rows is nothing.
  const turned = createLookJudge(SECTION, Float32Array.of(0.6, 0.8, 0, 1, 1, 0));
  assertEquals(turned.surroundings(Float32Array.of(1, 0)), { crowd, nearest });
});

Deno.test("reference() is the centroid of its memories, and tells how much at one they are", () => {
  const { centroid, unity, crowd } = judge.reference([
    memory(Float32Array.of(1, 0)),
    memory(Float32Array.of(0, 1)),
  ]);
  for (const value of centroid) assertAlmostEquals(value, Math.SQRT1_2, 1e-6);
  assertAlmostEquals(unity, Math.SQRT1_2, 1e-6);
  // Of 45°: 8° to (.6, .8), 45° to either axis.
  assertAlmostEquals(crowd, (1.4 * Math.SQRT1_2 + Math.SQRT1_2) / 2, 1e-6);
  assertThrows(() => judge.reference([]), RangeError, "at least one memory");
});

Deno.test("reference() of several memories in one direction equals that of one", () => {
  const look = Float32Array.of(0.6, 0.8);
  const one = judge.reference([memory(look)]);
  const three = judge.reference([memory(look), memory(look), memory(look)]);
  assertAlmostEquals(one.unity, 1, 1e-6);
  assertAlmostEquals(three.unity, 1, 1e-6);
  assertAlmostEquals(cosine(one.centroid, three.centroid), 1, 1e-6);
  assertAlmostEquals(one.crowd, three.crowd, 1e-6);
});

Deno.test("reference() leaves what was taught as it is", () => {
  const [a, b] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  judge.reference([memory(a), memory(b)]);
  assertEquals([[...a], [...b]], [[1, 0], [0, 1]]);
});

Deno.test("reference() is an animal's when the network saw one in half of what was taught", () => {
  const look = Float32Array.of(1, 0);
  const animal = memory(look, ["animal", "dog"]), thing = memory(look, ["tableware", "cup"]);
  assert(judge.reference([animal]).animal);
  assert(judge.reference([animal, thing]).animal);
  assert(!judge.reference([animal, thing, memory(look)]).animal);
  assert(!judge.reference([memory(look, ["stuffed animal"])]).animal);
});

Deno.test("reference() remembers the crowd of the same memories, and of no others", () => {
  const judge = createLookJudge(SECTION, COHORT);
  const [a, b] = [Float32Array.of(1, 0), Float32Array.of(0.6, 0.8)];
  const first = judge.reference([memory(a, [], "a"), memory(a, [], "b")]);
  assertAlmostEquals(first.crowd, 0.8, 1e-6);
  // A memory's look never changes: by this one it can be told that nothing was measured again.
  const again = judge.reference([memory(b, [], "a"), memory(b, [], "b")]);
  assertEquals(again.crowd, first.crowd);
  assertAlmostEquals(cosine(again.centroid, b), 1, 1e-6);
  for (const ids of [["a"], ["b"], ["a", "b", "c"], ["ab"]]) {
    const other = judge.reference(ids.map((id) => memory(b, [], id)));
    assertAlmostEquals(other.crowd, (1 + 0.8) / 2, 1e-6);
  }
});

Deno.test("likeness() is the cosine to the centroid times unity to the power of .3", () => {
  const two = judge.reference([memory(Float32Array.of(1, 0)), memory(Float32Array.of(0, 1))]);
  const look = Float32Array.of(0.6, 0.8);
  const expected = Math.SQRT1_2 ** 0.3 * (1.4 * Math.SQRT1_2);
  assertAlmostEquals(judge.likeness(two, look), expected, 1e-6);
  assertAlmostEquals(likenessOf(Math.SQRT1_2, 1.4 * Math.SQRT1_2), expected, 1e-12);
  const one = judge.reference([memory(Float32Array.of(1, 0))]);
  assertAlmostEquals(judge.likeness(one, look), 0.6, 1e-6);
  const three = judge.reference([0, 1, 2].map(() => memory(Float32Array.of(1, 0))));
  assertAlmostEquals(judge.likeness(three, look), judge.likeness(one, look), 1e-6);
});

Deno.test("individual() says is, perhaps or nothing by lines over the mean crowd of both sides", () => {
  // object: is from .4 + .5 · .4, perhaps from .3 + .5 · .4
  const of = (likeness: number) => judge.individual(reference(0.6), likeness, at(0.2));
  assertEquals([0.601, 0.599, 0.501, 0.499].map((l) => of(l).certainty), [
    "is",
    "perhaps",
    "perhaps",
    "unknown",
  ]);
  assertAlmostEquals(of(0.7).threshold, 0.6, 1e-9);
  assertAlmostEquals(of(0.55).threshold, 0.5, 1e-9);
  assertAlmostEquals(of(0.4).threshold, 0.5, 1e-9);
  for (const likeness of [0.7, 0.55, 0.4]) assertAlmostEquals(of(likeness).isFrom, 0.6, 1e-9);
});

Deno.test("individual() asks more of an animal than of an object when the section does", () => {
  const [object, animal] = [false, true].map((animal) =>
    judge.individual(reference(0.4, animal), 0.65, at(0.4))
  );
  assertEquals([object!.certainty, animal!.certainty], ["is", "perhaps"]);
  assertAlmostEquals(object!.isFrom, 0.6, 1e-9);
  assertAlmostEquals(animal!.isFrom, 0.7, 1e-9);
  assertAlmostEquals(object!.confidence, sigmoid(2 + 20 * 0.05), 1e-9);
  assertAlmostEquals(animal!.confidence, sigmoid(1 - 10 * 0.05), 1e-9);
});

Deno.test("individual() demands more where it is crowded, and never more than of a copy", () => {
  const isFrom = (mine: number, around: number) =>
    judge.individual(reference(mine), 0.5, at(around)).isFrom;
  assertGreater(isFrom(0.8, 0.1), isFrom(0.1, 0.1));
  assertGreater(isFrom(0.1, 0.8), isFrom(0.1, 0.1));
  const lonely = judge.individual(reference(0.1), 0.36, at(0.1));
  const crowded = judge.individual(reference(0.8), 0.36, at(0.6));
  assertEquals([lonely.certainty, crowded.certainty], ["perhaps", "unknown"]);
  assertGreater(crowded.threshold, lonely.threshold);
  assertLess(lonely.threshold, lonely.isFrom);
  for (const animal of [false, true]) {
    const most = judge.individual(reference(3, animal), 0.96, at(3));
    assertEquals([most.certainty, most.isFrom], ["is", SECTION.copy.cosine]);
  }
});

Deno.test("individual() is the surer the more likeness is beyond what is needed", () => {
  const confidence = (margin: number) =>
    judge.individual(reference(0.4), 0.6 + margin, at(0.4)).confidence;
  assertAlmostEquals(confidence(0), sigmoid(2), 1e-9);
  assert(confidence(0.1) > confidence(0) && confidence(-0.2) < 0.5);
});

Deno.test("type() weighs likeness, the nearest cohort row and the network's novelty", () => {
  const verdict = judge.type(0.7, at(0.3, 0.5), 0.8);
  assertAlmostEquals(
    verdict.confidence,
    sigmoid(-6 + 20 * 0.7 - 8 * 0.5 + 0.5 * Math.log(0.8 / 0.2)),
    1e-9,
  );
  assertEquals(verdict.certainty, "is");
  // The crowd is the individuals' affair.
  assertEquals(judge.type(0.7, at(0.1, 0.5), 0.8), verdict);
  assertLess(judge.type(0.7, at(0.3, 0.6), 0.8).confidence, verdict.confidence);
  assertLess(judge.type(0.7, at(0.3, 0.5), 0.7).confidence, verdict.confidence);
  assertLess(judge.type(0.65, at(0.3, 0.5), 0.8).confidence, verdict.confidence);
});

Deno.test("type() says is and perhaps from the section's probabilities on, and from which likeness", () => {
  const around = at(0.5);
  for (const novelty of [0.1, 0.5, 0.97]) {
    const { isFrom } = judge.type(0.9, around, novelty);
    assertAlmostEquals(judge.type(isFrom, around, novelty).confidence, 0.9, 1e-9);
    assertEquals(judge.type(isFrom + 0.001, around, novelty).certainty, "is");
    const below = judge.type(isFrom - 0.001, around, novelty);
    assertEquals(below.certainty, "perhaps");
    assertAlmostEquals(judge.type(below.threshold, around, novelty).confidence, 0.6, 1e-9);
    assertEquals(judge.type(below.threshold - 0.001, around, novelty).certainty, "unknown");
    const above = judge.type(isFrom + 0.1, around, novelty);
    assertAlmostEquals(above.threshold, isFrom, 1e-9);
  }
});

Deno.test("type() refuses what the network knows and takes what is new to it, of the same likeness", () => {
  const known = judge.type(0.55, at(0.5), 0.02), fresh = judge.type(0.55, at(0.5), 0.98);
  assertEquals([known.certainty, fresh.certainty], ["unknown", "is"]);
  // Novelty of ½ tells nothing.
  const unasked = sigmoid(-6 + 20 * 0.55 - 8 * 0.5);
  assertAlmostEquals(judge.type(0.55, at(0.5), 0.5).confidence, unasked, 1e-9);
  for (const novelty of [0, 1]) {
    const { confidence, threshold } = judge.type(0.55, at(0.5), novelty);
    assert(confidence > 0 && confidence < 1 && Number.isFinite(threshold));
  }
});

Deno.test("lowest() passes over no single memory that might be perhaps the individual", () => {
  for (const crowd of [0, 0.2, 0.5, 0.9]) {
    const lowest = judge.lowest(at(crowd));
    for (const animal of [false, true]) {
      for (const mine of [0, 0.3, 0.8]) {
        const { threshold } = judge.individual(reference(mine, animal), 0, at(crowd));
        assertLess(lowest, threshold);
      }
    }
  }
  assertNotEquals(judge.lowest(at(0.1)), judge.lowest(at(0.9)));
});

Deno.test("createLookJudge() refuses a cohort of broken rows", () => {
  assertThrows(() => createLookJudge(SECTION, new Float32Array(5)), RangeError, "rows of 2");
  assertThrows(() => createLookJudge(SECTION, new Float32Array(2)), RangeError, "at least 2");
});
