import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { createRandom } from "../training/eval/random.ts";
import { batches, epochSeed, type Examples } from "../training/fit/batches.ts";
import { bar, createProgress } from "../training/fit/progress.ts";
import {
  type Numbers,
  openRun,
  packable,
  packNumbers,
  unpackNumbers,
} from "../training/fit/run_folder.ts";
import {
  type HeadTraining,
  type Moment,
  type Phase,
  trainHead,
} from "../training/fit/train_head.ts";
import { arrayOf, free, startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { initMlp, type Mlp, rewind, towards } from "../training/nets/mlp.ts";
import { dequantizeMlp, quantizeMlp } from "../training/nets/quantized_mlp.ts";
import { logitsOf } from "../training/nets/run_mlp.ts";
import { adam, sgd } from "../training/optim/mod.ts";
import { bestClasses } from "../training/paradigms/scores.ts";
import { join } from "../training/paths.ts";
import { withFolder } from "./support/temp_folder.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

/** Rows about a centre of their class each. */
function blobs(rows: number, { width = 6, classes = 3, spread = 0.3, seed = 1 } = {}): Examples {
  const draw = gaussian(createRandom(seed));
  const centres = Array.from({ length: classes * width }, draw);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
  const features = Float32Array.from(
    { length: rows * width },
    (_, i) => centres[labels[Math.floor(i / width)]! * width + i % width]! + spread * draw(),
  );
  return { features, labels };
}

/** Logits of one row in plain numbers. */
function plainLogits(mlp: Mlp, row: Float32Array): number[] {
  let x = [...row];
  mlp.forEach(({ weight, bias, inputs, outputs }, layer) => {
    const z = Array.from({ length: outputs }, (_, o) => {
      let sum = bias[o]!;
      for (let i = 0; i < inputs; i++) sum += x[i]! * weight[i * outputs + o]!;
      return sum;
    });
    x = layer < mlp.length - 1 ? z.map((value) => Math.max(0, value)) : z;
  });
  return x;
}

/** Mean cross-entropy in plain numbers. */
function plainLoss(mlp: Mlp, { features, labels }: Examples): number {
  const width = features.length / labels.length;
  let sum = 0;
  labels.forEach((label, i) => {
    const z = plainLogits(mlp, features.subarray(i * width, (i + 1) * width));
    sum += Math.log(z.reduce((total, value) => total + Math.exp(value), 0)) - z[label]!;
  });
  return sum / labels.length;
}

async function momentsOf(training: HeadTraining): Promise<Moment[]> {
  const moments: Moment[] = [];
  for await (const moment of trainHead(training)) moments.push(moment);
  return moments;
}

const SETTLE: Phase = { epochs: 3, optimizer: adam({ learningRate: 0.02 }), dropout: 0.4 };
const LEARN: Phase = {
  epochs: 2,
  optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }),
  dropout: 0,
};

/** Two phases on 50 rows, which the batches do not divide. */
const TRAINING: HeadTraining = {
  examples: blobs(50),
  classes: 3,
  start: initMlp([6, 5, 3], 1),
  phases: [SETTLE, LEARN],
  seed: 7,
  batch: 16,
};

Deno.test("trainHead() steps along the gradient that finite differences give", async () => {
  const examples = blobs(5, { width: 4, spread: 1 });
  const start = initMlp([4, 6, 5, 3], 2)
    .map((layer) => ({ ...layer, bias: layer.bias.map((_, i) => 0.1 * i - 0.1) }));
  const rate = 0.5;
  const [moment] = await momentsOf({
    examples,
    classes: 3,
    start,
    phases: [{ epochs: 1, optimizer: sgd({ learningRate: rate }), dropout: 0 }],
    seed: 1,
    batch: 5,
  });
  assertAlmostEquals(moment!.loss, plainLoss(start, examples), 1e-5);
  let largest = 0;
  start.forEach((layer, l) => {
    for (const part of ["weight", "bias"] as const) {
      layer[part].forEach((value, k) => {
        const lossAt = (other: number) =>
          plainLoss(
            start.map((one, i) => i === l ? { ...one, [part]: one[part].with(k, other) } : one),
            examples,
          );
        const [above, below] = [Math.fround(value + 1e-3), Math.fround(value - 1e-3)];
        const slope = (lossAt(above) - lossAt(below)) / (above - below);
        const stepped = (value - moment!.mlp[l]![part][k]!) / rate;
        assertAlmostEquals(stepped, slope, 1e-4, `${part} ${k} of layer ${l}`);
        largest = Math.max(largest, Math.abs(slope));
      });
    }
  });
  assertGreater(largest, 0.1);
});

