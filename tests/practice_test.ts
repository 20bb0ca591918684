/**
 * Rules, demotion and review of an answer, over the table in its process.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { ulid } from "ulid";
import type { Answer } from "../functions/core/answer_type.ts";
import type { Context } from "../functions/core/facts.ts";
import { createAnswerLog } from "../functions/core/practice/answer_log.ts";
import {
  createPractice,
  type PracticeAsk,
  type Seen,
} from "../functions/core/practice/practice.ts";
import { createRecords, SETTINGS } from "../functions/core/practice/records.ts";
import type { Judgement } from "../functions/core/quality/judgement.ts";
import { answerItem } from "../functions/core/review/answer_item.ts";
import { createReviewQueue } from "../functions/core/review/review_queue.ts";
import type { RuleText } from "../functions/core/rules/rule.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { example } from "./support/memory_contract.ts";
import { answer, facts, item, subject } from "./support/review.ts";
import { near, randomUnit, seeded } from "./support/vectors.ts";

const ANN = { by: "Ann" };

/** The practice over an empty table. */
async function withPractice(
  fn: (parts: {
    memory: ReturnType<typeof createInProcessTable>;
    queue: ReturnType<typeof createReviewQueue>;
    log: ReturnType<typeof createAnswerLog>;
    settle(
      answer: Answer,
      n: number,
      context?: Context,
      fields?: Partial<Seen> & { ask?: Partial<PracticeAsk> },
    ): Promise<Answer>;
    /** What failed beside the answers. */
    reports: string[];
    write(id: string, rule: Partial<RuleText>): Promise<string>;
    judge(right: boolean, fields?: Partial<Judgement>): Promise<void>;
  }) => Promise<void>,
  sampleRate = 0,
): Promise<void> {
  const memory = createInProcessTable();
  const now = () => new Date();
  const records = createRecords(memory, 0.92, { sampleRate });
  const queue = createReviewQueue({ memory, alike: { thing: 0.95, person: 0.85 }, now });
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  const log = createAnswerLog({ memory, now, report });
  const practice = createPractice({ memory, records, queue, log, floor: 0.92, report });
  let judged = 0;
  try {
    await fn({
      memory,
      reports,
      queue,
      log,
      async settle(answer, n, context = {}, fields = {}) {
        const seen = { subject: () => Promise.resolve(subject(n)) };
        const { ask = {}, ...others } = fields;
        return await practice.settle(answer, { ...seen, ...others }, {
          space: "home",
          era: await memory.era("home"),
          context,
          trusted: true,
          review: true,
          ...ask,
        });
      },
      async write(id, rule) {
        const at = now().toISOString();
        const value = {
          id,
          when: {},
          then: { review: true },
          priority: 0,
          enabled: true,
          note: "",
          createdAt: at,
          updatedAt: at,
          ...rule,
        };
        const { event } = await memory.decide("home", ANN, () =>
          Promise.resolve({
            type: "rule",
            what: "wrote a rule",
            documents: [{ collection: "rule", id, document: { value, about: [] } }],
          }));
        return event!.id;
      },
      async judge(right, fields = {}) {
        const id = ulid(1_800_000_000_000 + judged++);
        const value: Judgement = {
          id,
          at: now().toISOString(),
          by: "Ann",
          reason: "sample",
          facts: facts({ certainty: "is" }),
          rule: null,
          claimed: "is",
          right,
          truth: null,
          ...fields,
        };
        await memory.decide("home", ANN, () =>
          Promise.resolve({
            type: "review",
            what: "judged",
            documents: [{ collection: "judgement", id, document: { value, about: [] } }],
          }));
      },
    });
  } finally {
    await log.close();
    await memory.close();
  }
}

Deno.test("settle() leaves an answer that nobody decided about as it is", () =>
  withPractice(async ({ settle, queue }) => {
    const said = answer();
    assertEquals(await settle(said, 1), said);
    assertEquals(await queue.open("home"), []);
  }));

Deno.test("settle() queues what is not sure and says where it waits", () =>
  withPractice(async ({ settle, queue }) => {
    const said = await settle(answer({ certainty: "perhaps", confidence: 0.6 }), 1, { album: "x" });
    const [item] = await queue.open("home");
    assertEquals(said.review, { item: item!.id, reason: "unsure" });
    assertEquals(item!.answer.context, { album: "x" });
    assertEquals(item!.suggestions.map(({ label }) => label), ["dog", "Pembroke"]);
  }));

