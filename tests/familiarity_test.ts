import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import { decodePhoto } from "../functions/photo/decode.ts";
import { createBackbone } from "../models/backbone.ts";
import { parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { viewsOf } from "../models/views.ts";
import { createRandom } from "../training/eval/random.ts";
import { fitStandardizer, standardize } from "../training/fit/standardizer.ts";
import { startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { initMlp } from "../training/nets/mlp.ts";
import { logitsOf } from "../training/nets/run_mlp.ts";
import { createBackboneHead } from "../training/paradigms/backbone_head.ts";
import {
  familiarities,
  fitFamiliarity,
  type SeenLogits,
} from "../training/paradigms/familiarity.ts";
import { learnFamiliarity } from "../training/paradigms/learn_familiarity.ts";
import type { Examples, World } from "../training/paradigms/world.ts";
import { join } from "../training/paths.ts";
import { readClassifier } from "../training/recipes/classifier.ts";
import { root } from "./support/data.ts";
import { samplePhoto } from "./support/service.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

const CLASSES = 4;
/** Classes of the backbone. */
const WIDTH = 7;

/** Normal numbers. */
const normals = (length: number, random: () => number, deviation = 1) =>
  Float32Array.from({ length }, gaussian(random)).map((x) => x * deviation);

/** What the backbone makes of photos of a class: one of its own classes stands out. */
function seenOf(labels: Int32Array, random: () => number): Float32Array {
  const seen = normals(labels.length * WIDTH, random);
  labels.forEach((label, i) => seen[i * WIDTH + label]! += 4);
  return seen;
}

function trial(seed: number) {
  const random = createRandom(seed);
  // Some classes have more photos than others.
  const labels = Int32Array.from({ length: 50 }, (_, i) => i % 3 === 0 ? 1 : i % CLASSES);
  const train = seenOf(labels, random);
  const ofValidation = Int32Array.from({ length: 30 }, (_, i) => i % CLASSES);
  const validation: SeenLogits = {
    general: normals(30 * CLASSES, random, 2),
    backbone: seenOf(ofValidation, random),
  };
  return { random, train, labels, validation };
}

/** Rows of a table, in plain numbers. */
const rows = (table: ArrayLike<number>, width: number) =>
  Array.from(
    { length: table.length / width },
    (_, i) => Array.from({ length: width }, (_, k) => table[i * width + k]!),
  );

const exp = (row: readonly number[]) => row.map(Math.exp);
const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
const mean = (row: readonly number[]) => sum(row) / row.length;
const probabilities = (row: readonly number[]) => exp(row).map((e) => e / sum(exp(row)));

/** By the definition: the energies, and logarithms of the best Bhattacharyya coefficient. */
function byDefinition(
  { train, labels, validation }: ReturnType<typeof trial>,
  asked: SeenLogits,
): number[] {
  const profiles = Array.from({ length: CLASSES }, (_, c) => {
    const own = rows(train, WIDTH).filter((_, i) => labels[i] === c).map(probabilities);
    return Array.from({ length: WIDTH }, (_, k) => Math.sqrt(mean(own.map((p) => p[k]!))));
  });
  const scores = ({ general, backbone }: SeenLogits) => [
    rows(general, CLASSES).map((row) => Math.log(sum(exp(row)))),
    rows(backbone, WIDTH).map((row) =>
      Math.log(
        Math.max(
          ...profiles.map((profile) =>
            sum(
              // In 255ths, as the file has them.
              probabilities(row).map((p, k) => Math.sqrt(p) * Math.round(255 * profile[k]!) / 255),
            )
          ),
        ),
      )
    ),
  ];
  const scales = scores(validation).map((values) => ({
    middle: mean(values),
    deviation: Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2))),
  }));
  const [energies, agreements] = scores(asked).map((values, s) =>
    values.map((value) => (value - scales[s]!.middle) / scales[s]!.deviation)
  );
  return energies!.map((energy, i) => energy + agreements![i]!);
}

