/**
 * The evaluation of people, on households whose figures can be told by hand.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import sharp from "sharp";
import type { Encoder, SeenFace } from "../functions/core/encoder.ts";
import { AGEINGS, agePhoto } from "../training/eval/aged.ts";
import { type HouseholdFace, measureShare, runHousehold } from "../training/eval/household.ts";
import { createFaceReader, photosOfPeople } from "../training/eval/people_faces.ts";
import { face, judge } from "./support/faces.ts";

/** Photos of people who share nothing (each has an axis of its own), or all of one face. */
function photosOf(people: number, photos: number, axis: (person: number) => number) {
  return Array.from(
    { length: people },
    (_, p) =>
      Array.from({ length: photos }, (_, k): HouseholdFace => ({
        person: `p${p}`,
        photo: `p${p}/${k}`,
        vector: judge.vector(face({ [axis(p)]: 1 })),
      })),
  ).flat();
}

const OPTIONS = { gallery: 4, references: 2, draws: 5, seed: 1 } as const;

Deno.test("runHousehold() names everybody rightly when nobody looks like another", () => {
  const faces = photosOf(10, 4, (p) => p);
  const { people, confidences } = runHousehold(faces, faces, judge, OPTIONS);
  const is = measureShare(people, "is");
  // Four people, two photos each that were not taught, five times.
  assertEquals([is.hits, is.of, is.value], [40, 40, 1]);
  assertEquals(measureShare(people, "wrong").hits, 0);
  // Half of ten people are strangers: four photos each, five times.
  assertEquals(measureShare(people, "strangerIs").of, 100);
  assertEquals(measureShare(people, "strangerIs").hits, 0);
  assertEquals(confidences.length, 80);
});

Deno.test("runHousehold() counts every mistake when everybody looks the same", () => {
  const faces = photosOf(6, 3, () => 0);
  const options = { gallery: 1, references: 1, draws: 8, seed: 2 };
  const { people } = runHousehold(faces, faces, judge, options);
  // With one person taught every face is that person's.
  for (const share of ["is", "named", "strangerIs"] as const) {
    assertEquals(measureShare(people, share).value, 1, share);
  }
  const two = runHousehold(faces, faces, judge, { ...options, gallery: 2 }).people;
  // With two, none is more likely than the other: nobody is sure, and some names are wrong.
  assertEquals(measureShare(two, "is").hits, 0);
  const named = measureShare(two, "named").hits, wrong = measureShare(two, "wrong").hits;
  assert(wrong > 0);
  assertEquals(named + wrong, measureShare(two, "named").of);
});

Deno.test("runHousehold() asks about a photo without a face and names nobody", () => {
  const faces = photosOf(6, 3, (p) => p);
  const blind = faces.map((one) => ({ ...one, vector: null }));
  const { people } = runHousehold(faces, blind, judge, OPTIONS);
  assertEquals(measureShare(people, "named").value, 0);
  assertEquals(measureShare(people, "strangerPerhaps").value, 0);
  assert(measureShare(people, "named").of > 0);
});

Deno.test("runHousehold() never asks about what was taught, in whatever condition", () => {
  const faces = photosOf(4, 3, (p) => p);
  // Whoever is taught by two of three photos is asked about by the third alone.
  const { people } = runHousehold(faces, [...faces, ...faces], judge, { ...OPTIONS, draws: 1 });
  for (const { known } of people) assertEquals(known, 2);
  assertThrows(() => runHousehold(faces, faces, judge, { ...OPTIONS, gallery: 5 }), RangeError);
  assertThrows(() => runHousehold(faces, faces, judge, { ...OPTIONS, references: 3 }), RangeError);
});

Deno.test("measureShare() resamples people, not photos", () => {
  const one = (person: string, known: number, is: number) => ({
    person,
    known,
    is,
    named: is,
    wrongIs: 0,
    wrong: 0,
    unknown: 0,
    strangerIs: 0,
    strangerPerhaps: 0,
  });
  const { value, low, high } = measureShare([one("a", 1000, 1000), one("b", 1000, 0)], "is");
  assertEquals([value, low, high], [0.5, 0, 1]);
  assert(Number.isNaN(measureShare([one("a", 3, 1)], "strangerIs").value));
});