Deno.test("trainHead() tells the mean loss over all rows when the last batch is smaller", async () => {
  const phases = [{ epochs: 2, optimizer: sgd({ learningRate: 0 }), dropout: 0 }];
  for (const { mlp, loss } of await momentsOf({ ...TRAINING, phases })) {
    assertEquals(mlp, TRAINING.start);
    assertAlmostEquals(loss, plainLoss(TRAINING.start, TRAINING.examples), 1e-5);
  }
});

Deno.test("trainHead() learns to tell blobs apart, those that it has not seen as well", async () => {
  const examples = blobs(90);
  const moments = await momentsOf({
    ...TRAINING,
    examples: {
      features: examples.features.slice(0, 60 * 6),
      labels: examples.labels.slice(0, 60),
    },
    phases: [{ epochs: 30, optimizer: adam({ learningRate: 0.02 }), dropout: 0.2 }],
  });
  const rightOf = async (mlp: Mlp) => {
    const answers = bestClasses(await logitsOf(mlp, examples.features.slice(60 * 6)), 3);
    return answers.filter((answer, i) => answer === examples.labels[60 + i]).length / 30;
  };
  assertEquals(moments.map(({ epoch }) => epoch), Array.from({ length: 30 }, (_, i) => i + 1));
  assertLess(moments.at(-1)!.loss, 0.3 * moments[0]!.loss);
  assertLess(await rightOf(TRAINING.start), 0.8);
  assertGreater(await rightOf(moments.at(-1)!.mlp), 0.95);
});

Deno.test("trainHead() gives the same numbers for the same seed and others for another", async () => {
  const start = structuredClone(TRAINING.start);
  const made = await momentsOf(TRAINING);
  assertEquals(made.length, 5);
  assertEquals(await momentsOf(TRAINING), made);
  assertEquals(TRAINING.start, start);
  const others = await momentsOf({ ...TRAINING, seed: 8 });
  for (const [i, { mlp, state }] of others.entries()) {
    assertNotEquals(mlp, made[i]!.mlp);
    assertNotEquals(state, made[i]!.state);
  }
});

Deno.test("trainHead() goes on from any moment as if it had not stopped", async () => {
  const whole = await momentsOf(TRAINING);
  for (const stopped of whole) {
    const packed = packNumbers(stopped as unknown as Numbers);
    const from = unpackNumbers(packed) as unknown as Moment;
    assertEquals(from, stopped);
    // The moment counts, not what training once began with.
    const start = initMlp([6, 5, 3], 99);
    assertEquals(await momentsOf({ ...TRAINING, start, from }), whole.slice(stopped.epoch));
  }
  // What is told apart: another state of the optimizer gives another end.
  const { state } = whole[0]!;
  const from = { ...whole[1]!, state };
  assertNotEquals((await momentsOf({ ...TRAINING, from })).at(-1), whole.at(-1));
});

Deno.test("trainHead() goes through the rows of each epoch in an order of its own, across phases", async () => {
  const optimizer = sgd({ learningRate: 0.1 });
  const phases = (...epochs: number[]) =>
    epochs.map((epochs) => ({ epochs, optimizer, dropout: 0.2 }));
  // Nothing is remembered from one step to the next, so where a phase ends makes no difference.
  const whole = await momentsOf({ ...TRAINING, phases: phases(4) });
  const parts = await momentsOf({ ...TRAINING, phases: phases(2, 2) });
  assertEquals(parts.map(({ mlp }) => mlp), whole.map(({ mlp }) => mlp));
});

Deno.test("trainHead() keeps the moments that it gave when training goes on", async () => {
  const kept: Moment[] = [], copies: Moment[] = [];
  for await (const moment of trainHead(TRAINING)) {
    kept.push(moment);
    copies.push(structuredClone(moment));
  }
  assertEquals(kept, copies);
  assertNotEquals(kept[0]!.mlp, kept[1]!.mlp);
});

Deno.test("trainHead() rejects a network and examples of different shapes", async () => {
  for (
    const [wrong, message] of [
      [{ start: initMlp([5, 3], 1) }, "takes 5 features to 3 classes, the examples have 6 and 3"],
      [{ start: initMlp([6, 4], 1) }, "takes 6 features to 4 classes, the examples have 6 and 3"],
      [{ classes: 2 }, "takes 6 features to 3 classes, the examples have 6 and 2"],
      [{ examples: { ...TRAINING.examples, labels: new Int32Array(49) } }, "takes 6 features"],
    ] as const
  ) {
    await assertRejects(() => momentsOf({ ...TRAINING, ...wrong }), RangeError, message);
  }
});

