/**
 * The memory table in Deno KV: the contract, what it keeps through a hard kill, and what two
 * processes see of each other.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes, fail } from "@std/assert";
import { openKvTable } from "../functions/memory/kv.ts";
import type { MemoryTable } from "../functions/core/memory.ts";
import { type KvStore, openKvStore } from "../functions/memory/kv_store.ts";
import { createTable } from "../functions/memory/table.ts";
import { ledgerContract } from "./support/ledger_contract.ts";
import { example, hash, memoryContract, type OpenTable } from "./support/memory_contract.ts";
import { withStoreFile } from "./support/store_file.ts";
import { startTeller } from "./support/teller.ts";

memoryContract("KV in memory", (options) => openKvTable(":memory:", options));

const openInFile: OpenTable = async (options) => {
  const folder = await Deno.makeTempDir();
  const table = await openKvTable(`${folder}/memory.db`, options);
  return {
    ...methodsOf(table),
    async close() {
      await table.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
};

memoryContract("KV in a file", openInFile);
ledgerContract("KV in a file", openInFile, 2);

/** The methods of a table, to be spread. */
function methodsOf(table: Awaited<ReturnType<typeof openKvTable>>) {
  return {
    teach: table.teach.bind(table),
    get: table.get.bind(table),
    photo: table.photo.bind(table),
    rename: table.rename.bind(table),
    list: table.list.bind(table),
    labels: table.labels.bind(table),
    forget: table.forget.bind(table),
    byBytes: table.byBytes.bind(table),
    byFingerprint: table.byFingerprint.bind(table),
    nearest: table.nearest.bind(table),
    references: table.references.bind(table),
    people: table.people.bind(table),
    space: table.space.bind(table),
    openSpace: table.openSpace.bind(table),
    erasure: table.erasure.bind(table),
    ping: table.ping.bind(table),
    renameLabel: table.renameLabel.bind(table),
    document: table.document.bind(table),
    documents: table.documents.bind(table),
    keep: table.keep.bind(table),
    decide: table.decide.bind(table),
    revisionOf: table.revisionOf.bind(table),
    events: table.events.bind(table),
    undo: table.undo.bind(table),
    era: table.era.bind(table),
  };
}

Deno.test("openKvTable() finds everything again when it is opened anew", () =>
  withStoreFile(async (path) => {
    const first = await openKvTable(path);
    const photo = new Uint8Array(100_000).fill(3);
    const [taught, other] = await first.teach("home", [example(1, { photo }), example(2)]);
    const renamed = await first.rename("home", other!.memory.id, { label: "Max" });
    const state = await first.space("home");
    await first.close();
    const second = await openKvTable(path);
    assertEquals((await second.list("home", { limit: 10 })).items, [taught!.memory, renamed]);
    assertEquals(await second.photo("home", taught!.memory.id), photo);
    assertEquals(await second.space("home"), state);
    const [again] = await second.teach("home", [example(1)]);
    assertEquals(again, { memory: taught!.memory, created: false });
    await second.close();
  }));

Deno.test("openKvTable() refuses a store of a format that it does not know", () =>
  withStoreFile(async (path) => {
    const kv = await Deno.openKv(path);
    await kv.set(["format"], 99);
    kv.close();
    await assertRejects(() => openKvTable(path), Error, "99");
  }));

Deno.test("openKvTable() leaves an open database open and says that its files cannot be verified", async () => {
  const kv = await Deno.openKv(":memory:");
  const table = await openKvTable(kv);
  await table.teach("home", [example(1)]);
  await table.forget("home", {});
  assertEquals(await table.erasure(), { erasedAt: null, verifiable: false });
  await table.close();
  assertEquals((await kv.get(["format"])).value, 1);
  kv.close();
});

Deno.test("openKvTable() closes an open database that was handed over, also when it refuses it", async () => {
  const kv = await Deno.openKv(":memory:");
  const table = await openKvTable(kv, { owned: true });
  await table.teach("home", [example(1)]);
  await table.close();
  await assertRejects(() => kv.get(["format"]), Error);
  const unknown = await Deno.openKv(":memory:");
  await unknown.set(["format"], 99);
  await assertRejects(() => openKvTable(unknown, { owned: true }), Error, "99");
  await assertRejects(() => unknown.get(["format"]), Error);
});

