/**
 * Which of the taught people a face is.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import type { NewMemory } from "../functions/core/memory.ts";
import { recallPeople, recallTaughtFaces } from "../functions/core/recall_people.ts";
import { createInProcessTable } from "../functions/memory/in_process.ts";
import type { FaceDescriptor } from "../models/face.ts";
import { createFaceJudge } from "../functions/core/face_judge.ts";
import { boxAt, face, judge, personLesson, section } from "./support/faces.ts";
import { randomUnit, seeded } from "./support/vectors.ts";

const SPACE = "home";

async function recall(lessons: readonly NewMemory[], ...faces: readonly FaceDescriptor[]) {
  const table = createInProcessTable();
  try {
    await table.teach(SPACE, lessons);
    const asked = faces.map((descriptor, i) => ({ box: boxAt(i), score: 0.9, descriptor }));
    return await recallPeople(table, SPACE, asked, judge);
  } finally {
    await table.close();
  }
}

const ann = personLesson("Ann", face({ 0: 1 }));

Deno.test("recallPeople() says is, perhaps or unknown by the probability", async () => {
  const [is, perhaps, unknown] = await Promise.all(
    [0.7, 0.43, 0.2].map(async (cosine) => (await recall([ann], face({ 0: cosine })))[0]!),
  );
  assertEquals([is!.label, is!.certainty], ["Ann", "is"]);
  assertGreater(is!.confidence, 0.9);
  assertStringIncludes(is!.reason, "a second photo of Ann would help");
  assertEquals([perhaps!.label, perhaps!.certainty], ["Ann", "perhaps"]);
  assertStringIncludes(perhaps!.reason, "to be sure it needs");
  assertStringIncludes(perhaps!.reason, "a second photo of Ann would help");
  assertEquals([unknown!.label, unknown!.certainty, unknown!.similarity], [null, "unknown", null]);
  assertStringIncludes(unknown!.reason, "Ann is nearest with 0.20");
  assertEquals(unknown!.evidence, []);
});

Deno.test("recallPeople() gives the similarity that would just have done", async () => {
  const [is] = await recall([ann], face({ 0: 0.7 }));
  const { threshold, similarity, by } = is!.evidence[0]!;
  assertEquals(by, "face");
  assertLess(threshold, similarity);
  const [above] = await recall([ann], face({ 0: threshold + 0.001 }));
  const [below] = await recall([ann], face({ 0: threshold - 0.001 }));
  assertEquals([above!.certainty, below!.certainty], ["is", "perhaps"]);
});

Deno.test("recallPeople() compares with the mean of a person's references", async () => {
  const young = personLesson("Ann", face({ 1: 1 }));
  const between = face({ 0: 0.5, 1: 0.5 });
  const [alone] = await recall([ann], between);
  const [both] = await recall([ann, young], between);
  assertGreater(both!.confidence, alone!.confidence);
  assertEquals(both!.evidence.length, 2);
  assertStringIncludes(both!.reason, "2 memories of Ann");
});

Deno.test("recallPeople() leaves out one reference that is unlike the rest, unless it was forced", async () => {
  const good = [1, 2, 3].map((own) => personLesson("Ann", face({ 0: 0.95 }, own)));
  const bad = face({ 5: 1 });
  const stranger = face({ 5: 0.9, 0: 0.2 });
  const [kept] = await recall([...good.slice(0, 1), personLesson("Ann", bad)], stranger);
  assertEquals(kept!.label, "Ann", "of two nobody can say which one is wrong");
  const [left] = await recall([...good, personLesson("Ann", bad)], stranger);
  assertEquals(left!.label, null);
  const [herself] = await recall([...good, personLesson("Ann", bad)], face({ 0: 0.9 }));
  assertEquals([herself!.certainty, herself!.evidence.length], ["is", 3]);
  const forced = personLesson("Ann", bad, { forced: true });
  const [insisted] = await recall([...good.slice(0, 2), forced], stranger);
  assertEquals(insisted!.label, "Ann");
});

Deno.test("recallPeople() gives one name to one face of a photo, the likelier one", async () => {
  const [first, second] = await recall([ann], face({ 0: 0.65 }), face({ 0: 0.9 }));
  assertEquals([first!.label, second!.label], [null, "Ann"]);
  assertEquals([first!.box, second!.box], [boxAt(0), boxAt(1)]);
  const ben = personLesson("Ben", face({ 1: 1 }));
  const two = await recall([ann, ben], face({ 0: 0.6, 1: 0.5 }), face({ 0: 0.9 }));
  assertEquals(two.map(({ label }) => label), ["Ben", "Ann"], "Ann is taken, so it can be Ben");
});

Deno.test("recallPeople() asks when two people are as near", async () => {
  const ben = personLesson("Ben", face({ 1: 1 }));
  const [found] = await recall([ann, ben], face({ 0: 0.69, 1: 0.68 }));
  assertEquals([found!.label, found!.certainty], ["Ann", "perhaps"]);
  assertEquals(found!.rivals[0]!.label, "Ben");
});

Deno.test("recallPeople() never again gives a name that was taken back", async () => {
  const stranger = face({ 0: 0.7 }, 1);
  const not = personLesson("Ann", stranger, { not: true });
  assertEquals((await recall([ann], stranger))[0]!.label, "Ann");
  const again = face({ 0: 0.68, 1: 0.72 });
  assertEquals((await recall([ann], again))[0]!.label, "Ann");
  assertEquals((await recall([ann, not], stranger))[0]!.label, null);
  assertEquals((await recall([ann, not], again))[0]!.label, null, "another photo of the stranger");
  // Ann herself is known as before, and so is everybody else.
  const herself = face({ 0: 0.95 });
  assertEquals((await recall([ann, not], herself))[0]!.certainty, "is");
  const ben = personLesson("Ben", face({ 2: 1 }));
  const his = face({ 2: 0.6, 0: 0.3 });
  const [before] = await recall([ann, ben], his);
  const [after] = await recall([ann, ben, not], his);
  assertEquals([after!.label, after!.confidence], [before!.label, before!.confidence]);
});

Deno.test("recallPeople() takes a face back from a person of several photos, too", async () => {
  // Ratios to several references are on another scale than those to one: here they are higher.
  const steep = { ...section.plain.full[0], sface: 26 };
  const several = createFaceJudge(judge.model, {
    ...section,
    plain: { full: [section.plain.full[0], steep, steep], light: section.plain.light },
  }, null);
  const table = createInProcessTable();
  const wrong = face({ 0: 0.97 }, 3);
  await table.teach(SPACE, [ann, personLesson("Ann", face({ 0: 0.98 }, 4))]);
  await table.teach(SPACE, [personLesson("Ann", wrong, { not: true })]);
  const asked = [{ box: boxAt(0), score: 0.9, descriptor: face({ 0: 0.965, 3: 0.25 }) }];
  const [found] = await recallPeople(table, SPACE, asked, several);
  assertEquals(found!.label, null);
  assertStringIncludes(found!.reason, "people said that it is not Ann");
  await table.close();
});

Deno.test("recallPeople() finds everybody however many photos of one are near", async () => {
  const crowd = Array.from({ length: 70 }, (_, i) => personLesson("Ben", face({ 0: 0.9 }, 1 + i)));
  const not = Array.from(
    { length: 70 },
    (_, i) => personLesson("Cyd", face({ 0: 0.9 }, 1 + i), { not: true }),
  );
  const cyd = personLesson("Cyd", face({ 99: 1 }));
  const [found] = await recall([...crowd, ...not, cyd, ann], face({ 0: 1 }));
  assertEquals(found!.label, "Ann");
});

Deno.test("recallPeople() knows a crowd among hundreds of people", async () => {
  const random = seeded(9);
  const somebody = () => ({ sface: randomUnit(128, random), dlib: randomUnit(128, random) });
  const faces = Array.from({ length: 32 }, somebody);
  const named = faces.map((one, i) => personLesson(`guest ${i}`, one));
  const others = Array.from({ length: 600 }, (_, i) => personLesson(`other ${i}`, somebody()));
  const found = await recall([...named, ...others], ...faces);
  assertEquals(found.map(({ label }) => label), faces.map((_, i) => `guest ${i}`));
});

Deno.test("recallPeople() gives a face of one photo the name that was said last", async () => {
  const wrong = personLesson("Alice", face({ 0: 1 }));
  const table = createInProcessTable();
  await table.teach(SPACE, [wrong]);
  await table.teach(SPACE, [{ ...wrong, label: "Bob" }]);
  const asked = [{ box: boxAt(0), score: 0.9, descriptor: face({ 0: 0.97 }) }];
  const [found] = await recallPeople(table, SPACE, asked, judge);
  assertEquals([found!.label, found!.certainty], ["Bob", "is"]);
  await table.close();
});

Deno.test("recallPeople() asks more of who looks like somebody that it is not", async () => {
  const not = personLesson("Ann", face({ 1: 1 }), { not: true });
  const between = face({ 0: 0.6, 1: 0.55 });
  const [free] = await recall([ann], between);
  const [held] = await recall([ann, not], between);
  assertEquals(free!.certainty, "is");
  assertEquals(held!.certainty, "perhaps");
  assertLess(held!.confidence, free!.confidence);
});

Deno.test("recallPeople() knows nobody where nobody was taught, or only by another model", async () => {
  const [nobody] = await recall([], face({ 0: 1 }));
  assertEquals([nobody!.label, nobody!.confidence], [null, 1]);
  const foreign = personLesson("Ann", face({ 0: 1 }), { model: "face-0" });
  assertEquals((await recall([foreign], face({ 0: 1 })))[0]!.label, null);
});

Deno.test("recallPeople() looks a light face up among fully known people", async () => {
  const [found] = await recall([ann], { ...face({ 0: 0.8 }), dlib: null });
  assertEquals([found!.label, found!.certainty], ["Ann", "is"]);
});

Deno.test("recallTaughtFaces() names the faces of the very same file", async () => {
  const table = createInProcessTable();
  const one = personLesson("Ann", face({ 0: 1 }), { faces: 2 });
  const beside = { bytes: one.bytes, faces: 2, face: { index: 1, box: boxAt(1) } };
  await table.teach(SPACE, [one, personLesson("Ben", face({ 1: 1 }), beside)]);
  const known = recallTaughtFaces(await table.byBytes(SPACE, one.bytes));
  assertEquals(known.map(({ label }) => label).sort(), ["Ann", "Ben"]);
  assert(known.every(({ evidence }) => evidence[0]!.by === "bytes"));
  // What was said last of a face stands.
  await table.teach(SPACE, [{ ...one, label: "Anna" }]);
  assertEquals(
    recallTaughtFaces(await table.byBytes(SPACE, one.bytes)).map(({ label }) => label).sort(),
    ["Anna", "Ben"],
  );
  await table.teach(SPACE, [{ ...one, label: "Anna", not: true }]);
  const left = recallTaughtFaces(await table.byBytes(SPACE, one.bytes));
  assertEquals(left.map(({ label }) => label).sort(), ["Ann", "Ben"]);
  // A face that has its name from the bytes leaves it to no other.
  const faces = [{ box: boxAt(0), score: 0.9, descriptor: face({ 0: 1 }) }];
  const other = { box: { ...boxAt(2) }, score: 0.9, descriptor: face({ 0: 0.99 }) };
  const seen = await recallPeople(table, SPACE, [...faces, other], judge, left);
  assertEquals([seen[0]!.label, seen[0]!.evidence[0]!.by], ["Ann", "bytes"]);
  assert(seen[1]!.label !== "Ann");
  await table.close();
});
