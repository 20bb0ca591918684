import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { createLookJudge } from "../functions/core/look_judge.ts";
import type { Memory } from "../functions/core/memory.ts";
import { type Query, recallBytes, recallSeen } from "../functions/core/recall.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";

/**
 * An object "is" from .8 and "perhaps" from .6, an animal from .9 and .7, for there is no crowd;
 * copies from .97. A type "is" with probability .9, from .71, where the network tells nothing.
 */
const judge = createLookJudge({
  cohort: {
    file: "-",
    sha256: "0".repeat(64),
    bytes: 1,
    rows: 1,
    dimension: 4,
    least: 0,
    nearest: 1,
  },
  copy: { bits: 31, cosine: 0.97, floor: 0.5, confidence: 0.99 },
  individuals: {
    animal: {
      is: { base: 0.9, slope: 0.5 },
      perhaps: { base: 0.7, slope: 0.5 },
      confidence: { bias: 1, slope: 10 },
    },
    object: {
      is: { base: 0.8, slope: 0.5 },
      perhaps: { base: 0.6, slope: 0.5 },
      confidence: { bias: 2, slope: 20 },
    },
  },
  types: { bias: -12, likeness: 20, rival: -10, novelty: 1, is: 0.9, perhaps: 0.5 },
  rivals: { bias: -3, likeness: 5, margin: 30, memories: -0.2 },
  made: { command: "-", data: "-", photos: "0".repeat(64) },
}, Float32Array.of(0, 0, 0, 1));
const TYPE_FROM = (Math.log(9) + 12) / 20;

/** A look at an angle to the first axis, in a plane of its own; the third is near the cohort. */
function lookAt(cosine: number, axis: 1 | 2 | 3 = 1): Float32Array {
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

/** Of a lesson of a type. */
const TYPE = { scope: "type" } as const;

/** What is recalled after the lessons, and the memories' ids in their order. */
async function recallOf(lessons: ReturnType<typeof lesson>[], query: Partial<Query> = {}) {
  const table = createInProcessTable();
  try {
    const ids: string[] = [];
    for (const one of lessons) ids.push((await table.teach(SPACE, [one]))[0]!.memory.id);
    const found = await recallSeen(table, SPACE, {
      model: "m",
      look: QUERY,
      fingerprint: null,
      general: { label: null, named: false, novelty: 0.5 },
      ...query,
    }, judge);
    return { found, ids };
  } finally {
    await table.close();
  }
}

async function recall(lessons: ReturnType<typeof lesson>[], query: Partial<Query> = {}) {
  return (await recallOf(lessons, query)).found;
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
  const looks = [lookAt(0.82), lookAt(0.9, 2), lookAt(0.85)];
  const { found, ids } = await recallOf(looks.map((look) => lesson("Rex", look)));
  assertEquals(found?.certainty, "is");
  assertEquals(found?.evidence.map((e) => e.memory), [ids[1]!, ids[2]!, ids[0]!]);
  assertEquals(found?.memory.id, ids[1]);
  // They speak with one voice.
  for (const { similarity } of found!.evidence) assertEquals(similarity, found!.similarity);
  assertStringIncludes(found!.reason, "3 memories of Rex");
});

Deno.test("recallSeen() judges the memories of a label by their centroid", async () => {
  // Alone each would be "perhaps".
  const both = [lesson("Rex", lookAt(0.75)), lesson("Rex", lookAt(0.75, 2))];
  assertEquals((await recall(both.slice(1)))?.certainty, "perhaps");
  const found = await recall(both);
  const unity = Math.hypot(0.75, Math.sqrt((1 - 0.75 ** 2) / 2));
  assertAlmostEquals(found!.similarity, unity ** 0.3 * (0.75 / unity), 1e-6);
  assertEquals([found?.certainty, found?.by], ["is", "look"]);
});

Deno.test("recallSeen() takes three memories in one direction for what one of them is", async () => {
  const one = await recall([lesson("Rex", lookAt(0.85))]);
  const three = await recall([0, 1, 2].map(() => lesson("Rex", lookAt(0.85))));
  assertAlmostEquals(three!.similarity, one!.similarity, 1e-6);
  assertAlmostEquals(three!.confidence, one!.confidence, 1e-6);
  assertEquals(three!.certainty, one!.certainty);
  assertEquals([one!.evidence.length, three!.evidence.length], [1, 3]);
});