/** A grey square with a lighter one in it. */
async function picture(): Promise<Uint8Array> {
  const width = 200, height = 160;
  const data = new Uint8Array(width * height * 3).fill(30);
  for (let y = 40; y < 120; y++) data.fill(220, (y * width + 60) * 3, (y * width + 140) * 3);
  return await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer();
}

Deno.test("agePhoto() makes the face so large, fades and browns it, the same for the same seed", async () => {
  const photo = await picture();
  const box = { x: 60, y: 40, width: 80, height: 80 };
  const ageing = AGEINGS.find(({ name }) => name === "aged, 120 px")!;
  const aged = await agePhoto(photo, box, ageing, 7);
  const { data, info } = await sharp(aged).raw().toBuffer({ resolveWithObject: true });
  assertEquals([info.width, info.height, info.channels], [300, 240, 3]);
  const at = (x: number, y: number) => {
    const sums = [0, 0, 0];
    for (let dy = -8; dy < 8; dy++) {
      for (let dx = -8; dx < 8; dx++) {
        for (let c = 0; c < 3; c++) sums[c]! += data[((y + dy) * 300 + x + dx) * 3 + c]! / 256;
      }
    }
    return sums;
  };
  const { contrast, lift } = ageing.fade;
  const [dark, light] = [at(20, 20), at(150, 120)];
  for (const [c, share] of [1.07, 0.95, 0.74].entries()) {
    assertAlmostEquals(dark[c]!, 30 * share * contrast + lift, 6);
    assertAlmostEquals(light[c]!, 220 * share * contrast + lift, 6);
  }
  assertEquals(await agePhoto(photo, box, ageing, 7), aged);
  const other = await agePhoto(photo, box, ageing, 8);
  assert(other.length !== aged.length || other.some((byte, i) => byte !== aged[i]));
});

Deno.test("agePhoto() takes a grey photo and enlarges a small one", async () => {
  const grey = await sharp(await picture()).greyscale().jpeg().toBuffer();
  const box = { x: 60, y: 40, width: 20, height: 20 };
  const aged = await agePhoto(grey, box, AGEINGS[1]!, 1);
  const { width, channels } = await sharp(aged).metadata();
  assertEquals([width, channels], [1200, 3]);
});

Deno.test("photosOfPeople() names people by folder and set", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/films/anna`, { recursive: true });
    await Deno.mkdir(`${folder}/ben`);
    for (const file of ["films/anna/1.jpg", "ben/2.JPEG", "ben/notes.txt", "loose.jpg"]) {
      await Deno.writeTextFile(`${folder}/${file}`, "-");
    }
    assertEquals(photosOfPeople(folder).map(({ person, set }) => [person, set]), [
      ["ben", "ben"],
      ["films/anna", "films"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("createFaceReader() takes the largest face and embeds a crop once", async () => {
  const cache = await Deno.makeTempDir();
  const seen = (side: number, grey: number): SeenFace => ({
    box: { x: 0, y: 0, width: side, height: side },
    quality: { score: 1, size: side, sharpness: 1, turn: 0 },
    crop: { sface: new Uint8Array(3).fill(grey), dlib: new Uint8Array(3).fill(grey) },
  });
  const described: number[] = [];
  const faces = [[seen(20, 1), seen(50, 2)], [seen(40, 2)], []];
  // What an encoder sees is given; which of it is read and kept is what is tested.
  const encoder = {
    lookModel: "look-1",
    faceModel: "face-1",
    encode: () => Promise.resolve({ faces: faces.shift() ?? [] }),
    describe([one]: readonly SeenFace[]) {
      described.push(one!.crop.sface[0]!);
      return Promise.resolve([face({ 1: 0.6 })]);
    },
  } as unknown as Encoder;
  try {
    const reader = createFaceReader(encoder, cache);
    const photo = new Uint8Array();
    const first = await reader.read(photo, "full");
    const second = await reader.read(photo, "full");
    assertEquals([first?.box.width, second?.box.width], [50, 40]);
    assertEquals(described, [2]);
    assertEquals(second?.descriptor, first?.descriptor);
    assertEquals(await reader.read(photo, "full"), null);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
