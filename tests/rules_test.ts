/**
 * Rules: how they are read, found, applied, put into words, checked and tried.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Facts } from "../functions/core/facts.ts";
import { applyRules } from "../functions/core/rules/apply_rules.ts";
import { checkRules, MOST_CONFLICTS } from "../functions/core/rules/check_rules.ts";
import { compileRules } from "../functions/core/rules/compile_rules.ts";
import { dryRun } from "../functions/core/rules/dry_run.ts";
import { outcomeOf } from "../functions/core/rules/outcome_of.ts";
import { RuleInput } from "../functions/core/rules/parse_rule.ts";
import type { Conditions, Consequence, Rule, Scalar, Test } from "../functions/core/rules/rule.ts";
import { readRule } from "../functions/core/rules/rule_words.ts";
import { wordsTogether } from "../functions/core/rules/words_together.ts";
import { parseHierarchy } from "../models/hierarchy.ts";
import {
  factsWith,
  matchPlainly,
  pick,
  realisticFacts,
  realisticRule,
  rule,
} from "./support/rules.ts";
import { seeded } from "./support/vectors.ts";

/** Few values of each type, so that random rules meet random facts often. */
const WORDS = ["dog", "Dog", "cat", "animal", "dalmatian"];
const CONTEXTS: readonly Scalar[] = ["home", "HOME", "2024-05-01", "2025", 3, 7, true, false, null];
const CHOICES: Record<string, readonly Scalar[]> = {
  kind: ["person", "thing"],
  route: ["memory", "network", "none"],
  certainty: ["is", "perhaps", "unknown"],
  by: ["bytes", "copy", "look", "face", null],
};
const NUMBERS = [0, 0.25, 0.5, 0.75, 1];

function randomTest(
  random: () => number,
  values: readonly Scalar[],
  tests: readonly string[],
): Test {
  if (random() < 0.3) return pick(random, values);
  const test: Record<string, unknown> = {};
  for (let i = 0; i < 1 + Math.floor(random() * 2); i++) {
    const name = pick(random, tests);
    const orderly = values.filter((value) => typeof value === "number");
    const texts = values.filter((value) => typeof value === "string");
    if (name === "in") test[name] = [pick(random, values), pick(random, values)];
    else if (name === "exists") test[name] = random() < 0.5;
    else if (name === "starts") test[name] = pick(random, texts).slice(0, 2);
    else if (/^[lg]/.test(name)) {
      test[name] = orderly.length > 0 && !("lt" in test && typeof test["lt"] === "string")
        ? pick(random, orderly)
        : pick(random, texts);
    } else test[name] = pick(random, values);
  }
  return test as Test;
}

function randomConsequence(random: () => number): Consequence {
  const label = pick(random, WORDS);
  const draw = random();
  return draw < 0.5 ? { label } : draw < 0.85 ? { not: label } : { review: true };
}

const ENDS = ["lt", "lte", "gt", "gte"];

function randomRule(number: number, random: () => number): Rule {
  const when: Record<string, Test> = {};
  for (let i = 0; i < 1 + Math.floor(random() * 3); i++) {
    const field = pick(random, [
      "kind",
      "route",
      "certainty",
      "by",
      "label",
      "path",
      "novel",
      "confidence",
      "similarity",
      "context.a",
      "context.b",
      "context.__proto__",
    ]);
    const orNone = field === "by" ? ["is", "not", "in", "exists"] : ["is", "not", "in"];
    if (field in CHOICES) when[field] = randomTest(random, CHOICES[field]!, orNone);
    else if (field === "novel") when[field] = randomTest(random, [true, false], ["is", "not"]);
    else if (field === "path") {
      when[field] = randomTest(random, WORDS, ["is", "not", "in", "starts"]);
    } else if (field === "label") {
      when[field] = randomTest(random, [...WORDS, null], ["is", "not", "in", "starts", "exists"]);
    } else if (field.startsWith("context.")) {
      when[field] = randomTest(random, CONTEXTS, [
        "is",
        "not",
        "in",
        "starts",
        "exists",
        ...(random() < 0.5 ? ENDS : []),
      ]);
    } else {
      when[field] = randomTest(random, NUMBERS, [
        "is",
        "not",
        "in",
        ...ENDS,
        ...(field === "similarity" ? ["exists"] : []),
      ]);
    }
  }
  return rule(number, when, randomConsequence(random), {
    priority: Math.floor(random() * 5) - 2,
    enabled: random() < 0.9,
  });
}

