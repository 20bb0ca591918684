/**
 * The queue of review: grouping, order, leases, expiry and answers, over the table in its process.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConflictError, NotFoundError } from "../functions/core/errors.ts";
import { answerItem, type Verdict } from "../functions/core/review/answer_item.ts";
import { MOST_ITEMS, MOST_SIGHTS } from "../functions/core/review/item.ts";
import { createReviewQueue } from "../functions/core/review/review_queue.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { openKvTable } from "../functions/memory/kv.ts";
import { example } from "./support/memory_contract.ts";
import { facts, item, subject } from "./support/review.ts";
import { near, randomUnit, seeded } from "./support/vectors.ts";

const ALIKE = { thing: 0.95, person: 0.85 };
const MODELS = { person: "face-1", thing: "look-1" };

/** A table with a queue over it, and a clock. */
async function withQueue(
  fn: (parts: {
    queue: ReturnType<typeof createReviewQueue>;
    memory: ReturnType<typeof createInProcessTable>;
    clock: { now: number };
    answer(id: string, verdict: Verdict, lease?: string): ReturnType<typeof answerItem>;
  }) => Promise<void>,
): Promise<void> {
  const clock = { now: Date.parse("2026-05-01T12:00:00Z") };
  const memory = createInProcessTable({ now: () => clock.now });
  const queue = createReviewQueue({
    memory,
    alike: ALIKE,
    now: () => new Date(clock.now),
  });
  try {
    await fn({
      queue,
      memory,
      clock,
      answer(id, verdict, lease) {
        clock.now += 1000;
        return answerItem(memory, "home", id, verdict, {
          actor: { by: "Ann" },
          lease,
          models: MODELS,
          now: new Date(clock.now),
        });
      },
    });
  } finally {
    await memory.close();
  }
}

Deno.test("add() makes one item of photos that are nearly the same", () =>
  withQueue(async ({ queue, answer, memory }) => {
    const first = subject(1);
    const id = await queue.add("home", first, item());
    const random = seeded(9);
    for (let n = 0; n < MOST_SIGHTS + 2; n++) {
      const embedding = near(first.sight.embedding, 0.1, random);
      const again = subject(100 + n, { embedding });
      assertEquals(await queue.add("home", again, item()), id);
    }
    // The very same file is no further photo.
    assertEquals(await queue.add("home", first, item()), id);
    const other = await queue.add("home", subject(2), item());
    assert(other !== id);
    const [most, least] = await queue.open("home");
    assertEquals([most!.id, most!.seen, least!.seen], [id, MOST_SIGHTS + 3, 1]);
    // Answered once, taught as many as are kept.
    const { outcome, taught, right } = await answer(id!, { label: "Rex" });
    assertEquals([outcome, taught.length, right], ["taught", MOST_SIGHTS, false]);
    assertEquals((await memory.space("home"))!.memories, MOST_SIGHTS);
    assertEquals((await queue.open("home")).map((one) => one.id), [other]);
  }));

Deno.test("open() puts first what would teach most: uncertainty × photos like it", () =>
  withQueue(async ({ queue }) => {
    const add = (n: number, confidence: number, fields = {}) =>
      queue.add("home", subject(n), item({ answer: facts({ confidence }), ...fields }));
    const sure = await add(1, 0.9);
    const unsure = await add(2, 0.2);
    const sample = await add(3, 0.99, { reason: "sample" });
    for (let n = 0; n < 12; n++) {
      await queue.add(
        "home",
        subject(50 + n, { embedding: subject(1).sight.embedding }),
        item(),
      );
    }
    assertEquals((await queue.open("home")).map(({ id }) => id), [sure, unsure, sample]);
  }));

Deno.test("add() keeps what would teach most of more than a thousand", () =>
  withQueue(async ({ queue }) => {
    const ids: (string | undefined)[] = [];
    for (let n = 0; n < MOST_ITEMS; n++) {
      const confidence = n === 500 ? 0.95 : 0.5;
      ids.push(await queue.add("home", subject(n), item({ answer: facts({ confidence }) })));
    }
    const dull = await queue.add(
      "home",
      subject(5000),
      item({ answer: facts({ confidence: 0.99 }) }),
    );
    assertEquals(dull, undefined);
    const keen = await queue.add(
      "home",
      subject(5001),
      item({ answer: facts({ confidence: 0.1 }) }),
    );
    const open = await queue.open("home");
    assertEquals(open.length, MOST_ITEMS);
    assertEquals(open[0]!.id, keen);
    assert(!open.some(({ id }) => id === ids[500]));
  }));

