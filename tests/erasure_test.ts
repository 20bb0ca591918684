/**
 * Forgetting leaves nothing in the store's files.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { MemoryTable } from "../functions/core/memory.ts";
import { answerItem } from "../functions/core/review/answer_item.ts";
import { createReviewQueue } from "../functions/core/review/review_queue.ts";
import { openKvTable } from "../functions/memory/kv.ts";
import { example } from "./support/memory_contract.ts";
import { item, subject } from "./support/review.ts";
import { filesOf, withStoreFile } from "./support/store_file.ts";
import { randomUnit, seeded } from "./support/vectors.ts";

/** A label and an example that are in no other. */
const SECRET = "Grandmother Adelheid";
const PHOTO = new TextEncoder().encode("The photo of Adelheid at the sea. ".repeat(6000));

function secretExample(n: number) {
  return example(n, {
    label: SECRET,
    embedding: randomUnit(1280, seeded(n)),
    model: "wide",
    photo: PHOTO,
  });
}

/** Everything that must not be found of an example: text and raw bytes, in part too. */
function tracesOf(n: number): Map<string, Uint8Array> {
  const { embedding, bytes, fingerprint } = secretExample(n);
  const raw = new Uint8Array(embedding.slice().buffer);
  const text = new TextEncoder();
  return new Map([
    ["label", text.encode(SECRET)],
    ["label in UTF-16", new Uint8Array(Uint16Array.from(SECRET, (c) => c.charCodeAt(0)).buffer)],
    ["photo", PHOTO.subarray(0, 34)],
    ["embedding", raw.slice(0, 16)],
    ["middle of the embedding", raw.slice(2560, 2576)],
    ["end of the embedding", raw.slice(-16)],
    ["bytes", Uint8Array.fromHex(bytes)],
    ["bytes in text", text.encode(bytes)],
    ["fingerprint", Uint8Array.fromHex(fingerprint!)],
    ["fingerprint in text", text.encode(fingerprint!)],
  ]);
}

/** Latin-1 keeps every byte, so that text search works on binary files. */
const latin1 = new TextDecoder("latin1");

async function tracesIn(path: string, n: number): Promise<string[]> {
  const found: string[] = [];
  for (const [file, bytes] of await filesOf(path)) {
    const content = latin1.decode(bytes);
    for (const [what, trace] of tracesOf(n)) {
      if (content.includes(latin1.decode(trace))) found.push(`${what} in ${file}`);
    }
  }
  return found;
}