/** Facts as answers have them: what memory recognised is known of its answers alone. */
function randomFacts(random: () => number): Facts {
  const context: Record<string, Scalar> = {};
  for (const name of ["a", "b"]) if (random() < 0.8) context[name] = pick(random, CONTEXTS);
  const route = pick(random, ["memory", "network", "none"] as const);
  const fromMemory = route === "memory";
  return factsWith({
    kind: pick(random, ["person", "thing"]),
    label: route === "none" ? null : pick(random, WORDS),
    route,
    certainty: pick(random, ["is", "perhaps", "unknown"]),
    confidence: pick(random, NUMBERS),
    path: WORDS.filter(() => random() < 0.5),
    novel: random() < 0.5,
    similarity: fromMemory ? pick(random, NUMBERS) : null,
    by: fromMemory ? pick(random, ["bytes", "copy", "look", "face"]) : null,
    context,
  });
}

Deno.test("RuleSet.match() finds what asking every rule in turn finds", () => {
  const random = seeded(7);
  let found = 0;
  for (let round = 0; round < 60; round++) {
    const rules = Array.from(
      { length: pick(random, [3, 20, 300]) },
      (_, number) => randomRule(number, random),
    );
    for (const { when, then } of rules) assert(RuleInput.safeParse({ when, then }).success);
    const set = compileRules(rules);
    for (let i = 0; i < 50; i++) {
      const facts = randomFacts(random);
      const plainly = matchPlainly(rules, facts);
      assertEquals(set.match(facts).map(({ id }) => id), plainly.map(({ id }) => id));
      found += plainly.length;
    }
  }
  assert(found > 10_000, `expected many rules to hold, ${found} did`);
});

Deno.test("RuleSet.match() finds the same among 10,000 rules", () => {
  const random = seeded(8);
  const rules = Array.from({ length: 10_000 }, (_, number) => realisticRule(number, random));
  const set = compileRules(rules);
  for (let i = 0; i < 20; i++) {
    const facts = realisticFacts(random);
    assertEquals(set.match(facts), matchPlainly(rules, facts));
  }
});

Deno.test("RuleSet.match() asks the highest priority first, then the oldest, and none switched off", () => {
  const when = { kind: "thing" };
  const set = compileRules([
    rule(3, when, { label: "c" }),
    rule(1, when, { label: "a" }),
    rule(2, when, { label: "b" }, { priority: 5 }),
    rule(4, when, { label: "d" }, { enabled: false, priority: 9 }),
  ]);
  assertEquals(set.match(factsWith()).map(({ id }) => Number(id)), [2, 1, 3]);
  assertEquals(set.rules.length, 3);
});

function holds(when: Conditions, facts: Partial<Facts> = {}): boolean {
  return compileRules([rule(1, when, { review: true })]).match(factsWith(facts)).length === 1;
}

Deno.test("RuleSet.match() compares text without regard to case, and dates by their characters", () => {
  assert(holds({ label: "pembroke", path: "DOG" }));
  assert(holds({ path: { starts: "pem" } }));
  assert(holds({ "context.album": "e\u0301t\u00e9" }, { context: { album: "\u00c9T\u00c9" } }));
  const context = { date: "2024-05-17" };
  assert(holds({ "context.date": { gte: "2024-05-17", lt: "2024-06" } }, { context }));
  assert(!holds({ "context.date": { gt: "2024-05-17" } }, { context }));
  assert(!holds({ "context.date": { gt: 2023 } }, { context }));
});