Deno.test("familiarities() gives what its definition says", () => {
  for (const seed of [1, 2, 3]) {
    const given = trial(seed);
    const { train, labels, validation, random } = given;
    const familiarity = fitFamiliarity(train, labels, { classes: CLASSES, validation });
    const asked = {
      general: normals(20 * CLASSES, random, 3),
      backbone: normals(20 * WIDTH, random, 2),
    };
    for (const some of [asked, validation]) {
      const made = familiarities(familiarity, some);
      const expected = byDefinition(given, some);
      assertEquals(made.length, expected.length);
      made.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-9));
      // A photo is answered alone as it is among others.
      const alone = familiarities(familiarity, {
        general: some.general.slice(CLASSES, 2 * CLASSES),
        backbone: some.backbone.slice(WIDTH, 2 * WIDTH),
      });
      assertEquals([...alone], [made[1]!]);
    }
  }
});

Deno.test("familiarities() of validation photos are about 0, and each score weighs the same", () => {
  const { train, labels, validation } = trial(4);
  const familiarity = fitFamiliarity(train, labels, { classes: CLASSES, validation });
  assertAlmostEquals(mean([...familiarities(familiarity, validation)]), 0, 1e-9);
  // With one score held at its mean the other one varies by 1.
  const { energy, agreement } = familiarity;
  assert(energy.deviation > 0 && agreement.deviation > 0 && agreement.mean < 0);
  const level = (value: number) =>
    Float32Array.from(
      { length: validation.general.length },
      (_, i) => i % CLASSES === 0 ? value : -1e6,
    );
  const made = familiarities(familiarity, { ...validation, general: level(energy.mean) });
  assertAlmostEquals(mean([...made].map((value) => value ** 2)), 1, 1e-5);
});

Deno.test("familiarities() rise with what the head says and with what the backbone agrees to", () => {
  const { train, labels, validation } = trial(5);
  const familiarity = fitFamiliarity(train, labels, { classes: CLASSES, validation });
  const one = (general: number, k: number) => {
    const backbone = new Float32Array(WIDTH);
    backbone[k] = 6;
    const [value] = familiarities(familiarity, {
      general: Float32Array.of(general, 0, 0, 0),
      backbone,
    });
    return value!;
  };
  for (let c = 0; c < CLASSES; c++) {
    // The backbone has names for what is none of the classes: the last three.
    for (let k = CLASSES; k < WIDTH; k++) assertGreater(one(3, c), one(3, k) + 1);
    assertGreater(one(5, c), one(3, c));
  }
});

Deno.test("fitFamiliarity() keeps an aggregate of each class, and nothing of a class without photos", () => {
  const { train, labels, validation } = trial(6);
  const before = structuredClone({ train, labels, validation });
  const { profile, classes } = fitFamiliarity(train, labels, {
    classes: CLASSES + 1,
    validation: { ...validation, general: new Float32Array(30 * (CLASSES + 1)) },
  });
  assertEquals({ train, labels, validation }, before);
  assertEquals([classes, profile.length], [CLASSES + 1, (CLASSES + 1) * WIDTH]);
  // The squares are probabilities, as far as 255ths tell.
  const totals = rows(profile, WIDTH).map((row) => sum(row.map((code) => (code / 255) ** 2)));
  assertEquals(totals.pop(), 0);
  for (const total of totals) assertAlmostEquals(total, 1, 0.03);
});

Deno.test("familiarities() stay finite where nothing agrees, and where validation photos are all alike", () => {
  const train = Float32Array.of(300, 0, 0);
  const validation = { general: new Float32Array(8), backbone: new Float32Array(12) };
  const familiarity = fitFamiliarity(train, Int32Array.of(0), { classes: 2, validation });
  assertEquals(familiarity.profile, Uint8Array.of(255, 0, 0, 0, 0, 0));
  const [known, odd] = familiarities(familiarity, {
    general: Float32Array.of(0, 0, 0, 0),
    backbone: Float32Array.of(300, 0, 0, 0, 300, 0),
  });
  assert(Number.isFinite(known) && Number.isFinite(odd), `${known}, ${odd}`);
  assertLess(odd!, known!);
});