Deno.test("logitsOf() agrees with plain numbers for more rows than are computed at a time", async () => {
  const mlp = initMlp([6, 5, 3], 3);
  const { features } = blobs(515);
  const made = await logitsOf(mlp, features);
  assertEquals(made.length, 515 * 3);
  for (const i of [0, 1, 511, 512, 514]) {
    plainLogits(mlp, features.subarray(i * 6, (i + 1) * 6))
      .forEach((value, c) => assertAlmostEquals(made[i * 3 + c]!, value, 1e-5));
  }
  assertEquals(await logitsOf(mlp, new Float32Array(0)), new Float32Array(0));
  await assertRejects(() => logitsOf(mlp, new Float32Array(7)), RangeError, "rows of 6 features");
});

Deno.test("arrayOf() refuses numbers that do not fill the shape, and copies those that do", async () => {
  assertThrows(
    () => arrayOf(new Float32Array(5), [2, 3]),
    RangeError,
    "Expected 6 numbers for the shape [2,3], got 5",
  );
  const data = Float32Array.of(1, 2, 3, 4);
  const array = arrayOf(data.subarray(1, 3), [2]);
  data.fill(9);
  assertEquals([...await array.ref.data()], [2, 3]);
  free(array as never);
});

Deno.test("batches() gives each row once, with its features and its class", () => {
  const examples = blobs(50);
  const options = { size: 16, classes: 3, dropout: 0, seed: 3 };
  const made = [...batches(examples, options)];
  assertEquals(made.map(({ rows }) => rows.length), [16, 16, 16, 2]);
  const order = made.flatMap(({ rows }) => [...rows]);
  assertEquals(order.toSorted((a, b) => a - b), [...Array(50).keys()]);
  assertNotEquals(order, [...Array(50).keys()]);
  for (const { rows, x, y } of made) {
    rows.forEach((row, i) => {
      assertEquals(x.slice(i * 6, (i + 1) * 6), examples.features.slice(row * 6, (row + 1) * 6));
      const hot = [0, 1, 2].map((c) => c === examples.labels[row] ? 1 : 0);
      assertEquals([...y.subarray(i * 3, (i + 1) * 3)], hot);
    });
    assertEquals([x.length, y.length], [rows.length * 6, rows.length * 3]);
  }
  assertEquals([...batches(examples, options)], made);
  const other = [...batches(examples, { ...options, seed: 4 })].flatMap(({ rows }) => [...rows]);
  assertNotEquals(other, order);
});

Deno.test("batches() leaves out a share of the inputs and raises the others to the same mean", () => {
  const examples = { features: new Float32Array(40 * 50).fill(2), labels: new Int32Array(40) };
  for (const dropout of [0.2, 0.8]) {
    const options = { size: 7, classes: 1, dropout, seed: 1 };
    const x = [...batches(examples, options)].flatMap((batch) => [...batch.x]);
    const kept = x.filter((value) => value !== 0);
    assert(kept.every((value) => value === Math.fround(2 / (1 - dropout))));
    assertAlmostEquals(kept.length / x.length, 1 - dropout, 0.04);
    assertAlmostEquals(x.reduce((sum, value) => sum + value, 0) / x.length, 2, 0.3);
  }
  // Other rows lose other inputs.
  const [batch] = batches(examples, { size: 2, classes: 1, dropout: 0.5, seed: 1 });
  assertNotEquals(batch!.x.slice(0, 50), batch!.x.slice(50));
});