Deno.test("RuleSet.match() takes what is absent for null, and not for its opposite", () => {
  assert(holds({ "context.album": null }));
  assert(holds({ "context.album": { not: "home" } }));
  assert(!holds({ "context.album": { not: "home", exists: true } }));
  assert(!holds({ "context.toString": { exists: true } }));
  assert(holds({ similarity: { exists: false } }));
  assert(!holds({ similarity: { lt: 0.5 } }));
  assert(!holds({ path: { not: "dog" } }));
  assert(holds({ path: { not: "cat", is: "dog" } }));
});

Deno.test("RuleSet.match() keeps open and closed ends of ranges apart", () => {
  for (const at of [0, 0.1, 0.3, 1, -0.5]) {
    const facts: Partial<Facts> = { route: "memory", by: "look", similarity: at };
    assertEquals(
      ["lt", "lte", "gt", "gte"].map((test) => holds({ similarity: { [test]: at } }, facts)),
      [false, true, false, true],
      String(at),
    );
  }
  assertEquals(
    ["lt", "lte", "gt", "gte"].map((test) => holds({ width: { [test]: 640 } })),
    [false, true, false, true],
  );
});

Deno.test("RuleInput composes labels and fills in what was left out", () => {
  assertEquals(
    RuleInput.parse({ when: { label: " e\u0301t\u00e9 " }, then: { label: " Rex " } }),
    {
      when: { label: "\u00e9t\u00e9" },
      then: { label: "Rex" },
      priority: 0,
      enabled: true,
      note: "",
    },
  );
});

Deno.test("RuleInput says what is wrong with a rule, and what would be right", () => {
  const review = { review: true } as const;
  const when = { kind: "thing" };
  const refused: [input: unknown, path: string, why: string][] = [
    [{ when: { colour: "red" }, then: review }, "when.colour", "the fields are kind, label, route"],
    [{ when: { "context.": "red" }, then: review }, "when.context.", "context.<name>"],
    [{ when: {}, then: review }, "when", "1 to 20 conditions"],
    [
      {
        when: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`context.${i}`, i])),
        then: review,
      },
      "when",
      "it has 21",
    ],
    [{ when: { label: { lt: 3 } }, then: review }, "when.label", "is, not, in, starts, exists"],
    [{ when: { confidence: 1.5 }, then: review }, "when.confidence", "a number from 0 to 1"],
    [{ when: { confidence: { lt: "0.5" } }, then: review }, "when.confidence", 'it is "0.5"'],
    [{ when: { confidence: NaN }, then: review }, "when.confidence", "number"],
    [{ when: { similarity: -2 }, then: review }, "when.similarity", "-1 to 1 or null"],
    [{ when: { width: { gt: 0 } }, then: review }, "when.width", "at least 1"],
    [
      { when: { certainty: "sure" }, then: review },
      "when.certainty",
      '"is", "perhaps" or "unknown"',
    ],
    [
      { when: { kind: { in: ["thing", "dog"] } }, then: review },
      "when.kind",
      '"person" or "thing"',
    ],
    [{ when: { novel: "yes" }, then: review }, "when.novel", "true or false"],
    [{ when: { path: null }, then: review }, "when.path", "text of 1 to 200"],
    [{ when: { path: "a\nb" }, then: review }, "when.path", "control"],
    [{ when: { label: { is: "a", contains: "b" } }, then: review }, "when.label", '"contains"'],
    [{ when: { label: { in: [] } }, then: review }, "when.label.in", "1 items"],
    [{ when: { label: {} }, then: review }, "when.label", "has no test"],
    [{ when: { label: ["a"] }, then: review }, "when.label", "should be text"],
    [{ when: { "context.a": { gt: 1, lt: "b" } }, then: review }, "when.context.a", "one of each"],
    [{ when, then: {} }, "then", "should be one of"],
    [{ when, then: { label: "a", not: "b" } }, "then", "should be one of"],
    [{ when, then: { review: false } }, "then.review", "should be true"],
    [{ when, then: { label: "\u200b" } }, "then.label", "visible"],
    [{ when, then: { lable: "a" } }, "then", "lable"],
    [{ when, then: review, priority: 1001 }, "priority", "1000"],
    [{ when, then: review, priority: 0.5 }, "priority", "int"],
    [{ when, then: review, note: "x".repeat(501) }, "note", "500"],
    [{ when, then: review, colour: 1 }, "", "colour"],
  ];
  for (const [input, path, why] of refused) {
    const parsed = RuleInput.safeParse(input);
    const told = JSON.stringify(input);
    assertEquals(parsed.success, false, told);
    const issues = parsed.error!.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    assert(
      issues.some((issue) => issue.startsWith(`${path}: `) && issue.includes(why)),
      `${told} should be refused at ${path} with ${why}: ${issues.join("; ")}`,
    );
  }
});