async function erased(table: MemoryTable): Promise<string> {
  const end = performance.now() + 20_000;
  for (;;) {
    const { erasedAt } = await table.erasure();
    if (erasedAt !== null) return erasedAt;
    assert(performance.now() < end, "nothing was erased within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Memories that stay, before and after, so that pages are shared. */
async function teachOthers(table: MemoryTable, from: number): Promise<void> {
  const others = Array.from({ length: 60 }, (_, i) => example(from + i, { label: `Other ${i}` }));
  await table.teach("home", others);
}

const ways: [
  string,
  (table: MemoryTable, id: string, clock: { now: number }) => Promise<unknown>,
][] = [
  ["by id", (table, id) => table.forget("home", { id })],
  ["by label", (table) => table.forget("home", { label: SECRET })],
  ["with its space", (table) => table.forget("home", {})],
];

for (const [how, forget] of ways) {
  Deno.test(`forget() ${how} leaves nothing in the files once erasedAt is told`, () =>
    withStoreFile(async (path) => {
      const table = await openKvTable(path);
      await teachOthers(table, 1000);
      const [taught] = await table.teach("home", [secretExample(1)]);
      await teachOthers(table, 2000);
      const before = await tracesIn(path, 1);
      // The search must be able to find what it then must not.
      for (const what of ["label", "photo", "embedding", "bytes", "fingerprint"]) {
        assert(before.some((one) => one.startsWith(`${what} in`)), `${what} is not found at all`);
      }
      await forget(table, taught!.memory.id, { now: 0 });
      assertEquals((await table.erasure()).erasedAt, null);
      await erased(table);
      assertEquals(await tracesIn(path, 1), []);
      await table.close();
      assertEquals(await tracesIn(path, 1), []);
    }));
}

Deno.test("forget() leaves nothing in the files of what was reviewed, ruled and taken back", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    await teachOthers(table, 1000);
    const queue = createReviewQueue({
      memory: table,
      alike: { thing: 0.95, person: 0.85 },
      now: () => new Date(),
    });
    const { bytes, fingerprint, embedding } = secretExample(1);
    const seen = {
      ...subject(1, { bytes, fingerprint, embedding }),
      model: "wide",
      thumbnail: PHOTO.slice(0, 4000),
    };
    const suggestions = [{ label: SECRET, confidence: 0.5 }];
    const waiting = (await queue.add("home", seen, item({ suggestions })))!;
    const actor = { by: "Ann", why: `I know ${SECRET}` };
    const { event } = await answerItem(table, "home", waiting, { label: SECRET }, {
      actor,
      models: { person: "face-1", thing: "wide" },
      now: new Date(),
    });
    const undo = await table.undo("home", event!.id, actor);
    await table.undo("home", undo.id, actor);
    await table.teach("home", [secretExample(1)], { actor });
    const [taught] = await table.events("home", { limit: 1 });
    await table.undo("home", taught!.id, actor);
    await table.decide("home", actor, () =>
      Promise.resolve({
        type: "rule",
        what: `wrote a rule: it is ${SECRET}`,
        documents: [{
          collection: "rule",
          id: "a",
          document: { value: { then: { label: SECRET } }, about: [`label:${SECRET}`] },
        }],
      }));
    const before = await tracesIn(path, 1);
    for (const what of ["label", "photo", "embedding", "bytes"]) {
      assert(before.some((one) => one.startsWith(`${what} in`)), `${what} is not found at all`);
    }
    await table.forget("home", { label: SECRET });
    await erased(table);
    assertEquals(await tracesIn(path, 1), []);
    await table.close();
    assertEquals(await tracesIn(path, 1), []);
  }));

Deno.test("forget() of a label that was renamed away leaves nothing of it in the files", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    await teachOthers(table, 1000);
    const [taught] = await table.teach("home", [secretExample(1)]);
    await table.rename("home", taught!.memory.id, { label: "Somebody else" });
    const label = taught!.memory.label;
    const { count, purged } = await table.forget("home", { label });
    assertEquals({ count, purged }, { count: 0, purged: 2 });
    assertEquals((await table.erasure()).erasedAt, null);
    await erased(table);
    const left = await tracesIn(path, 1);
    assertEquals(left.filter((one) => one.startsWith("label")), []);
    // What stayed is still there.
    assert(left.some((one) => one.startsWith("embedding in")));
    await table.close();
  }));

Deno.test("a space that has expired leaves nothing in the files after it was swept", () =>
  withStoreFile(async (path) => {
    const clock = { now: Date.now() };
    const options = { now: () => clock.now };
    const table = await openKvTable(path, options);
    const expiresAt = new Date(clock.now + 3_600_000).toISOString();
    await table.openSpace("visitor", { expiresAt });
    await table.teach("visitor", [secretExample(1)]);
    // One in which nothing was taught has something to lose, too.
    await table.openSpace("another", { expiresAt });
    const document = { value: { then: { label: SECRET } }, about: [`label:${SECRET}`] };
    await table.keep("another", [{ collection: "rule", id: "a", document }]);
    await table.close();
    clock.now += 3_600_000;
    // Opening sweeps, and closing waits for what was begun.
    const again = await openKvTable(path, options);
    await again.close();
    assertEquals(await tracesIn(path, 1), []);
  }));

Deno.test("close() right after forget() leaves clean files", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    await table.teach("home", [secretExample(1)]);
    await table.forget("home", { label: SECRET });
    await table.close();
    assertEquals(await tracesIn(path, 1), []);
  }));

Deno.test("forget() leaves nothing in the files of a process without all permissions", () =>
  withStoreFile(async (path) => {
    const script = `
      import { openKvTable } from "${new URL("../functions/memory/kv.ts", import.meta.url)}";
      import { example } from "${new URL("./support/memory_contract.ts", import.meta.url)}";
      import { randomUnit, seeded } from "${new URL("./support/vectors.ts", import.meta.url)}";
      const table = await openKvTable(${JSON.stringify(path)});
      const others = (from) =>
        table.teach("home", Array.from({ length: 60 }, (_, i) => example(from + i)));
      await others(1000);
      await table.teach("home", [example(1, {
        label: ${JSON.stringify(SECRET)},
        embedding: randomUnit(1280, seeded(1)),
        model: "wide",
        photo: new TextEncoder().encode(${JSON.stringify(new TextDecoder().decode(PHOTO))}),
      })]);
      await others(2000);
      await table.forget("home", { label: ${JSON.stringify(SECRET)} });
      console.log((await table.erasure()).erasedAt);
      await table.close();
    `;
    const config = new URL("../deno.json", import.meta.url).pathname;
    const file = `${await Deno.makeTempDir()}/forget.ts`;
    await Deno.writeTextFile(file, script);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      // What the service has at most: reading and writing where its data lies, no running of programs.
      args: [
        "run",
        "--no-check",
        "--config",
        config,
        "--allow-read",
        `--allow-write=${folder}`,
        "--allow-env",
        file,
      ],
      stdout: "piped",
    }).output();
    await Deno.remove(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    assertEquals([success, new TextDecoder().decode(stdout)], [true, "null\n"]);
    assertEquals(await tracesIn(path, 1), []);
    const table = await openKvTable(path);
    assertEquals((await table.space("home"))?.memories, 120);
    assertEquals((await table.list("home", { limit: 1000 })).items.length, 120);
    assert((await table.erasure()).erasedAt !== null);
    await table.close();
  }));

