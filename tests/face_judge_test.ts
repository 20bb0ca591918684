/**
 * Whose a face is, by numbers that can be checked by hand.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createFaceJudge } from "../functions/core/face_judge.ts";
import type { FaceAge } from "../models/people.ts";
import { face, judge, section } from "./support/faces.ts";
import { dot, randomUnit, seeded } from "./support/vectors.ts";

function axis(n: number): number[] {
  return Array.from({ length: 128 }, (_, i) => i === n ? 1 : 0);
}

const scores = {
  full: [1, 2, 3].map((n) => ({ bias: n, sface: 10, distance: 2, dlib: 4 })),
  light: [1, 2, 3].map((n) => ({ bias: -n, sface: 10, distance: 0, dlib: 0 })),
};

/** Ages along the axes 0 and 1; the mean of SFace is half of axis 5. */
const age: FaceAge = {
  what: "-",
  provenance: "-",
  sface: { mean: axis(5).map((x) => x / 2), directions: [axis(0), axis(1)] },
  dlib: { mean: axis(6), directions: [axis(0)] },
  scores: scores as unknown as FaceAge["scores"],
};

Deno.test("unpack() gives back what pack() was given, to float32", () => {
  const random = seeded(1);
  const sface = randomUnit(128, random);
  const dlib = randomUnit(128, random).map((x) => 1.3 * x);
  const packed = judge.pack({ sface, dlib });
  assertAlmostEquals(dot(packed, packed), 1, 1e-5);
  const back = judge.unpack(packed);
  for (let i = 0; i < 128; i++) {
    assertAlmostEquals(back.sface[i]!, sface[i]!, 1e-6);
    assertAlmostEquals(back.dlib![i]!, dlib[i]!, 1e-6);
  }
  assertThrows(() => judge.pack({ sface, dlib: null }), TypeError, "lacks dlib");
  assertThrows(() => judge.unpack(new Float32Array(3)), RangeError, "256");
});

Deno.test("vector() takes off the mean, then the age, then scales SFace's part", () => {
  const aged = createFaceJudge("face-1", section, age);
  const sface = Float32Array.from(axis(0), (x, i) => x * 0.6 + (i === 5 ? 0.5 : i === 7 ? 0.2 : 0));
  const dlib = Float32Array.from(axis(0), (x, i) => x + (i === 6 ? 1 : i === 9 ? 0.7 : 0));
  const vector = aged.vector({ sface, dlib });
  // (0.6·e0 + 0.5·e5 + 0.2·e7 − 0.5·e5) apart from e0 is 0.2·e7, whose direction is e7.
  axis(7).forEach((x, i) => assertAlmostEquals(vector.sface[i]!, x, 1e-6));
  axis(9).forEach((x, i) => assertAlmostEquals(vector.dlib![i]!, 0.7 * x, 1e-6));
  assertAlmostEquals(vector.youth!, 0.6, 1e-6);
  assertEquals(judge.vector({ sface, dlib }).youth, null);
});

Deno.test("fit() is the sum of its terms, by the number of references", () => {
  const aged = createFaceJudge("face-1", section, { ...age, sface: { ...age.sface } });
  const plain = createFaceJudge(
    "face-1",
    { ...section, plain: aged ? age.scores : age.scores },
    null,
  );
  const a = { sface: Float32Array.from(axis(2)), dlib: Float32Array.from(axis(3)) };
  const b = { sface: face({ 2: 0.8 }).sface, dlib: Float32Array.from(axis(3), (x) => 2 * x) };
  const references = [plain.vector(a)];
  for (const bias of [1, 2, 3, 3]) {
    const { llr, similarity, slope } = plain.fit(plain.template(references), plain.vector(b));
    // dlib's parts lie on one line, one from 0 and the other twice as far.
    assertAlmostEquals(llr, bias + 10 * 0.8 - 2 * 1 + 4 * 1, 1e-5);
    assertAlmostEquals(similarity, 0.8, 1e-6);
    assertEquals(slope, 10);
    references.push(plain.vector(a));
  }
  const light = plain.fit(plain.template([plain.vector(a)]), plain.vector({ ...b, dlib: null }));
  assertAlmostEquals(light.llr, -1 + 10 * 0.8, 1e-5);
});

