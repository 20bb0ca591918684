/**
 * What is proposed for a space, how it is told, and what is asked of the service to change it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { root } from "./support/data.ts";
import { startProcess } from "./support/process.ts";
import { withFolder } from "./support/temp_folder.ts";
import type { Facts } from "../functions/core/facts.ts";
import { ReplyError } from "../functions/core/patiently.ts";
import {
  COHESION,
  consolidate,
  type KnownMemory,
  type Proposal,
} from "../functions/core/quality/consolidate.ts";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import type { Rule, RuleText } from "../functions/core/rules/rule.ts";
import { exportLines } from "../functions/core/transfer.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import {
  applyProposals,
  formatProposals,
  readExport,
  readJudgements,
  readRules,
} from "../training/consolidate.ts";
import { example, hash } from "./support/memory_contract.ts";
import { facts as factsOf, judgement } from "./support/review.ts";
import { dot, near, randomUnit, seeded } from "./support/vectors.ts";

/** A memory that a number makes. */
function memory(n: number, fields: Partial<KnownMemory> = {}): KnownMemory {
  return { ...example(n), id: `M${n}`, label: `L${n}`, path: ["animal", "dog"], ...fields };
}

/** A judged answer of the network. */
function judged(
  label: string,
  truth: string | null,
  more: Partial<Judgement> = {},
  facts: Partial<Facts> = {},
): Judgement {
  return judgement({
    facts: factsOf({
      label,
      certainty: "is",
      confidence: 0.95,
      path: [label],
      novelty: 0,
      ...facts,
    }),
    right: truth === label,
    truth,
    ...more,
  });
}

function rule(id: string, when: RuleText["when"], fields: Partial<Rule> = {}): Rule {
  return {
    id,
    when,
    then: { label: "Rex" },
    priority: 0,
    enabled: true,
    note: "",
    createdAt: "",
    updatedAt: "",
    ...fields,
  };
}

const many = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

function propose(input: Partial<Parameters<typeof consolidate>[0]>, options = {}): Proposal[] {
  return consolidate({ memories: [], judgements: [], rules: [], ...input }, options);
}

Deno.test("consolidate() proposes to forget what the network names as it was taught", () => {
  const memories = [
    memory(1, { label: "Dog" }),
    memory(2, { label: "Dog", path: ["animal", "cat"] }),
    memory(3, { label: "cat", path: ["animal", "cat", "Siamese cat"] }),
    // Food is no dog, whatever it is called.
    memory(4, { label: "dog", path: ["food", "hot dog"] }),
    memory(5, { label: "dog", path: [] }),
    memory(6, { label: "animal" }),
    memory(7, { label: "dog", not: true }),
    memory(8, { label: "person", kind: "person", path: ["person"] }),
  ];
  const proposals = propose({ memories });
  assertEquals(proposals.map(({ kind, change }) => [kind, change]), [
    ["needless", { drop: ["M1"] }],
    ["needless", { drop: ["M3"] }],
  ]);
  assertEquals(
    proposals[0]!.says,
    'The network alone knows 1 memory of "Dog": forget it.',
  );
  assertStringIncludes(proposals[0]!.why, '"dog" of 1 of 2');

  const now = propose({
    memories,
    paths: new Map([["M1", ["animal"]], ["M2", ["animal", "dog"]]]),
  });
  assertEquals(now.map(({ change }) => change), [{ drop: ["M2"] }, { drop: ["M3"] }]);
});

Deno.test("consolidate() keeps memories of what the network was judged to say badly", () => {
  const memories = [memory(1, { label: "dog" })];
  const good = propose({ memories, judgements: many(30, () => judged("dog", "dog")) });
  assertStringIncludes(good[0]!.why, "right in 30 of 30, lower bound 0.95");
  const bad = many(10, (i) => judged("dog", i < 6 ? "dog" : "wolf"));
  assertEquals(propose({ memories, judgements: bad }), []);
});

