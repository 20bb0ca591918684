import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { cosine, lookOf } from "../functions/core/look.ts";
import { createLookJudge } from "../functions/core/look_judge.ts";
import { cohortOf, type LookSection } from "../models/look.ts";

const SECTION: LookSection = {
  cohort: { file: "", sha256: "", bytes: 0, rows: 3, dimension: 2, nearest: 2 },
  copy: { bits: 31, cosine: 0.95, floor: 0.5, confidence: 0.99 },
  is: { base: 0.4, slope: 0.5 },
  perhaps: { base: 0.3, slope: 0.5 },
  confidence: { bias: 2, slope: 20 },
  made: { command: "", data: "" },
};

Deno.test("lookOf() takes the square root and makes the length 1", () => {
  const look = lookOf(Float32Array.of(1, 4, 4));
  [1 / 3, 2 / 3, 2 / 3].forEach((expected, i) => assertAlmostEquals(look[i]!, expected, 1e-6));
});

Deno.test("lookOf() leaves an all-zero embedding at zero", () => {
  assertEquals(lookOf(new Float32Array(4)), new Float32Array(4));
});

Deno.test("cosine() refuses vectors of two dimensions", () => {
  assertThrows(() => cosine(new Float32Array(2), new Float32Array(3)), RangeError, "2 and 3");
});

Deno.test("cohortOf() reads signed bytes", () => {
  assertEquals([...cohortOf(Uint8Array.of(127, 129, 0))], [1, -1, 0]);
});

Deno.test("crowd() is the mean cosine of the nearest cohort rows", () => {
  const judge = createLookJudge(SECTION, Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
  assertAlmostEquals(judge.crowd(Float32Array.of(1, 0)), (1 + 0.6) / 2, 1e-6);
});

Deno.test("thresholds() rise with the crowd and never pass the cut of copies", () => {
  const judge = createLookJudge(SECTION, Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
  const lonely = judge.thresholds(0.1, 0.1);
  const crowded = judge.thresholds(0.8, 0.6);
  assert(crowded.is > lonely.is && crowded.perhaps > lonely.perhaps);
  assert(lonely.perhaps < lonely.is);
  assertEquals(judge.thresholds(3, 3).is, SECTION.copy.cosine);
});

Deno.test("confidence() rises with the margin", () => {
  const judge = createLookJudge(SECTION, Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
  assertAlmostEquals(judge.confidence(0), 1 / (1 + Math.exp(-2)), 1e-9);
  assert(judge.confidence(0.1) > judge.confidence(0) && judge.confidence(-0.2) < 0.5);
});

Deno.test("createLookJudge() refuses a cohort of broken rows", () => {
  assertThrows(() => createLookJudge(SECTION, new Float32Array(5)), RangeError, "rows of 2");
  assertThrows(() => createLookJudge(SECTION, new Float32Array(2)), RangeError, "at least 2");
});