Deno.test("openKvTable() reports a damaged record, leaves it out and answers from the rest", () =>
  withStoreFile(async (path) => {
    const first = await openKvTable(path);
    await first.teach("home", [1, 2, 3, 4].map((n) => example(n)));
    await first.close();
    const kv = await Deno.openKv(path);
    const damage: ((value: Record<string, unknown>) => unknown)[] = [
      (value) => ({ ...value, embedding: new Uint8Array(7) }),
      () => "nonsense",
      (value) => ({ ...value, embedding: new Uint8Array(48 * 4) }),
    ];
    for await (const { key, value } of kv.list<Record<string, unknown>>({ prefix: ["m"] })) {
      const harm = damage.shift();
      if (harm !== undefined) await kv.set(key, harm(value));
    }
    kv.close();
    const reports: string[] = [];
    const second = await openKvTable(path, { report: (message) => reports.push(message) });
    const { embedding } = example(4);
    const found = await second.nearest("home", { model: "look-1", embedding, limit: 10 });
    assertEquals(found.map((one) => one.memory.bytes), [hash(4)]);
    assertEquals((await second.list("home", { limit: 10 })).items.length, 1);
    assert(reports.length >= 3);
    for (const report of reports) {
      assertStringIncludes(report, "damaged");
      assertEquals(report.includes("Rex"), false);
    }
    // Forgetting everything is still whole.
    await second.forget("home", {});
    await second.close();
    const after = await Deno.openKv(path);
    const left = [];
    for await (const { key } of after.list({ prefix: ["m"] })) left.push(key);
    assertEquals(left, []);
    after.close();
  }));

Deno.test("openKvTable() keeps labels and hashes out of all keys", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    const taught = await table.teach("home", [
      example(1, { label: "Grandmother Ada", photo: new Uint8Array(70_000) }),
      example(2, { label: "Grandmother Ada" }),
    ]);
    await table.rename("home", taught[0]!.memory.id, { label: "Great-aunt Eve" });
    await table.forget("home", { id: taught[1]!.memory.id });
    await table.openSpace("visitor", { expiresAt: new Date(Date.now() + 1e6).toISOString() });
    const kv = await Deno.openKv(path);
    const keys: string[] = [];
    for await (const { key } of kv.list({ prefix: [] })) keys.push(JSON.stringify(key));
    kv.close();
    assert(keys.length > 5);
    for (const secret of ["Ada", "Eve", hash(1), hash(2), hash(1_000_001), hash(1_000_002)]) {
      assertEquals(keys.filter((key) => key.includes(secret)), []);
    }
    await table.close();
  }));

