/**
 * What every memory table must keep of decisions: documents, history and undo, run on each
 * implementation.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ConflictError, NotFoundError, QuotaError } from "../../functions/core/errors.ts";
import type { Actor, DocumentChange, Event } from "../../functions/core/ledger.ts";
import type { MemoryTable } from "../../functions/core/memory.ts";
import { example, hash, type OpenTable } from "./memory_contract.ts";
import { undoesLikeReplay } from "./undo_replay.ts";
import { randomUnit, seeded } from "./vectors.ts";

const ANN: Actor = { by: "Ann", why: "I know her" };

/** A rule's document that a number makes. */
function rule(n: number, about: readonly string[] = []): Required<DocumentChange>["document"] {
  return { value: { text: `rule ${n}` }, about };
}

/** A decision about rules alone. */
function ruling(...documents: DocumentChange[]) {
  return () => Promise.resolve({ type: "rule" as const, what: "changed a rule", documents });
}

/**
 * Runs the suite.
 *
 * @param name of the implementation
 * @param open opens a new, empty table
 * @param rounds histories that are undone in every place
 */
export function ledgerContract(name: string, open: OpenTable, rounds: number): void {
  function test(
    what: string,
    fn: (table: MemoryTable, clock: { now: number }) => Promise<void>,
  ): void {
    Deno.test(`${name}: ${what}`, async () => {
      const clock = { now: Date.parse("2026-05-01T12:00:00Z") };
      const table = await open({ now: () => clock.now });
      try {
        await fn(table, clock);
      } finally {
        await table.close();
      }
    });
  }

  test("events() tells who taught what, when and why, newest first", async (table, clock) => {
    await table.teach("home", [example(1), example(2)], { actor: ANN });
    clock.now += 1000;
    await table.teach("home", [example(3, { not: true })]);
    clock.now += 1000;
    await table.renameLabel("home", "Rex", "Max", { by: "Ben" });
    const [renamed, corrected, taught] = await table.events("home", { limit: 10 });
    assertEquals(taught, {
      id: taught!.id,
      type: "teach",
      at: "2026-05-01T12:00:00.000Z",
      by: "Ann",
      what: 'taught 2 examples of "Rex"',
      why: "I know her",
      count: 2,
      undoable: true,
    });
    assertEquals([corrected!.type, corrected!.by, corrected!.count], ["correct", "somebody", 1]);
    assertEquals([renamed!.type, renamed!.by, renamed!.count], ["rename", "Ben", 3]);
    const older = await table.events("home", { limit: 10, before: corrected!.id });
    assertEquals(older, [taught!]);
  });

  test("events() has none of a teaching that changed nothing", async (table) => {
    await table.teach("home", [example(1)]);
    await table.teach("home", [example(1)]);
    assertEquals((await table.events("home", { limit: 10 })).length, 1);
    assertEquals(await table.events("elsewhere", { limit: 10 }), []);
  });

  test("undo() takes a teaching back, and the undo, and that again", async (table) => {
    const [taught] = await table.teach("home", [example(1, { photo: new Uint8Array(100_000) })]);
    const { memory } = taught!;
    const [event] = await table.events("home", { limit: 1 });
    const undo = await table.undo("home", event!.id, ANN);
    assertEquals([undo.type, undo.undoes, undo.by], ["undo", event!.id, "Ann"]);
    assertEquals(await table.get("home", memory.id), undefined);
    assertEquals(await table.photo("home", memory.id), undefined);
    assertEquals(await table.byBytes("home", memory.bytes), []);
    assertEquals((await table.space("home"))!.memories, 0);
    const undone = (await table.events("home", { limit: 2 }))[1]!;
    assertEquals([undone.undoneBy, undone.undoable], [undo.id, false]);
    await assertRejects(() => table.undo("home", event!.id, ANN), ConflictError, undo.id);

    const redo = await table.undo("home", undo.id, ANN);
    assertEquals(await table.get("home", memory.id), memory);
    assertEquals((await table.photo("home", memory.id))!.length, 100_000);
    assertEquals((await table.events("home", { limit: 3 }))[2]!.undoneBy, undefined);
    await table.undo("home", redo.id, ANN);
    assertEquals(await table.get("home", memory.id), undefined);
    assertEquals((await table.events("home", { limit: 9 })).at(-1)!.undoneBy, undo.id);
  });

  test("undo() names the later event that depends on it", async (table) => {
    const [taught] = await table.teach("home", [example(1)]);
    const [event] = await table.events("home", { limit: 1 });
    await table.rename("home", taught!.memory.id, { label: "Max" });
    const [renamed] = await table.events("home", { limit: 1 });
    const error = await assertRejects(() => table.undo("home", event!.id, ANN), ConflictError);
    assertStringIncludes(error.message, renamed!.id);
    await table.undo("home", renamed!.id, ANN);
    await table.undo("home", event!.id, ANN);
    assertEquals((await table.list("home", { limit: 10 })).items, []);
  });

  test("undo() refuses what would be remembered twice, and what nobody knows", async (table) => {
    await table.teach("home", [example(1)]);
    const [event] = await table.events("home", { limit: 1 });
    const undo = await table.undo("home", event!.id, ANN);
    await table.teach("home", [example(1)]);
    const [again] = await table.events("home", { limit: 1 });
    const error = await assertRejects(() => table.undo("home", undo.id, ANN), ConflictError);
    assertStringIncludes(error.message, again!.id);
    await assertRejects(
      () => table.undo("home", "01J00000000000000000000000", ANN),
      NotFoundError,
    );
    await assertRejects(() => table.undo("elsewhere", event!.id, ANN), NotFoundError);
  });

  test("undo() takes back more than one write can move", async (table) => {
    const many = Array.from({ length: 150 }, (_, n) => example(n));
    await table.teach("home", many);
    await table.renameLabel("home", "Rex", "Max");
    const [renamed, taught] = await table.events("home", { limit: 9 });
    assertEquals(renamed!.count, 150);
    await table.undo("home", renamed!.id, ANN);
    const { items } = await table.labels("home", { limit: 9 });
    assertEquals(items.map(({ label, memories }) => [label, memories]), [["Rex", 150]]);
    const undo = await table.undo("home", taught!.id, ANN);
    assertEquals(undo.count, 150);
    assertEquals((await table.space("home"))!.memories, 0);
    await table.undo("home", undo.id, ANN);
    assertEquals((await table.space("home"))!.memories, 150);
    assertEquals((await table.list("home", { limit: 999 })).items.length, 150);
  });

  test("renameLabel() merges into a label that is known", async (table) => {
    await table.teach("home", [example(1), example(2, { label: "Max" })]);
    const { count, event } = await table.renameLabel("home", "Rex", "Max");
    assertEquals([count, event!.type, event!.what], [
      1,
      "merge",
      'merged 1 example of "Rex" into "Max"',
    ]);
    await assertRejects(() => table.renameLabel("home", "Rex", "Max"), NotFoundError);
    await table.undo("home", event!.id, ANN);
    const { items } = await table.labels("home", { limit: 9 });
    assertEquals(items.map(({ label }) => label), ["Max", "Rex"]);
  });

  test("renameLabel() refuses to make two faces of one photo one person", async (table) => {
    const box = { width: 100, height: 100, y: 0 };
    const face = (index: number, label: string) =>
      example(1, {
        label,
        kind: "person",
        model: "face-1",
        faces: 2,
        face: { index, box: { ...box, x: index * 300 } },
      });
    await table.teach("home", [face(0, "Ann"), face(1, "Ben")]);
    await assertRejects(() => table.renameLabel("home", "Ann", "Ben"), ConflictError, "face 1");
  });

  test("rename() says whether a label names a type", async (table) => {
    const [taught] = await table.teach("home", [example(1)]);
    const { id } = taught!.memory;
    assertEquals((await table.rename("home", id, { scope: "type" })).scope, "type");
    const [event] = await table.events("home", { limit: 1 });
    await table.undo("home", event!.id, ANN);
    assertEquals((await table.get("home", id))!.scope, "individual");
  });

  test("decide() writes memories and documents together, or nothing", async (table) => {
    const both = () =>
      Promise.resolve({
        type: "review" as const,
        what: "answered",
        teach: [example(1)],
        documents: [{ collection: "rule" as const, id: "a", document: rule(1) }],
      });
    const before = await table.revisionOf("home", "rule");
    const { taught, event } = await table.decide("home", ANN, both);
    assertEquals(taught.length, 1);
    assert(await table.revisionOf("home", "rule") > before);
    assertEquals((await table.document("home", "rule", "a"))!.value, { text: "rule 1" });
    await table.undo("home", event!.id, ANN);
    assertEquals(await table.document("home", "rule", "a"), undefined);
    assertEquals((await table.space("home"))!.memories, 0);
    await assertRejects(
      () => table.decide("home", ANN, () => Promise.reject(new ConflictError("judged by another"))),
      ConflictError,
    );
    await assertRejects(() =>
      table.decide("home", ANN, () =>
        Promise.resolve({
          type: "review",
          what: "",
          teach: [example(2)],
          documents: [{ collection: "rule", id: "b", document: rule(1), base: "another" }],
        })), ConflictError);
    assertEquals((await table.space("home"))!.memories, 0);
  });

  test("decide() lets one of many who answer the same win", async (table) => {
    await table.keep("home", [{ collection: "item", id: "1", document: rule(1) }]);
    let won = 0;
    const answers = Array.from(
      { length: 8 },
      (_, n) =>
        table.decide("home", { by: `reviewer ${n}` }, async () => {
          const item = await table.document("home", "item", "1");
          if (item === undefined) throw new ConflictError("it was answered already");
          return {
            type: "review",
            what: "answered",
            documents: [{ collection: "item", id: "1", base: item.version }],
          };
        }).then(() => won++, (error) => assert(error instanceof ConflictError)),
    );
    await Promise.all(answers);
    assertEquals(won, 1);
  });

  test("keep() changes all documents or none, by their versions", async (table) => {
    assert(
      await table.keep("home", [{ collection: "item", id: "1", document: rule(1), base: null }]),
    );
    const { version } = (await table.document("home", "item", "1"))!;
    const change = { collection: "item", id: "1", document: rule(2), base: version } as const;
    const other = { collection: "item", id: "2", document: rule(2) } as const;
    assert(await table.keep("home", [change]));
    assert(!await table.keep("home", [other, change]));
    assertEquals(await table.document("home", "item", "2"), undefined);
    assertEquals(await table.events("home", { limit: 9 }), []);
    assertEquals(await table.document("elsewhere", "item", "1"), undefined);
  });

  test("a document whose time is over is gone, and may come to be again", async (table, clock) => {
    const expiresAt = new Date(clock.now + 1000).toISOString();
    const brief = { collection: "item", id: "1", base: null } as const;
    assert(await table.keep("home", [{ ...brief, document: { ...rule(1), expiresAt } }]));
    assertEquals((await table.document("home", "item", "1"))!.expiresAt, expiresAt);
    assertEquals(await table.keep("home", [{ ...brief, document: rule(2) }]), undefined);
    clock.now += 1000;
    assertEquals(await table.document("home", "item", "1"), undefined);
    assertEquals(await table.documents("home", "item", { limit: 9 }), []);
    assert(await table.keep("home", [{ ...brief, document: rule(3) }]));
    assertEquals((await table.document("home", "item", "1"))!.value, { text: "rule 3" });
  });

  test("documents() pages both ways", async (table) => {
    for (let n = 0; n < 7; n++) {
      await table.keep("home", [{ collection: "item", id: `${n}`, document: rule(n) }]);
    }
    const ids = async (options: Parameters<MemoryTable["documents"]>[2]) =>
      (await table.documents("home", "item", options)).map(({ id }) => id);
    assertEquals(await ids({ limit: 3 }), ["0", "1", "2"]);
    assertEquals(await ids({ limit: 3, after: "2" }), ["3", "4", "5"]);
    assertEquals(await ids({ limit: 3, newest: true }), ["6", "5", "4"]);
    assertEquals(await ids({ limit: 9, newest: true, before: "2" }), ["1", "0"]);
    assertEquals(await ids({ limit: 9, after: "1", before: "4" }), ["2", "3"]);
    assertEquals(await table.documents("home", "rule", { limit: 3 }), []);
  });

  test("forget() purges history and documents, and leaves time, actor and count", async (table) => {
    await table.teach("home", [example(1), example(2, { label: "Grandma" })], { actor: ANN });
    await table.decide(
      "home",
      ANN,
      ruling({ collection: "rule", id: "a", document: rule(1, ["label:Grandma"]) }),
    );
    await table.keep("home", [
      { collection: "item", id: "1", document: rule(1, [`bytes:${hash(2)}`]) },
      { collection: "item", id: "2", document: rule(2, [`bytes:${hash(1)}`]) },
    ]);
    const { count } = await table.forget("home", { label: "Grandma" }, { by: "Ben" });
    assertEquals(count, 1);
    assertEquals(await table.document("home", "rule", "a"), undefined);
    assertEquals(await table.document("home", "item", "1"), undefined);
    assert(await table.document("home", "item", "2"));
    const events = await table.events("home", { limit: 9 });
    assert(!JSON.stringify(events).includes("Grandma"));
    const [forgotten, taught] = events;
    assertEquals([forgotten!.type, forgotten!.by, forgotten!.count, forgotten!.what], [
      "forget",
      "Ben",
      1,
      "",
    ]);
    assertEquals([taught!.what, taught!.why], ['taught 1 example of "Rex"', ""]);
    await assertRejects(() => table.undo("home", forgotten!.id, ANN), ConflictError, "final");
  });

  test("forget() drops what was taken back, too", async (table) => {
    await table.teach("home", [example(1)]);
    const [event] = await table.events("home", { limit: 1 });
    const undo = await table.undo("home", event!.id, ANN);
    const { count, purged } = await table.forget("home", { label: "Rex" });
    assertEquals([count, purged], [0, 2]);
    await assertRejects(() => table.undo("home", undo.id, ANN), NotFoundError);
  });

  test("forget() finds a label in other letters, and the name that it had before", async (table) => {
    await table.teach("home", [example(1, { label: "Ann Old" })]);
    await table.keep("home", [
      { collection: "item", id: "1", document: rule(1, ["label:ann old"]) },
      { collection: "item", id: "2", document: rule(2, ["label:ANN NEW"]) },
      { collection: "item", id: "3", document: rule(3, ["label:Ann"]) },
    ]);
    await table.renameLabel("home", "Ann Old", "Ann New");
    await table.forget("home", { label: "Ann New" });
    const left = await table.documents("home", "item", { limit: 9 });
    assertEquals(left.map(({ id }) => id), ["3"]);
    assert(!JSON.stringify(await table.events("home", { limit: 9 })).includes("Ann"));
  });

  test("forget() reaches into many large events", async (table) => {
    for (let batch = 0; batch < 14; batch++) {
      const memories = Array.from({ length: 900 }, (_, n) =>
        example(1000 * batch + n, {
          label: n === 0 ? "Ann" : "Rex",
          embedding: randomUnit(8, seeded(1000 * batch + n)),
        }));
      await table.teach("home", memories, { imports: true });
    }
    assertEquals((await table.forget("home", { label: "Ann" })).count, 14);
    const events = await table.events("home", { limit: 15 });
    assertEquals(events.slice(1).map(({ count }) => count), Array(14).fill(899));
    assert(!JSON.stringify(events).includes("Ann"));
  });

  test("forget() of a label's last memory leaves the label in no event", async (table) => {
    const [ann] = await table.teach("home", [
      example(1, { label: "Ann" }),
      example(2),
      example(3, { label: "Max" }),
    ]);
    await table.forget("home", { id: ann!.memory.id });
    const [, taught] = await table.events("home", { limit: 9 });
    assertEquals(taught!.what, 'taught 2 examples of "Rex", "Max"');
  });

  test("keep() refuses what was read before something was forgotten", async (table) => {
    const change: DocumentChange = { collection: "item", id: "1", document: rule(1) };
    assertEquals(await table.era("home"), "");
    assert(await table.keep("home", [change], { era: "" }));
    await table.teach("home", [example(1), example(2, { label: "Max" })]);
    const era = await table.era("home");
    assert(await table.keep("home", [change], { era }));
    await table.forget("home", { label: "Rex" });
    await assertRejects(() => table.keep("home", [change], { era }), ConflictError, "forgotten");
    assert(await table.keep("home", [change], { era: await table.era("home") }));
    const next = await table.era("home");
    await table.forget("home", {});
    await assertRejects(() => table.keep("home", [change], { era: next }), ConflictError);
  });

  test("forget() leaves nothing that was kept while it went on", async (table) => {
    const memories = Array.from(
      { length: 3000 },
      (_, n) => example(n, { embedding: randomUnit(8, seeded(n)) }),
    );
    await table.teach("home", memories);
    let isOver = false;
    const forgetting = table.forget("home", { label: "Rex" }).then(() => isOver = true);
    for (let n = 0; !isOver; n++) {
      // As an answer does: what is remembered is noted a moment later.
      const era = await table.era("home");
      const [known] = await table.byBytes("home", hash(2999));
      if (n % 5 === 0) await new Promise((done) => setTimeout(done));
      if (known === undefined) continue;
      const document = rule(n, [`label:${known.label}`]);
      await table.keep("home", [{ collection: "item", id: String(n), document }], { era })
        .catch((error) => assert(error instanceof ConflictError));
    }
    await forgetting;
    assertEquals((await table.space("home"))!.memories, 0);
    assertEquals(await table.documents("home", "item", { limit: 1000 }), []);
  });

  test("undo() does not bring back a document whose time is over", async (table, clock) => {
    const expiresAt = new Date(clock.now + 60_000).toISOString();
    const document = { ...rule(1), expiresAt };
    await table.keep("home", [{ collection: "item", id: "1", document }]);
    const { event } = await table.decide("home", ANN, ruling({ collection: "item", id: "1" }));
    const undo = await table.undo("home", event!.id, ANN);
    assertEquals((await table.document("home", "item", "1"))!.expiresAt, expiresAt);
    await table.undo("home", undo.id, ANN);
    clock.now += 61_000;
    await table.undo("home", (await table.events("home", { limit: 1 }))[0]!.id, ANN);
    assertEquals(await table.document("home", "item", "1"), undefined);
  });

  test("undo() keeps to the room that there is", async (table) => {
    await table.teach("home", [example(1), example(2)]);
    const [event] = await table.events("home", { limit: 1 });
    const undo = await table.undo("home", event!.id, ANN);
    await table.teach("home", [example(3)]);
    await assertRejects(() => table.undo("home", undo.id, ANN, { maxMemories: 2 }), QuotaError);
    assertEquals((await table.space("home"))!.memories, 1);
    await table.undo("home", undo.id, ANN, { maxMemories: 3 });
    assertEquals((await table.space("home"))!.memories, 3);
  });

  test("renameLabel() keeps what is remembered under both labels once", async (table) => {
    await table.teach("home", [example(1)]);
    await table.teach("home", [example(1, { label: "Max" }), example(2, { label: "Max" })]);
    const { event } = await table.renameLabel("home", "Rex", "Max");
    assertEquals((await table.space("home"))!.memories, 2);
    assertEquals((await table.byBytes("home", hash(1))).length, 1);
    await table.undo("home", event!.id, ANN);
    const both = await table.byBytes("home", hash(1));
    assertEquals(both.map(({ label }) => label).sort(), ["Max", "Rex"]);
  });

  test("decide() says of what is more than one event which part each is", async (table) => {
    const memories = Array.from(
      { length: 2000 },
      (_, n) => example(n, { embedding: randomUnit(8, seeded(n)) }),
    );
    await table.teach("home", memories, { imports: true });
    const events = await table.events("home", { limit: 9 });
    assertEquals(events.map(({ what }) => what.split(", ").at(-1)), ["part 2 of 2", "part 1 of 2"]);
    for (const { id } of events) await table.undo("home", id, ANN);
    assertEquals((await table.space("home"))!.memories, 0);
  });

  test("events() makes room where an old one has much on the shelf", async (table) => {
    const memories = Array.from(
      { length: 1100 },
      (_, n) => example(n, { embedding: randomUnit(8, seeded(n)) }),
    );
    await table.teach("home", memories);
    const [taught] = await table.events("home", { limit: 1 });
    await table.undo("home", taught!.id, ANN);
    for (let n = 0; n < 1030; n++) {
      await table.decide(
        "home",
        ANN,
        ruling({ collection: "setting", id: "a", document: rule(n) }),
      );
    }
    await assertRejects(() => table.undo("home", taught!.id, ANN), NotFoundError);
    assertEquals((await table.forget("home", { label: "Rex" })).count, 0);
  });

  test("events() keeps the newest thousand", async (table) => {
    for (let n = 0; n < 1010; n++) {
      await table.decide(
        "home",
        ANN,
        ruling({ collection: "setting", id: "a", document: rule(n) }),
      );
    }
    const events: Event[] = [];
    for (let before: string | undefined = undefined;;) {
      const page = await table.events("home", { limit: 500, ...(before ? { before } : {}) });
      events.push(...page);
      if (page.length < 500) break;
      before = page.at(-1)!.id;
    }
    assertEquals(events.length, 960);
  });

  for (let round = 1; round <= rounds; round++) {
    test(
      `undo() of any event equals the log replayed without it, history ${round}`,
      async (table, clock) => {
        await undoesLikeReplay(table, clock, round);
      },
    );
  }
}
