/**
 * How good answers are by what people judged, and what follows where they are not good enough.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Facts } from "../functions/core/facts.ts";
import {
  addTo,
  coverageCurve,
  emptyTally,
  hourOf,
  type HourTally,
  mergeTallies,
  TALLY_LABELS,
} from "../functions/core/quality/coverage.ts";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import { createStandings, labelKey, type Standings } from "../functions/core/quality/standing.ts";
import { cleanRecord, judgementsNeeded, wilson } from "../functions/core/quality/wilson.ts";
import { facts as factsOfReview, judgement } from "./support/review.ts";
import { seeded } from "./support/vectors.ts";

/** Two-sided 80 %. */
/** Quantile of the bound by which few judgements tell against a record. */
const FEW_Z = 1.96;
/** What should be judged right of what holds the floor: people are right in .98. */
const LEAST = 0.92 * 0.98;
const Z = 1.2816;

/** What was surely answered. */
function facts(fields: Partial<Facts> = {}): Facts {
  return factsOfReview({ certainty: "is", confidence: 0.95, ...fields });
}

/** A judged sample. */
function judged(
  right: boolean,
  fields: Partial<Facts> = {},
  more: Partial<Judgement> = {},
): Judgement {
  const truth = right ? fields.label ?? "dog" : null;
  return judgement({ facts: facts(fields), right, truth, ...more });
}

function add(standings: Standings, count: number, ...args: Parameters<typeof judged>): void {
  for (let i = 0; i < count; i++) standings.add(judged(...args));
}

/** The end of the interval where the score test just does not refuse p, by bisection. */
function boundary(right: number, n: number, z: number, side: "lower" | "upper"): number {
  const share = right / n;
  let [inside, outside] = [share, side === "lower" ? 0 : 1];
  for (let i = 0; i < 200; i++) {
    const p = (inside + outside) / 2;
    if (Math.abs(share - p) <= z * Math.sqrt(p * (1 - p) / n)) inside = p;
    else outside = p;
  }
  return inside;
}

Deno.test("wilson() gives the shares that the score test does not refuse", () => {
  for (const z of [0.5, Z, 1.959964, 3]) {
    for (const n of [1, 2, 7, 40, 200, 5000]) {
      for (const right of new Set([0, 1, Math.floor(n / 3), Math.ceil(0.92 * n), n - 1, n])) {
        const { lower, upper } = wilson(right, n, z);
        assertAlmostEquals(lower, boundary(right, n, z, "lower"), 1e-9, `${right} of ${n}`);
        assertAlmostEquals(upper, boundary(right, n, z, "upper"), 1e-9, `${right} of ${n}`);
        assert(0 <= lower && lower <= right / n && right / n <= upper && upper <= 1);
      }
    }
  }
  assertEquals(wilson(0, 0, Z), { lower: 0, upper: 1 });
  assertEquals([wilson(0, 9, Z).lower, wilson(9, 9, Z).upper], [0, 1]);
  for (const [right, n, z] of [[2, 1, Z], [-1, 1, Z], [NaN, 1, Z], [1, 1, 0]] as const) {
    assertThrows(() => wilson(right, n, z), RangeError);
  }
});

Deno.test("wilson() of 80 % covers the true share about as often", () => {
  const random = seeded(20261126);
  const rounds = 4000;
  const coverages: number[] = [];
  for (const p of [0.8, 0.92, 0.97]) {
    for (const n of [20, 60, 200]) {
      let covered = 0;
      for (let i = 0; i < rounds; i++) {
        let right = 0;
        for (let j = 0; j < n; j++) if (random() < p) right++;
        const { lower, upper } = wilson(right, n, Z);
        if (lower <= p && p <= upper) covered++;
      }
      coverages.push(covered / rounds);
    }
  }
  // Of whole judgements an interval covers now more, now less; together it must hold.
  const mean = coverages.reduce((sum, one) => sum + one) / coverages.length;
  assert(mean >= 0.78, `${coverages}`);
  assert(Math.min(...coverages) >= 0.7, `${coverages}`);
});