Deno.test("consolidate() takes a label for a type when its looks differ like individuals", () => {
  const random = seeded(1);
  const centre = randomUnit(48, random);
  const of = (label: string, noise: number, count: number, more: Partial<KnownMemory> = {}) =>
    many(
      count,
      (i) =>
        memory(Math.floor(random() * 1e9) + i, {
          label,
          embedding: near(centre, noise, random),
          ...more,
        }),
    );
  const mean = (all: readonly KnownMemory[]) => {
    const pairs = all.flatMap((a, i) => all.slice(0, i).map((b) => dot(a.embedding, b.embedding)));
    return pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  };
  const loose = of("loose", 1, 6);
  const tight = of("tight", 0.4, 6);
  assert(mean(loose) < COHESION && mean(tight) > COHESION);
  const memories = [
    ...loose,
    ...tight,
    ...of("few", 1, 4),
    ...of("type", 1, 6, { scope: "type" }),
    ...of("face", 1, 6, { kind: "person" }),
    ...of("old", 1, 6, { model: "look-0" }),
  ];
  const proposals = propose({ memories }, { look: "look-1" });
  assertEquals(proposals.map(({ kind, change }) => [kind, change]), [
    ["type", { type: { label: "loose", ids: loose.map(({ id }) => id) } }],
  ]);
  assertStringIncludes(proposals[0]!.why, mean(loose).toFixed(2));
  assertEquals(propose({ memories }).length, 2, "any model's looks when none is named");
});

Deno.test("consolidate() proposes to delete rules that say the same", () => {
  const rules = [
    rule("R1", { label: "dog", route: "network" }),
    rule("R2", { route: { is: "network" }, label: "dog" }, { priority: 5 }),
    rule("R3", { route: "network", label: "dog" }, { enabled: false, priority: 9 }),
    rule("R4", { route: "network", label: "dog" }, { then: { review: true } }),
    rule("R5", { route: "network" }),
  ];
  const [first, ...others] = propose({ rules });
  assertEquals(others, []);
  assertEquals([first!.kind, first!.change], ["repeat", { dropRules: ["R1", "R3"] }]);
  assertStringIncludes(first!.says, "rule R2");
});

Deno.test("consolidate() never deletes both of two rules that make each other needless", () => {
  const rules = many(5, (i) => rule(`R${i}`, { path: `kind ${i}` }));
  const problem = (rule: string, by: string | null) => ({ rule, by, says: `${rule} by ${by}` });
  const proposals = propose({
    rules,
    problems: [
      problem("R1", "R2"),
      problem("R2", "R1"),
      problem("R3", null),
      problem("R4", "R9"),
      problem("R8", "R1"),
    ],
  });
  assertEquals(proposals.map(({ change, why }) => [change, why]), [
    [null, "R4 by R9"],
    [null, "R3 by null"],
    [{ dropRules: ["R2"] }, "R2 by R1"],
  ]);
});

Deno.test("consolidate() proposes a rule for what the network steadily takes for something else", () => {
  const wrong = (count: number, more = {}) => many(count, () => judged("wolf", "Rex", more));
  const written = { when: { route: "network", label: "wolf" }, then: { label: "Rex" } };
  const [proposal, ...others] = propose({ judgements: wrong(19) });
  assertEquals(others, []);
  assertEquals(proposal!.change, {
    rule: { ...written, priority: 0, enabled: true, note: "judged 19 of 19 times" },
  });
  assertEquals(propose({ judgements: wrong(18) }), [], "18 in a row do not reach the floor");
  assertEquals(propose({ judgements: wrong(4) }, { floor: 0.5 }), []);
  assertEquals(propose({ judgements: wrong(5) }, { floor: 0.5 }).length, 1);
  const mixed = [...wrong(19), ...many(3, () => judged("wolf", "wolf")), judged("wolf", null)];
  assertEquals(propose({ judgements: mixed }), []);
  // Many doubtful answers do not outvote the few sure ones.
  const doubtful = wrong(200, { claimed: "perhaps", reason: "unsure" });
  assertEquals(propose({ judgements: doubtful }).length, 1);
  assertEquals(propose({ judgements: [...doubtful, judged("wolf", "wolf")] }), []);
  const recalled = many(30, () => judged("wolf", "Rex", {}, { route: "memory" }));
  assertEquals(propose({ judgements: recalled }), []);
  assertEquals(propose({ judgements: wrong(19), rules: [rule("R1", written.when)] }), []);
});

