/**
 * The maths of the statistics of faces, on numbers whose answer is known.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createFaceJudge } from "../functions/core/face_judge.ts";
import { clearPicture } from "../models/clear_picture.ts";
import { gaussianBlur } from "../models/gaussian_blur.ts";
import { type FaceAge, parseFaceAge } from "../models/people.ts";
import { parseManifest } from "../models/manifest.ts";
import { sha256Hex } from "../models/sha256.ts";
import { ageDirections } from "../training/recipes/age_directions.ts";
import { erasOf, timeOf } from "../training/recipes/dated_photos.ts";
import { type ComparedFace, fitFaceScores } from "../training/recipes/face_scores.ts";
import { type Comparison, fitLogistic } from "../training/recipes/fit_logistic.ts";
import { recipe } from "../training/recipes/faces.ts";
import { section } from "./support/faces.ts";
import { dot, randomUnit, seeded } from "./support/vectors.ts";
import { root } from "./support/data.ts";

const DIMENSION = 128;

/** A normal number, near enough. */
function normal(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** People who move by `shift · first` as they age, and by a random amount along each other row. */
function plantedPeople(
  rows: readonly Float32Array[],
  spreads: readonly number[],
  random: () => number,
) {
  return Array.from({ length: 300 }, () => {
    const self = randomUnit(DIMENSION, random);
    const amounts = spreads.map((spread, k) => (k === 0 ? 1 : 0) + spread * normal(random));
    const moved = (share: number) =>
      self.map((x, i) =>
        0.1 + x + share * rows.reduce((sum, row, k) => sum + amounts[k]! * row[i]!, 0) +
        0.01 * normal(random)
      );
    return { young: [moved(0.5), moved(0.5)], adult: [moved(-0.5)] };
  });
}

Deno.test("ageDirections() recovers planted directions and the mean", () => {
  const random = seeded(4);
  const rows: Float32Array[] = [];
  while (rows.length < 4) {
    const row = randomUnit(DIMENSION, random);
    for (const other of rows) {
      const along = dot(row, other);
      row.forEach((_, i) => row[i]! -= along * other[i]!);
    }
    const length = Math.sqrt(dot(row, row));
    rows.push(row.map((x) => x / length));
  }
  const { mean, directions } = ageDirections(
    plantedPeople(rows, [0.1, 1.2, 0.8, 0.5], random),
    4,
  );
  assertEquals(directions.length, 4);
  const found = directions.map((row) => Float32Array.from(row));
  assert(dot(found[0]!, rows[0]!) > 0.98, `first: ${dot(found[0]!, rows[0]!)}`);
  for (let k = 1; k < 4; k++) {
    // A singular vector may point either way.
    const cosine = Math.abs(dot(found[k]!, rows[k]!));
    assert(cosine > 0.97, `row ${k}: ${cosine}`);
  }
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b <= a; b++) {
      assertAlmostEquals(dot(found[a]!, found[b]!), a === b ? 1 : 0, 1e-6);
    }
  }
  for (const value of mean) assertAlmostEquals(value, 0.1, 0.05);
});

Deno.test("ageDirections() counts a person once, however many photos there are", () => {
  const at = (x: number, y: number) => Float32Array.of(x, y, 0);
  const once = [
    { young: [at(1, 0)], adult: [at(0, 0)] },
    { young: [at(1, 1)], adult: [at(0, 0)] },
  ];
  const often = [once[0]!, { young: Array(50).fill(at(1, 1)), adult: [at(0, 0)] }];
  assertEquals(ageDirections(often, 1), ageDirections(once, 1));
  const [first] = ageDirections(once, 1).directions;
  assertAlmostEquals(first![1]! / first![0]!, 0.5, 1e-12);
});

Deno.test("ageDirections() refuses too few people, and people of one era", () => {
  const one = { young: [Float32Array.of(1, 0)], adult: [Float32Array.of(0, 0)] };
  assertThrows(() => ageDirections([one], 2), RangeError, "2 people, there are 1");
  assertThrows(() => ageDirections([{ ...one, adult: [] }], 1), RangeError, "adult");
  assertThrows(() => ageDirections([{ young: one.young, adult: one.young }], 1), RangeError);
});