Deno.test("judgementsNeeded() is the first number whose interval is narrow enough", () => {
  for (const p of [0, 0.5, 0.83, 0.92, 0.99, 1]) {
    for (const half of [0.2, 0.05, 0.02]) {
      // The centre moves with n, so the width is what counts.
      let n = 0;
      for (let wide = true; wide; n++) {
        const { lower, upper } = wilson(p * n, n, Z);
        wide = (upper - lower) / 2 > half;
      }
      const first = n - 1;
      assertEquals(judgementsNeeded(p, half, Z, 0), first, `p ${p}, ± ${half}`);
      assertEquals(judgementsNeeded(p, half, Z, first - 1), 1);
      assertEquals(judgementsNeeded(p, half, Z, first + 5), 0);
    }
  }
  assertEquals(judgementsNeeded(0.5, 0.5, Z, 0), 0);
  assertThrows(() => judgementsNeeded(1.1, 0.02, Z, 0), RangeError);
  assertThrows(() => judgementsNeeded(0.9, 0, Z, 0), RangeError);
});

Deno.test("cleanRecord() is the first number that reaches the floor without a mistake", () => {
  for (const z of [Z, 1.959964]) {
    for (const floor of [0, 0.5, 0.9, 0.92, 0.99]) {
      let n = 0;
      while (wilson(n, n, z).lower < floor) n++;
      assertEquals(cleanRecord(floor, z), n);
    }
  }
  assertEquals(cleanRecord(0.92, Z), 19);
  assertThrows(() => cleanRecord(1, Z), RangeError);
});

Deno.test("createStandings() counts answers that were sure, and were not chosen for doubt", () => {
  const standings = createStandings();
  add(standings, 1, true);
  for (const reason of ["unsure", "disagreement", "rule"] as const) {
    add(standings, 1, false, {}, { reason });
  }
  add(standings, 1, false, { certainty: "perhaps" }, { claimed: "perhaps" });
  add(standings, 1, false, { route: "memory", by: "bytes" });
  assertEquals(standings.all().map(({ kind, name, judged }) => [kind, name, judged]), [
    ["route", "network", 1],
    ["label", "network/dog", 1],
  ]);
});

Deno.test("createStandings() keeps one record for a label of each route", () => {
  const standings = createStandings();
  add(standings, 30, true, { route: "memory", by: "look" });
  add(standings, 3, false);
  add(standings, 2, true, { route: "rule", label: null }, { rule: "R" });
  assertEquals(standings.of("label", labelKey("memory", "dog")).judged, 30);
  assertEquals(standings.of("label", labelKey("network", "dog")).judged, 3);
  assertEquals(standings.all().map(({ name, state }) => [name, state]), [
    ["memory", "kept"],
    ["network", "demoted"],
    ["rule", "new"],
    ["memory/dog", "kept"],
    ["network/dog", "demoted"],
    ["R", "new"],
  ]);
  const unknown = standings.of("rule", "none");
  assertEquals(unknown, {
    kind: "rule",
    name: "none",
    judged: 0,
    right: 0,
    precision: null,
    lower: 0,
    upper: 1,
    needed: judgementsNeeded(0.92, 0.02, Z, 0),
    state: "new",
  });
});

Deno.test("createStandings() demotes with few judgements only what hardly reaches the floor", () => {
  const standings = createStandings();
  const state = () => standings.of("label", "network/dog").state;
  add(standings, 18, true);
  assertEquals(state(), "new");
  add(standings, 1, true);
  assertEquals(state(), "kept");
  // One mistake of 20 may be the reviewer's: no longer shown to hold, but not shown to fail.
  add(standings, 1, false);
  assertEquals(state(), "new");
  add(standings, 4, false);
  assertEquals(state(), "new");
  // People are right in .98: 19 of 24 could still be of what holds .92, 19 of 25 cannot.
  assert(wilson(19, 24, FEW_Z).upper >= LEAST && wilson(19, 25, FEW_Z).upper < LEAST);
  add(standings, 1, false);
  assertEquals(state(), "demoted");

  const long = createStandings();
  add(long, 186, true);
  add(long, 14, false);
  assertEquals(long.of("route", "network").state, "new");
  assert(wilson(186, 200, Z).lower >= LEAST && wilson(185, 200, Z).lower < LEAST);
  add(long, 1, false);
  assert(wilson(185, 200, Z).upper > 0.92, "a whole window stands by its lower bound");
  assertEquals(long.of("route", "network").state, "demoted");

  const once = createStandings();
  add(once, 1, false, { label: "cup" });
  assertEquals(once.of("label", "network/cup").state, "new", "one mistake alone tells nothing");
  add(once, 1, false, { label: "cup" });
  assertEquals(once.of("label", "network/cup").state, "demoted");

  const other = createStandings();
  add(other, 3, true, { label: "cat" });
  add(other, 1, false, { label: "cat" });
  assertEquals(other.of("label", "network/cat").state, "new");
  add(other, 1, false, { label: "cat" });
  assert(wilson(3, 5, FEW_Z).upper < LEAST);
  assertEquals(other.of("label", "network/cat").state, "demoted");
  // Judged well again: 5 judgements later it no longer tells against it.
  assert(wilson(4, 6, FEW_Z).upper >= LEAST);
  add(other, 4, true, { label: "cat" });
  assertEquals(other.of("label", "network/cat").state, "demoted");
  add(other, 1, true, { label: "cat" });
  assertEquals(other.of("label", "network/cat").state, "new");
});