Deno.test("readRule() reads as a sentence", () => {
  const sentences: [Conditions, Consequence, string][] = [
    [
      { path: "dog", "context.album": "home", confidence: { lt: 0.9 } },
      { label: "Rex" },
      'when the path has "dog" and album is "home" and confidence is below 0.9: it is "Rex"',
    ],
    [
      { label: { in: ["Pembroke", "Cardigan", "corgi"] }, path: { not: "cat" } },
      { not: "Pembroke" },
      'when label is "Pembroke", "Cardigan" or "corgi" and the path does not have "cat": ' +
      'it is not "Pembroke"',
    ],
    [
      { kind: "person", route: { not: "memory" }, novel: true, by: { in: ["look", "face"] } },
      { review: true },
      "when it is a person and route is not memory and it is novel and " +
      "it is recognised by look or face: a person looks at it",
    ],
    [
      {
        "context.date": { gte: "2024", lt: "2025" },
        "context.label": { starts: "IMG" },
        similarity: { exists: true },
        width: { gte: 100, lte: 200 },
      },
      { review: true },
      'when date is "2024" or after and date is before "2025" and context.label begins with "IMG" ' +
      "and similarity is known and width is at least 100 and width is at most 200: " +
      "a person looks at it",
    ],
    [
      { label: null, "context.flash": false, by: { exists: false }, novel: { not: true } },
      { review: true },
      "when label is not known and flash is false and what it is recognised by is not known and " +
      "it is not novel: a person looks at it",
    ],
  ];
  for (const [when, then, sentence] of sentences) assertEquals(readRule({ when, then }), sentence);
});

const dog = { path: "dog" };

function ruled(rules: readonly Rule[], given: Partial<Facts> = {}) {
  const facts = factsWith(given);
  const ruling = applyRules(compileRules(rules), facts);
  const { label, route, certainty, rule, review } = outcomeOf(ruling, facts);
  return {
    answer: [label, route, certainty],
    by: rule && Number(rule.id),
    review,
    hits: ruling.hits.map(({ id }) => Number(id)),
  };
}

Deno.test("applyRules() takes the first label that is not forbidden before it", () => {
  const rules = [
    rule(1, dog, { not: "rex" }, { priority: 3 }),
    rule(2, dog, { label: "Rex" }, { priority: 2 }),
    rule(3, dog, { label: "Max" }, { priority: 1 }),
    rule(4, dog, { label: "Ben" }),
    rule(5, dog, { not: "Pembroke" }),
    rule(6, dog, { review: true }, { priority: -9 }),
  ];
  assertEquals(ruled(rules), { answer: ["Max", "rule", "is"], by: 3, review: true, hits: [3, 6] });
});