/** A database whose writes to keys of one kind wait for `pause`, the first time. */
function pausing(kv: Deno.Kv, kind: string, pause: () => Promise<void>): Deno.Kv {
  let paused = false;
  const methods: Partial<Deno.Kv> = {
    atomic() {
      const atomic = kv.atomic();
      const commit = atomic.commit.bind(atomic);
      const set = atomic.set.bind(atomic);
      let waits = false;
      atomic.set = (key, value, options) => {
        waits ||= key[0] === kind;
        return set(key, value, options);
      };
      atomic.commit = async () => {
        const result = await commit();
        if (waits && !paused) {
          paused = true;
          await pause();
        }
        return result;
      };
      return atomic;
    },
  };
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A store in memory whose staging pauses, another on the same database, and their clock. */
async function pausedStaging(
  kind: "p" | "m",
  pause: (other: KvStore, clock: { now: number }) => Promise<void>,
  teach: (table: MemoryTable, kv: Deno.Kv, reports: string[]) => Promise<void>,
) {
  const kv = await Deno.openKv(":memory:");
  const clock = { now: Date.now() };
  const reports: string[] = [];
  const options = {
    owned: false,
    report: (message: string) => reports.push(message),
    now: () => clock.now,
  };
  const other = await openKvStore(kv, options);
  const slow = await openKvStore(pausing(kv, kind, () => pause(other, clock)), options);
  const table = createTable(slow, { now: () => clock.now });
  try {
    await teach(table, kv, reports);
  } finally {
    await table.close();
    await other.close();
    kv.close();
  }
}

async function keysOf(kv: Deno.Kv, ...kinds: string[]): Promise<string[]> {
  const keys: string[] = [];
  for (const kind of kinds) {
    for await (const { key } of kv.list({ prefix: [kind] })) keys.push(key.join(" "));
  }
  return keys;
}

const PHOTO = new Uint8Array(130_000).fill(7);

Deno.test("teach() keeps photos of long ago when another tidies while they are staged", () =>
  pausedStaging("p", (other) => other.tidy(), async (table, kv, reports) => {
    const examples = Array.from(
      { length: 3 },
      (_, i) => example(i, { createdAt: "2020-05-17T10:00:00Z", photo: PHOTO }),
    );
    for (const { memory } of await table.teach("home", examples)) {
      assertEquals(await table.photo("home", memory.id), PHOTO);
    }
    assertEquals(reports, []);
    assertEquals(await keysOf(kv, "part", "batch"), []);
  }));

for (const [what, kind, count] of [["photos", "p", 2], ["a large batch", "m", 2000]] as const) {
  Deno.test(`teach() stages ${what} anew when a tidy took them for a dead writer's`, () =>
    pausedStaging(kind, async (other, clock) => {
      clock.now += 11 * 60_000;
      await other.tidy();
    }, async (table, kv, reports) => {
      const photo = kind === "p" ? { photo: PHOTO } : {};
      const examples = Array.from({ length: count }, (_, i) => example(i, photo));
      const taught = await table.teach("home", examples);
      const { items } = await table.list("home", { limit: 1000 });
      assertEquals(items, taught.slice(0, 1000).map((one) => one.memory));
      assertEquals((await keysOf(kv, "m")).length, count);
      for (const { memory } of taught.slice(0, 2)) {
        const kept = await table.photo("home", memory.id);
        assertEquals(kept, kind === "p" ? PHOTO : undefined);
      }
      assertEquals((await keysOf(kv, "p")).length, kind === "p" ? 3 * count : 0);
      assertEquals(await keysOf(kv, "part", "batch"), []);
      assertEquals(reports, []);
    }));
}

Deno.test("photo() reports a photo that is not whole and gives none", async () => {
  const kv = await Deno.openKv(":memory:");
  const reports: string[] = [];
  const table = await openKvTable(kv, { report: (message) => reports.push(message) });
  const taught = await table.teach("home", [1, 2].map((n) => example(n, { photo: PHOTO })));
  const [short, none] = taught.map((one) => one.memory.id) as [string, string];
  await table.rename("home", none, { label: "Max" });
  for await (const { key } of kv.list({ prefix: ["p"] })) {
    if (key[3] === none || key[4] === 2) await kv.delete(key);
  }
  for (const id of [short, none]) assertEquals(await table.photo("home", id), undefined);
  assertEquals(reports.map((report) => /(\d+) of (\d+) bytes/.exec(report)?.slice(1)), [
    ["120000", "130000"],
    ["0", "130000"],
  ]);
  await table.close();
  kv.close();
});

Deno.test("nearest() does not answer from a load that forgetting or teaching overtook", async () => {
  const kv = await Deno.openKv(":memory:");
  const options = { owned: false, report: fail, now: Date.now };
  const first = createTable(await openKvStore(kv, options));
  await first.teach("home", [example(1), example(2)]);
  const store = await openKvStore(kv, options);
  // The store is slow: what it has read arrives when the gate opens.
  const gate = Promise.withResolvers<void>();
  const reading = Promise.withResolvers<void>();
  const scan = store.scan.bind(store);
  store.scan = async function* (space, generation) {
    for await (const batch of scan(space, generation)) {
      reading.resolve();
      await gate.promise;
      yield batch;
    }
  };
  const second = createTable(store);
  const { embedding } = example(1);
  const query = { model: "look-1", embedding, limit: 10 };
  const overtaken = second.nearest("home", query);
  await reading.promise;
  assertEquals((await second.forget("home", {})).count, 2);
  const [taught] = await second.teach("home", [example(3)]);
  const joined = second.nearest("home", query);
  gate.resolve();
  for (const found of [await overtaken, await joined, await second.nearest("home", query)]) {
    assertEquals(found.map((one) => one.memory.id), [taught!.memory.id]);
  }
  await first.close();
  await second.close();
  kv.close();
});

Deno.test("two tables on one file agree when changes are more than the log keeps", () =>
  withStoreFile(async (path) => {
    const clock = { now: Date.now() };
    const options = { now: () => clock.now };
    const [a, b] = [await openKvTable(path, options), await openKvTable(path, options)];
    const seen = async (table: typeof a) =>
      (await table.list("home", { limit: 1000 })).items.map((one) => one.label).toSorted();
    await a.teach("home", Array.from({ length: 10 }, (_, i) => example(i, { label: `L${i}` })));
    assertEquals((await seen(b)).length, 10);
    // A few changes go by the log, three hundred by a new load.
    for (const changes of [3, 300]) {
      for (let i = 0; i < changes; i++) {
        const n = changes * 1000 + i;
        const [taught] = await a.teach("home", [example(n, { label: `N${n}` })]);
        if (i % 3 === 0) await a.rename("home", taught!.memory.id, { label: `R${n}` });
        if (i % 3 === 1) await a.forget("home", { id: taught!.memory.id });
      }
      clock.now += 1000;
      assertEquals(await seen(b), await seen(a));
      assertEquals(
        (await b.labels("home", { limit: 1000 })).items,
        (await a.labels("home", { limit: 1000 })).items,
      );
    }
    await a.forget("home", {});
    clock.now += 1000;
    assertEquals(await seen(b), []);
    await b.teach("home", [example(1)]);
    clock.now += 1000;
    assertEquals(await seen(a), ["Rex"]);
    await a.close();
    await b.close();
  }));

Deno.test("two processes on one store agree within a second and store one example once", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    await table.teach("home", [example(0)]);
    const teller = await startTeller("serve", path);
    try {
      const { embedding } = example(5);
      const nearestBytes = async () => {
        const [found] = await table.nearest("home", { model: "look-1", embedding, limit: 1 });
        return found?.memory.bytes;
      };
      // Both have loaded the space before anything changes.
      assertEquals(await nearestBytes(), hash(0));
      assertEquals(await teller.ask("nearest 5"), hash(0));
      await teller.ask("teach 5");
      await within(1000, async () => await nearestBytes() === hash(5));
      await table.forget("home", { label: "Rex" });
      await within(1000, async () => await teller.ask("nearest 5") === "nothing");
      const both = await Promise.all([
        ...Array.from({ length: 10 }, (_, i) => table.teach("home", [example(100 + i)])),
        teller.ask("race 100 10"),
      ]);
      const mine = both.slice(0, 10).flat() as { created: boolean }[];
      const created = mine.filter((one) => one.created).length + Number(both[10]);
      assertEquals(created, 10);
      assertEquals((await table.space("home"))?.memories, 10);
      await teller.ask("end");
    } finally {
      await teller.stop();
      await table.close();
    }
  }));