Deno.test("recallSeen() keeps what is not of a label, scope and model out of their centroid", async () => {
  const rex = lesson("Rex", lookAt(0.85));
  const others = [
    lesson("Rex", lookAt(0.3, 2), { not: true }),
    lesson("Rex", lookAt(0.6, 2), TYPE),
    lesson("Max", lookAt(0.65, 2)),
    lesson("Rex", Float32Array.of(0, 1), { model: "older" }),
  ];
  const { found, ids } = await recallOf([rex, ...others]);
  assertAlmostEquals(found!.similarity, 0.85, 1e-6);
  assertEquals([found?.label, found?.certainty, found?.memory.id], ["Rex", "is", ids[0]]);
});

Deno.test("recallSeen() asks more of an animal when its kind demands it", async () => {
  const rex = (path: string[]) => recall([lesson("Rex", lookAt(0.85), { path })]);
  const thing = await rex(["tableware", "cup"]), dog = await rex(["animal", "dog"]);
  assertEquals([thing?.certainty, thing?.evidence[0]?.threshold], ["is", 0.8]);
  assertEquals([dog?.certainty, dog?.evidence[0]?.threshold], ["perhaps", 0.7]);
  assertStringIncludes(dog!.reason, "needs 0.90");
  assertEquals(await recall([lesson("Rex", lookAt(0.65), { path: ["animal"] })]), undefined);
});

Deno.test("recallSeen() judges a type as a type, and an individual as an individual", async () => {
  const one = await recall([lesson("Xolo", lookAt(0.75))]);
  assertEquals([one?.certainty, one?.evidence[0]?.threshold], ["perhaps", 0.6]);
  const type = await recall([lesson("Xolo", lookAt(0.75), TYPE)]);
  assertEquals([type?.certainty, type?.by], ["is", "look"]);
  assertAlmostEquals(type!.evidence[0]!.threshold, TYPE_FROM, 1e-9);
  assertAlmostEquals(type!.confidence, 1 / (1 + Math.exp(12 - 20 * 0.75)), 1e-5);
  const perhaps = await recall([lesson("Xolo", lookAt(0.65), TYPE)]);
  assertEquals(perhaps?.certainty, "perhaps");
  assertStringIncludes(perhaps!.reason, "0.65 ≥ 0.60");
  assertStringIncludes(perhaps!.reason, "needs 0.71");
  assertEquals(await recall([lesson("Xolo", lookAt(0.58), TYPE)]), undefined);
});

Deno.test("recallSeen() judges a type by the prototype of all that was taught of it", async () => {
  // Alone each would be "perhaps".
  const both = [lesson("Xolo", lookAt(0.67), TYPE), lesson("Xolo", lookAt(0.67, 2), TYPE)];
  assertEquals((await recall(both.slice(1)))?.certainty, "perhaps");
  const found = await recall(both);
  const unity = Math.hypot(0.67, Math.sqrt((1 - 0.67 ** 2) / 2));
  assertAlmostEquals(found!.similarity, unity ** 0.3 * (0.67 / unity), 1e-6);
  assertEquals(found?.certainty, "is");
});

Deno.test("recallSeen() refuses a type where the photo is as near to a group of the cohort", async () => {
  const angle = Math.acos(0.8), turn = Math.acos(0.95);
  const xolo = lesson("Xolo", lookAt(Math.cos(angle), 3), TYPE);
  // As like the type as each other, on either side of it.
  const away = await recall([xolo], { look: lookAt(Math.cos(angle - turn), 3) });
  const near = await recall([xolo], { look: lookAt(Math.cos(angle + turn), 3) });
  assertAlmostEquals(away!.similarity, 0.95, 1e-6);
  assertEquals([away?.certainty, near], ["is", undefined]);
});

Deno.test("recallSeen() knows an individual before its type", async () => {
  const rex = lesson("Rex", lookAt(0.85));
  const xolo = lesson("Xolo", lookAt(0.9, 2), TYPE);
  for (const lessons of [[rex, xolo], [xolo, rex]]) {
    const found = await recall(lessons);
    assertEquals([found?.label, found?.certainty], ["Rex", "is"]);
    assertEquals(found?.rivals.map(({ label }) => label), ["Xolo"]);
  }
  // Who may be Rex is a Xolo for sure.
  const perhaps = await recall([lesson("Rex", lookAt(0.7)), xolo]);
  assertEquals([perhaps?.label, perhaps?.certainty], ["Xolo", "is"]);
  const two = await recall([xolo, lesson("Chihuahua", lookAt(0.88), TYPE)]);
  assertEquals([two?.label, two?.certainty], ["Xolo", "perhaps"]);
});