Deno.test("applyRules() counts what forbids as a hit where it was said", () => {
  const set = compileRules([rule(1, dog, { not: "cat" }), rule(2, dog, { not: "DOG" })]);
  const { not, hits } = applyRules(set, factsWith());
  assertEquals(not.map(({ label }) => label), ["cat", "DOG"]);
  assertEquals(hits.map(({ id }) => Number(id)), [2]);
});

Deno.test("applyRules() leaves what memory is sure of as it was taught", () => {
  const rules = [
    rule(1, dog, { not: "Pembroke" }),
    rule(2, dog, { label: "Rex" }),
    rule(3, dog, { review: true }),
  ];
  const taught = { route: "memory", certainty: "is", by: "look", similarity: 0.9 } as const;
  assertEquals(ruled(rules, taught), {
    answer: ["Pembroke", "memory", "is"],
    by: null,
    review: true,
    hits: [3],
  });
  assertEquals(ruled(rules, { ...taught, certainty: "perhaps" }).answer, ["Rex", "rule", "is"]);
});

Deno.test("outcomeOf() stops above the first forbidden word", () => {
  const not = (label: string) => [rule(1, { kind: "thing" }, { not: label })];
  assertEquals(ruled(not("Pembroke")).answer, ["dog", "network", "perhaps"]);
  assertEquals(ruled(not("dog")), {
    answer: ["animal", "network", "perhaps"],
    by: 1,
    review: false,
    hits: [1],
  });
  assertEquals(ruled(not("Pembroke"), { certainty: "is" }).answer, ["dog", "network", "is"]);
  assertEquals(ruled(not("animal"), { certainty: "is" }).answer, [null, "none", "unknown"]);
  assertEquals(ruled(not("Pembroke"), { path: [] }).answer, [null, "none", "unknown"]);
  assertEquals(ruled(not("cat")), {
    answer: ["Pembroke", "network", "perhaps"],
    by: null,
    review: false,
    hits: [],
  });
});

Deno.test("outcomeOf() falls back from a doubtful memory to the path's last word left", () => {
  const perhaps = { label: "Rex", route: "memory", by: "look", similarity: 0.7 } as const;
  const not = (...labels: string[]) =>
    labels.map((label, i) => rule(i, { kind: "thing" }, { not: label }));
  assertEquals(ruled(not("Rex"), perhaps).answer, ["Pembroke", "network", "perhaps"]);
  assertEquals(ruled(not("Rex", "Pembroke"), perhaps).answer, ["dog", "network", "perhaps"]);
});

function problemsOf(...rules: Rule[]): string[] {
  return [...checkRules(rules)].flatMap(([id, problems]) =>
    problems.map((problem) =>
      `${Number(id)} ${problem.kind}${problem.with === null ? "" : ` ${Number(problem.with)}`}`
    )
  ).sort();
}

Deno.test("checkRules() finds rules of the same priority that say otherwise", () => {
  const home = { ...dog, "context.album": "home" };
  const small = { ...dog, width: { lt: 500 } };
  assertEquals(problemsOf(rule(1, home, { label: "Rex" }), rule(2, small, { label: "Max" })), [
    "1 conflict 2",
    "2 conflict 1",
  ]);
  assertEquals(problemsOf(rule(1, home, { label: "Rex" }), rule(2, small, { not: "rex" })), [
    "1 conflict 2",
    "2 conflict 1",
  ]);
  const fine: [Rule, Rule][] = [
    [rule(1, home, { label: "Rex" }), rule(2, small, { label: "rex" })],
    [rule(1, home, { label: "Rex" }), rule(2, small, { not: "Max" })],
    [rule(1, home, { label: "Rex" }), rule(2, small, { review: true })],
    [rule(1, home, { label: "Rex" }), rule(2, small, { label: "Max" }, { priority: 1 })],
    [rule(1, home, { label: "Rex" }), rule(2, small, { label: "Max" }, { enabled: false })],
    [
      rule(1, home, { label: "Rex" }),
      rule(2, { ...small, "context.album": "work" }, { label: "Max" }),
    ],
    [
      rule(1, { ...home, width: { gte: 500 } }, { label: "Rex" }),
      rule(2, small, { label: "Max" }),
    ],
    [
      rule(1, { ...home, similarity: { gt: 0 } }, { label: "Rex" }),
      rule(2, { ...small, route: "network" }, { label: "Max" }),
    ],
  ];
  for (const pair of fine) assertEquals(problemsOf(...pair), [], pair.map(readRule).join("; "));
});