Deno.test("a process that is killed hard loses nothing that it acknowledged", () =>
  withStoreFile(async (path) => {
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 5; round++) {
      const teller = await startTeller("teach", path, String(round * 100_000));
      // Sooner and later: while a record, a photo or a large batch is written, while files are cleaned.
      const lines = await teller.readUntilKilled(60 + 230 * round);
      for (const line of lines) {
        const [id, bytes] = line.split(" ") as [string, string];
        acknowledged.set(id, bytes);
      }
      const reports: string[] = [];
      const table = await openKvTable(path, { report: (message) => reports.push(message) });
      const stored = new Map<string, string>();
      let after: string | undefined;
      do {
        const page: Awaited<ReturnType<typeof table.list>> = await table.list("home", {
          limit: 1000,
          ...(after === undefined ? {} : { after }),
        });
        for (const memory of page.items) {
          stored.set(memory.id, memory.bytes);
          if (memory.hasPhoto) {
            assertEquals((await table.photo("home", memory.id))?.length, 150_000);
          }
        }
        after = page.next;
      } while (after !== undefined);
      for (const [id, bytes] of acknowledged) {
        if (bytes === "gone") assertEquals(stored.has(id), false);
        // It was being forgotten: either is right.
        else if (bytes !== "going") assertEquals(stored.get(id), bytes);
      }
      assertEquals((await table.space("home"))?.memories ?? 0, stored.size);
      assertEquals(reports, []);
      await table.close();
    }
    assert(acknowledged.size > 10, `only ${acknowledged.size} were acknowledged`);
  }));

/** Resolves when a condition holds; rejects when it does not within `milliseconds`. */
async function within(milliseconds: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!await holds()) {
    assert(performance.now() < end, `it did not happen within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
