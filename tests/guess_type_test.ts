/**
 * Which of the taught types a photo is guessed to be of.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { guessType } from "../functions/core/guess_type.ts";
import { sigmoid } from "../functions/core/log_odds.ts";
import type { NewMemory } from "../functions/core/memory.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import { unit } from "./support/vectors.ts";

const SPACE = "home";
const judge = {
  among: (likeness: number, rival: number, memories: number) =>
    sigmoid(-2 + 20 * (likeness - rival) + Math.log(1 + memories)),
};
let taught = 0;

function lesson(label: string, look: readonly number[], more: Partial<NewMemory> = {}): NewMemory {
  return {
    label,
    kind: "thing",
    scope: "type",
    not: false,
    model: "m",
    embedding: unit(Float32Array.from(look)),
    bytes: (++taught).toString(16).padStart(64, "0"),
    fingerprint: null,
    image: { width: 10, height: 10 },
    face: null,
    faces: 0,
    forced: false,
    path: [],
    ...more,
  };
}

async function guess(look: readonly number[], ...lessons: NewMemory[]) {
  const table = createInProcessTable({ tableBytes: 2 ** 20 });
  try {
    await table.teach(SPACE, lessons);
    const query = { model: "m", look: unit(Float32Array.from(look)) };
    return await guessType(table, SPACE, query, judge);
  } finally {
    await table.close();
  }
}

Deno.test("guessType() weighs the likeliest type against the next, individuals aside", async () => {
  const found = await guess(
    [1, 0.2, 0],
    lesson("ewer", [1, 0, 0]),
    lesson("ewer", [1, 0, 0.001]),
    lesson("cup", [0, 1, 0]),
    lesson("Rex", [1, 0.2, 0], { scope: "individual" }),
  );
  const length = Math.hypot(1, 0.2);
  assert(found !== undefined);
  assertEquals([found.label, found.rival, found.memories], ["ewer", "cup", 2]);
  assertAlmostEquals(found.similarity, 1 / length, 1e-4);
  assertAlmostEquals(found.confidence, judge.among(1 / length, 0.2 / length, 2), 1e-3);
  assert(found.evidence.every(({ label, by }) => label === "ewer" && by === "look"));
});

Deno.test("guessType() guesses nothing where one type is known, or a correction is nearer", async () => {
  const ewer = lesson("ewer", [1, 0, 0]), cup = lesson("cup", [0, 1, 0]);
  assertEquals(await guess([1, 0.2, 0], ewer), undefined);
  assertEquals(await guess([1, 0.2, 0], ewer, lesson("ewer", [1, 0.1, 0])), undefined);
  const no = lesson("ewer", [1, 0.2, 0], { not: true, scope: "individual" });
  assertEquals(await guess([1, 0.2, 0], ewer, cup, no), undefined);
  assertEquals((await guess([1, -0.5, 0], ewer, cup, no))?.label, "ewer");
});