Deno.test("consolidate() shows memories that contradict each other, and leaves them to a person", () => {
  const look = (n: number) => randomUnit(48, seeded(n));
  const random = seeded(5);
  const face = (index: number) => ({ index, box: { x: 0, y: 0, width: 9, height: 9 } });
  const memories = [
    memory(1, { label: "Rex" }),
    memory(2, { label: "Max", bytes: hash(1) }),
    memory(3, { label: "cup", embedding: look(3) }),
    memory(4, { label: "mug", embedding: near(look(3), 0.1, random) }),
    memory(5, { label: "bowl", embedding: near(look(3), 0.9, random) }),
    // What a picture is of, and what kind of thing that is, go together.
    memory(6, { label: "crockery", embedding: look(3), scope: "type" }),
    memory(7, { label: "Ann", kind: "person", bytes: hash(7), face: face(0) }),
    memory(8, { label: "Bea", kind: "person", bytes: hash(7), face: face(1) }),
    memory(9, { label: "Cid", kind: "person", bytes: hash(7), face: face(0) }),
    memory(10, { label: "dog", not: true, bytes: hash(11) }),
    memory(11, { label: "dog" }),
    memory(12, { label: "wolf", not: true, bytes: hash(11) }),
    memory(13, { label: "far", embedding: look(3), model: "look-0" }),
  ];
  const proposals = propose({ memories });
  assertEquals(proposals.map(({ kind, says, change }) => [kind, says, change]), [
    ["contradiction", 'One picture was taught as "Rex" and as "Max": forget what is wrong.', null],
    ["contradiction", 'One picture was taught as "cup" and as "mug": forget what is wrong.', null],
    ["contradiction", 'One picture was taught as "Ann" and as "Cid": forget what is wrong.', null],
    [
      "contradiction",
      'One picture was taught as not "dog" and as "dog": forget what is wrong.',
      null,
    ],
  ]);
  assertEquals(proposals[0]!.why, "M1 and M2 (the same file).");
  assertStringIncludes(proposals[1]!.why, "M3 and M4 (cosine 0.99");
  assertEquals(
    propose({ memories: memories.slice(10, 11) }).length,
    1,
    "undisputed it is needless",
  );

  const pairs = many(5, (i) => [
    memory(i, { label: "Rex" }),
    memory(100 + i, { label: "Max", bytes: hash(i) }),
  ]).flat();
  const [all] = propose({ memories: pairs });
  assertStringIncludes(all!.says, "5 pictures were");
  assertStringIncludes(all!.why, "; and 2 more.");
});

Deno.test("readExport() reads memories with their ids, and by the line without", async () => {
  const table = createInProcessTable();
  const taught = await table.teach("home", [
    example(1, { photo: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) }),
    example(2, { kind: "person", face: { index: 0, box: { x: 1, y: 2, width: 3, height: 4 } } }),
  ]);
  const text = (await Array.fromAsync(exportLines(table, "home", new Date()))).join("");
  await table.close();
  const read = readExport(text);
  assertEquals(read.map(({ id }) => id), taught.map(({ memory }) => memory.id));
  assertEquals(read.map(({ embedding }) => embedding), [1, 2].map((n) => example(n).embedding));
  assert(!("photo" in read[0]!));
  const unnamed = readExport(`\n${text.replaceAll(/"id":"[^"]*",/g, "").replace("\n", "\n\n")}`);
  assertEquals(unnamed.map(({ id }) => id), ["line 4", "line 5"]);
});