Deno.test("fitLogistic() finds the ratio of two normal distributions at any odds", () => {
  const random = seeded(9);
  const comparisons: Comparison[] = [];
  // Means 1 and −1, variance 1: the logarithm of the densities' ratio is 2x.
  for (let i = 0; i < 40_000; i++) {
    const same = i % 8 === 0;
    comparisons.push({ features: [normal(random) + (same ? 1 : -1), normal(random)], same });
  }
  for (const odds of [1, 0.05]) {
    const { bias, weights } = fitLogistic(comparisons, odds);
    assertAlmostEquals(bias, 0, 0.15);
    assertAlmostEquals(weights[0]!, 2, 0.1);
    assertAlmostEquals(weights[1]!, 0, 0.1);
    assert(weights[1]! >= 0);
  }
});

Deno.test("fitLogistic() leaves out a feature that speaks against", () => {
  const random = seeded(2);
  const comparisons = Array.from({ length: 500 }, (_, i): Comparison => ({
    features: [normal(random) + i % 2, normal(random) - i % 2],
    same: i % 2 === 1,
  }));
  const { weights } = fitLogistic(comparisons, 1);
  assert(weights[0]! > 0);
  assertEquals(weights[1], 0);
  assertThrows(() => fitLogistic(comparisons.filter(({ same }) => same), 1), RangeError, "both");
  assertThrows(() => fitLogistic(comparisons, 0), RangeError, "odds");
});

/** Photos of people as a Gaussian model has them: every photo is its person and noise. */
function facesOf(people: number, photos: number, noise: number, seed: number): ComparedFace[] {
  const random = seeded(seed);
  const judge = createFaceJudge("face-1", section, null);
  return Array.from({ length: people }, (_, p) => {
    const sface = randomUnit(DIMENSION, random), dlib = randomUnit(DIMENSION, random);
    return Array.from({ length: photos }, (_, k): ComparedFace => {
      const near = (center: Float32Array) =>
        center.map((x) => x + noise * normal(random) / Math.sqrt(DIMENSION));
      return {
        person: `p${p}`,
        photo: `p${p}/${k}`,
        vector: judge.vector({ sface: near(sface), dlib: near(dlib) }),
        reference: k < photos - 1,
      };
    });
  }).flat();
}

Deno.test("fitFaceScores() tells people apart whom it was not fitted on", () => {
  const judge = createFaceJudge("face-1", section, null);
  const scores = fitFaceScores(facesOf(12, 6, 1.5, 1), judge);
  for (const { sface, distance, dlib } of scores) {
    assert(sface >= 0 && distance >= 0 && dlib >= 0 && sface + distance + dlib > 1);
  }
  const fitted = createFaceJudge(
    "face-1",
    { ...section, plain: { full: scores, light: scores } },
    null,
  );
  const others = facesOf(10, 4, 1.5, 2);
  const byPerson = [...Map.groupBy(others, ({ person }) => person).values()];
  let right = 0, wrong = 0;
  for (const [p, own] of byPerson.entries()) {
    const template = fitted.template(own.slice(0, 2).map(({ vector }) => vector));
    for (const [q, asked] of byPerson.entries()) {
      const { llr } = fitted.fit(template, asked[2]!.vector);
      if (p === q && llr > 0) right++;
      if (p !== q && llr > 0) wrong++;
    }
  }
  assert(right >= 9, `${right} of 10 are known again`);
  assert(wrong <= 2, `${wrong} of 90 strangers`);
  // The same photos give the same numbers.
  assertEquals(fitFaceScores(facesOf(12, 6, 1.5, 1), judge), scores);
});

Deno.test("fitFaceScores() never compares a photo with itself and needs two people", () => {
  const judge = createFaceJudge("face-1", section, null);
  assertThrows(() => fitFaceScores(facesOf(1, 6, 1, 1), judge), RangeError, "there are 1");
  // Of two photos nothing is left to ask about when three are taught.
  assertThrows(() => fitFaceScores(facesOf(5, 3, 1, 1), judge), RangeError, "there are 0");
});