Deno.test("checkRules() compares rules by any value that they share, or when one lists none", () => {
  const a = { "context.album": "home", "context.place": "a", width: { lt: 9 } };
  const b = { "context.album": "home", "context.camera": "b" };
  const both = ["1 conflict 2", "2 conflict 1"];
  assertEquals(problemsOf(rule(1, a, { label: "x" }), rule(2, b, { label: "y" })), both);
  const low = { confidence: { lt: 0.5 } };
  assertEquals(problemsOf(rule(1, a, { label: "x" }), rule(2, low, { label: "y" })), both);
});

Deno.test("checkRules() is told which words stand in one path", () => {
  const together = wordsTogether(parseHierarchy({
    format: 1,
    sources: [],
    kinds: [{ name: "animal", parents: [] }, { name: "dog", parents: ["animal"] }],
    leaves: [
      { id: "n1", name: "pug", parents: ["dog"] },
      { id: "n2", name: "chow", parents: ["dog"] },
      { id: "n3", name: "cat", parents: ["animal"] },
    ],
  }));
  const conflicts = (a: string, b: string) => {
    const album = { "context.album": "home" };
    const rules = [
      rule(1, { path: a, ...album }, { label: "x" }),
      rule(2, { path: b, ...album }, { label: "y" }),
    ];
    return [checkRules(rules).size, checkRules(rules, { together }).size];
  };
  assertEquals(conflicts("Dog", "cat"), [2, 0]);
  assertEquals(conflicts("animal", "pug"), [2, 2]);
  assertEquals(conflicts("cat", "robot"), [2, 2]);
});

Deno.test("checkRules() finds rules whose conditions cannot all hold", () => {
  const dead: Conditions[] = [
    { label: { is: "a", not: "A" } },
    { confidence: { lt: 0.3, gt: 0.4 } },
    { confidence: { gt: 1 } },
    { certainty: { in: ["is"], not: "is" } },
    { "context.date": { lt: "2023", starts: "2024" } },
    { "context.a": { exists: false, gt: 3 } },
    { path: { in: ["a", "b"], starts: "c" } },
    { path: { is: "a", not: "a" } },
    { route: "network", similarity: { gt: 0.5 } },
    { route: "none", label: "a" },
    { route: "rule" },
    { label: null, by: "face" },
  ];
  for (const when of dead) {
    assertEquals(problemsOf(rule(1, when, { review: true })), ["1 dead"], JSON.stringify(when));
  }
  const taught = { route: "memory", certainty: "is" };
  assertEquals(problemsOf(rule(1, taught, { label: "a" })), ["1 dead"]);
  assertEquals(problemsOf(rule(1, taught, { review: true })), []);
  // It keeps rules after it from saying so.
  assertEquals(problemsOf(rule(1, { label: null }, { not: "a" })), []);
  assertEquals(problemsOf(rule(1, { confidence: { gt: 1 } }, { label: "a" }, { enabled: false })), [
    "1 dead",
  ]);
});