Deno.test("recallSeen() takes a photo for a taught type when the network does not know its own", async () => {
  const xolo = lesson("Xolo", lookAt(0.75), { ...TYPE, path: ["animal", "dog"] });
  const seen = (novelty: number, label = "dog", named = false) =>
    recall([xolo], { general: { label, named, novelty } });
  assertEquals(await seen(0.02), undefined);
  assertEquals((await seen(0.98))?.certainty, "is");
  // Neither a kind that it is of nor another type is the type's own name.
  assertEquals(await seen(0.02, "dog", false), undefined);
  assertEquals(await seen(0.02, "Pembroke", true), undefined);
});

Deno.test("recallSeen() takes a photo for a taught type that the network knows by a name of its own", async () => {
  const path = ["animal", "dog", "Mexican hairless"];
  const xolo = lesson("Xolo", lookAt(0.75), { ...TYPE, path });
  const general = { label: "Mexican hairless", named: true, novelty: 0.02 };
  const found = await recall([xolo], { general });
  assertEquals([found?.label, found?.certainty], ["Xolo", "is"]);
  // As if the network had not been asked, however sure it is.
  const unasked = await recall([xolo]);
  assertEquals(found?.confidence, unasked?.confidence);
  assertEquals(await recall([xolo], { general: { ...general, label: "Pug" } }), undefined);
  assertEquals(await recall([xolo], { general: { ...general, named: false } }), undefined);
});

Deno.test("recallSeen() does not take a network that says nothing for one that knows the type", async () => {
  const xolo = lesson("Xolo", lookAt(0.75), TYPE);
  const silent = await recall([xolo], { general: { label: null, named: false, novelty: 0 } });
  const unasked = await recall([xolo], { general: { label: "dog", named: false, novelty: 0.5 } });
  assertEquals([silent?.label, silent?.confidence], ["Xolo", unasked?.confidence]);
});

Deno.test("recallSeen() needs half of a type's memories to bear the network's name for it", async () => {
  const named = (name: string) =>
    lesson("Xolo", lookAt(0.75), { ...TYPE, path: ["animal", "dog", name] });
  const general = { label: "Pug", named: true, novelty: 0.02 };
  assertEquals(
    await recall([named("Pug"), named("Saluki"), named("Boxer")], { general }),
    undefined,
  );
  const half = await recall([named("Pug"), named("Saluki")], { general });
  assertEquals(half?.label, "Xolo");
});

Deno.test("recallSeen() heeds the nearer of two negative examples, whichever is surer", async () => {
  const rex = lesson("Rex", lookAt(0.85, 2));
  const nearer = lesson("Rex", lookAt(0.88), { not: true, path: ["animal"] });
  const farther = lesson("Rex", lookAt(0.83), { not: true });
  assertEquals(await recall([rex, nearer]), undefined);
  assertEquals(await recall([rex, nearer, farther]), undefined);
});

Deno.test("recallSeen() asks the network nothing about an individual", async () => {
  const rex = lesson("Rex", lookAt(0.85), { path: ["animal", "dog"] });
  const known = await recall([rex], { general: { label: "Pug", named: true, novelty: 0.001 } });
  assertEquals(known?.confidence, (await recall([rex]))?.confidence);
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
    const found = await recall([lesson("Rex", lookAt(0.65), { fingerprint: hash })], {
      fingerprint,
    });
    assertEquals([found?.by, found?.certainty, found?.similarity], ["copy", "is", 1]);
  }
});

Deno.test("recallSeen() takes equal hashes of what looks different for a collision", async () => {
  const hash = "0123456789abcdef".repeat(4);
  const found = await recall([lesson("Rex", lookAt(0.3), { fingerprint: hash })], {
    fingerprint: { upright: hash, mirrored: hash },
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

Deno.test("recallSeen() weighs a negative example against each memory of its label", async () => {
  const far = lesson("Rex", lookAt(0.75, 2));
  const between = lesson("Rex", lookAt(0.8, 2), { not: true });
  const { found, ids } = await recallOf([lesson("Rex", lookAt(0.86)), far, between]);
  assertEquals([found?.label, found?.certainty], ["Rex", "is"]);
  // The memory that it is nearer than says nothing any more.
  assertEquals(found?.evidence.map((e) => e.memory), [ids[0]!]);
  assertEquals(await recall([far, between]), undefined);
});

Deno.test("recallSeen() heeds a negative example of a type", async () => {
  const xolo = lesson("Xolo", lookAt(0.85), TYPE);
  const nearer = lesson("Xolo", lookAt(0.9, 2), { ...TYPE, not: true });
  assertEquals(await recall([xolo, nearer]), undefined);
  const farther = lesson("Xolo", lookAt(0.7, 2), { ...TYPE, not: true });
  assertEquals((await recall([xolo, farther]))?.label, "Xolo");
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
