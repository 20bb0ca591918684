/**
 * Spaces as lines: what goes out, what comes in, and what is refused before anything is stored.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { DEMO_MEMORIES, openDemoSpace, roomOf } from "../functions/core/demo.ts";
import { NotFoundError, QuotaError, UnteachableError } from "../functions/core/errors.ts";
import type { MemoryTable } from "../functions/core/memory.ts";
import { exportLines, importMemories, parseLines } from "../functions/core/transfer.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { openKvTable } from "../functions/memory/kv.ts";
import { example } from "./support/memory_contract.ts";
import { randomUnit, seeded } from "./support/vectors.ts";

/** The model of {@linkcode example}s. */
const models = {
  thing: { id: "look-1", dimension: 48 },
  person: { id: "face-1", dimension: 48 },
};

/** The least that is taken for a JPEG, with a tail that a number makes. */
function jpeg(n: number, size = 60_000): Uint8Array {
  const photo = new Uint8Array(size).fill(n % 251);
  photo.set([0xff, 0xd8, 0xff, 0xe0]);
  return photo;
}

function withTables(fn: (table: MemoryTable) => Promise<void>) {
  return async () => {
    for (const table of [createInProcessTable(), await openKvTable(":memory:")]) {
      try {
        await fn(table);
      } finally {
        await table.close();
      }
    }
  };
}

async function exported(table: MemoryTable, space: string): Promise<string> {
  return (await Array.fromAsync(exportLines(table, space, new Date()))).join("");
}

/** The lines of an export without their ids, which each space gives anew. */
function bodyOf(text: string): object[] {
  return text.trimEnd().split("\n").slice(1).map((line) => {
    const { id: _, ...memory } = JSON.parse(line);
    return memory;
  });
}

/** An export of one example, its line changed. */
async function changed(change: (line: Record<string, unknown>) => object): Promise<string> {
  const table = createInProcessTable();
  await table.teach("home", [example(1)]);
  const [header, line] = (await exported(table, "home")).split("\n") as [string, string];
  await table.close();
  return `${header}\n${JSON.stringify(change(JSON.parse(line)))}\n`;
}

function floats(vector: Float32Array): string {
  return new Uint8Array(vector.slice().buffer).toBase64();
}

Deno.test(
  "importMemories() takes in what exportLines() gave, photos and times of teaching included",
  withTables(async (table) => {
    const examples = Array.from({ length: 250 }, (_, i) =>
      example(i, {
        label: `L${i % 7}`,
        createdAt: new Date(Date.UTC(2020, 0, 1, 0, 0, i)).toISOString(),
        ...(i % 2 ? {} : { photo: jpeg(i) }),
      }));
    await table.teach("home", examples);
    const lines = await exported(table, "home");
    const memories = parseLines(lines, models);
    const take = () => importMemories(table, "copy", memories, { models });
    assertEquals(await take(), { imported: 250, known: 0 });
    assertEquals(await take(), { imported: 0, known: 250 });
    assertEquals(bodyOf(await exported(table, "copy")), bodyOf(lines));
  }),
);