Deno.test("lease() hands every item to one reviewer alone, until it is over", () =>
  withQueue(async ({ queue, clock, answer }) => {
    for (let n = 0; n < 5; n++) await queue.add("home", subject(n), item());
    const [one, two] = await Promise.all([
      queue.lease("home", { limit: 3, minutes: 10 }),
      queue.lease("home", { limit: 3, minutes: 10 }),
    ]);
    const ids = [...one.items, ...two.items].map(({ id }) => id);
    assertEquals([ids.length, new Set(ids).size], [5, 5]);
    const [taken] = one.items;
    for (const lease of [two.lease.id, undefined]) {
      const error = await assertRejects(
        () => answer(taken!.id, { label: "Rex" }, lease),
        ConflictError,
      );
      assert(error.message.includes(one.lease.until), error.message);
    }
    await assertRejects(() => queue.skip("home", taken!.id, two.lease.id), ConflictError);
    await answer(taken!.id, { label: "Rex" }, one.lease.id);
    clock.now += 10 * 60_000;
    assertEquals((await queue.lease("home", { limit: 9, minutes: 1 })).items.length, 4);
  }));

Deno.test("answerItem() answers once; who comes second is told by whom and what", () =>
  withQueue(async ({ queue, answer }) => {
    const id = (await queue.add("home", subject(1), item()))!;
    await answer(id, { label: "Rex" });
    const error = await assertRejects(() => answer(id, { not: true }), ConflictError);
    assert(error.message.includes("Ann") && error.message.includes("Rex"), error.message);
    await assertRejects(() => queue.get("home", id), ConflictError);
    await assertRejects(() => answer("01J00000000000000000000000", { not: true }), NotFoundError);
  }));

Deno.test("answerItem() judges, and teaches only what there is to remember", () =>
  withQueue(async ({ queue, answer, memory }) => {
    const judged = async () =>
      (await memory.documents("home", "judgement", { limit: 10, newest: true }))[0]?.value as {
        right: boolean;
        truth: string | null;
      };
    const confirmed = (await queue.add("home", subject(1), item()))!;
    assertEquals((await answer(confirmed, { label: "Dog" })).outcome, "judged");
    assertEquals([(await judged()).right, (await judged()).truth], [true, "Dog"]);

    const wrong = (await queue.add("home", subject(2), item()))!;
    assertEquals((await answer(wrong, { not: true })).outcome, "judged");
    assertEquals([(await judged()).right, (await judged()).truth], [false, null]);

    const nothing = (await queue.add("home", subject(3), item()))!;
    assertEquals((await answer(nothing, { subject: false })).outcome, "dropped");
    assertEquals((await memory.documents("home", "judgement", { limit: 10 })).length, 2);

    const answerOfMemory = facts({ route: "memory", label: "Max", by: "look", similarity: 0.8 });
    const other = (await queue.add("home", subject(4), item({ answer: answerOfMemory })))!;
    const { taught } = await answer(other, { not: true });
    assertEquals(taught.map(({ memory }) => [memory.label, memory.not]), [["Max", true]]);

    const type = (await queue.add("home", subject(5), item()))!;
    const { taught: [kind] } = await answer(type, { label: "Shiba Inu", scope: "type" });
    assertEquals(kind!.memory.scope, "type");
  }));

Deno.test("undo() of an answer takes back the memory, the judgement and the answer itself", () =>
  withQueue(async ({ queue, answer, memory }) => {
    const id = (await queue.add("home", subject(1), item()))!;
    const before = await queue.get("home", id);
    const { event } = await answer(id, { label: "Rex" });
    await memory.undo("home", event!.id, { by: "Ann" });
    assertEquals((await memory.space("home"))!.memories, 0);
    assertEquals(await memory.documents("home", "judgement", { limit: 10 }), []);
    assertEquals(await queue.get("home", id), before);
    assertEquals((await answer(id, { label: "Max" })).outcome, "taught");
  }));

Deno.test("skip() puts an item back, later and for others", () =>
  withQueue(async ({ queue }) => {
    const first =
      (await queue.add("home", subject(1), item({ answer: facts({ confidence: 0.3 }) })))!;
    const second = (await queue.add("home", subject(2), item()))!;
    const { lease } = await queue.lease("home", { limit: 1, minutes: 10 });
    await queue.skip("home", first, lease.id);
    assertEquals((await queue.open("home")).map(({ id }) => id), [second, first]);
    assertEquals((await queue.lease("home", { limit: 9, minutes: 1 })).items.length, 2);
  }));

Deno.test("an item waits a week", () =>
  withQueue(async ({ queue, clock, answer }) => {
    const id = (await queue.add("home", subject(1), item()))!;
    clock.now += 7 * 24 * 3600 * 1000;
    assertEquals(await queue.open("home"), []);
    await assertRejects(() => answer(id, { label: "Rex" }), NotFoundError);
  }));

Deno.test("forgetting drops the items that speak of it", () =>
  withQueue(async ({ queue, answer, memory }) => {
    const id = (await queue.add("home", subject(1), item()))!;
    await queue.add("home", subject(2), item({ suggestions: [{ label: "Rex", confidence: 0.4 }] }));
    await answer(id, { label: "Rex" });
    await memory.forget("home", { label: "Rex" });
    assertEquals(await queue.open("home"), []);
    assertEquals(await memory.documents("home", "judgement", { limit: 10 }), []);
    const events = await memory.events("home", { limit: 10 });
    assertEquals(events.map(({ type, count }) => [type, count]), [["forget", 1]]);
  }));

