import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { RuleInput } from "../functions/core/rules/parse_rule.ts";
import { filesBelow } from "./support/data.ts";
import { relative } from "../training/paths.ts";
import { ApiError } from "../web/api_error.ts";
import { buildPage } from "../web/build.ts";
import { placeOf } from "../web/frame.tsx";
import { sayItem } from "../web/practice/item_words.ts";
import { idIn, sayDetail, sayPracticeProblem } from "../web/practice/practice_problem.ts";
import {
  DraftError,
  draftOf,
  jsonOf,
  NEW_DRAFT,
  NEW_ROW,
  OWN,
  readJson,
  ruleOf,
} from "../web/practice/rule_form.ts";
import { sayOutcome } from "../web/practice/rule_trial.tsx";

const ID = "01JD0000000000000000000000";

/** Rules that the form can show. */
const RULES = [
  {
    when: { path: "dog", "context.album": "home", confidence: { lt: 0.9 } },
    then: { label: "Rex" },
    priority: 10,
  },
  { when: { novel: true, similarity: { exists: false } }, then: { review: true } },
  {
    when: { route: { in: ["memory", "network"] }, novelty: { gte: 0.1, lt: 0.5 } },
    then: { not: "Pembroke" },
  },
  {
    when: { "context.year": { gt: 2020 }, "context.raw": false },
    then: { review: true },
    enabled: false,
  },
  { when: { label: { starts: "Great ".trim() } }, then: { not: "Dane" }, note: "Why not" },
];

Deno.test("ruleOf() gives back the rule that draftOf() has put into the form", () => {
  for (const input of RULES) {
    const rule = RuleInput.parse(input);
    const draft = draftOf(rule);
    assert(draft, `the form should show ${JSON.stringify(rule)}`);
    assertEquals(ruleOf(draft), rule);
    assertEquals(readJson(jsonOf(rule)), rule);
    assertEquals(RuleInput.parse(JSON.parse(jsonOf(rule))), rule);
  }
});

Deno.test("draftOf() says null as not known, and leaves to JSON what it cannot show", () => {
  const shown = draftOf(RuleInput.parse({ when: { label: null }, then: { review: true } }));
  assertEquals(shown?.rows, [{
    field: "label",
    name: "",
    test: "exists",
    value: "no",
    type: "text",
  }]);
  for (
    const when of [
      { label: { in: ["Rex", null] } },
      { "context.place": { in: ["Paris, Texas", "Rome"] } },
      { "context.year": { in: [2020, "2021"] } },
    ]
  ) {
    assertEquals(draftOf(RuleInput.parse({ when, then: { review: true } })), undefined);
  }
});

Deno.test("ruleOf() says what is missing", () => {
  const wrong = (changes: Partial<typeof NEW_DRAFT>) =>
    assertThrows(() => ruleOf({ ...NEW_DRAFT, ...changes }), DraftError).message;
  const dog = { ...NEW_ROW, value: "dog" };
  assertMatch(wrong({}), /Condition 1 has no value/);
  assertMatch(wrong({ rows: [dog] }), /Give the label/);
  assertMatch(wrong({ rows: [dog, { ...dog, value: "cat" }] }), /Condition 2 compares the same/);
  assertMatch(wrong({ rows: [{ ...dog, field: OWN }] }), /needs the name/);
  assertMatch(
    wrong({ rows: [{ ...dog, field: "confidence", value: "much" }] }),
    /should be a number/,
  );
  for (const priority of ["", "1.5", "1001"]) {
    assertMatch(wrong({ rows: [dog], label: "Rex", priority }), /priority/);
  }
});

Deno.test("readJson() refuses what is no rule at all", () => {
  for (const text of ["", "{", "[]", '{"when": {}}', '{"when": [], "then": {}}']) {
    assertThrows(() => readJson(text), DraftError);
  }
});

Deno.test("sayOutcome() tells what is answered, by whom, and who looks at it", () => {
  const outcome = {
    label: "dog",
    route: "network",
    certainty: "perhaps",
    rule: null,
    review: false,
  } as const;
  const nameOf = (id: string) => id === ID ? "when …" : undefined;
  assertEquals(sayOutcome(outcome, nameOf), "perhaps dog, from the network");
  assertEquals(
    sayOutcome({ ...outcome, certainty: "is", rule: "new", review: true }, nameOf),
    "dog, by this rule, for a person to look at",
  );
  assertEquals(
    sayOutcome({ ...outcome, label: null, route: "none", rule: ID }, nameOf),
    "no answer, by the rule “when …”",
  );
});