Deno.test("settle() queues an answer whatever its context, and teaches all its photos in one event", () =>
  withPractice(async ({ settle, queue, memory }) => {
    const context = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`field ${n}`, "ü".repeat(390)]),
    );
    const said = await settle(answer({ certainty: "perhaps" }), 1, context);
    const id = said.review!.item;
    assertEquals((await queue.get("home", id)).answer.context, {});
    // As large as an item becomes: five looks of 1280 numbers, and a thumbnail.
    const large = (n: number) => ({
      ...subject(n, { embedding: near(randomUnit(1280, seeded(1)), 0.05, seeded(n)) }),
      thumbnail: new Uint8Array(12_000),
    });
    let waiting: string | undefined;
    for (let n = 10; n < 16; n++) waiting = await queue.add("home", large(n), item());
    const { taught } = await answerItem(memory, "home", waiting!, { label: "Rex" }, {
      actor: ANN,
      models: { person: "face-1", thing: "look-1" },
      now: new Date(),
    });
    assertEquals(taught.length, 5);
  }));

Deno.test("settle() draws samples of sure answers, and none of exact ones", () =>
  withPractice(async ({ settle, memory }) => {
    assertEquals((await settle(answer(), 1)).review?.reason, "sample");
    const exact = answer({
      route: "memory",
      evidence: [{ memory: "1", label: "dog", by: "bytes", similarity: 1, threshold: 1 }],
    });
    assertEquals((await settle(exact, 2)).review, undefined);
    await memory.decide("home", ANN, () =>
      Promise.resolve({
        type: "setting",
        what: "set the sample rate",
        documents: [{ ...SETTINGS, document: { value: { sampleRate: 0 }, about: [] } }],
      }));
    assertEquals((await settle(answer(), 3)).review, undefined);
  }, 1));

Deno.test("settle() answers by a rule at once, and without it when it is taken back", () =>
  withPractice(async ({ settle, write, memory, log }) => {
    const event = await write("r1", {
      when: { path: "dog", "context.album": "home" },
      then: { label: "Rex" },
    });
    const said = await settle(answer(), 1, { album: "Home" });
    assertEquals([said.label, said.route, said.certainty], ["Rex", "rule", "is"]);
    assertEquals(said.rule?.id, "r1");
    assertEquals(said.alternatives[0]!.label, "dog");
    assertEquals(said.subjects[0]!.label, "Rex");
    assertEquals((await settle(answer(), 2, { album: "work" })).label, "dog");
    assertEquals((await log.hits("home")).get("r1")?.hits, 1);
    await memory.undo("home", event, ANN);
    assertEquals((await settle(answer(), 3, { album: "home" })).label, "dog");
  }));

Deno.test("settle() stops above what a rule forbids, and asks where a rule says so", () =>
  withPractice(async ({ settle, write }) => {
    await write("r1", { when: { kind: "thing" }, then: { not: "dog" } });
    const said = await settle(answer(), 1);
    assertEquals([said.label, said.route, said.path], ["animal", "network", ["animal"]]);
    await write("r2", { when: { "context.camera": "garden" }, then: { review: true } });
    assertEquals((await settle(answer(), 2, { camera: "garden" })).review?.reason, "rule");
  }));

Deno.test("settle() demotes what was judged wrong too often, and brings it back when it is right", () =>
  withPractice(async ({ settle, judge }) => {
    for (let n = 0; n < 20; n++) await judge(n % 3 > 0);
    const said = await settle(answer(), 1);
    assertEquals([said.certainty, said.review?.reason], ["perhaps", "demoted"]);
    assert(said.demoted!.includes("13 of 20"), said.demoted);
    // A memory's answers are another route's.
    const taught = answer({ route: "memory", label: "Rex" });
    assertEquals((await settle(taught, 2)).certainty, "is");
    for (let n = 0; n < 25; n++) await judge(true, { reason: "demoted" });
    assertEquals((await settle(answer(), 3)).certainty, "is");
  }));

Deno.test("settle() forgets a judgement that is taken back", () =>
  withPractice(async ({ settle, judge, memory }) => {
    for (let n = 0; n < 19; n++) await judge(true);
    for (let n = 0; n < 6; n++) await judge(false);
    assertEquals((await settle(answer(), 1)).certainty, "perhaps");
    for (const { id } of await memory.events("home", { limit: 6 })) {
      await memory.undo("home", id, ANN);
    }
    assertEquals((await settle(answer(), 2)).certainty, "is");
  }));

