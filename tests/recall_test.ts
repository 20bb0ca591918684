import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { createLookJudge } from "../functions/core/look_judge.ts";
import type { Memory } from "../functions/core/memory.ts";
import { recallBytes, recallSeen } from "../functions/core/recall.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";

/** "is" from .8, "perhaps" from .6, for there is no crowd; copies from .97. */
const judge = createLookJudge({
  cohort: { file: "-", sha256: "0".repeat(64), bytes: 1, rows: 1, dimension: 4, nearest: 1 },
  copy: { bits: 31, cosine: 0.97, floor: 0.5, confidence: 0.99 },
  is: { base: 0.8, slope: 0.5 },
  perhaps: { base: 0.6, slope: 0.5 },
  confidence: { bias: 2, slope: 20 },
  made: { command: "-", data: "-" },
}, Float32Array.of(0, 0, 0, 1));

/** A look at an angle to the first axis, in a plane of its own. */
function lookAt(cosine: number, axis: 1 | 2 = 1): Float32Array {
  const look = new Float32Array(4);
  look[0] = cosine;
  look[axis] = Math.sqrt(1 - cosine * cosine);
  return look;
}

const QUERY = Float32Array.of(1, 0, 0, 0);
const SPACE = "default";
let taught = 0;

function lesson(label: string, embedding: Float32Array, more: Partial<Memory> = {}) {
  taught++;
  return {
    label,
    kind: "thing" as const,
    scope: "individual" as const,
    not: false,
    model: "m",
    embedding,
    bytes: taught.toString(16).padStart(64, "0"),
    fingerprint: null,
    image: { width: 10, height: 10 },
    face: null,
    faces: 0,
    forced: false,
    path: [],
    ...more,
  };
}

async function recall(
  lessons: ReturnType<typeof lesson>[],
  fingerprint: { upright: string; mirrored: string } | null = null,
) {
  const table = createInProcessTable();
  try {
    for (const one of lessons) await table.teach(SPACE, [one]);
    return await recallSeen(table, SPACE, { model: "m", look: QUERY, fingerprint }, judge);
  } finally {
    await table.close();
  }
}

Deno.test("recallSeen() says is, perhaps or nothing by the cosine", async () => {
  const is = await recall([lesson("Rex", lookAt(0.85))]);
  assertEquals([is?.label, is?.certainty, is?.by], ["Rex", "is", "look"]);
  assertAlmostEquals(is!.similarity, 0.85, 1e-6);
  assertEquals(is!.evidence[0]!.threshold, 0.8);
  const perhaps = await recall([lesson("Rex", lookAt(0.7))]);
  assertEquals([perhaps?.certainty, perhaps?.evidence[0]?.threshold], ["perhaps", 0.6]);
  assert(perhaps!.confidence < is!.confidence);
  assertStringIncludes(perhaps!.reason, "0.70 ≥ 0.60");
  assertStringIncludes(perhaps!.reason, "needs 0.80");
  assertEquals(await recall([lesson("Rex", lookAt(0.5))]), undefined);
  assertEquals(await recall([]), undefined);
});

Deno.test("recallSeen() takes a cosine near 1 for a copy", async () => {
  const copy = await recall([lesson("Rex", lookAt(0.98))]);
  assertEquals([copy?.certainty, copy?.by], ["is", "copy"]);
});

Deno.test("recallSeen() demands more where it is crowded", async () => {
  const crowded = Float32Array.of(0.85, 0, 0, Math.sqrt(1 - 0.85 ** 2));
  const found = await recall([lesson("Rex", crowded)]);
  assertEquals(found?.certainty, "perhaps", "the memory lies near the cohort");
});

Deno.test("recallSeen() asks when two labels look alike", async () => {
  const found = await recall([lesson("Rex", lookAt(0.9)), lesson("Max", lookAt(0.88, 2))]);
  assertEquals([found?.label, found?.certainty], ["Rex", "perhaps"]);
  assertEquals(found?.rivals[0]?.label, "Max");
  assert(found!.confidence <= 0.5);
  assertStringIncludes(found!.reason, "Max");
});

Deno.test("recallSeen() gives several memories of one label as evidence, best first", async () => {
  const found = await recall([lesson("Rex", lookAt(0.82)), lesson("Rex", lookAt(0.9, 2))]);
  assertEquals(found?.certainty, "is");
  assertEquals(found?.evidence.map((e) => Math.round(100 * e.similarity)), [90, 82]);
});

Deno.test("recallSeen() finds the picture and its mirror by their hashes", async () => {
  const hash = "0123456789abcdef".repeat(4);
  const other = "fedcba9876543210".repeat(4);
  for (
    const fingerprint of [
      { upright: hash, mirrored: other },
      { upright: other, mirrored: hash },
    ]
  ) {
    const found = await recall([lesson("Rex", lookAt(0.65), { fingerprint: hash })], fingerprint);
    assertEquals([found?.by, found?.certainty, found?.similarity], ["copy", "is", 1]);
  }
});

Deno.test("recallSeen() takes equal hashes of what looks different for a collision", async () => {
  const hash = "0123456789abcdef".repeat(4);
  const found = await recall([lesson("Rex", lookAt(0.3), { fingerprint: hash })], {
    upright: hash,
    mirrored: hash,
  });
  assertEquals(found, undefined);
});

Deno.test("recallSeen() heeds a negative example that is nearer, for its label alone", async () => {
  const rex = lesson("Rex", lookAt(0.85));
  const nearer = lesson("Rex", lookAt(0.9, 2), { not: true });
  assertEquals(await recall([rex, nearer]), undefined);
  const farther = lesson("Rex", lookAt(0.7, 2), { not: true });
  assertEquals((await recall([rex, farther]))?.label, "Rex");
  const max = lesson("Max", lookAt(0.82, 2));
  assertEquals((await recall([rex, nearer, max]))?.label, "Max");
});

function stored(id: string, label: string, not = false): Memory {
  return { ...lesson(label, QUERY, { not }), id, space: SPACE, createdAt: "", hasPhoto: false };
}

Deno.test("recallBytes() takes the label that was taught last", () => {
  const found = recallBytes([stored("1", "Tom"), stored("2", "Chelsea")]);
  assertEquals([found?.label, found?.by, found?.certainty], ["Chelsea", "bytes", "is"]);
  assertEquals(found?.rivals.map((r) => r.label), ["Tom"]);
});

Deno.test("recallBytes() passes over a label that was taken back", () => {
  const memories = [stored("1", "Tom"), stored("2", "Chelsea"), stored("3", "Chelsea", true)];
  assertEquals(recallBytes(memories)?.label, "Tom");
  assertEquals(recallBytes(memories.slice(1)), undefined);
});