Deno.test("forget() of a memory that an answer taught leaves nothing of the answer", () =>
  withQueue(async ({ queue, answer, memory }) => {
    const suggestions = [{ label: "dog", confidence: 0.6 }, { label: "Max", confidence: 0.2 }];
    const id = (await queue.add("home", subject(1), item({ suggestions })))!;
    const other = (await queue.add("home", subject(2), item({ suggestions })))!;
    await answer(other, { not: true });
    const { taught } = await answer(id, { label: "Grandma" });
    // What was only suggested is not what was said.
    await memory.teach("home", [example(9, { label: "Max" })]);
    await memory.forget("home", { label: "Max" });
    assertEquals((await memory.documents("home", "judgement", { limit: 9 })).length, 2);
    await memory.forget("home", { id: taught[0]!.memory.id });
    const told = [
      await memory.events("home", { limit: 9 }),
      await memory.documents("home", "judgement", { limit: 9 }),
      await memory.documents("home", "answered", { limit: 9 }),
    ];
    assert(!JSON.stringify(told).includes("Grandma"), JSON.stringify(told));
    assertEquals(told[1]!.length, 1);
  }));

Deno.test("forget() drops what waits because of a rule that names the label", () =>
  withQueue(async ({ queue, memory }) => {
    await memory.teach("home", [example(1, { label: "Grandma" })]);
    const says = "a rule asks for it: look at what may be Grandma";
    await queue.add("home", subject(2), item({ says, mentions: ["Grandma"] }));
    await memory.forget("home", { label: "Grandma" });
    assertEquals(await queue.open("home"), []);
  }));

Deno.test("add() has a sample join only samples of the same answer", () =>
  withQueue(async ({ queue }) => {
    const sure = facts({ certainty: "is", confidence: 0.99 });
    const sample = item({ reason: "sample", claimed: "is", answer: sure });
    const unsure = await queue.add("home", subject(1), item());
    const drawn = await queue.add("home", subject(1), sample);
    assert(drawn !== unsure);
    assertEquals(await queue.add("home", subject(1), sample), drawn);
    assertEquals(await queue.add("home", subject(1), item()), unsure);
    const other = item({ ...sample, answer: { ...sure, label: "cat" } });
    assert(![unsure, drawn].includes(await queue.add("home", subject(1), other)));
  }));

Deno.test("skip() still counts when another photo comes to an item", () =>
  withQueue(async ({ queue }) => {
    const id = (await queue.add("home", subject(1), item()))!;
    const { priority } = await queue.get("home", id);
    await queue.skip("home", id);
    await queue.add("home", subject(1, { bytes: example(5).bytes }), item());
    assertEquals((await queue.get("home", id)).priority, priority * 2 / 4);
  }));

Deno.test("lease() hands out as many full items as are asked for", async () => {
  const memory = await openKvTable(":memory:");
  try {
    const queue = createReviewQueue({ memory, alike: ALIKE, now: () => new Date() });
    for (let n = 0; n < 20; n++) {
      const embedding = randomUnit(1280, seeded(n));
      const thumbnail = new Uint8Array(10_000);
      for (let photo = 0; photo < MOST_SIGHTS; photo++) {
        const { bytes } = example(100 * n + photo);
        await queue.add("home", { ...subject(n, { embedding, bytes }), thumbnail }, item());
      }
    }
    const { items, lease } = await queue.lease("home", { limit: 19, minutes: 10 });
    assertEquals(new Set(items.map(({ id }) => id)).size, 19);
    assert(items.every((one) => one.sights.length === MOST_SIGHTS && one.lease?.id === lease.id));
    assertEquals((await queue.lease("home", { limit: 19, minutes: 10 })).items.length, 1);
  } finally {
    await memory.close();
  }
});

Deno.test("lease() and add() take note of what another process answered just now", async () => {
  const kv = await Deno.openKv(":memory:");
  const [here, there] = await Promise.all([openKvTable(kv), openKvTable(kv)]);
  try {
    const now = () => new Date();
    const queue = createReviewQueue({ memory: here, alike: ALIKE, now });
    const options = { actor: { by: "Ben" }, models: MODELS, now: now() };
    const first = (await queue.add("home", subject(1), item()))!;
    assertEquals((await queue.open("home")).length, 1);
    await answerItem(there, "home", first, { label: "Rex" }, options);
    assertEquals((await queue.lease("home", { limit: 9, minutes: 1 })).items, []);
    const second = (await queue.add("home", subject(2), item()))!;
    await answerItem(there, "home", second, { label: "Max" }, options);
    const third = await queue.add("home", subject(2), item());
    assert(third !== undefined && third !== second);
  } finally {
    await here.close();
    await there.close();
    kv.close();
  }
});