Deno.test("checkRules() finds rules that one before them leaves nothing to say", () => {
  const narrow = { path: "dog", confidence: { lt: 0.5 }, "context.album": "home" };
  const wide = { path: { in: ["cat", "dog"] }, confidence: { lte: 0.6 } };
  const over = { priority: 1 };
  const shadowed: [Consequence, Consequence, boolean][] = [
    [{ label: "Rex" }, { label: "Max" }, true],
    [{ label: "Rex" }, { not: "Max" }, true],
    [{ label: "Rex" }, { review: true }, false],
    [{ not: "Rex" }, { label: "rex" }, true],
    [{ not: "Rex" }, { label: "Max" }, false],
    [{ not: "Rex" }, { not: "Rex" }, true],
    [{ review: true }, { review: true }, true],
    [{ review: true }, { label: "Rex" }, false],
  ];
  for (const [above, below, dead] of shadowed) {
    const rules = [rule(2, wide, above, over), rule(1, narrow, below)];
    assertEquals(problemsOf(...rules), dead ? ["1 dead 2"] : [], rules.map(readRule).join("; "));
  }
  const rex = rule(2, wide, { label: "Rex" }, over);
  assertEquals(problemsOf(rex, rule(1, { ...narrow, path: "horse" }, { label: "Max" })), []);
  assertEquals(problemsOf(rex, rule(1, { path: "dog" }, { label: "Max" })), []);
  // Where Rex may be forbidden, the second has its say.
  const not = rule(3, { path: "dog", novel: true }, { not: "Rex" }, { priority: 2 });
  assertEquals(problemsOf(not, rex, rule(1, narrow, { label: "Max" })), []);
  const elsewhere = rule(3, { "context.album": "work" }, { not: "Rex" }, { priority: 2 });
  assertEquals(problemsOf(elsewhere, rex, rule(1, narrow, { label: "Max" })), ["1 dead 2"]);
});

Deno.test("checkRules() tells in a sentence what is wrong", () => {
  const [problem] = checkRules([
    rule(1, dog, { label: "Rex" }),
    rule(2, { ...dog, novel: true }, { label: "Max" }),
  ]).get("000002")!;
  assertEquals(problem, {
    kind: "dead",
    with: "000001",
    says: 'Rule 000001 is asked before it, holds wherever it does, and decides: it is "Rex".',
  });
  const [, conflict] = checkRules([
    rule(1, dog, { label: "Rex" }),
    rule(2, { ...dog, novel: true }, { label: "Max" }),
  ]).get("000002")!;
  assertStringIncludes(conflict!.says, 'says it is "Rex" where this one says it is "Max"');
});

Deno.test("checkRules() finds rules that are there twice", () => {
  assertEquals(
    problemsOf(
      rule(1, { path: "dog", certainty: { not: "is" } }, { label: "Rex" }),
      rule(2, { certainty: { in: ["unknown", "perhaps"] }, path: { is: "Dog" } }, { label: "REX" }),
      rule(3, { certainty: { in: ["unknown", "is"] }, path: { is: "Dog" } }, { label: "REX" }),
    ),
    ["2 duplicate 1"],
  );
});

Deno.test("checkRules() tells of a rule at most so many conflicts", () => {
  const rules = Array.from(
    { length: 40 },
    (_, i) => rule(i, { ...dog, "context.album": { starts: String(i) } }, { not: "Rex" }),
  );
  const [told] = [...checkRules([...rules, rule(99, { ...dog, width: 5 }, { label: "Rex" })])]
    .filter(([id]) => id === "000099");
  assertEquals(told![1].length, MOST_CONFLICTS);
});

Deno.test("checkRules() calls no rule dead or double that makes a difference", () => {
  const random = seeded(9);
  let found = 0;
  for (let round = 0; round < 150; round++) {
    const rules = Array.from({ length: 40 }, (_, number) => randomRule(number, random));
    const problems = checkRules(rules);
    const needed = rules.filter(({ id }) =>
      !problems.get(id)?.some(({ kind }) => kind === "dead" || kind === "duplicate")
    );
    found += rules.length - needed.length;
    const [all, few] = [compileRules(rules), compileRules(needed)];
    for (let i = 0; i < 60; i++) {
      const facts = randomFacts(random);
      assertEquals(
        outcomeOf(applyRules(few, facts), facts),
        outcomeOf(applyRules(all, facts), facts),
      );
    }
  }
  assert(found > 500, `expected many dead rules, found ${found}`);
});