Deno.test(
  "exportLines() names each memory, and importMemories() ignores the name",
  withTables(async (table) => {
    const taught = await table.teach("home", [example(1), example(2)]);
    const ids = taught.map(({ memory }) => memory.id);
    const named = (text: string) =>
      text.trimEnd().split("\n").slice(1).map((line) => JSON.parse(line).id);
    const lines = await exported(table, "home");
    assertEquals(named(lines), ids);
    for (
      const text of [lines, lines.replaceAll(/"id":"[^"]*",/g, ""), lines.replace(ids[0]!, "")]
    ) {
      const memories = parseLines(text, models);
      assert(memories.every((memory) => !("id" in memory)));
      await importMemories(table, "copy", memories, { models });
    }
    const copied = named(await exported(table, "copy"));
    assertEquals(copied.length, 2);
    assert(copied.every((id) => !ids.includes(id)));
  }),
);

Deno.test(
  "importMemories() stores all or nothing",
  withTables(async (table) => {
    const memories = Array.from({ length: 150 }, (_, i) => example(i));
    await table.teach("home", [example(1_000)]);
    const before = await table.space("home");
    const bad = example(999, { model: "other", embedding: randomUnit(8, seeded(1)) });
    await table.teach("elsewhere", [example(5, { model: "other" })]);
    await assertRejects(
      () => importMemories(table, "elsewhere", [...memories, bad], { models }),
      UnteachableError,
      "dimensions",
    );
    assertEquals((await table.space("elsewhere"))?.memories, 1);
    await assertRejects(
      () => importMemories(table, "home", memories, { models, maxMemories: 150 }),
      QuotaError,
    );
    assertEquals(await table.space("home"), before);
    const fits = await importMemories(table, "home", memories, { models, maxMemories: 151 });
    assertEquals(fits, { imported: 150, known: 0 });
  }),
);

Deno.test(
  "importMemories() of an older model's export takes nothing back",
  withTables(async (table) => {
    const old = example(1, { model: "look-0" });
    const [taught] = await table.teach("home", [example(1)]);
    assertEquals(await importMemories(table, "home", [old], { models }), { imported: 0, known: 1 });
    assertEquals((await table.list("home", { limit: 9 })).items, [taught!.memory]);
  }),
);

Deno.test("parseLines() refuses a dimension that is not the model's, naming the line", async () => {
  const embedding = floats(randomUnit(8, seeded(1)));
  const ours = await changed((line) => ({ ...line, embedding }));
  const error = assertThrows(() => parseLines(ours, models), UnteachableError);
  for (const word of ["line 2", "embedding", "48", "8", "look-1"]) {
    assertStringIncludes(error.message, word);
  }
  const foreign = await changed((line) => ({ ...line, embedding, model: "other" }));
  assertEquals(parseLines(foreign, models).length, 1);
  const mixed = foreign +
    JSON.stringify({
      ...JSON.parse(foreign.split("\n")[1]!),
      embedding: floats(example(1).embedding),
    });
  assertThrows(() => parseLines(mixed, models), UnteachableError, "line 3");
});

/** A line of a face, as the person model in use writes it. */
function faceLine(fields: object = {}) {
  return {
    kind: "person",
    model: "face-1",
    fingerprint: null,
    face: { index: 1, box: { x: -3.5, y: 20, width: 60, height: 80 } },
    faces: 2,
    ...fields,
  };
}

Deno.test("parseLines() refuses what the models in use cannot have written, naming the line and the field", async () => {
  const half = (n: number, tiny = 0) =>
    floats(Float32Array.from({ length: 48 }, (_, i) => i === n ? 1 : i === 0 ? tiny : 0));
  const { face } = faceLine();
  const wrong: [object, string][] = [
    [faceLine({ embedding: half(24) }), "embedding: should have a first half that is not zero"],
    [faceLine({ embedding: half(30, 1e-30) }), "embedding: should have a first half that is not"],
    [faceLine({ embedding: floats(new Float32Array(48).fill(NaN)) }), "embedding: should"],
    [faceLine({ kind: "thing" }), 'kind: should be "person"'],
    [faceLine({ model: "look-1" }), 'kind: should be "thing"'],
    [faceLine({ face: null }), "face: should say which face"],
    [faceLine({ faces: 1 }), "faces: should be more than the face's index, which is 1; it is 1"],
    [faceLine({ faces: undefined }), "faces: should be more than"],
    [{ face, faces: 2 }, "face: should be null for a thing"],
  ];
  for (const [fields, why] of wrong) {
    const text = await changed((line) => ({ ...line, ...fields }));
    const error = assertThrows(() => parseLines(text, models), UnteachableError);
    assertStringIncludes(error.message, `line 2 should be a memory: ${why}`);
  }
  const right = [faceLine(), faceLine({ not: true }), faceLine({ embedding: half(23) })];
  // What other models left waits to be renewed; nothing is compared with it.
  const older = wrong.filter((_, i) => i !== 2).map(([fields]) => ({ ...fields, model: "face-0" }));
  for (const fields of [...right, ...older, { faces: 3 }]) {
    const text = await changed((line) => ({ ...line, ...fields }));
    assertEquals(parseLines(text, models).length, 1);
  }
});

Deno.test(
  "importMemories() takes in which face of a photo was whose",
  withTables(async (table) => {
    const text = await changed((line) => ({ ...line, ...faceLine() }));
    const memories = parseLines(text, models);
    assertEquals(await importMemories(table, "home", memories, { models }), {
      imported: 1,
      known: 0,
    });
    const again = parseLines(await exported(table, "home"), models);
    assertEquals(again, memories);
    assertEquals([again[0]?.face, again[0]?.faces], [faceLine().face, 2]);
  }),
);

Deno.test("parseLines() holds labels to the API's rule", async () => {
  const composed = await changed((line) => ({ ...line, label: "e\u0301tienne" }));
  assertEquals(parseLines(composed, models)[0]?.label, "\u00e9tienne");
  for (const label of ["bad\nlabel", "\u200b", "..", "", 7]) {
    const text = await changed((line) => ({ ...line, label }));
    assertThrows(
      () => parseLines(text, models),
      UnteachableError,
      "line 2 should be a memory: label",
    );
  }
});

Deno.test("parseLines() takes JPEGs of at most 2 MiB as photos and times from 1970 on", async () => {
  const whole = await changed((line) => ({ ...line, photo: jpeg(1, 2 * 2 ** 20).toBase64() }));
  assertEquals(parseLines(whole, models)[0]?.photo?.length, 2 * 2 ** 20);
  const wrong: [Record<string, unknown>, string][] = [
    [{ photo: jpeg(1, 2 * 2 ** 20 + 1).toBase64() }, "photo: should have at most"],
    [{ photo: new TextEncoder().encode("<script>").toBase64() }, "photo: should be a JPEG"],
    [{ photo: "" }, "photo: should be a JPEG"],
    [{ photo: "*" }, "photo: should be base64"],
    [{ createdAt: "1969-12-31T23:59:59Z" }, "createdAt: should not be before 1970"],
  ];
  for (const [fields, why] of wrong) {
    const text = await changed((line) => ({ ...line, ...fields }));
    const error = assertThrows(() => parseLines(text, models), UnteachableError);
    assertStringIncludes(error.message, why);
  }
});

Deno.test("roomOf() keeps names of demo spaces for those that were opened", async () => {
  const clock = { now: Date.now() };
  const table = createInProcessTable({ now: () => clock.now });
  const { space } = await openDemoSpace(table, new Date(clock.now));
  for (const demo of [true, false]) {
    assertEquals(await roomOf(table, "home", demo), undefined);
    assertEquals(await roomOf(table, space, demo), DEMO_MEMORIES);
  }
  // As it could be taught before names were kept.
  await table.teach("demo-old", [example(1)]);
  clock.now += 2 * 3_600_000;
  for (const name of [space, "demo-mine", "demo-", "demo-old"]) {
    await assertRejects(() => roomOf(table, name, true), NotFoundError, name);
    const error = await assertRejects(() => roomOf(table, name, false), UnteachableError);
    assert(error.message.includes(name) && error.message.includes("kept for demo spaces"));
  }
  await table.close();
});