Deno.test("readJudgements() and readRules() read what the service gives, as lines or whole", () => {
  const all = many(3, (i) => judged("dog", "dog", { id: `J${i}` }));
  const page = { judgements: all, next: "J2" };
  for (
    const text of [
      all.map((one) => JSON.stringify(one)).join("\n"),
      all.toReversed().map((one) => JSON.stringify(one)).join("\n") + "\n",
      JSON.stringify(page),
      JSON.stringify(page, null, 2),
      JSON.stringify(all, null, 2),
    ]
  ) {
    assertEquals(readJudgements(text), all);
  }
  assertEquals(readJudgements(""), []);

  const says = "R1 says it already";
  const rules = [
    { ...rule("R1", { label: "dog" }), reads: "…", hits: 3, problems: [] },
    {
      ...rule("R2", { label: "cat" }),
      problems: ["unknown", { kind: "conflict", with: "R1", says }, {
        kind: "duplicate",
        with: "R1",
        says,
      }],
    },
  ];
  for (const text of [JSON.stringify({ rules }), JSON.stringify(rules)]) {
    const read = readRules(text);
    assertEquals(read.rules.map(({ id }) => id), ["R1", "R2"]);
    assertEquals(read.problems, [{ rule: "R2", by: "R1", says }]);
  }
});

Deno.test("formatProposals() writes Markdown in which labels are plain text", () => {
  const memories = [memory(1, { label: "*`<b>|", bytes: hash(2) }), memory(2, { label: "Max" })];
  const proposals = propose({
    memories,
    judgements: many(19, () => judged("a`b", "Rex")),
  });
  const told = { space: "my_home", memories: 2, judgements: 19, rules: 0 };
  const report = formatProposals(proposals, told);
  assertStringIncludes(report, "# Consolidation of my\\_home\n");
  assertStringIncludes(report, '"\\*\\`\\<b\\>\\|"');
  assertStringIncludes(
    report,
    '  `` {"when":{"route":"network","label":"a`b"},"then":{"label":"Rex"}} ``\n',
  );
  assert(report.indexOf("## Rules to write") < report.indexOf("## Memories that contradict"));
  assertStringIncludes(formatProposals([], told), "nothing to propose");
});

/** Takes down what is asked of it. */
function service(memories: Record<string, string>, refused: Record<string, number> = {}) {
  const calls: string[] = [];
  const send = (path: string, init: RequestInit = {}) => {
    const { pathname, searchParams } = new URL(path, "http://localhost");
    assertEquals(searchParams.get("space"), "my home");
    assertEquals(new Headers(init.headers).get("xolo-actor"), "consolidate");
    const call = `${init.method} ${pathname}${init.body ? ` ${init.body}` : ""}`;
    const label = memories[pathname.split("/").at(-1)!];
    const status = refused[call] ??
      (pathname.startsWith("/memories/") && label === undefined ? 404 : 200);
    if (init.method !== "GET") calls.push(call);
    return Promise.resolve(Response.json({ label, detail: `status ${status}` }, { status }));
  };
  return { calls, send };
}

