/**
 * Training of the first and of the third paradigm, on worlds of some dozens of made-up photos.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import { createRandom } from "../training/eval/random.ts";
import { type Numbers, packNumbers, unpackNumbers } from "../training/fit/run_folder.ts";
import { standardize } from "../training/fit/standardizer.ts";
import { startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import type { Mlp } from "../training/nets/mlp.ts";
import { logitsOf } from "../training/nets/run_mlp.ts";
import { type HumanSettings, judgeHuman } from "../training/paradigms/human.ts";
import { withNoise } from "../training/paradigms/label_noise.ts";
import { agreement, bestClasses, crossEntropyOf } from "../training/paradigms/scores.ts";
import {
  type Moments,
  type SequentialModel,
  type SequentialSettings,
  trainSequential,
} from "../training/paradigms/sequential.ts";
import { type Examples, pick, type World } from "../training/paradigms/world.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

const CLASSES = 3;

/** Photos about a centre of their class each. */
function worldOf({ dim = 8, train = 60, spread = 0.5 } = {}): World {
  const random = createRandom(1), draw = gaussian(random);
  const centres = Array.from({ length: CLASSES * dim }, () => 2 + 2 * random());
  const examples = (n: number, name: string): Examples => {
    const labels = Int32Array.from({ length: n }, (_, i) => i % CLASSES);
    return {
      embeddings: Float32Array.from(
        { length: n * dim },
        (_, i) =>
          Math.max(0, centres[labels[Math.floor(i / dim)]! * dim + i % dim]! + spread * draw()),
      ),
      labels,
      paths: Array.from({ length: n }, (_, i) => `${name}/${i}.jpg`),
    };
  };
  return {
    dim,
    classes: ["ant", "bee", "cat"],
    train: examples(train, "train"),
    validation: examples(24, "validation"),
    test: examples(30, "test"),
    photos: "abc",
  };
}

const WORLD = worldOf();
const LABELS = withNoise(WORLD.train.labels, 0.2, { classes: CLASSES, seed: 2 });

const SETTINGS: SequentialSettings = {
  hidden: [16],
  settling: { epochs: 4, rate: 0.02, dropout: 0.5 },
  memorizing: { epochs: 5, rate: 0.03, dropout: 0, averaged: 3 },
  batch: 16,
  seed: 3,
};

interface Run {
  readonly model: SequentialModel;
  /** At the end of each epoch, as they were then. */
  readonly moments: readonly Moments[];
}

async function run(
  memorizing: Partial<SequentialSettings["memorizing"]> = {},
  from?: Moments,
): Promise<Run> {
  const moments: Moments[] = [];
  const settings = { ...SETTINGS, memorizing: { ...SETTINGS.memorizing, ...memorizing } };
  const model = await trainSequential(WORLD, LABELS, settings, {
    ...(from ? { from } : {}),
    onEpoch: (figures, now) => {
      assertEquals(figures, now.curve.at(-1));
      moments.push(structuredClone(now));
    },
  });
  return { model, moments };
}

/** Requires the mean of networks, each number of it. */
function assertMean(mlp: Mlp, of: readonly Mlp[]): void {
  assertGreater(of.length, 0);
  mlp.forEach((layer, l) => {
    for (const part of ["weight", "bias"] as const) {
      layer[part].forEach((value, k) => {
        const mean = of.reduce((sum, one) => sum + one[l]![part][k]!, 0) / of.length;
        assertAlmostEquals(value, mean, 1e-6, `${part} ${k} of layer ${l}`);
      });
    }
  });
}