Deno.test("demotionOf() lets what holds by a record of its own stand in a demoted route", () => {
  const standings = createStandings();
  add(standings, 19, true, { label: "starfish" });
  add(standings, 30, false, { label: "wild cat" });
  assertEquals(standings.of("route", "network").state, "demoted");
  assertEquals(standings.demotionOf(facts({ label: "starfish" }), null), null);
  assert(standings.demotionOf(facts({ label: "mug" }), null)!.startsWith("route network"));
  add(standings, 1, false, { label: "starfish" });
  assert(standings.demotionOf(facts({ label: "starfish" }), null) !== null);
});

Deno.test("createStandings() takes back what was judged well since its demotion", () => {
  const standings = createStandings();
  const label = () => standings.of("label", "network/dog");
  add(standings, 20, false);
  assertEquals(label().state, "demoted");
  add(standings, 18, true, {}, { reason: "demoted" });
  assertEquals(label().state, "demoted");
  add(standings, 1, true, {}, { reason: "demoted" });
  assertEquals([label().state, label().judged, label().right], ["kept", 19, 19]);
  // The old mistakes are no longer counted, but new ones are.
  add(standings, 20, true);
  assertEquals(label().state, "kept");
  add(standings, 9, false);
  assertEquals(label().state, "demoted");
});

Deno.test("createStandings() takes back what its window shows to hold", () => {
  // A window of a hundred: what is missing of it weighs less.
  const standings = createStandings({ window: 100 });
  const label = () => standings.of("label", "network/dog");
  add(standings, 10, false);
  add(standings, 15, true);
  add(standings, 1, false);
  assertEquals(label().state, "demoted");
  add(standings, 18, true);
  assertEquals(label().state, "demoted");
  add(standings, 1, true);
  assertEquals([label().state, label().judged], ["kept", cleanRecord(0.92, Z)]);
  add(standings, 200, true);
  assertEquals([label().judged, label().right], [100, 100], "only the last 100 count");
});

Deno.test("createStandings() does not let one demoted label take its route along", () => {
  const standings = createStandings();
  const state = (...args: Parameters<Standings["of"]>) => standings.of(...args).state;
  add(standings, 60, true, { label: "cat" });
  add(standings, 2, false);
  assertEquals([state("label", "network/dog"), state("route", "network")], ["demoted", "kept"]);
  add(standings, 100, false, { certainty: "perhaps" }, { reason: "demoted" });
  assertEquals(standings.of("label", "network/dog").judged, 102);
  assertEquals([standings.of("route", "network").judged, state("route", "network")], [62, "kept"]);

  // What a demoted route answers is all judged, and tells of its labels too.
  add(standings, 9, false, { label: "cup" });
  assertEquals(state("route", "network"), "demoted");
  add(standings, 5, true, { label: "cat", certainty: "perhaps" }, { reason: "demoted" });
  assertEquals(standings.of("label", "network/cat").judged, 65);
  assertEquals(standings.of("route", "network").judged, 76);
});