Deno.test("an erasure that a hard kill cut off is done at the next start", () =>
  withStoreFile(async (path) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `
        import { openKvTable } from "${new URL("../functions/memory/kv.ts", import.meta.url)}";
        import { example } from "${new URL("./support/memory_contract.ts", import.meta.url)}";
        import { randomUnit, seeded } from "${new URL("./support/vectors.ts", import.meta.url)}";
        const table = await openKvTable(${JSON.stringify(path)});
        await table.teach("home", [example(1, {
          label: ${JSON.stringify(SECRET)},
          embedding: randomUnit(1280, seeded(1)),
          model: "wide",
        })]);
        await table.forget("home", {});
        console.log("forgotten");
        Deno.kill(Deno.pid, "SIGKILL");
      `,
      ],
      stdout: "piped",
    });
    const { stdout, signal } = await child.output();
    assertEquals([new TextDecoder().decode(stdout), signal], ["forgotten\n", "SIGKILL"]);
    assert((await tracesIn(path, 1)).length > 0, "there was nothing left to erase");
    const table = await openKvTable(path);
    await erased(table);
    assertEquals(await tracesIn(path, 1), []);
    await table.close();
  }));

Deno.test("no acknowledged memory is lost while the files are being cleaned", () =>
  withStoreFile(async (path) => {
    const table = await openKvTable(path);
    const other = await openKvTable(path);
    const kept = new Set<string>();
    const forgotten = new Set<string>();
    let cleaned = 0;
    let writing = true;
    const write = async (mine: MemoryTable, from: number) => {
      for (let n = from; n < from + 60; n++) {
        const [taught] = await mine.teach("home", [example(n, { photo: new Uint8Array(70_000) })]);
        const { id } = taught!.memory;
        if (n % 4 === 0) {
          await mine.forget("home", { id });
          forgotten.add(id);
        } else kept.add(id);
      }
    };
    // Both tables clean on their own, and this one all the time on top.
    const clean = async () => {
      const { createFileEraser } = await import("../functions/memory/file_eraser.ts");
      const eraser = createFileEraser(path);
      while (writing) {
        // A busy file is an honest failure, which a table tries again.
        await eraser.run().then(() => cleaned++, () => {});
      }
    };
    const cleaning = clean();
    await Promise.all([write(table, 0), write(other, 1000)]);
    writing = false;
    await cleaning;
    assert(cleaned > 0, "the files were never cleaned meanwhile");
    const { items } = await table.list("home", { limit: 1000 });
    assertEquals(items.map((one) => one.id).toSorted(), [...kept].toSorted());
    for (const id of forgotten) assertEquals(await other.get("home", id), undefined);
    await erased(table);
    await other.close();
    await table.close();
    const reopened = await openKvTable(path);
    assertEquals((await reopened.space("home"))?.memories, kept.size);
    assertEquals((await reopened.list("home", { limit: 1000 })).items.length, kept.size);
    await reopened.close();
  }));

Deno.test("erasure() tells the time of the last cleaning, also after a restart", () =>
  withStoreFile(async (path) => {
    const clock = { now: Date.UTC(2026, 0, 1) };
    const options = { now: () => clock.now };
    const table = await openKvTable(path, options);
    assertEquals(await table.erasure(), {
      erasedAt: new Date(clock.now).toISOString(),
      verifiable: true,
    });
    await table.teach("home", [example(1)]);
    clock.now += 60_000;
    await table.forget("home", {});
    const at = await erased(table);
    assertEquals(at, new Date(clock.now).toISOString());
    await table.close();
    clock.now += 60_000;
    const again = await openKvTable(path, options);
    assertEquals((await again.erasure()).erasedAt, at);
    await again.close();
  }));