Deno.test("template() is the direction of the sum, and knows a child", () => {
  const two = judge.template([judge.vector(face({ 1: 1 })), judge.vector(face({ 2: 1 }))]);
  assertAlmostEquals(two.sface[1]!, Math.SQRT1_2, 1e-6);
  assertEquals([two.references, two.young], [2, false]);
  const aged = createFaceJudge("face-1", section, age);
  const child = aged.vector(face({ 0: 0.5 }));
  const adult = aged.vector(face({ 0: -0.5 }));
  assert(aged.template([child, child]).young);
  assertEquals(aged.template([child, adult]).young, false);
  assertEquals(aged.isFrom(aged.template([child])), 0.95);
  assertEquals(aged.isFrom(aged.template([adult])), 0.9);
  assertThrows(() => judge.template([]), RangeError);
});

Deno.test("fitToRest() is the fit to a template of the others", () => {
  const random = seeded(3);
  const full = createFaceJudge("face-1", { ...section, plain: age.scores }, null);
  for (const count of [2, 3, 5]) {
    const references = Array.from({ length: count }, () =>
      full.vector({
        sface: randomUnit(128, random),
        dlib: randomUnit(128, random).map((x) => 1.3 * x),
      }));
    const light = references.map((one) => ({ ...one, dlib: null }));
    for (const all of [references, light]) {
      full.fitToRest(all).forEach((fit, i) => {
        const rest = full.template(all.filter((_, k) => k !== i));
        const expected = full.fit(rest, all[i]!);
        assertAlmostEquals(fit.llr, expected.llr, 1e-4);
        assertAlmostEquals(fit.similarity, expected.similarity, 1e-5);
      });
    }
    assertThrows(() => full.fitToRest(references.slice(0, 1)), RangeError);
  }
});

Deno.test("posterior() weighs everybody against each other and a stranger", () => {
  const { each, stranger } = judge.posterior([{ llr: 6 }, { llr: 2 }], 20);
  const own = [6, 2].map((llr) => Math.exp(llr) * 0.5 / 20);
  const all = 0.5 + own[0]! + own[1]!;
  assertAlmostEquals(each[0]!, own[0]! / all, 1e-12);
  assertAlmostEquals(each[1]!, own[1]! / all, 1e-12);
  assertAlmostEquals(stranger, 0.5 / all, 1e-12);
  // So few people are counted as ten.
  const alone = judge.posterior([{ llr: 3 }], 1).each[0]!;
  assertAlmostEquals(alone, judge.posterior([{ llr: 3 }], 10).each[0]!, 1e-12);
  assert(alone < judge.posterior([{ llr: 4 }], 1).each[0]!);
});

Deno.test("posterior() lets what speaks against one person touch nobody else", () => {
  const free = judge.posterior([{ llr: 4 }, { llr: 3 }], 10);
  const held = judge.posterior([{ llr: 4, against: 3 }, { llr: 3 }], 10);
  assert(held.each[0]! < free.each[0]!);
  assertEquals(held.each[1], free.each[1]);
  const denied = judge.posterior([{ llr: 4, against: 5, denied: true }], 10);
  assertEquals([denied.each[0], denied.stranger], [0, 1]);
});

Deno.test("needed() is the ratio that gives a claim the probability", () => {
  const claims = [{ llr: 1, against: 0.5 }, { llr: 3, free: 0.5 }, { llr: 2 }];
  for (let i = 0; i < claims.length; i++) {
    for (const probability of [0.3, 0.9]) {
      const llr = judge.needed(claims, i, 12, probability);
      const changed = claims.map((claim, k) => k === i ? { ...claim, llr } : claim);
      assertAlmostEquals(judge.posterior(changed, 12).each[i]!, probability, 1e-9);
    }
  }
});