Deno.test("createStandings() comes to the same state whenever the judgements are added again", () => {
  const random = seeded(7);
  const judgements = Array.from({ length: 3000 }, (_, i) => {
    const label = `L${Math.floor(random() * 12)}`;
    const route = random() < 0.5 ? "network" as const : "memory" as const;
    return judged(random() < (label < "L2" ? 0.7 : 0.97), { label, route, by: null }, {
      id: String(i),
      reason: random() < 0.6 ? "sample" : random() < 0.7 ? "demoted" : "unsure",
      rule: random() < 0.2 ? `R${i % 3}` : null,
    });
  });
  const first = createStandings({ window: 50 });
  const seen = new Set<string>();
  for (const [i, judgement] of judgements.entries()) {
    first.add(judgement);
    for (const { state } of first.all()) seen.add(state);
    if (i % 500 !== 499) continue;
    const again = createStandings({ window: 50 });
    for (const one of structuredClone(judgements.slice(0, i + 1))) again.add(one);
    assertEquals(again.all(), first.all());
  }
  assertEquals([...seen].sort(), ["demoted", "kept", "new"]);
  for (const { state, lower, judged } of first.all()) {
    const clean = judged >= cleanRecord(0.92, Z);
    assertEquals(state === "kept", clean && lower >= 0.92, "what is kept holds the promise");
    assert(state !== "demoted" || lower < 0.92);
  }
});

Deno.test("createStandings() refuses a window that no record could be kept in", () => {
  assertThrows(() => createStandings({ window: 18 }), RangeError, "from 19 on");
  assertThrows(() => createStandings({ floor: 1 }), RangeError);
  assertThrows(() => createStandings({ window: 20.5 }), RangeError);
});

Deno.test("demotionOf() says what was judged too badly", () => {
  const standings = createStandings();
  const network = facts({ label: "cat" });
  assertEquals(standings.demotionOf(network, null), null);
  for (let i = 0; i < 100; i++) add(standings, 1, i % 100 < 83, { label: `L${i}` });
  assertEquals(
    standings.demotionOf(network, null),
    "route network was right in 83 of 100 judged answers, its lower bound .78 is under .92",
  );
  assertEquals(standings.demotionOf(facts({ route: "memory", by: "look" }), null), null);

  add(standings, 40, true, { route: "rule", label: "Rex" }, { rule: "A" });
  add(standings, 2, false, { route: "rule", label: "Rex" }, { rule: "B" });
  const rule = facts({ route: "rule", label: "Rex" });
  assertEquals(standings.demotionOf(rule, "A"), null);
  assertEquals(
    standings.demotionOf(rule, "B"),
    "rule B was right in 0 of 2 judged answers, its lower bound .00 is under .92",
  );
  add(standings, 9, false, { route: "memory", by: "face", label: "Ann" });
  add(standings, 300, true, { route: "memory", by: "face", label: "Bob" });
  assertEquals(
    standings.demotionOf(facts({ route: "memory", by: "face", label: "Ann" }), null),
    'label "Ann" of route memory was right in 0 of 9 judged answers, its lower bound .00 is under .92',
  );
  assertEquals(
    standings.demotionOf(facts({ route: "memory", by: "bytes", label: "Ann" }), null),
    null,
  );
});

Deno.test("createStandings() keeps answers precise where a part of them is not", () => {
  const random = seeded(42);
  const standings = createStandings();
  const labels = Array.from({ length: 20 }, (_, i) => ({
    label: `L${i}`,
    precision: i < 2 ? 0.5 : 0.985,
  }));
  let given = 0, right = 0;
  for (let i = 0; i < 20_000; i++) {
    const { label, precision } = labels[Math.floor(random() * labels.length)]!;
    const isRight = random() < precision;
    const demoted = standings.demotionOf(facts({ label }), null) !== null;
    if (!demoted && i > 2000) {
      given++;
      if (isRight) right++;
    }
    if (demoted) standings.add(judged(isRight, { label }, { reason: "demoted" }));
    else if (random() < 0.1) standings.add(judged(isRight, { label }));
  }
  assert(right / given >= 0.97, `${right} of ${given}`);
  assert(given / 18_000 >= 0.6, `${given}`);
});

