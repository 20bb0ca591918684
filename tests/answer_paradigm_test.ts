/**
 * What a trained paradigm says of a photo, from its scores.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  answerJoint,
  answerParadigm,
  answerSequential,
} from "../functions/core/answer_paradigm.ts";
import { sigmoid } from "../functions/core/log_odds.ts";
import { softmax } from "../functions/core/softmax.ts";
import type { JointScores, SequentialScores } from "../models/paradigms.ts";
import { type AllParadigms, paradigmsSection } from "./support/paradigm_models.ts";

const CLASSES = ["cat", "dog", "mug", "owl", "yew"];
const section = paradigmsSection(CLASSES);
const f32 = (...values: number[]) => Float32Array.of(...values);

/** The generalizer says dog, the memorizer mug. */
const scores = (known: number): SequentialScores => ({
  generalizer: f32(1, 8, 2, 0, -1),
  memorizer: f32(0, 1, 4, 2, 3),
  known: Math.fround(known),
  familiar: Math.fround(-1.32),
});

const joint: JointScores = {
  deep: f32(2, 1, 0, 0, 0),
  wide: f32(0, 3.5, 0, 0, 0.5),
  familiar: Math.fround(-1.32),
};

/** The section with other numbers of one model. */
function changed<M extends "sequential" | "joint">(
  model: M,
  numbers: Partial<AllParadigms[M]>,
): AllParadigms {
  return { ...section, [model]: { ...section[model], ...numbers } };
}

Deno.test("answerSequential() takes the memorizer from the router's cut on, the generalizer below", () => {
  const late = answerSequential(scores(0.83), section);
  assertEquals([late.label, late.parts.head], ["mug", "memorizer"]);
  assertEquals(
    late.reason,
    "seen in training: a group of training photos stands out by 0.83, 0.41 needed: the memorizer answers",
  );
  const early = answerSequential(scores(0.2), section);
  assertEquals([early.label, early.parts.head], ["dog", "generalizer"]);
  assertEquals(
    early.reason,
    "not seen in training: a group of training photos stands out by 0.2, 0.41 needed: the generalizer answers",
  );
  // Exactly at the cut, whichever way float32 rounds it.
  for (let i = 1; i < 100; i++) {
    const cut = changed("sequential", { known: i / 100 });
    assertEquals(answerSequential(scores(i / 100), cut).parts.head, "memorizer");
    assertEquals(answerSequential(scores(i / 100 - 1e-4), cut).parts.head, "generalizer");
  }
});

Deno.test("answerSequential() divides each head's logits by its own temperature", () => {
  for (const [known, head] of [[0.9, "memorizer"], [0.1, "generalizer"]] as const) {
    const { confidence, alternatives } = answerSequential(scores(known), section);
    const expected = softmax(scores(0)[head], section.sequential.temperature[head]);
    const sorted = expected.toSorted().toReversed();
    assertEquals([confidence, ...alternatives.map((one) => one.confidence)], [
      ...sorted.slice(0, 4),
    ]);
  }
});

Deno.test("answerSequential() doubts what is unfamiliar, but nothing that the router knows", () => {
  const doubting = changed("sequential", { doubt: -0.85 });
  const doubted = answerSequential(scores(0.1), doubting);
  assertEquals([doubted.label, doubted.route, doubted.certainty], ["dog", "network", "unknown"]);
  assertEquals(
    doubted.reason.split("; ")[1],
    "it may be none of the classes: familiarity −1.32, −0.85 needed",
  );
  const known = answerSequential(scores(0.9), doubting);
  assertEquals([known.certainty, known.reason.includes(";")], ["perhaps", false]);
  // Exactly at the cut, whichever way float32 rounds it.
  for (let i = -99; i < 100; i++) {
    const cut = changed("sequential", { doubt: i / 100 });
    const at = (familiar: number) =>
      answerSequential({ ...scores(0.1), familiar: Math.fround(familiar) }, cut).certainty;
    assertEquals([at(i / 100), at(i / 100 - 1e-4)], ["is", "unknown"]);
  }
});

Deno.test("answerSequential() takes nothing for new that the router knows", () => {
  for (const familiar of [-50, 0, 50]) {
    const novelty = (known: number) =>
      answerSequential({ ...scores(known), familiar }, section).novelty;
    assertEquals(novelty(0.9), 0);
    assertEquals(novelty(0.1), sigmoid(2 - familiar));
  }
});

Deno.test("answerSequential() is sure from the section's confidence on", () => {
  const { confidence } = answerSequential(scores(0.1), section);
  for (const [sure, certainty] of [[confidence, "is"], [confidence + 1e-9, "perhaps"]] as const) {
    assertEquals(
      answerSequential(scores(0.1), changed("sequential", { sure })).certainty,
      certainty,
    );
  }
});

Deno.test("answerJoint() adds the parts' scores up and says what each did", () => {
  const { label, confidence, alternatives, parts, reason } = answerJoint(joint, section);
  assertEquals(label, "dog");
  const probabilities = softmax(f32(2, 4.5, 0, 0, 0.5), section.joint.temperature);
  assertAlmostEquals(confidence, probabilities[1]!, 1e-12);
  assertEquals(alternatives.map(({ label }) => label), ["cat", "yew", "mug"]);
  // Against the cat, the deep part's choice.
  assertAlmostEquals(parts.deep, -1 / 1.5, 1e-12);
  assertAlmostEquals(parts.wide, 3.5 / 1.5, 1e-12);
  const odds = Math.log(probabilities[1]! / probabilities[0]!);
  assertAlmostEquals(parts.deep + parts.wide, odds, 1e-12);
  assertEquals(
    reason,
    "dog before cat by 1.67 in log-odds: −0.67 from the deep part, 2.33 from the wide",
  );
});

Deno.test("answerJoint() doubts what is unfamiliar, whatever the wide part says", () => {
  const doubting = changed("joint", { doubt: -0.85 });
  const far = { ...joint, wide: f32(0, 100, 0, 0, 0) };
  const doubted = answerJoint(far, doubting);
  assertEquals([doubted.label, doubted.certainty, doubted.confidence], ["dog", "unknown", 1]);
  assertEquals(
    doubted.reason.split("; ")[1],
    "it may be none of the classes: familiarity −1.32, −0.85 needed",
  );
  assertEquals(answerJoint(far, changed("joint", { doubt: -1.32 })).certainty, "is");
});

Deno.test("answerParadigm() maps the familiarity to novelty and always names a class", () => {
  for (const paradigm of ["sequential", "joint"] as const) {
    const all = { sequential: scores(0.1), joint };
    const answer = answerParadigm(paradigm, all, section);
    assertEquals(answer.novelty, sigmoid(2 - Math.fround(-1.32)));
    assertEquals([answer.path, answer.novel, answer.named], [[], false, true]);
    assertEquals(answer.alternatives.length, 3);
  }
});

Deno.test("answerParadigm() throws when the scores are not there or not of the section's classes", () => {
  assertThrows(() => answerParadigm("joint", {}, section), TypeError, 'the paradigm "joint"');
  const short = { ...joint, deep: f32(1, 2), wide: f32(1, 2) };
  assertThrows(() => answerJoint(short, section), RangeError, "each of 5 classes, got 2");
  const uneven = { ...joint, deep: f32(1, 2), wide: f32(1) };
  assertThrows(() => answerJoint(uneven, section), RangeError, "2 scores of the wide part, got 1");
  const broken = { ...joint, deep: f32(NaN, 0, 0, 0, 0) };
  assertThrows(() => answerJoint(broken, section), RangeError, "must be finite");
});
