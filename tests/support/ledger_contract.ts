/**
 * What every memory table must keep of decisions: documents, history and undo, run on each
 * implementation.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createInProcessTable } from "../../functions/memory/in_process.ts";
import { ConflictError, NotFoundError } from "../../functions/core/errors.ts";
import type { Actor, DocumentChange, Event } from "../../functions/core/ledger.ts";
import type { MemoryTable, NewMemory } from "../../functions/core/memory.ts";
import { example, hash, type OpenTable } from "./memory_contract.ts";
import { seeded } from "./vectors.ts";

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

/** One entry of a log: carried out on a table, given what memories are called there. */
interface Entry {
  readonly at: number;
  run(table: MemoryTable, ids: Map<string, string>): Promise<void>;
}

/**
 * Makes a history by chance (without forgetting, which purges the log itself), then takes each of its last hundred events back and compares with a
 * new table on which the log was replayed without it: everything that is in effect then, as it was
 * done, in order.
 */
async function undoesLikeReplay(
  table: MemoryTable,
  clock: { now: number },
  seed: number,
): Promise<void> {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const LABELS = ["Ann", "Ben", "Cyd", "Dan"];
  const label = () => LABELS[below(LABELS.length)]!;
  // Memories by names that hold on every table: ids do not.
  const ids = new Map<string, string>();
  const log = new Map<string, Entry>();

  async function append(run: Entry["run"], replay = run): Promise<void> {
    clock.now += 1000;
    const before = (await table.events("home", { limit: 1 }))[0]?.id;
    await run(table, ids);
    const [event] = await table.events("home", { limit: 1 });
    if (event === undefined || event.id === before || event.type === "undo") return;
    log.set(event.id, { at: clock.now, run: replay });
  }

  for (let step = 0; step < 70; step++) {
    const events = await table.events("home", { limit: 1000 });
    const choice = random();
    try {
      if (choice < 0.4 || ids.size === 0) {
        // Only what is new is part of the log: a teaching that changes nothing is no event.
        const photos: NewMemory[] = [];
        for (let i = below(3); i >= 0; i--) {
          const one = example(below(14), { label: label(), not: random() < 0.2 });
          const there = [...photos, ...await table.byBytes("home", one.bytes)];
          const isDouble = there.some(({ bytes, label, not }) =>
            bytes === one.bytes && label === one.label && not === one.not
          );
          if (!isDouble) photos.push(one);
        }
        await append(async (on, known) => {
          const taught = await on.teach("home", photos);
          taught.forEach(({ memory, created }, i) => {
            assert(created, "what is replayed should be new again");
            known.set(`${step}.${i}`, memory.id);
          });
        });
      } else if (choice < 0.55) {
        const memory = [...ids.keys()][below(ids.size)]!;
        const naming = random() < 0.7 ? { label: label() } : { scope: "type" as const };
        await append(async (on, known) => {
          await on.rename("home", known.get(memory)!, naming);
        });
      } else if (choice < 0.62) {
        const [from, to] = [label(), label()];
        const { items } = await table.list("home", { label: from, limit: 1000 });
        const moved = items.map(({ id }) => [...ids].find(([, one]) => one === id)![0]);
        const doubles = await Promise.all(
          items.map(async ({ bytes, not }) =>
            (await table.byBytes("home", bytes)).some((one) => one.label === to && one.not === not)
          ),
        );
        if (doubles.includes(true)) continue;
        await append(
          async (on) => void await on.renameLabel("home", from, to),
          async (on, known) => {
            for (const name of moved) {
              await on.rename("home", known.get(name)!, { label: to });
            }
          },
        );
      } else if (choice < 0.8) {
        const id = `${below(4)}`;
        const change: DocumentChange = random() < 0.25
          ? { collection: "rule", id }
          : { collection: "rule", id, document: rule(step) };
        await append(async (on) => void await on.decide("home", ANN, ruling(change)));
      } else if (events.length > 0) {
        const { id } = events[below(events.length)]!;
        await append(async (on) => void await on.undo("home", id, ANN));
      }
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
  }

  /** What the log in effect makes of a new table. */
  async function replayed(): Promise<unknown> {
    const events = await table.events("home", { limit: 1000 });
    const inEffect = new Map(events.map(({ id, undoneBy }) => [id, undoneBy === undefined]));
    const { table: other, clock } = openReplay();
    const known = new Map<string, string>();
    for (const [id, entry] of log) {
      if (!inEffect.get(id)) continue;
      clock.now = entry.at;
      await entry.run(other, known);
    }
    const state = await stateOf(other);
    await other.close();
    return state;
  }

  const whole = await stateOf(table);
  assertEquals(whole, await replayed(), "the history as it is");
  let undone = 0;
  for (const event of await table.events("home", { limit: 100 })) {
    let undo: Event;
    try {
      undo = await table.undo("home", event.id, ANN);
    } catch (error) {
      assert(error instanceof ConflictError, String(error));
      assertEquals(await stateOf(table), whole);
      continue;
    }
    undone++;
    assertEquals(await stateOf(table), await replayed(), `without ${event.what}`);
    await table.undo("home", undo.id, ANN);
    assertEquals(await stateOf(table), whole, "the undo taken back");
  }
  assert(undone > 0, "nothing of the history could be taken back");
}

function openReplay() {
  const clock = { now: 0 };
  return { clock, table: createInProcessTable({ now: () => clock.now }) };
}

/** All that answers are made of, without ids. */
async function stateOf(table: MemoryTable): Promise<unknown> {
  const { items } = await table.list("home", { limit: 1000 });
  const probes = [];
  for (let n = 0; n < 14; n++) {
    const { model, embedding, bytes } = example(n);
    const near = await table.nearest("home", { model, embedding, limit: 5 });
    const same = await table.byBytes("home", bytes);
    probes.push([
      near.map(({ memory, similarity }) => [memory.label, memory.not, memory.bytes, similarity]),
      same.map((memory) => [memory.label, memory.not, memory.scope]),
    ]);
  }
  return {
    memories: items.map(({ label, scope, not, bytes, createdAt }) => [
      label,
      scope,
      not,
      bytes,
      createdAt,
    ]),
    labels: (await table.labels("home", { limit: 100 })).items,
    rules: (await table.documents("home", "rule", { limit: 100 })).map(({ id, value }) => [
      id,
      value,
    ]),
    probes,
  };
}