Deno.test("addTo() counts answers by route and label, and the 201st label with the rest", () => {
  const tally = emptyTally();
  addTo(tally, facts());
  addTo(tally, facts({ certainty: "perhaps" }));
  addTo(tally, facts({ route: "memory" }));
  addTo(tally, facts({ route: "none", label: null, certainty: "unknown" }));
  assertEquals(tally, {
    answers: 4,
    covered: 2,
    byRoute: {
      network: { answers: 2, covered: 1 },
      memory: { answers: 1, covered: 1 },
      none: { answers: 1, covered: 0 },
    },
    byLabel: {
      "network/dog": { answers: 2, covered: 1 },
      "memory/dog": { answers: 1, covered: 1 },
    },
  });
  for (let i = 0; i < TALLY_LABELS; i++) addTo(tally, facts({ label: `__proto__${i}` }));
  addTo(tally, facts());
  assertEquals(Object.keys(tally.byLabel).length, TALLY_LABELS + 1);
  assertEquals(tally.byLabel[""], { answers: 2, covered: 2 });
  assertEquals(tally.byLabel["network/dog"], { answers: 3, covered: 2 });
  assertEquals(JSON.parse(JSON.stringify(tally)), tally);
});

Deno.test("mergeTallies() gives the same in any order, and what one tally would have counted", () => {
  const random = seeded(3);
  const parts = Array.from({ length: 6 }, emptyTally);
  const whole = emptyTally();
  for (let i = 0; i < 5000; i++) {
    const one = facts({
      label: random() < 0.05 ? null : `L${Math.floor(random() * 90)}`,
      certainty: random() < 0.8 ? "is" : "perhaps",
      route: random() < 0.5 ? "memory" : "network",
    });
    addTo(parts[Math.floor(random() * parts.length)]!, one);
    addTo(whole, one);
  }
  assertEquals(mergeTallies(parts), whole);
  assertEquals(mergeTallies(parts.toReversed()), whole);
  assertEquals(mergeTallies([mergeTallies(parts.slice(0, 2)), ...parts.slice(2)]), whole);
  assertEquals(mergeTallies([]), emptyTally());

  const many = Array.from({ length: 3 }, (_, part) => {
    const tally = emptyTally();
    for (let i = 0; i < TALLY_LABELS; i++) addTo(tally, facts({ label: `P${part} ${i}` }));
    return tally;
  });
  addTo(many[2]!, facts({ label: "P2 7" }));
  const merged = mergeTallies(many);
  assertEquals(merged, mergeTallies(many.toReversed()));
  assertEquals(merged.byLabel["network/P2 7"], { answers: 2, covered: 2 });
  assertEquals(merged.byLabel[""]?.answers, 2 * TALLY_LABELS);
  const sum = Object.values(merged.byLabel).reduce((n, { answers }) => n + answers, 0);
  assertEquals(sum, merged.answers);
});

Deno.test("coverageCurve() shows for each hour what was covered and how right that was", () => {
  const hour = (h: number) => hourOf(new Date(Date.UTC(2026, 10, 26, h, 59, 59, 999)));
  assertEquals(hour(7), "2026-11-26T07:00:00.000Z");
  const tally = (h: number, answers: number, covered: number): HourTally => ({
    ...emptyTally(),
    at: hour(h),
    answers,
    covered,
  });
  const at = (h: number, minute = 30) => new Date(Date.UTC(2026, 10, 26, h, minute)).toISOString();
  const judgements = [
    ...Array.from({ length: 30 }, () => judged(true, {}, { at: at(7) })),
    judged(false, {}, { at: at(7), reason: "unsure" }),
    judged(false, { certainty: "perhaps" }, { at: at(7), reason: "demoted" }),
    judged(false, { certainty: "perhaps" }, { at: at(7) }),
    ...Array.from({ length: 10 }, () => judged(false, {}, { at: at(9, 0) })),
  ];
  const tallies = [
    tally(9, 10, 9),
    tally(6, 10, 2),
    tally(7, 4, 2),
    tally(7, 6, 3),
    tally(8, 0, 0),
  ];
  const curve = coverageCurve(tallies, judgements, 0.92);
  assertEquals(
    curve.map(({ at, answers, covered, coverage, precision, holds }) => [
      at,
      answers,
      covered,
      coverage,
      precision,
      holds,
    ]),
    [
      [hour(6), 10, 2, 0.2, null, false],
      [hour(7), 10, 5, 0.5, 1, true],
      [hour(9), 10, 9, 0.9, 0.75, false],
    ],
  );
  assertEquals([curve[0]!.lower, curve[0]!.upper], [0, 1]);
  assertEquals(curve[1]!.lower, wilson(30, 30, Z).lower);
  const windowed = coverageCurve(tallies, judgements, 0.92, { window: 20 });
  assertEquals(windowed[2]!.precision, 0.5);
});