Deno.test("epochSeed() gives each epoch of each seed one of its own", () => {
  const seeds = [0, 1, 2, 20261126].flatMap((seed) =>
    Array.from({ length: 40 }, (_, epoch) => epochSeed(seed, epoch))
  );
  assertEquals(new Set(seeds).size, 160);
  assert(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
});

Deno.test("openRun() keeps what was saved for the same settings alone, until the run is finished", async () => {
  await withFolder(async (folder) => {
    const settings = { rate: 0.1, photos: "abc" };
    const run = await openRun(folder, "sequential", settings);
    assertEquals(await run.load(), undefined);
    const moment = { epoch: 2, state: [Float32Array.of(1, NaN)], share: NaN };
    await run.save({ epoch: 1 });
    await run.save(moment);
    const again = await openRun(folder, "sequential", { ...settings });
    assertEquals(again.path, run.path);
    assertEquals(await again.load(), moment);
    for (
      const [recipe, other] of [
        ["sequential", { ...settings, rate: 0.2 }],
        ["joint", settings],
      ] as const
    ) {
      const apart = await openRun(folder, recipe, other);
      assertNotEquals(apart.path, run.path);
      assertEquals(await apart.load(), undefined);
    }

    await again.finish({ "report.md": "# Report\n", "weights.bin": Uint8Array.of(1, 2) });
    assertEquals([...Deno.readDirSync(run.path)].map(({ name }) => name).sort(), [
      "report.md",
      "weights.bin",
    ]);
    assertEquals(await Deno.readTextFile(join(run.path, "report.md")), "# Report\n");
    assertEquals(await run.load(), undefined);
    // A run may end before it ever saved anything.
    await run.finish({ "report.md": "# Again\n" });
    assertEquals(await Deno.readTextFile(join(run.path, "report.md")), "# Again\n");
  });
});

Deno.test("packNumbers() and unpackNumbers() go round, NaN and nested arrays included", () => {
  const odd = new Float32Array([9, 1.5, NaN, -0, Infinity, 1e-40]).subarray(1);
  for (
    const value of [
      {
        epoch: 3,
        loss: NaN,
        none: null,
        text: 'é "€" \u{1f600}',
        yes: true,
        moments: [{ weight: odd, bias: new Float32Array(0) }, [[Float32Array.of(7)], NaN]],
        // Behind an odd number of float32: doubles may not lie there.
        doubles: [Float32Array.of(1), Float64Array.of(Math.PI, NaN), Float32Array.of(2)],
      },
      odd,
      [],
      NaN,
      "é",
    ] as Numbers[]
  ) {
    const packed = packNumbers(value);
    assertEquals(unpackNumbers(packed), value);
    // Wherever in a larger file it lies.
    const within = new Uint8Array(packed.length + 3);
    within.set(packed, 3);
    assertEquals(unpackNumbers(within.subarray(3)), value);
  }
  const mlp = initMlp([3, 2, 2], 1);
  assertEquals(unpackNumbers(packNumbers(packable(mlp))) as unknown as Mlp, mlp);
});

Deno.test("unpackNumbers() throws when something is cut off", () => {
  const packed = packNumbers({ weight: Float32Array.of(1, 2, 3), epoch: 1 });
  for (const length of [packed.length - 1, packed.length - 8, 30, 3, 0]) {
    assertThrows(() => unpackNumbers(packed.subarray(0, length)));
  }
});

Deno.test("bar() fills from left to right and stays in its frame", () => {
  assertEquals(bar(0), "░".repeat(20));
  assertEquals(bar(0.25), "█████" + "░".repeat(15));
  assertEquals(bar(1), "█".repeat(20));
  assertEquals([bar(-1), bar(7)], [bar(0), bar(1)]);
});

Deno.test("createProgress() tells a line an epoch, without what is no number", () => {
  const lines: string[] = [];
  const progress = createProgress("joint", 4, (line) => lines.push(line));
  progress(1, { loss: 1.23456, right: NaN, weights: 12 });
  progress(4, {});
  assertEquals(lines.map((line) => line.replace(/\d+ s/, "0 s")), [
    `joint ${bar(0.25)} 1/4, loss 1.235, weights 12 (0 s)`,
    `joint ${bar(1)} 4/4,  (0 s)`,
  ]);
});

Deno.test("dequantizeMlp() of quantizeMlp() is off by half a step of the output's own scale", () => {
  const mlp = initMlp([40, 12, 5], 4).map((layer, l) => ({
    ...layer,
    // Outputs of very different sizes: one scale for all would show.
    weight: layer.weight.map((w, k) => w * 10 ** (k % layer.outputs % 3 - 1)),
    bias: layer.bias.map((_, o) => l + o / 7),
  }));
  const layers = quantizeMlp(mlp);
  const rounded = dequantizeMlp(layers);
  assertEquals(layers.map(({ weight }) => weight.dims), [[12, 40], [5, 12]]);
  mlp.forEach(({ weight, bias, inputs, outputs }, l) => {
    const { scale } = layers[l]!.weight;
    const made = rounded[l]!;
    assertEquals([made.inputs, made.outputs, made.bias], [inputs, outputs, bias]);
    for (let o = 0; o < outputs; o++) {
      const column = Array.from({ length: inputs }, (_, i) => weight[i * outputs + o]!);
      const largest = Math.max(...column.map(Math.abs));
      assert(scale[o]! > 0 && scale[o]! <= largest / 127 * (1 + 1e-6));
      column.forEach((w, i) => {
        // But for the largest ones, which may be cut to the range.
        const bound = Math.max(scale[o]! / 2, Math.abs(w) - 127 * scale[o]!);
        assertLess(Math.abs(made.weight[i * outputs + o]! - w), bound + 1e-6 * largest);
      });
      assertLess(
        Math.max(...column.map((w, i) => Math.abs(made.weight[i * outputs + o]! - w))),
        0.26 * largest,
      );
    }
  });
  assertEquals(dequantizeMlp(quantizeMlp(rounded)).map(({ weight }) => weight.length), [480, 60]);
});

Deno.test("initMlp() draws N(0, 2 / inputs) by the seed, and biases of 0", () => {
  const sizes = [200, 100, 50];
  const mlp = initMlp(sizes, 5);
  assertEquals(mlp.map(({ inputs, outputs }) => [inputs, outputs]), [[200, 100], [100, 50]]);
  assertEquals(
    mlp.flatMap(({ weight, bias }) => [weight.length, bias.length]),
    [200 * 100, 100, 100 * 50, 50],
  );
  for (const { weight, bias, inputs, outputs } of mlp) {
    assertEquals([weight.length, bias], [inputs * outputs, new Float32Array(outputs)]);
    const scaled = [...weight].map((w) => w * Math.sqrt(inputs / 2));
    const mean = scaled.reduce((sum, w) => sum + w, 0) / scaled.length;
    const moment = (power: number) =>
      scaled.reduce((sum, w) => sum + w ** power, 0) / scaled.length;
    assertAlmostEquals(mean, 0, 0.05);
    assertAlmostEquals(moment(2), 1, 0.06);
    // Of a normal distribution, not of an even one (1.8).
    assertAlmostEquals(moment(4), 3, 0.4);
  }
  assertEquals(initMlp(sizes, 5), mlp);
  assertNotEquals(initMlp(sizes, 6)[0]!.weight, mlp[0]!.weight);
  assertThrows(() => initMlp([3], 1), RangeError, "an input and an output, got 3");
});

Deno.test("rewind() takes the chosen layers back and leaves the others", () => {
  const [now, earlier] = [initMlp([3, 4, 2, 2], 1), initMlp([3, 4, 2, 2], 2)];
  assertEquals(rewind(now, earlier, [0, 2]), [earlier[0]!, now[1]!, earlier[2]!]);
  assertEquals(rewind(now, earlier, []), now);
});

Deno.test("towards() goes a share of the way, and makes a running mean by shares of 1 / n", () => {
  const sizes = [3, 4, 2];
  const moments = Array.from(
    { length: 6 },
    (_, i) =>
      initMlp(sizes, i).map((layer) => ({ ...layer, bias: layer.bias.map((_, o) => i * o - 1) })),
  );
  const [from, to] = [moments[0]!, moments[1]!];
  const before = structuredClone([from, to]);
  assertEquals(towards(from, to, 0), from);
  assertEquals(towards(from, to, 0.25).map(({ inputs, outputs }) => [inputs, outputs]), [
    [3, 4],
    [4, 2],
  ]);
  const parts = ["weight", "bias"] as const;
  const expect = (
    mlp: Mlp,
    numberOf: (layer: number, part: "weight" | "bias", k: number) => number,
  ) =>
    mlp.forEach((layer, l) =>
      parts.forEach((part) =>
        layer[part].forEach((value, k) =>
          assertAlmostEquals(value, numberOf(l, part, k), 1e-6, `${part} ${k} of layer ${l}`)
        )
      )
    );
  expect(towards(from, to, 1), (l, part, k) => to[l]![part][k]!);
  expect(
    towards(from, to, 0.25),
    (l, part, k) => 0.75 * from[l]![part][k]! + 0.25 * to[l]![part][k]!,
  );
  assertEquals([from, to], before);

  let mean: Mlp = from;
  for (let n = 2; n <= moments.length; n++) {
    mean = towards(mean, moments[n - 1]!, 1 / n);
    const seen = moments.slice(0, n);
    expect(mean, (l, part, k) => seen.reduce((sum, mlp) => sum + mlp[l]![part][k]!, 0) / n);
  }
});
