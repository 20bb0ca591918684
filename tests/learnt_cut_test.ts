/**
 * From which confidence on guesses of types are given, by what people judged of them.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { Facts } from "../functions/core/facts.ts";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import { createLearntCut, type LearntCut } from "../functions/core/quality/learnt_cut.ts";
import { seeded } from "./support/vectors.ts";

function judged(label: string, confidence: number, truth: string | null): Judgement {
  const facts: Facts = {
    kind: "thing",
    label: null,
    route: "none",
    certainty: "unknown",
    confidence: 0,
    path: [],
    novel: false,
    novelty: 0,
    similarity: null,
    by: null,
    width: 10,
    height: 10,
    context: {},
    guess: { label, confidence, isGiven: false },
  };
  const at = "2026-11-26T07:00:00.000Z";
  return {
    id: "",
    at,
    by: "ann",
    reason: "unsure",
    facts,
    rule: null,
    claimed: "unknown",
    right: false,
    truth,
  };
}

const LABELS = Array.from({ length: 20 }, (_, i) => `T${i}`);

/** Guesses that are as often right as `precision` says of their confidence. @returns precision of what was given */
function play(
  cut: LearntCut,
  precision: (confidence: number) => number,
  { count = 3000, judge = 0.3, seed = 1 } = {},
): { given: number; right: number } {
  const random = seeded(seed);
  let given = 0, right = 0;
  for (let i = 0; i < count; i++) {
    const confidence = random();
    const isRight = random() < precision(confidence);
    const label = LABELS[i % LABELS.length]!, other = LABELS[(i + 1) % LABELS.length]!;
    cut.see({ confidence });
    if (cut.promotionOf({ confidence }) !== null) {
      given++;
      if (isRight) right++;
    }
    if (random() < judge) cut.add(judged(label, confidence, isRight ? label : other));
  }
  return { given, right };
}

Deno.test("createLearntCut() promotes nothing before anything was judged, nor by a few judgements", () => {
  const cut = createLearntCut();
  assertEquals(cut.record().from, null);
  for (let i = 0; i < 49; i++) {
    cut.see({ confidence: 0.99 });
    cut.add(judged("T1", 0.99, "T1"));
  }
  assertEquals(cut.promotionOf({ confidence: 0.99 }), null);
  assertThrows(() => createLearntCut({ floor: 1.1 }), RangeError);
});

Deno.test("createLearntCut() finds about the cut that the true precision allows", () => {
  // The precision from c on of guesses spread evenly, as often right as √c says, is closed: ⅔ (1 − c^1.5) / (1 − c).
  const cut = createLearntCut();
  const { given, right } = play(cut, Math.sqrt, { count: 8000 });
  const { from } = cut.record();
  const from92 = (c: number) => 2 / 3 * (1 - c ** 1.5) / (1 - c);
  assert(from !== null && from92(from) > 0.89 && from < 0.95, `${from}`);
  assert(given > 300 && right / given > 0.9, `${right} of ${given}`);
  assertMatch(cut.promotionOf({ confidence: 1 })!, /^judged: \d+ of \d+ guesses this sure, from/);
  assertEquals(cut.promotionOf({ confidence: from - 0.001 }), null);
});

Deno.test("createLearntCut() takes back what is judged badly, band by band", () => {
  const cut = createLearntCut();
  play(cut, () => 0.99);
  const low = cut.record().from!;
  assert(low <= 0.4, `${low}`);
  play(cut, () => 0.7, { count: 4000, seed: 2 });
  assertEquals(cut.record().from, null);
  const never = createLearntCut();
  assertEquals(play(never, () => 0.8).given, 0);
});

Deno.test("confidenceOf() takes away the share of labels that were seen once", () => {
  const cut = createLearntCut();
  assertEquals(cut.confidenceOf(0.9), 0);
  const truths = ["a", "a", "b", "b", "c", "d", "e", "e", "E"];
  for (const truth of truths) cut.add(judged("a", 0.5, truth));
  // Good–Turing, with one more label that was not seen: (1 + |{c, d}|) / (9 + 1).
  assertAlmostEquals(cut.confidenceOf(0.9), 0.9 * 0.7, 1e-12);
});

Deno.test("createLearntCut() learns nothing from a no to another label than the guess", () => {
  const cut = createLearntCut();
  play(cut, () => 0.99);
  const before = cut.record();
  for (let i = 0; i < 200; i++) cut.add(judged("T1", 0.99, null));
  assertEquals(cut.record(), before);
});