Deno.test("learnFamiliarity() takes profiles of training photos and scales of validation photos", async () => {
  const random = createRandom(7);
  const dim = 5;
  const examples = (n: number): Examples => ({
    embeddings: Float32Array.from({ length: n * dim }, () => 3 * random() ** 2),
    labels: Int32Array.from({ length: n }, (_, i) => i % CLASSES),
    paths: Array.from({ length: n }, (_, i) => `${i}.jpg`),
  });
  const world: World = {
    dim,
    classes: ["ant", "bee", "cat", "dog"],
    train: examples(24),
    validation: examples(9),
    test: examples(8),
    photos: "abc",
  };
  const network = initMlp([dim, 6, CLASSES], 1);
  const standardizer = fitStandardizer(world.train.embeddings, dim);
  const backbone = (embeddings: Float32Array) =>
    Promise.resolve(
      Float32Array.from(
        { length: embeddings.length / dim * WIDTH },
        (_, i) => embeddings[Math.floor(i / WIDTH) * dim + i % WIDTH % dim]! * (1 + i % 3),
      ),
    );
  const learnt = await learnFamiliarity(network, standardizer, { world, backbone });
  const general = (part: Examples) => logitsOf(network, standardize(part.embeddings, standardizer));
  const expected = fitFamiliarity(
    await backbone(world.train.embeddings),
    world.train.labels,
    {
      classes: CLASSES,
      validation: {
        general: await general(world.validation),
        backbone: await backbone(world.validation.embeddings),
      },
    },
  );
  assertEquals(learnt, expected);
  // Test photos are none of its business.
  const other = { ...world, test: examples(8) };
  assertEquals(await learnFamiliarity(network, standardizer, { world: other, backbone }), learnt);
  const fewer = { ...world, validation: examples(9) };
  assertNotEquals(
    await learnFamiliarity(network, standardizer, { world: fewer, backbone }),
    learnt,
  );
});

Deno.test("createBackboneHead() is weights · embedding + bias, of several photos at once", async () => {
  const random = createRandom(8);
  const weights = normals(WIDTH * 3, random), bias = normals(WIDTH, random);
  const embeddings = normals(2 * 3, random);
  const made = await createBackboneHead({ weights, bias })(embeddings);
  const expected = rows(embeddings, 3).flatMap((row) =>
    rows(weights, 3).map((w, o) => sum(w.map((x, i) => x * row[i]!)) + bias[o]!)
  );
  assertEquals(made.length, expected.length);
  made.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-5));
  assertEquals((await createBackboneHead({ weights, bias })(new Float32Array(0))).length, 0);
});

Deno.test("createBackboneHead() gives the committed backbone's own logits of photos", async () => {
  const models = join(root, "models");
  const { backbone: section } = parseManifest(
    JSON.parse(await Deno.readTextFile(join(models, "manifest.json"))),
  );
  const file = await Deno.readFile(join(models, section.file));
  const head = createBackboneHead(readClassifier(file));
  const session = await openNative(file);
  try {
    const backbone = createBackbone(session, section);
    for (const name of ["chelsea_cat.jpg", "rocket.jpg"]) {
      const { working } = await decodePhoto(samplePhoto(name));
      const { embedding, logits } = await backbone.run(viewsOf(working, section.input)("centre"));
      const made = await head(embedding);
      assertEquals(made.length, logits.length);
      const off = Math.max(...made.map((value, i) => Math.abs(value - logits[i]!)));
      assertLess(off, 1e-3);
      assertEquals(made.indexOf(Math.max(...made)), logits.indexOf(Math.max(...logits)));
    }
  } finally {
    await session.release();
  }
});
