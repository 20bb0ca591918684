/**
 * What every memory table must do, run on each implementation.
 *
 * It uses nothing but the table and `Deno.test`, so that it runs in a browser over a stand-in of
 * that one function.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  CapacityError,
  ConflictError,
  NotFoundError,
  QuotaError,
  UnteachableError,
} from "../../functions/core/errors.ts";
import type { Memory, MemoryTable, NewMemory } from "../../functions/core/memory.ts";
import { dot, near, randomUnit, seeded } from "./vectors.ts";

/** How a suite opens a new, empty table. */
export type OpenTable = (options: {
  readonly now?: () => number;
  readonly tableBytes?: number;
}) => Promise<MemoryTable>;

const DIMENSION = 48;

/** A 256-bit hash that a number makes. */
export function hash(n: number): string {
  const random = seeded(n);
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** An example that a number makes: embedding, bytes and fingerprint are its own. */
export function example(n: number, fields: Partial<NewMemory> = {}): NewMemory {
  return {
    label: "Rex",
    kind: "thing",
    scope: "individual",
    not: false,
    model: "look-1",
    embedding: randomUnit(DIMENSION, seeded(n)),
    bytes: hash(n),
    fingerprint: hash(n + 1_000_000),
    image: { width: 640, height: 480 },
    face: null,
    faces: 0,
    forced: false,
    path: ["animal", "dog"],
    ...fields,
  };
}

/** A face of the photo that a number makes, the `index`-th of two. */
function faceOf(n: number, index: number, fields: Partial<NewMemory> = {}): NewMemory {
  return example(n, {
    label: "Ann",
    kind: "person",
    model: "face-1",
    embedding: randomUnit(DIMENSION, seeded(500 + 2 * n + index)),
    fingerprint: null,
    face: { index, box: { x: 100 * index, y: 20.5, width: 60, height: 80 } },
    faces: 2,
    path: ["person"],
    ...fields,
  });
}

/** What was given back of an example, without what the table added. */
function given({ id: _, space: __, createdAt: ___, hasPhoto: ____, ...rest }: Memory) {
  return rest;
}

async function ids(table: MemoryTable, space: string): Promise<string[]> {
  return (await table.list(space, { limit: 1000 })).items.map((memory) => memory.id);
}

/**
 * Registers the suite.
 *
 * @param name of the implementation
 * @param options whether its files can be looked into
 */
export function memoryContract(
  name: string,
  open: OpenTable,
  { isVerifiable = true }: { readonly isVerifiable?: boolean } = {},
): void {
  const test = (
    what: string,
    fn: (table: MemoryTable, clock: { now: number }) => Promise<void>,
    options: { tableBytes?: number } = {},
  ) => {
    Deno.test(`${name}: ${what}`, async () => {
      const clock = { now: Date.UTC(2026, 0, 1) };
      const table = await open({ now: () => clock.now, ...options });
      try {
        await fn(table, clock);
      } finally {
        await table.close();
      }
    });
  };

  test("teach() gives back all of what was taught", async (table, clock) => {
    const taught = example(1, { fingerprint: null, path: [] });
    const [first] = await table.teach("home", [taught]);
    assert(first?.created);
    assertEquals(given(first.memory), taught);
    assertEquals(first.memory.space, "home");
    assertEquals(first.memory.hasPhoto, false);
    assertEquals(first.memory.createdAt, new Date(clock.now).toISOString());
    assertEquals(await table.get("home", first.memory.id), first.memory);
  });

  test("teach() keeps its own copy of the embedding", async (table) => {
    const embedding = randomUnit(DIMENSION, seeded(5));
    const before = embedding.slice();
    const [taught] = await table.teach("home", [example(1, { embedding })]);
    embedding.fill(0);
    const [found] = await table.nearest("home", { model: "look-1", embedding: before, limit: 1 });
    assertEquals(found?.memory.id, taught?.memory.id);
    assertEquals(found?.memory.embedding, before);
  });

  test("teach() of nothing does nothing", async (table) => {
    assertEquals(await table.teach("home", []), []);
    assertEquals(await table.space("home"), undefined);
  });

  test("teach() gives back the memory that is there when bytes, label and not are the same", async (table) => {
    const [first] = await table.teach("home", [example(1)]);
    const again = await table.teach("home", [
      example(1, { embedding: randomUnit(DIMENSION, seeded(99)) }),
      example(2),
      example(2),
      example(1, { not: true }),
      example(1, { label: "Max" }),
    ]);
    assertEquals(again.map((one) => one.created), [false, true, false, true, true]);
    assertEquals(again[0]?.memory, first?.memory);
    assertEquals(again[2]?.memory, again[1]?.memory);
    assertEquals((await table.space("home"))?.memories, 4);
    const [elsewhere] = await table.teach("work", [example(1)]);
    assert(elsewhere?.created);
  });

  test("teach() stores the same example once when asked many times at once", async (table) => {
    const calls = Array.from({ length: 8 }, () => table.teach("home", [example(1), example(2)]));
    const taught = (await Promise.all(calls)).flat();
    assertEquals(taught.filter((one) => one.created).length, 2);
    assertEquals(new Set(taught.map((one) => one.memory.id)).size, 2);
    assertEquals((await table.space("home"))?.memories, 2);
  });

  test("teach() keeps everything when many teach different examples at once", async (table) => {
    const calls = Array.from({ length: 40 }, (_, i) => table.teach(`s${i % 2}`, [example(i)]));
    await Promise.all(calls);
    assertEquals((await ids(table, "s0")).length, 20);
    assertEquals((await ids(table, "s1")).length, 20);
  });

  test("teach() stores more than fits into one write of a store", async (table) => {
    const wide = (n: number) =>
      example(n, { model: "wide", embedding: randomUnit(1280, seeded(n)) });
    // A long name makes every key of the space long.
    const space = "🏠".repeat(100);
    await table.teach(space, [wide(1)]);
    const taught = await table.teach(space, Array.from({ length: 320 }, (_, i) => wide(i)));
    assertEquals(taught.filter((one) => one.created).length, 319);
    assertEquals((await table.space(space))?.memories, 320);
    const { embedding } = wide(200);
    const [found] = await table.nearest(space, { model: "wide", embedding, limit: 1 });
    assertEquals(found?.memory.bytes, hash(200));
    assertEquals((await table.forget(space, { label: "Rex" })).count, 320);
    assertEquals(await ids(table, space), []);
  });

  test("teach() refuses what no memory can be and stores none of its companions", async (table) => {
    const wrong: [Partial<NewMemory>, string][] = [
      [{ label: "" }, "label"],
      [{ label: "x".repeat(201) }, "label"],
      [{ bytes: "abc" }, "hash"],
      [{ fingerprint: "G".repeat(64) }, "hash"],
      [{ embedding: new Float32Array(DIMENSION) }, "length"],
      [{ embedding: new Float32Array(DIMENSION).fill(NaN) }, "length"],
    ];
    for (const [fields, message] of wrong) {
      await assertRejects(
        () => table.teach("home", [example(1), example(2, fields)]),
        RangeError,
        message,
      );
    }
    assertEquals(await table.space("home"), undefined);
  });

  test("teach() refuses another dimension of a model that is known", async (table) => {
    const embedding = randomUnit(DIMENSION + 1, seeded(3));
    const wrong = example(2, { embedding });
    const refused = () => table.teach("home", [example(1), wrong]);
    await assertRejects(refused, UnteachableError, "dimensions");
    assertEquals(await table.space("home"), undefined);
    await table.teach("home", [example(1)]);
    await assertRejects(() => table.teach("home", [wrong]), UnteachableError, "dimensions");
    const [other] = await table.teach("home", [example(2, { embedding, model: "look-2" })]);
    assert(other?.created);
    // A model of which all is forgotten may come back with another dimension.
    await table.forget("home", { label: "Rex" });
    await table.teach("home", [wrong]);
    const query = { model: "look-1", embedding, limit: 1 };
    assertEquals((await table.nearest("home", query))[0]?.memory.bytes, hash(2));
  });

  test("teach() stores an example of another model beside the one that is there", async (table) => {
    const [old] = await table.teach("home", [example(1)]);
    const [other] = await table.teach("home", [example(1, { model: "look-2" })]);
    assert(other?.created);
    const [again] = await table.teach("home", [example(1)]);
    assertEquals(again, { memory: old!.memory, created: false });
  });

  test("teach() keeps which face of a photo a person is", async (table) => {
    const taught = [faceOf(1, 0), faceOf(1, 1, { label: "Ben" })];
    const both = await table.teach("home", taught);
    assertEquals(both.map(({ memory }) => given(memory)), taught);
    assertEquals(await table.get("home", both[1]!.memory.id), both[1]!.memory);
    const again = await table.teach("home", [faceOf(1, 1, { label: "Ben" })]);
    assertEquals(again, [{ memory: both[1]!.memory, created: false }]);
    assertEquals((await table.byBytes("home", hash(1))).length, 2);
  });

  test("teach() keeps a thing apart from a person of the same photo and label", async (table) => {
    const models = { thing: "look-1", person: "face-1" };
    await table.teach("home", [faceOf(1, 0)], { models });
    const [thing] = await table.teach("home", [example(1, { label: "Ann" })], { models });
    assert(thing?.created);
    assertEquals((await table.byBytes("home", hash(1))).length, 2);
  });

  test("teach() takes a person without a face for the one of a photo that shows no other", async (table) => {
    const models = { person: "face-1" };
    const untold = (n: number, faces: number) => faceOf(n, 0, { face: null, faces });
    const created = async (...memories: NewMemory[]) =>
      (await table.teach("home", memories, { models })).map((one) => one.created);
    assertEquals(await created(untold(1, 0), untold(2, 1)), [true, true]);
    assertEquals(await created(faceOf(1, 0), faceOf(2, 1)), [false, false]);
    assertEquals(await created(faceOf(3, 0)), [true]);
    assertEquals(await created(untold(3, 1)), [false]);
    assertEquals(await created(faceOf(4, 0), untold(4, 1)), [true, false]);
    // It may be either of two.
    await assertRejects(() => created(untold(3, 2)), UnteachableError, "never the same person");
    assertEquals((await table.space("home"))?.memories, 4);
    // Both of two faces fit what an older model left; it makes room once.
    const not = { not: true, label: "Eve" };
    await table.teach("home", [{ ...untold(6, 0), ...not, model: "face-0" }]);
    assertEquals(await created(faceOf(6, 0, not), faceOf(6, 1, not)), [true, true]);
    assertEquals((await table.space("home"))?.memories, (await ids(table, "home")).length);
  });

  test("teach() takes two boxes around one face for one", async (table) => {
    const box = { x: 101, y: 22, width: 58, height: 81 };
    const shifted = faceOf(1, 1, { face: { index: 0, box } });
    const taught = await table.teach("home", [faceOf(1, 1), shifted]);
    assertEquals(taught.map((one) => one.created), [true, false]);
    assertEquals(await table.teach("home", [shifted]), [taught[1]!]);
  });

  test("teach() renews an example that is insisted on now", async (table, clock) => {
    const models = { thing: "look-1" };
    const photo = new Uint8Array(100).fill(7);
    const [first] = await table.teach("home", [example(1, { photo })], { models });
    clock.now += 60_000;
    const force = () => table.teach("home", [example(1, { forced: true })], { models });
    const [renewed] = await force();
    assertEquals(renewed?.created, false);
    const { memory } = renewed!;
    assertEquals(given(memory), example(1, { forced: true }));
    assertEquals([memory.createdAt, memory.hasPhoto], [first!.memory.createdAt, true]);
    assertEquals(await table.photo("home", memory.id), photo);
    assertEquals(await ids(table, "home"), [memory.id]);
    assertEquals(await table.get("home", memory.id), memory);
    // Once is enough, and what was insisted on stays so.
    const [label] = (await table.labels("home", { limit: 1 })).items;
    assertEquals([label?.memories, label?.photos], [1, 1]);
    assertEquals(await force(), [{ memory, created: false }]);
    assertEquals(await table.teach("home", [example(1)], { models }), [{ memory, created: false }]);
    await table.teach("home", [example(2, { forced: true })], { models });
    const [kept] = await table.teach("home", [example(2, { photo })], { models });
    assertEquals([kept?.created, kept?.memory.forced, kept?.memory.hasPhoto], [false, true, true]);
  });

  test("teach() refuses two faces of one photo as one person", async (table) => {
    const both = [faceOf(1, 0), faceOf(1, 1)];
    await assertRejects(() => table.teach("home", both), UnteachableError, "never the same person");
    assertEquals(await ids(table, "home"), []);
    await table.teach("home", [faceOf(1, 0)]);
    await assertRejects(() => table.teach("home", [faceOf(1, 1)]), UnteachableError, "Ann");
    // That neither of two faces is Ann is no contradiction.
    const not = await table.teach("home", [
      faceOf(1, 0, { not: true, label: "Eve" }),
      faceOf(1, 1, { not: true, label: "Eve" }),
    ]);
    assertEquals(not.map(({ created }) => created), [true, true]);
    const [ben] = await table.teach("home", [faceOf(1, 1, { label: "Ben" })]);
    await assertRejects(
      () => table.rename("home", ben!.memory.id, { label: "Ann" }),
      ConflictError,
      "never the same person",
    );
  });

  test("people() counts labels with a positive example of a person", async (table) => {
    assertEquals(await table.people("home"), 0);
    const taught = await table.teach("home", [
      faceOf(1, 0),
      faceOf(2, 0),
      faceOf(3, 0, { label: "Ben" }),
      faceOf(4, 0, { label: "Eve", not: true }),
      example(5),
    ]);
    assertEquals(await table.people("home"), 2);
    await table.rename("home", taught[1]!.memory.id, { label: "Cyd" });
    assertEquals(await table.people("home"), 3);
    await table.forget("home", { label: "Ben" });
    assertEquals(await table.people("home"), 2);
    await table.forget("home", {});
    assertEquals(await table.people("home"), 0);
  });

  test(
    "references() gives the newest of each label, positive and negative",
    async (table, clock) => {
      const taught: Memory[] = [];
      for (let n = 0; n < 6; n++) {
        clock.now += 1000;
        const fields = { label: n % 2 ? "Ann" : "Ben", not: n >= 4 };
        const [one] = await table.teach("home", [faceOf(n, 0, fields)]);
        taught.push(one!.memory);
      }
      await table.teach("home", [example(9, { label: "Ann" })]);
      const of = (labels: string[], limit: number, kind: "person" | "thing" = "person") =>
        table.references("home", { labels, kind, limit });
      assertEquals(await of(["Ann"], 9), [taught[3]!, taught[1]!, taught[5]!]);
      assertEquals(await of(["Ann", "Ben", "Ann"], 1), [
        taught[3]!,
        taught[5]!,
        taught[2]!,
        taught[4]!,
      ]);
      assertEquals((await of(["Ann"], 9, "thing")).length, 1);
      assertEquals(await of(["nobody"], 9), []);
      assertEquals(
        await table.references("away", { labels: ["Ann"], kind: "person", limit: 1 }),
        [],
      );
      await assertRejects(() => of(["Ann"], 0), RangeError, "1 to 256");
      const many = Array.from({ length: 257 }, (_, i) => `label ${i}`);
      await assertRejects(() => of(many, 1), RangeError, "257");
    },
  );

  test("references() gives what a brute force finds among many labels", async (table) => {
    const day = (n: number) => new Date(Date.UTC(2020, 0, 1 + (n * 37) % 200)).toISOString();
    const taught = await table.teach(
      "home",
      Array.from({ length: 300 }, (_, n) =>
        faceOf(n, 0, {
          label: `label ${n % 23}`,
          not: n % 3 === 0,
          createdAt: day(n),
          ...(n % 5 === 0 ? { kind: "thing" as const, face: null } : {}),
        })),
    );
    const left: Memory[] = [];
    for (const [n, { memory }] of taught.entries()) {
      if (n % 11 === 0) await table.forget("home", { id: memory.id });
      else if (n % 13 === 0) left.push(await table.rename("home", memory.id, { label: "label 4" }));
      else left.push(memory);
    }
    left.sort((a, b) => a.id < b.id ? 1 : -1);
    const labels = ["label 4", "nobody", ...Array.from({ length: 12 }, (_, i) => `label ${i}`)];
    for (const kind of ["person", "thing"] as const) {
      for (const limit of [1, 3, 256]) {
        const expected = [...new Set(labels)].flatMap((label) =>
          [false, true].flatMap((not) =>
            left.filter((one) => one.label === label && one.kind === kind && one.not === not)
              .slice(0, limit)
          )
        );
        assertGreater(expected.length, 5);
        assertEquals(await table.references("home", { labels, kind, limit }), expected);
      }
    }
  });

  test(
    "teach() puts an example of the model in use in the place of another's",
    async (table, clock) => {
      const photo = new Uint8Array(70_000).fill(5);
      const [old] = await table.teach("home", [example(1, { photo }), example(2)]);
      clock.now += 60_000;
      const embedding = randomUnit(DIMENSION * 2, seeded(70));
      const fresh = example(1, { model: "look-2", embedding });
      const [renewed] = await table.teach("home", [fresh], {
        models: { thing: "look-2" },
        maxMemories: 2,
      });
      assert(renewed?.created);
      assertEquals(given(renewed.memory), fresh);
      assertEquals(renewed.memory.createdAt, old!.memory.createdAt);
      assertEquals(await table.photo("home", renewed.memory.id), photo);
      assertEquals(await table.get("home", old!.memory.id), undefined);
      assertEquals(await table.byBytes("home", hash(1)), [renewed.memory]);
      assertEquals((await table.space("home"))?.memories, 2);
      const query = { model: "look-2", embedding, limit: 5 };
      assertEquals((await table.nearest("home", query)).map((one) => one.memory), [renewed.memory]);
      const [label] = (await table.labels("home", { limit: 1 })).items;
      assertEquals([label?.memories, label?.photos], [2, 1]);
      // An old export doubles nothing and takes nothing back.
      const [known] = await table.teach("home", [example(1)], {
        models: { thing: "look-2" },
      });
      assertEquals(known, { memory: renewed.memory, created: false });
    },
  );

  test("teach() holds a space to its bound, counting what is new", async (table, clock) => {
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => example(from + i));
    const bound = { maxMemories: 10 };
    await table.openSpace("visitor", { expiresAt: new Date(clock.now + 90_000).toISOString() });
    const calls = Array.from(
      { length: 4 },
      (_, i) => table.teach("visitor", many(6 * i, 6), bound),
    );
    const fates = await Promise.allSettled(calls);
    assertEquals(fates.map((one) => one.status).toSorted(), [
      "fulfilled",
      ...Array.from({ length: 3 }, () => "rejected"),
    ]);
    for (const fate of fates) {
      if (fate.status === "fulfilled") continue;
      assert(fate.reason instanceof QuotaError);
      assertEquals(fate.reason.retryAfter, 90);
      assertStringIncludes(fate.reason.message, "10");
    }
    assertEquals((await table.space("visitor"))?.memories, 6);
    await table.teach("visitor", many(100, 4), bound);
    const again = await table.teach("visitor", many(100, 4), bound);
    assertEquals(again.some((one) => one.created), false);
    await assertRejects(() => table.teach("visitor", many(103, 2), bound), QuotaError);
    await table.teach("visitor", many(103, 2));
    assertEquals((await table.space("visitor"))?.memories, 11);
  });

  test("list() and labels() go on after whatever a cursor says", async (table) => {
    const [taught] = await table.teach("home", [example(1)]);
    const { id } = taught!.memory;
    for (
      const [after, left] of [["", 1], ["0", 1], ["abc", 0], ["8".repeat(26), 0], [id, 0]] as const
    ) {
      assertEquals((await table.list("home", { after, limit: 5 })).items.length, left, after);
    }
    for (
      const [after, left] of [["", 1], ["Rew", 1], ["\u0000\ud800", 1], ["\uffff", 0]] as const
    ) {
      assertEquals((await table.labels("home", { after, limit: 5 })).items.length, left, after);
    }
  });

  test("teach() rejects with CapacityError when the space has no room left", async (table) => {
    let taught = 0;
    const error = await assertRejects(async () => {
      for (; taught < 2000; taught += 10) {
        await table.teach("home", Array.from({ length: 10 }, (_, i) => example(taught + i)));
      }
    }, CapacityError);
    assertGreater(taught, 50);
    assertStringIncludes(error.message, String(taught));
    assertStringIncludes(error.message, "XOLO_MEMORY_MB");
    assertEquals((await table.space("home"))?.memories, taught);
    // Another space has room of its own, and forgetting makes some.
    await table.teach("work", [example(1)]);
    assertEquals((await table.forget("home", { label: "Rex" })).count, taught);
    await table.teach("home", [example(1)]);
  }, { tableBytes: 20_000 });

  test("spaces whose tables do not fit together are all answered", async (table) => {
    const spaces = Array.from({ length: 6 }, (_, i) => `space ${i}`);
    for (const [s, space] of spaces.entries()) {
      await table.teach(space, Array.from({ length: 60 }, (_, i) => example(100 * s + i)));
    }
    for (let round = 0; round < 2; round++) {
      for (const [s, space] of spaces.entries()) {
        const { embedding } = example(100 * s + 7);
        const [found] = await table.nearest(space, { model: "look-1", embedding, limit: 1 });
        assertEquals(found?.memory.bytes, hash(100 * s + 7));
      }
    }
  }, { tableBytes: 30_000 });

  test("photo() gives the kept photo back, whatever its size", async (table) => {
    const random = seeded(7);
    for (const size of [1, 60_000, 60_001, 400_000]) {
      const photo = new Uint8Array(size);
      for (let i = 0; i < size; i++) photo[i] = Math.floor(random() * 256);
      const [taught] = await table.teach("home", [example(size, { photo })]);
      const { id } = taught!.memory;
      assertEquals(taught!.memory.hasPhoto, true);
      assertEquals("photo" in taught!.memory, false);
      assertEquals(await table.photo("home", id), photo);
      assertEquals(await table.photo("work", id), undefined);
    }
    const [without] = await table.teach("home", [example(2)]);
    assertEquals(await table.photo("home", without!.memory.id), undefined);
    await table.forget("home", {});
    assertEquals(await table.photo("home", without!.memory.id), undefined);
  });

  test("get() knows no memory of another space and no id that is none", async (table) => {
    const [taught] = await table.teach("home", [example(1)]);
    assertEquals(await table.get("work", taught!.memory.id), undefined);
    assertEquals(await table.get("home", "01J00000000000000000000000"), undefined);
    assertEquals(await table.get("home", "../../etc/passwd"), undefined);
  });

  test("rename() moves one memory to another label", async (table, clock) => {
    const [a, b] = await table.teach("home", [example(1), example(2)]);
    clock.now += 1000;
    const renamed = await table.rename("home", a!.memory.id, { label: "Max" });
    assertEquals(renamed, { ...a!.memory, label: "Max" });
    assertEquals(await table.get("home", a!.memory.id), renamed);
    assertEquals((await table.byBytes("home", hash(1)))[0]?.label, "Max");
    const { items } = await table.labels("home", { limit: 10 });
    assertEquals(items.map((one) => [one.label, one.memories]), [["Max", 1], ["Rex", 1]]);
    assertEquals((await table.get("home", b!.memory.id))?.label, "Rex");
    assertEquals((await table.forget("home", { label: "Rex" })).count, 1);
    assertEquals(await ids(table, "home"), [a!.memory.id]);
  });

  test("rename() to the label it has changes nothing", async (table) => {
    const [taught] = await table.teach("home", [example(1)]);
    const before = await table.space("home");
    assertEquals(await table.rename("home", taught!.memory.id, { label: "Rex" }), taught!.memory);
    assertEquals(await table.space("home"), before);
  });

  test("rename() rejects what is not there, what would be doubled and what is no label", async (table) => {
    const [a] = await table.teach("home", [example(1), example(1, { label: "Max" })]);
    const { id } = a!.memory;
    await assertRejects(() => table.rename("home", id, { label: "Max" }), ConflictError);
    await assertRejects(() => table.rename("home", id, { label: "" }), RangeError);
    await assertRejects(() => table.rename("work", id, { label: "Max" }), NotFoundError);
    await assertRejects(
      () => table.rename("home", "01J00000000000000000000000", { label: "Max" }),
      NotFoundError,
    );
    assertEquals((await table.get("home", id))?.label, "Rex");
  });

  test("list() pages through all memories, oldest first", async (table, clock) => {
    const expected: string[] = [];
    for (let i = 0; i < 25; i++) {
      clock.now += i % 3;
      const [taught] = await table.teach("home", [example(i, { label: i % 5 ? "Rex" : "Max" })]);
      expected.push(taught!.memory.id);
    }
    for (const label of [undefined, "Max", "Rex", "nobody"]) {
      const found: Memory[] = [];
      let after: string | undefined;
      do {
        const page: Awaited<ReturnType<MemoryTable["list"]>> = await table.list("home", {
          limit: 4,
          ...(after === undefined ? {} : { after }),
          ...(label === undefined ? {} : { label }),
        });
        assert(page.items.length <= 4);
        found.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      const wanted = expected.filter((_, i) =>
        label === undefined || label === (i % 5 ? "Rex" : "Max")
      );
      assertEquals(found.map((memory) => memory.id), wanted);
    }
    // A cursor outlives the memory it names.
    await table.forget("home", { id: expected[9]! });
    const { items } = await table.list("home", { after: expected[9]!, limit: 1 });
    assertEquals(items[0]?.id, expected[10]);
    for (const limit of [0, -1, 1.5, 1001, NaN]) {
      await assertRejects(() => table.list("home", { limit }), RangeError, "limit");
    }
    assertEquals(await table.list("nowhere", { limit: 1 }), { items: [] });
  });

  test(
    "teach() keeps an earlier time of teaching, and the order goes by it",
    async (table, clock) => {
      const day = (n: number) => new Date(Date.UTC(2020, 0, n)).toISOString();
      await table.teach("home", [example(1)]);
      const days = [5, 3, 3, 9];
      await table.teach("home", days.map((n, i) => example(10 + i, { createdAt: day(n) })));
      const { items } = await table.list("home", { limit: 10 });
      const now = new Date(clock.now).toISOString();
      assertEquals(items.map((one) => one.createdAt), [day(3), day(3), day(5), day(9), now]);
      assertEquals(items.slice(0, 2).map((one) => one.bytes), [hash(11), hash(12)]);
      const [rex] = (await table.labels("home", { limit: 1 })).items;
      assertEquals([rex?.firstTaughtAt, rex?.lastTaughtAt], [day(3), now]);
      for (const createdAt of ["yesterday", "1969-01-01T00:00:00Z"]) {
        await assertRejects(
          () => table.teach("home", [example(2, { createdAt })]),
          RangeError,
          "createdAt",
        );
      }
    },
  );

  test("labels() sums up what is known, by label in code-unit order", async (table, clock) => {
    const start = clock.now;
    await table.teach("home", [example(1), example(2, { label: "Ärmel" })]);
    clock.now += 1000;
    await table.teach("home", [
      example(3, { not: true }),
      example(4, { label: "Zoe", kind: "person", photo: new Uint8Array(10) }),
    ]);
    const { items, next } = await table.labels("home", { limit: 10 });
    assertEquals(next, undefined);
    assertEquals(items.map((one) => one.label), ["Rex", "Zoe", "Ärmel"]);
    assertEquals(items[0], {
      label: "Rex",
      kind: "thing",
      memories: 1,
      negatives: 1,
      photos: 0,
      firstTaughtAt: new Date(start).toISOString(),
      lastTaughtAt: new Date(start + 1000).toISOString(),
    });
    assertEquals([items[1]?.kind, items[1]?.photos], ["person", 1]);
    const first = await table.labels("home", { limit: 2 });
    assertEquals(first.items.map((one) => one.label), ["Rex", "Zoe"]);
    const second = await table.labels("home", { limit: 2, after: first.next! });
    assertEquals(second.items.map((one) => one.label), ["Ärmel"]);
    assertEquals(second.next, undefined);
    await assertRejects(() => table.labels("home", { limit: 0 }), RangeError);
  });

  test("labels() calls a person whoever has a positive example of one", async (table, clock) => {
    const kinds = async () =>
      (await table.labels("home", { limit: 9 })).items.map((one) => [one.label, one.kind]);
    const [ann] = await table.teach("home", [faceOf(1, 0)]);
    clock.now += 1000;
    // Taught later, and no face: she is a person all the same.
    await table.teach("home", [
      example(2, { label: "Ann" }),
      example(3, { label: "Ann", not: true }),
      example(4, { label: "Rex" }),
      faceOf(5, 0, { label: "Rex", not: true }),
    ]);
    assertEquals(await kinds(), [["Ann", "person"], ["Rex", "thing"]]);
    await table.forget("home", { id: ann!.memory.id });
    assertEquals(await kinds(), [["Ann", "thing"], ["Rex", "thing"]]);
  });

  test("labels that look like something else are only labels", async (table) => {
    const labels = [
      "__proto__",
      "constructor",
      "toString",
      "../../etc/passwd",
      "a\u0000b",
      "' OR 1=1 --",
      "👵🏽",
      "e\u0301",
      "é",
      "שרה",
      " ",
      "\ud800",
      "😀".repeat(200),
      "x".repeat(200),
    ];
    await table.teach("home", labels.map((label, i) => example(i, { label })));
    for (const [i, label] of labels.entries()) {
      const { items } = await table.list("home", { label, limit: 10 });
      assertEquals(items.map((memory) => [memory.label, memory.bytes]), [[label, hash(i)]]);
    }
    const { items } = await table.labels("home", { limit: 100 });
    assertEquals(items.map((one) => one.label), labels.toSorted());
    for (const [i, label] of labels.entries()) {
      assertEquals((await table.forget("home", { label })).count, 1);
      assertEquals((await ids(table, "home")).length, labels.length - i - 1);
    }
  });

  test("names of spaces are only names", async (table) => {
    const spaces = ["__proto__", "a", "a\u0000", "a/b", "🏠", "A"];
    for (const [i, space] of spaces.entries()) await table.teach(space, [example(i)]);
    for (const [i, space] of spaces.entries()) {
      const { items } = await table.list(space, { limit: 10 });
      assertEquals(items.map((memory) => [memory.space, memory.bytes]), [[space, hash(i)]]);
    }
  });

  test("no space sees another's memories", async (table) => {
    const [taught] = await table.teach("home", [example(1, { photo: new Uint8Array(3) })]);
    await table.teach("work", [example(2)]);
    const { id } = taught!.memory;
    const { embedding } = example(1);
    const query = { model: "look-1", embedding, limit: 10 };
    assertEquals((await table.nearest("work", query)).map((one) => one.memory.bytes), [hash(2)]);
    assertEquals(await table.byBytes("work", hash(1)), []);
    const options = { maxDistance: 0, limit: 10 };
    assertEquals(await table.byFingerprint("work", [hash(1_000_001)], options), []);
    assertEquals(await table.forget("work", { id }).then((one) => one.count), 0);
    assertEquals(await table.forget("work", { label: "Rex" }).then((one) => one.count), 1);
    assertEquals(await ids(table, "home"), [id]);
    assertEquals(await table.nearest("nowhere", query), []);
  });

  test("forget() forgets by id, by label, by both and everything", async (table) => {
    const taught = await table.teach("home", [
      example(1),
      example(2),
      example(3, { label: "Max", photo: new Uint8Array(70_000) }),
      example(4, { label: "Zoe" }),
    ]);
    const [a, b, c, d] = taught.map((one) => one.memory.id) as [string, string, string, string];
    assertEquals((await table.forget("home", { id: a, label: "Max" })).count, 0);
    assertEquals((await table.forget("home", { id: a, label: "Rex" })).count, 1);
    assertEquals((await table.forget("home", { id: a })).count, 0);
    assertEquals(await ids(table, "home"), [b, c, d]);
    assertEquals((await table.forget("home", { label: "Max" })).count, 1);
    assertEquals(await table.get("home", c), undefined);
    assertEquals(await table.photo("home", c), undefined);
    assertEquals((await table.forget("home", { label: "nobody" })).count, 0);
    assertEquals((await table.forget("home", {})).count, 2);
    assertEquals(await ids(table, "home"), []);
    assertEquals((await table.labels("home", { limit: 10 })).items, []);
    assertEquals((await table.forget("home", {})).count, 0);
    assertEquals((await table.forget("nowhere", {})).count, 0);
  });

  test("forget() leaves nothing that any search finds, and what is taught again is new", async (table) => {
    const [old] = await table.teach("home", [example(1), example(2)]);
    await table.nearest("home", { model: "look-1", embedding: example(1).embedding, limit: 2 });
    for (const selection of [{ id: old!.memory.id }, { label: "Rex" }, {}]) {
      const [taught] = await table.teach("home", [example(1)]);
      await table.forget("home", selection);
      const [again] = await table.teach("home", [example(1, { label: "Max" })]);
      assert(again?.created);
      const { embedding } = example(1);
      const found = await table.nearest("home", { model: "look-1", embedding, limit: 1 });
      assertEquals(found.map((one) => one.memory.label), ["Max"]);
      assertEquals((await table.byBytes("home", hash(1))).map((one) => one.label), ["Max"]);
      if (selection.id === undefined) {
        assertEquals(await table.get("home", taught!.memory.id), undefined);
      }
      await table.forget("home", { label: "Max" });
    }
  });

  test("forget() tells when", async (table, clock) => {
    await table.teach("home", [example(1)]);
    clock.now += 5000;
    const forgotten = await table.forget("home", {});
    assertEquals(forgotten, {
      count: 1,
      purged: 0,
      forgottenAt: new Date(clock.now).toISOString(),
    });
  });

  test("byBytes() finds exactly these bytes, newest first", async (table, clock) => {
    // Hashes that differ only behind what a table may index.
    const alike = (tail: string) => "ab".repeat(30) + tail.padStart(4, "0");
    const [a] = await table.teach("home", [example(1, { bytes: alike("1") })]);
    clock.now += 10;
    await table.teach("home", [example(2, { bytes: alike("2") })]);
    clock.now += 10;
    const [c] = await table.teach("home", [example(3, { bytes: alike("1"), label: "Max" })]);
    const found = await table.byBytes("home", alike("1"));
    assertEquals(found, [c!.memory, a!.memory]);
    assertEquals(await table.byBytes("home", alike("3")), []);
    assertEquals(await table.byBytes("home", "0".repeat(64)), []);
    await assertRejects(() => table.byBytes("home", "nothing"), RangeError);
  });

  test("byFingerprint() finds what a brute force finds", async (table) => {
    const random = seeded(11);
    const flip = (print: string, bits: number) => {
      const digits = [...print].map((digit) => Number.parseInt(digit, 16));
      const flipped = new Set<number>();
      while (flipped.size < bits) flipped.add(Math.floor(random() * 256));
      for (const bit of flipped) digits[bit >> 2]! ^= 1 << (bit & 3);
      return digits.map((digit) => digit.toString(16)).join("");
    };
    const distance = (a: string, b: string) => {
      let x = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
      let bits = 0;
      for (; x > 0n; x &= x - 1n) bits++;
      return bits;
    };
    const centre = hash(1);
    const mirror = hash(2);
    const examples = Array.from({ length: 60 }, (_, i) =>
      example(i, {
        fingerprint: i % 10 === 9 ? null : flip(i % 2 ? centre : mirror, Math.floor(random() * 60)),
      }));
    const taught = (await table.teach("home", examples)).map((one) => one.memory);
    for (const maxDistance of [0, 12, 31, 256]) {
      const expected = taught
        .filter((memory) => memory.fingerprint !== null)
        .map((memory) => ({
          memory,
          distance: Math.min(...[centre, mirror].map((h) => distance(h, memory.fingerprint!))),
        }))
        .filter((one) => one.distance <= maxDistance)
        .sort((a, b) => a.distance - b.distance || (a.memory.id < b.memory.id ? -1 : 1))
        .slice(0, 20);
      const options = { maxDistance, limit: 20 };
      assertEquals(await table.byFingerprint("home", [centre, mirror], options), expected);
    }
    assertEquals(await table.byFingerprint("home", [], { maxDistance: 256, limit: 5 }), []);
    for (const options of [{ maxDistance: 257, limit: 1 }, { maxDistance: 1, limit: 0 }]) {
      await assertRejects(() => table.byFingerprint("home", [centre], options), RangeError);
    }
    await assertRejects(
      () => table.byFingerprint("home", ["abc"], { maxDistance: 1, limit: 1 }),
      RangeError,
    );
  });

  test("nearest() finds what a brute force finds", async (table) => {
    const random = seeded(13);
    const centres = Array.from({ length: 6 }, () => randomUnit(DIMENSION, random));
    // Crowded, sparse and equal vectors: what codes of one byte have the most trouble with.
    const vector = (i: number) => {
      if (i % 7 === 0) return Float32Array.from({ length: DIMENSION }, (_, d) => +(d === i % 11));
      if (i % 7 === 1) return centres[i % centres.length]!;
      return near(centres[i % centres.length]!, random() < 0.5 ? 1e-3 : 0.5, random);
    };
    const stored: Memory[] = [];
    for (let i = 0; i < 600; i += 100) {
      const examples = Array.from(
        { length: 100 },
        (_, j) => example(i + j, { embedding: vector(i + j) }),
      );
      stored.push(...(await table.teach("home", examples)).map((one) => one.memory));
    }
    const gone = stored.filter((_, i) => i % 9 === 0);
    for (const { id } of gone) await table.forget("home", { id });
    const left = stored.filter((memory) => !gone.includes(memory));
    const queries = [
      ...centres,
      ...left.slice(0, 5).map((memory) => memory.embedding),
      ...Array.from({ length: 5 }, () => randomUnit(DIMENSION, random)),
    ];
    for (const [q, embedding] of queries.entries()) {
      const limit = [1, 10, 256][q % 3]!;
      const expected = left
        .map((memory) => ({ memory, similarity: Math.fround(dot(embedding, memory.embedding)) }))
        .sort((a, b) => b.similarity - a.similarity || (a.memory.id < b.memory.id ? -1 : 1))
        .slice(0, limit);
      const found = await table.nearest("home", { model: "look-1", embedding, limit });
      assertEquals(found.length, expected.length);
      found.forEach(({ memory, similarity }, i) => {
        assertAlmostEquals(similarity, expected[i]!.similarity, 1e-6);
        assertAlmostEquals(similarity, dot(embedding, memory.embedding), 1e-6);
      });
      // Which of equals comes first is not promised; that the same ones are there is.
      const clear = expected.filter((one) => one.similarity > expected.at(-1)!.similarity + 1e-6);
      const foundIds = new Set(found.map((one) => one.memory.id));
      assertEquals(clear.filter((one) => !foundIds.has(one.memory.id)), []);
    }
  });

  test("nearest() with a sign finds that sign's, however many of the other are nearer", async (table) => {
    const random = seeded(17);
    const centre = randomUnit(DIMENSION, random);
    const all = Array.from({ length: 400 }, (_, i) => {
      const not = i < 300;
      return example(i, {
        not,
        label: not ? "Max" : "Rex",
        embedding: near(centre, not ? 0.1 : 0.8, random),
      });
    });
    const taught = (await table.teach("home", all)).map((one) => one.memory);
    const gone = taught.filter((_, i) => i % 7 === 0);
    for (const { id } of gone) await table.forget("home", { id });
    const left = taught.filter((memory) => !gone.includes(memory));
    const bySimilarity = (not: boolean | undefined, limit: number) =>
      left.filter((memory) => not === undefined || memory.not === not)
        .sort((a, b) => dot(centre, b.embedding) - dot(centre, a.embedding))
        .slice(0, limit).map((memory) => memory.id).toSorted();
    for (const limit of [1, 64, 256]) {
      for (const not of [undefined, false, true]) {
        const sign = not === undefined ? {} : { not };
        const query = { model: "look-1", embedding: centre, limit, ...sign };
        const found = await table.nearest("home", query);
        assertEquals(found.map((one) => one.memory.id).toSorted(), bySimilarity(not, limit));
        const similarities = found.map((one) => one.similarity);
        assertEquals(similarities, similarities.toSorted((a, b) => b - a));
      }
    }
    // Forgetting all of one sign leaves the other's as they are.
    await table.forget("home", { label: "Max" });
    const query = { model: "look-1", embedding: centre, limit: 256 };
    assertEquals(await table.nearest("home", { ...query, not: true }), []);
    assertEquals(
      (await table.nearest("home", query)).map((one) => one.memory.id).toSorted(),
      bySimilarity(false, 256),
    );
  });

  test("teach() holds a model to one dimension whatever the sign", async (table) => {
    const wide = randomUnit(DIMENSION + 1, seeded(3));
    await table.teach("home", [example(1, { not: true })]);
    await assertRejects(
      () => table.teach("home", [example(2, { embedding: wide })]),
      UnteachableError,
      "dimensions",
    );
    await table.forget("home", { label: "Rex" });
    await table.teach("home", [example(2, { embedding: wide })]);
    await assertRejects(
      () => table.teach("home", [example(3, { not: true })]),
      UnteachableError,
      "dimensions",
    );
  });

  test("nearest() keeps models apart", async (table) => {
    const { embedding } = example(1);
    await table.teach("home", [
      example(1, { model: "a" }),
      example(2, { model: "b", embedding }),
      example(3, { model: "c", embedding: randomUnit(128, seeded(3)) }),
    ]);
    const found = await table.nearest("home", { model: "b", embedding, limit: 10 });
    assertEquals(found.map((one) => one.memory.bytes), [hash(2)]);
    assertEquals(await table.nearest("home", { model: "d", embedding, limit: 10 }), []);
    assertEquals(await table.nearest("home", { model: "c", embedding, limit: 1 }), []);
  });

  test("nearest() rejects a limit or a query that is none", async (table) => {
    await table.teach("home", [example(1)]);
    const { embedding } = example(1);
    for (const limit of [0, 257, 1.5, NaN]) {
      await assertRejects(
        () => table.nearest("home", { model: "look-1", embedding, limit }),
        RangeError,
        "limit",
      );
    }
    const query = { model: "look-1", embedding: embedding.map((x) => 2 * x), limit: 1 };
    await assertRejects(() => table.nearest("home", query), RangeError, "length");
  });

  test("searches beside teaching and forgetting see no memory that was forgotten before", async (table) => {
    const { embedding } = example(0);
    await table.teach("home", Array.from({ length: 100 }, (_, i) => example(i)));
    const gone = new Set<string>();
    let searches = 0;
    let done = false;
    const search = async () => {
      while (!done) {
        const before = new Set(gone);
        const found = await table.nearest("home", { model: "look-1", embedding, limit: 50 });
        assertEquals(found.filter((one) => before.has(one.memory.id)), []);
        assertEquals(new Set(found.map((one) => one.memory.id)).size, found.length);
        searches++;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    const change = async () => {
      try {
        for (const id of await ids(table, "home")) {
          await table.forget("home", { id });
          gone.add(id);
          await table.teach("home", [example(1000 + gone.size)]);
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      } finally {
        done = true;
      }
    };
    await Promise.all([search(), search(), change()]);
    assertGreater(searches, 2);
    assertEquals((await table.space("home"))?.memories, 100);
  });

  test("space() counts, and its revision rises with every change", async (table, clock) => {
    assertEquals(await table.space("home"), undefined);
    const [taught] = await table.teach("home", [example(1)]);
    const revisions: number[] = [];
    const look = async (memories: number) => {
      const state = await table.space("home");
      assertEquals([state?.space, state?.memories, state?.expiresAt], ["home", memories, null]);
      assertLess(revisions.at(-1) ?? -1, state!.revision);
      revisions.push(state!.revision);
    };
    await look(1);
    await table.teach("home", [example(2)]);
    await look(2);
    await table.rename("home", taught!.memory.id, { label: "Max" });
    await look(2);
    await table.forget("home", { label: "Max" });
    await look(1);
    await table.forget("home", {});
    clock.now += 1000;
    await table.teach("home", [example(3)]);
    await look(1);
  });

  test("openSpace() makes a space that is gone when its time is over", async (table, clock) => {
    const expiresAt = new Date(clock.now + 3_600_000).toISOString();
    const state = await table.openSpace("visitor", { expiresAt });
    assertEquals([state.space, state.memories, state.expiresAt], ["visitor", 0, expiresAt]);
    assertEquals(await table.space("visitor"), state);
    await assertRejects(() => table.openSpace("visitor", { expiresAt }), ConflictError);
    const [taught] = await table.teach("visitor", [example(1, { photo: new Uint8Array(9) })]);
    const { id, embedding } = taught!.memory;
    assertEquals((await table.space("visitor"))?.expiresAt, expiresAt);
    assertEquals((await table.forget("visitor", {})).count, 1);
    assertEquals((await table.space("visitor"))?.expiresAt, expiresAt);
    const [again] = await table.teach("visitor", [example(2)]);
    clock.now += 3_600_000;
    assertEquals(await table.space("visitor"), undefined);
    assertEquals(await table.get("visitor", again!.memory.id), undefined);
    assertEquals(await table.photo("visitor", id), undefined);
    assertEquals(await ids(table, "visitor"), []);
    assertEquals((await table.labels("visitor", { limit: 1 })).items, []);
    assertEquals(await table.byBytes("visitor", hash(2)), []);
    assertEquals(
      await table.nearest("visitor", { model: "look-1", embedding, limit: 1 }),
      [],
    );
    assertEquals((await table.forget("visitor", {})).count, 0);
    await assertRejects(() => table.teach("visitor", [example(3)]), NotFoundError, "expired");
    await assertRejects(
      () => table.rename("visitor", again!.memory.id, { label: "Max" }),
      NotFoundError,
    );
    // The name may be opened anew, and what was there does not come back.
    await table.openSpace("visitor", { expiresAt: new Date(clock.now + 1000).toISOString() });
    assertEquals(await ids(table, "visitor"), []);
    const [fresh] = await table.teach("visitor", [example(2)]);
    assert(fresh?.created);
  });

  test(
    "openSpace() rejects a space that was taught in and a time that is none",
    async (table, clock) => {
      await table.teach("home", [example(1)]);
      const expiresAt = new Date(clock.now + 1000).toISOString();
      await assertRejects(() => table.openSpace("home", { expiresAt }), ConflictError);
      await assertRejects(() => table.openSpace("new", { expiresAt: "soon" }), RangeError);
    },
  );

  test("erasure() says that a new table is clean, and ping() that it is there", async (table) => {
    const { erasedAt, verifiable } = await table.erasure();
    assertEquals([typeof erasedAt, verifiable], ["string", isVerifiable]);
    await table.ping();
  });
}