Deno.test("checkRules() finds every conflict that random facts come upon", () => {
  const random = seeded(10);
  let found = 0;
  for (let round = 0; round < 4000; round++) {
    const shared = { "context.a": "home" };
    const [a, b] = [1, 2].map((number) => {
      const { when, then } = randomRule(number, random);
      return rule(number, { ...when, ...shared }, then);
    }) as [Rule, Rule];
    const gives = [a, b].map(({ then }) => "label" in then ? then.label.toLowerCase() : undefined);
    const forbids = [a, b].map(({ then }) => "not" in then ? then.not.toLowerCase() : undefined);
    const differ = gives[0] && gives[1]
      ? gives[0] !== gives[1]
      : (gives[0] && gives[0] === forbids[1]) || (gives[1] && gives[1] === forbids[0]);
    if (!differ) continue;
    const set = compileRules([a, b]);
    const meet = Array.from({ length: 30 }, () => {
      const facts = randomFacts(random);
      return { ...facts, context: { ...facts.context, a: "home" } };
    }).some((facts) =>
      set.match(facts).length === 2 && !(facts.route === "memory" && facts.certainty === "is")
    );
    if (!meet) continue;
    found++;
    const kinds = checkRules([a, b]).get(a.id)?.map(({ kind }) => kind) ?? [];
    const alone = [a, b].some(({ id }) =>
      checkRules([a, b]).get(id)?.some((problem) =>
        problem.kind === "dead" && problem.with === null
      )
    );
    assert(kinds.includes("conflict") || alone, `${readRule(a)}; ${readRule(b)}`);
  }
  assert(found > 200, `expected many conflicts, found ${found}`);
});

Deno.test("dryRun() tells which answers change, and which become right or wrong", () => {
  const before = [rule(1, dog, { not: "Pembroke" })];
  const after = [
    ...before,
    rule(2, { "context.album": "home" }, { label: "Rex" }, { priority: 1 }),
  ];
  const home = factsWith({ context: { album: "home" } });
  const run = dryRun(before, after, [
    { id: "a", facts: home, truth: "rex" },
    { id: "b", facts: home, truth: "Max" },
    { id: "c", facts: home, truth: null, wasRight: false },
    { id: "d", facts: home },
    { id: "e", facts: factsWith(), truth: "Rex" },
    { id: "f", facts: home, truth: "Pembroke", wasRight: true },
  ]);
  assertEquals(run.samples, 6);
  assertEquals(
    run.changes.map(({ id, rightBefore, rightAfter }) => [id, rightBefore, rightAfter]),
    [
      ["a", false, true],
      ["b", false, false],
      ["c", null, null],
      ["d", null, null],
      ["f", true, false],
    ],
  );
  assertEquals(
    run.changes[0]!.says,
    'perhaps "dog" (network, rule 000001) → is "Rex" (rule 000002)',
  );
  assertEquals([run.becomeRight, run.becomeWrong], [1, 1]);
  assertEquals([run.before, run.after], [{ right: 1, wrong: 3 }, { right: 1, wrong: 3 }]);
});

Deno.test("dryRun() takes a general answer for right where it is told that it is", () => {
  const sample = { id: "a", facts: factsWith(), truth: "Cardigan" };
  const after = [rule(1, dog, { not: "Pembroke" })];
  assertEquals(dryRun([], after, [sample]).becomeRight, 0);
  assertEquals(dryRun([], after, [sample], (label) => label === "dog").becomeRight, 1);
  const { changes } = dryRun(
    [],
    [rule(1, dog, { not: "animal" }), rule(2, dog, { review: true })],
    [
      sample,
    ],
  );
  assertEquals(
    changes[0]!.says,
    'perhaps "Pembroke" (network) → no answer (rule 000001), to review',
  );
  assertEquals([changes[0]!.rightBefore, changes[0]!.rightAfter], [false, null]);
});