Deno.test("sayDetail() is a sentence without ids", () => {
  assertEquals(sayDetail(`item ${ID} was answered already`), "Item was answered already.");
  assertEquals(
    sayDetail(`event ${ID} (renamed 1 example) depends on ${ID}: take that back first`),
    "Event (renamed 1 example) depends on it: take that back first.",
  );
  assertMatch(sayDetail("held until 2020-01-02T10:00:00.000Z"), /^Held until .*2020.*\.$/);
});

Deno.test("idIn() finds the other event that a refusal names", () => {
  const other = ID.replace("J", "K");
  assertEquals(idIn(`event ${other} depends on ${ID}`, ID), other);
  assertEquals(idIn("no ids"), undefined);
});

Deno.test("sayPracticeProblem() leaves to the server what it alone can tell", () => {
  assertEquals(sayPracticeProblem(new ApiError(409, { detail: "others did" })), "Others did.");
  assertMatch(sayPracticeProblem(ApiError.offline()), /cannot reach the server/);
});

Deno.test("sayItem() speaks of an item as the first view speaks of an answer", () => {
  const answer = {
    label: "dog",
    route: "network",
    certainty: "perhaps",
    confidence: 0.7,
    path: ["animal", "dog"],
    novel: false,
    novelty: 0.1,
    similarity: null,
    by: null,
    kind: "thing",
    width: 1,
    height: 1,
    context: {},
  } as const;
  type Said = Parameters<typeof sayItem>[0];
  const said = (changes: Partial<Said["answer"]>, more: Partial<Said> = {}) => {
    const { headline, more: rest } = sayItem({
      answer: { ...answer, ...changes } as Said["answer"],
      kind: "thing",
      rule: null,
      suggestions: [{ label: "dog", confidence: 0.7 }, { label: "Corgi", confidence: 0.2 }],
      ...more,
    });
    return [headline.join(""), ...rest].join(" ");
  };
  assertEquals(said({}), "Probably a dog. It looks most like a Corgi (20 %).");
  assertEquals(
    said({ label: "Rex", route: "rule", certainty: "is" }, { rule: { id: ID, reads: "when …" } }),
    "Rex, by a rule. The rule: when ….",
  );
  assertEquals(
    said({ label: "person", path: ["person"], kind: "person" }, { kind: "person" }),
    "A person I do not know.",
  );
  assertEquals(
    said({ label: "Grandma", route: "memory", by: "face", kind: "person" }, { kind: "person" }),
    "Perhaps Grandma. The face is much like that, but not enough to be sure.",
  );
});

Deno.test("placeOf() leads to the first view where an address leads nowhere", () => {
  const ask = { view: "ask", part: "" };
  for (const hash of ["", "#", "#/", "#/nowhere", "#/toString", "#answer"]) {
    assertEquals(placeOf(hash), ask, hash);
  }
  assertEquals(placeOf("#/rules"), { view: "rules", part: "" });
  assertEquals(placeOf(`#/history/${ID}`), { view: "history", part: ID });
});

/** Most bytes of JavaScript, gzipped, that the first view takes, in all its files. */
const START_BUDGET = 60 * 1024;

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("buildPage() loads the views for practice only when they are opened", async () => {
  const folder = await Deno.makeTempDir({ prefix: "xolo-page-" });
  try {
    await buildPage(folder);
    const files = new Map(
      filesBelow(folder).map((path) => [relative(folder, path), Deno.readFileSync(path)]),
    );
    const html = new TextDecoder().decode(files.get("index.html"));
    const start = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]*\.js)"/g)].map((m) => m[1]!);
    let sum = 0;
    for (const file of start) {
      const script = files.get(file);
      assert(script, `the page asks for ${file}`);
      sum += await gzipped(script);
      assertEquals(
        /Nothing is waiting|Dry run|Coverage/.exec(new TextDecoder().decode(script)),
        null,
      );
    }
    assertLess(sum, START_BUDGET);
    for (const view of ["review", "rules", "quality", "history"]) {
      assertEquals([...files.keys()].filter((f) => f.includes(`${view}_view-`)).length, 1, view);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