Deno.test("timeOf() reads an age or a year at the beginning of a name", () => {
  assertEquals(
    ["07_school.jpg", "0.jpg", "1966_at_desk.jpg", "2015.jpg", "66 years.jpg"].map(timeOf),
    [7, 0, 1966, 2015, 66],
  );
  assertEquals(["IMG_0012.jpg", "12345.jpg", "3000.jpg", "a/7b/x.jpg"].map(timeOf), [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("erasOf() parts the first third of the years from the last", () => {
  const photos = [1960, 1969, 1971, 1988, 1990].map((time) => ({ photo: `${time}`, time }));
  assertEquals(erasOf(photos), { young: ["1960", "1969"], adult: ["1988", "1990"] });
  assertEquals(erasOf(photos.slice(0, 2)), null);
  assertEquals(erasOf([]), null);
  assertEquals(erasOf([{ photo: "a", time: 7 }, { photo: "b", time: 1990 }]), null);
});

Deno.test("recipe faces writes nothing when --data has too few people", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const data = `${folder}/people`, models = `${folder}/models`;
    for (const name of ["anna", "ben"]) {
      await Deno.mkdir(`${data}/${name}`, { recursive: true });
      for (const file of ["07_school.jpg", "41_garden.jpg"]) {
        await Deno.writeFile(`${data}/${name}/${file}`, new Uint8Array([1]));
      }
    }
    await Deno.mkdir(models);
    const error = await assertRejects(
      () => recipe.run({ cache: `${folder}/cache`, data, models, log() {} }),
      RangeError,
    );
    assert(error.message.includes("100 people") && error.message.includes("it has 2"));
    assertEquals([...Deno.readDirSync(models)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("face_age.json is what the manifest says, with orthonormal directions", async () => {
  const { people } = parseManifest(
    JSON.parse(await Deno.readTextFile(`${root}/models/manifest.json`)),
  );
  const bytes = await Deno.readFile(`${root}/models/${people.age.file}`);
  assertEquals([await sha256Hex(bytes), bytes.length], [people.age.sha256, people.age.bytes]);
  const age: FaceAge = parseFaceAge(JSON.parse(new TextDecoder().decode(bytes)));
  for (const { directions } of [age.sface, age.dlib]) {
    assertEquals(directions.length, 4);
    for (const [a, row] of directions.entries()) {
      for (const [b, other] of directions.slice(0, a + 1).entries()) {
        const along = row.reduce((sum, x, i) => sum + x * other[i]!, 0);
        assertAlmostEquals(along, a === b ? 1 : 0, 1e-4);
      }
    }
  }
  assert(people.cuts.perhaps < people.cuts.is && people.cuts.is < people.cuts.isOfChild);
});

/** Seeded grain around two grey levels, left and right. */
function grainyPicture(width: number, height: number, dark: number, light: number, grain: number) {
  const random = seeded(5);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const value = (i % width < width / 2 ? dark : light) + grain * normal(random);
    data.fill(Math.min(255, Math.max(0, Math.round(value))), 3 * i, 3 * i + 3);
  }
  return { width, height, data };
}

function spread(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
}

Deno.test("gaussianBlur() keeps the sum of a point and spreads it by its deviation", () => {
  const size = 41, middle = 20;
  const data = new Uint8Array(size * size * 3);
  // A block of 3 × 3 keeps every blurred value well above its rounding.
  for (let y = middle - 1; y <= middle + 1; y++) {
    for (let x = middle - 1; x <= middle + 1; x++) data[(y * size + x) * 3] = 255;
  }
  const sigma = 2;
  const blurred = gaussianBlur({ width: size, height: size, data }, sigma).data;
  let total = 0, square = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      total += blurred[(y * size + x) * 3]!;
      square += blurred[(y * size + x) * 3]! * (x - middle) ** 2;
    }
  }
  assertAlmostEquals(total / (9 * 255), 1, 0.05);
  // Variances add: 2/3 of the block and σ² of the blur, of which the cut kernel lacks some.
  assertAlmostEquals(square / total, 2 / 3 + sigma ** 2, 0.5);
  assertEquals(blurred.some((value, i) => i % 3 > 0 && value > 0), false);
  assertThrows(() => gaussianBlur({ width: 1, height: 1, data: new Uint8Array(3) }, 0), RangeError);
});

Deno.test("clearPicture() spreads what is left of black and white", () => {
  const picture = grainyPicture(80, 60, 90, 140, 8);
  const { data, width, height } = clearPicture(picture);
  assertEquals([width, height, data.length], [80, 60, picture.data.length]);
  const side = (left: boolean) =>
    Array.from(
      { length: 60 * 30 },
      (_, i) => data[(Math.floor(i / 30) * 80 + (left ? 0 : 50) + i % 30) * 3]!,
    );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  assert(mean(side(true)) < 40 && mean(side(false)) > 215);
  // A blank picture's last grain is not blown up to black and white.
  assert(spread([...clearPicture(grainyPicture(80, 60, 100, 100, 1)).data]) < 30);
});