Deno.test("applyProposals() changes what is agreed to, and leaves what changed meanwhile", async () => {
  const { calls, send } = service({ M1: "dog", M2: "dog", T1: "pug", M9: "renamed" }, {
    "DELETE /rules/R3": 404,
  });
  const written: RuleText = {
    when: { label: "wolf" },
    then: { label: "Rex" },
    priority: 0,
    enabled: true,
    note: "",
  };
  const of = (kind: Proposal["kind"], change: Proposal["change"]) => ({
    kind,
    says: "",
    why: "",
    change,
  });
  const proposals: Proposal[] = [
    of("needless", { drop: ["M1", "M9", "M7", "line 4"] }),
    of("needless", { drop: ["M2"] }),
    of("type", { type: { label: "pug", ids: ["T1"] } }),
    of("repeat", { dropRules: ["R2", "R3"] }),
    of("rule", { rule: written }),
    of("contradiction", null),
  ];
  const labels = new Map(
    Object.entries({ M1: "dog", M2: "dog", T1: "pug", M7: "dog", M9: "dog", "line 4": "dog" }),
  );
  const asked: string[] = [];
  const agree = (question: string) => asked.push(question) !== 4;
  const applied = await applyProposals(send, proposals, { space: "my home", labels, agree });
  assertEquals(calls, [
    "DELETE /memories/M1",
    "DELETE /memories/M2",
    'PATCH /memories/T1 {"scope":"type"}',
    "DELETE /rules/R2",
    "DELETE /rules/R3",
  ]);
  assertEquals(applied, {
    changed: 4,
    left: [
      'memory M9: it is "renamed" by now',
      "memory M7: status 404",
      "memory line 4: the export names no memories; export the space again",
      "rule R3: status 404",
    ],
  });
  assertEquals(asked.length, 4, "nobody is asked about what cannot be changed");
  assertStringIncludes(asked[0]!, "2 proposed. Apply?");

  const again = service({});
  const rules = await applyProposals(again.send, proposals.slice(4), {
    space: "my home",
    labels,
    agree: () => true,
  });
  assertEquals([rules.changed, again.calls], [1, [`POST /rules ${JSON.stringify(written)}`]]);
  const denying = service({ M2: "dog" }, { "DELETE /memories/M2": 401 });
  await assertRejects(
    () =>
      applyProposals(denying.send, proposals.slice(1), {
        space: "my home",
        labels,
        agree: () => true,
      }),
    ReplyError,
    "status 401",
  );
});

Deno.test("deno task consolidate proposes from a running service, and changes it only when asked to", () =>
  withFolder(async (folder) => {
    const service = await startProcess({ XOLO_DATA: folder });
    try {
      const call = async (method: string, path: string, body?: BodyInit, type?: string) => {
        const headers = type === undefined ? {} : { "content-type": type };
        const reply = await fetch(service.url + path, {
          method,
          headers,
          ...(body ? { body } : {}),
        });
        const json = await reply.json();
        assert(reply.ok, JSON.stringify(json));
        return json;
      };
      const photo = await Deno.readFile(new URL("../web/samples/coffee_cup.jpg", import.meta.url));
      const form = (fields: Record<string, string> = {}) => {
        const all = new FormData();
        all.set("image", new Blob([photo]), "cup.jpg");
        for (const [name, value] of Object.entries(fields)) all.set(name, value);
        return all;
      };
      const said = await call("POST", "/classify", form());
      // What the network says by itself need not be remembered.
      await call("POST", "/memories", form({ label: said.label }));
      const rule = JSON.stringify({ when: { path: "dog" }, then: { label: "Rex" } });
      await call("POST", "/rules", rule, "application/json");
      await call("POST", "/rules", rule, "application/json");
      const state = async () => [
        (await call("GET", "/memories")).memories.length,
        (await call("GET", "/rules")).rules.length,
      ];
      const consolidate = async (...args: string[]) => {
        const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["task", "consolidate", "--server", service.url, ...args],
          cwd: root,
        }).output();
        const text = new TextDecoder().decode(stdout);
        assert(success, text + new TextDecoder().decode(stderr));
        return text;
      };
      const report = await consolidate();
      assertStringIncludes(report, "1 memories, 0 judgements, 2 rules: 2 proposals");
      assertEquals(await state(), [1, 2]);
      await consolidate("--apply", "--yes");
      assertEquals(await state(), [0, 1]);
      const { events } = await call("GET", "/events");
      assertEquals(events[0].by, "consolidate");
    } finally {
      await service.end("SIGTERM");
    }
  }));