Deno.test("the log counts answers by the hour and tells the last ones", () =>
  withPractice(async ({ settle, log }) => {
    for (let n = 0; n < 90; n++) {
      await settle(answer(n % 3 ? {} : { certainty: "perhaps" }), n, { n });
    }
    const [tally] = await log.tallies("home");
    assertEquals([tally!.answers, tally!.covered], [90, 60]);
    const last = await log.last("home");
    assertEquals(last.length, 90);
    assertEquals(last[0]!.facts.context, { n: 89 });
  }));

Deno.test("settle() answers where the review fails, and says what failed", () =>
  withPractice(async ({ settle, queue, reports }) => {
    const unsure = answer({ certainty: "perhaps" });
    const subject = () => Promise.reject(new Error("no faces here"));
    assertEquals(await settle(unsure, 1, {}, { subject }), unsure);
    assertEquals(reports, ["an answer could not be reviewed: Error: no faces here"]);
    assertEquals((await queue.open("home")).length, 0);
  }));

Deno.test("settle() keeps nothing of what was forgotten while it answered", () =>
  withPractice(async ({ settle, memory, queue, log, reports }) => {
    await memory.teach("home", [example(1, { label: "Ann" })]);
    const held = Promise.withResolvers<void>();
    const settled = settle(answer({ label: "Ann", certainty: "perhaps" }), 2, {}, {
      async subject() {
        await memory.forget("home", { label: "Ann" });
        held.resolve();
        return subject(2);
      },
    });
    await held.promise;
    assertEquals((await settled).review, undefined);
    assertEquals(await queue.open("home"), []);
    assertEquals(await log.last("home"), []);
    assertEquals(await log.tallies("home"), []);
    assertEquals(reports, []);
    // What is answered from then on is kept again.
    assert((await settle(answer({ certainty: "perhaps" }), 3)).review);
    assertEquals((await log.tallies("home"))[0]!.answers, 1);
  }));

Deno.test("settle() tells those who may not know neither rules nor judgements, and keeps no context", () =>
  withPractice(async ({ settle, write, judge, log }) => {
    await write("A", { when: { path: "cat" }, then: { label: "Tom" }, note: "Tom is ours" });
    for (let n = 0; n < 13; n++) await judge(true);
    for (let n = 0; n < 7; n++) await judge(false);
    const ask = { trusted: false };
    const cat = answer({ label: "cat", path: ["animal", "cat"] });
    const ruled = await settle(cat, 1, { album: "ours" }, { ask });
    assertEquals([ruled.label, ruled.route, ruled.rule], ["Tom", "rule", undefined]);
    assertEquals(ruled.reason, "a rule that was written here");
    const demoted = await settle(answer(), 2, {}, { ask });
    assertEquals([demoted.certainty, demoted.demoted], ["perhaps", undefined]);
    assert((await settle(answer(), 2)).demoted);
    assertEquals((await log.last("home")).at(-1)!.facts.context, {});
  }));

Deno.test("the log stores tallies of many long labels, and hits whatever becomes of the answers", () =>
  withPractice(async ({ log, reports }) => {
    const context = { album: "й".repeat(480) };
    for (let n = 0; n < 500; n++) {
      const said = facts({ label: `Большая собака номер ${n} ${"я".repeat(60)}`, context });
      log.note("home", "", said, said, ["rule"]);
    }
    await log.flush();
    assertEquals(reports, []);
    const [tally] = await log.tallies("home");
    assertEquals(tally!.answers, 500);
    assertEquals((await log.hits("home")).get("rule")!.hits, 500);
    assertEquals((await log.last("home")).length, 500);
  }));

Deno.test("two logs of one space keep the answers of both", () =>
  withPractice(async ({ log, memory }) => {
    const other = createAnswerLog({ memory, now: () => new Date(), report: () => assert(false) });
    for (let n = 0; n < 30; n++) {
      for (const [one, by] of [[log, "a"], [other, "b"]] as const) {
        const said = facts({ context: { by, n } });
        one.note("home", await memory.era("home"), said, said, []);
      }
      if (n % 7 === 0) await Promise.all([log.flush(), other.flush()]);
    }
    await other.close();
    assertEquals((await log.last("home")).length, 60);
    assertEquals((await log.tallies("home"))[0]!.answers, 60);
  }));