Deno.test("trainSequential() keeps the mean of the last moments as the memorizer", async () => {
  const { model, moments } = await run();
  const mlps = moments.map(({ last }) => last.mlp);
  assertEquals(moments.map(({ last }) => last.epoch), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertMean(model.memorizer, mlps.slice(-3));
  assertNotEquals(model.memorizer, mlps.at(-1));
  // It is no mean of other moments.
  const largest = (of: readonly Mlp[]) =>
    Math.max(
      ...model.memorizer[0]!.weight.map((w, k) =>
        Math.abs(w - of.reduce((sum, one) => sum + one[0]!.weight[k]!, 0) / of.length)
      ),
    );
  for (const averaged of [mlps.slice(-2), mlps.slice(-4)]) assertGreater(largest(averaged), 1e-3);
  // So far it is the mean of those there were.
  moments.forEach(({ late }, i) => {
    if (i < 6) assertEquals(late, undefined);
    else assertMean(late!, mlps.slice(6, i + 1));
  });
  assertEquals(moments.at(-1)!.late, model.memorizer);
});

Deno.test("trainSequential() averages no moment of settling, and one moment as it is", async () => {
  const all = await run({ averaged: 20 });
  assertMean(all.model.memorizer, all.moments.slice(4).map(({ last }) => last.mlp));
  const one = await run({ averaged: 1 });
  assertEquals(one.model.memorizer, one.moments.at(-1)!.last.mlp);
  // How the training itself goes does not hang on it.
  assertEquals(one.moments.map(({ last }) => last), all.moments.map(({ last }) => last));
});

Deno.test("trainSequential() that never memorizes ends where settling does", async () => {
  const { model, moments } = await run({ epochs: 0 });
  assertEquals(moments.length, 4);
  assertEquals(model.memorizer, moments.at(-1)!.last.mlp);
  assert(moments.every(({ late }) => late === undefined));
});

Deno.test("trainSequential() chooses the generalizer by the least validation loss of settling", async () => {
  const { model, moments } = await run({ epochs: 3 });
  const settling = model.curve.slice(0, 4);
  const losses = settling.map(({ validationLoss }) => validationLoss);
  const best = losses.indexOf(Math.min(...losses));
  assertEquals(model.chosen, settling[best]);
  assertEquals(model.generalizer, moments[best]!.last.mlp);
  // The choice is not forced: here accuracy would have chosen otherwise, or the end would be better.
  const shares = settling.map(({ validation }) => validation);
  const everBest = model.curve.reduce((a, b) => b.validationLoss < a.validationLoss ? b : a);
  assert(
    shares.indexOf(Math.max(...shares)) !== best || everBest.epoch > 4,
    JSON.stringify(model.curve),
  );
  moments.forEach(({ best: { figures } }, i) => {
    const least = Math.min(...losses.slice(0, i + 1));
    assertEquals(figures.validationLoss, least);
  });
});

Deno.test("trainSequential() measures each epoch by the moment that it ends in", async () => {
  const { model, moments } = await run();
  const { train, validation, test } = WORLD;
  for (const { last, curve } of moments) {
    const figures = curve.at(-1)!;
    const logits = (part: Examples) =>
      logitsOf(last.mlp, standardize(part.embeddings, model.standardizer));
    const answers = bestClasses(await logits(train), CLASSES);
    assertEquals(figures, {
      epoch: last.epoch,
      loss: last.loss,
      clean: agreement(answers, train.labels, LABELS.right),
      asGiven: agreement(answers, LABELS.given, LABELS.wrong),
      asTrue: agreement(answers, train.labels, LABELS.wrong),
      validation: agreement(bestClasses(await logits(validation), CLASSES), validation.labels),
      validationLoss: crossEntropyOf(await logits(validation), validation.labels),
      test: agreement(bestClasses(await logits(test), CLASSES), test.labels),
    });
  }
  assertEquals(model.curve, moments.at(-1)!.curve);
});

Deno.test("trainSequential() generalizes first and memorizes later", async () => {
  const { model } = await run({ epochs: 60 });
  assertGreater(model.chosen.asTrue, 0.8);
  assertLess(model.chosen.asGiven, 0.3);
  assertGreater(model.curve.at(-1)!.asGiven, 0.8);
  const x = standardize(WORLD.train.embeddings, model.standardizer);
  const late = bestClasses(await logitsOf(model.memorizer, x), CLASSES);
  assertGreater(agreement(late, LABELS.given), 0.9);
});

Deno.test("trainSequential() goes on from any moment as if it had not stopped", async () => {
  const whole = await run();
  for (const [i, stopped] of whole.moments.entries()) {
    // As a recipe keeps it.
    const from = unpackNumbers(packNumbers(stopped as unknown as Numbers)) as unknown as Moments;
    assertEquals(from, stopped);
    const { model, moments } = await run({}, from);
    assertEquals(model, whole.model, `stopped after epoch ${i + 1}`);
    assertEquals(moments, whole.moments.slice(i + 1));
  }
  // The mean so far counts: without it another memorizer comes out.
  const { late: _, ...without } = whole.moments[7]!;
  const forgetful = await run({}, without);
  assertEquals(forgetful.model.generalizer, whole.model.generalizer);
  assertNotEquals(forgetful.model.memorizer, whole.model.memorizer);
});

Deno.test("trainSequential() gives the same for the same seed and something else for another", async () => {
  const { model } = await run();
  assertEquals((await run()).model, model);
  const other = await trainSequential(WORLD, LABELS, { ...SETTINGS, seed: 4 });
  assertNotEquals(other.memorizer, model.memorizer);
  assertNotEquals(other.generalizer, model.generalizer);
  assertEquals(other.standardizer, model.standardizer);
});

/** As many as the project's own sketch needs. */
const DIM = 512;

const HUMAN: HumanSettings = {
  network: {
    ...SETTINGS,
    settling: { ...SETTINGS.settling, epochs: 12 },
    memorizing: { ...SETTINGS.memorizing, epochs: 0 },
  },
  exceptions: 0.1,
  changed: 0.01,
};

Deno.test("judgeHuman() answers exceptions as taught and all else as if nothing had been", async () => {
  const world = worldOf({ dim: DIM, train: 90 });
  const asked: string[][] = [];
  const judged = await judgeHuman(world, HUMAN, (paths) => {
    asked.push([...paths]);
    // Two copies of each photo: the photo itself, and a darker one.
    const copies = paths.flatMap((path) => {
      const row = Number(path.match(/(\d+)\.jpg$/)![1]);
      const photo = world.train.embeddings.subarray(row * DIM, (row + 1) * DIM);
      return [...photo, ...photo.map((x) => 0.99 * x)];
    });
    return Promise.resolve(Float32Array.from(copies));
  });
  assertEquals([asked.length, judged.taught], [1, 9]);
  const { wrong, right } = withNoise(world.train.labels, 0.1, { classes: CLASSES, seed: 3 });
  assertEquals(asked[0], wrong.map((row) => `train/${row}.jpg`));
  assertEquals([judged.exact, judged.copies], [1, 1]);
  assertGreater(judged.network, 0.9);
  assertGreater(judged.locality, 0.9);
  // An answer that changed is one that was right or one that was wrong.
  assertLess(Math.abs(judged.test - judged.network), 1 - judged.locality + 1e-9);
  assert(judged.threshold >= -1 && judged.threshold < 1, `${judged.threshold}`);
  assertEquals(await judgeHuman(world, HUMAN), { ...judged, copies: NaN });

  // The network in the back is trained without the exceptions.
  const typical = { ...world, train: pick(world.train, right) };
  const { generalizer, standardizer } = await trainSequential(
    typical,
    withNoise(typical.train.labels, 0, { classes: CLASSES, seed: 3 }),
    HUMAN.network,
  );
  const logits = await logitsOf(generalizer, standardize(world.test.embeddings, standardizer));
  assertEquals(
    judged.network,
    agreement(bestClasses(logits, CLASSES), world.test.labels),
  );
});
