import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { softmax } from "../functions/core/softmax.ts";
import { createRandom } from "../training/eval/random.ts";
import type { Examples } from "../training/fit/batches.ts";
import { type Numbers, packNumbers, unpackNumbers } from "../training/fit/run_folder.ts";
import { arrayOf, free, startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import { initMlp, type Mlp } from "../training/nets/mlp.ts";
import { logitsOf } from "../training/nets/run_mlp.ts";
import { adam, ftrl, type FtrlOptions } from "../training/optim/mod.ts";
import { bestClasses } from "../training/paradigms/scores.ts";
import { fitSketch, lookUp } from "../training/sketch/sketch.ts";
import {
  type ExemplarFeatures,
  featureIds,
  prototypesOf,
  vocabulary,
} from "../training/wide/exemplar_features.ts";
import { type JointMoment, type JointTraining, trainJoint } from "../training/wide/train_joint.ts";
import { trainWide, type WideTraining } from "../training/wide/train_wide.ts";
import { wideRows } from "../training/wide/wide_rows.ts";
import { createWideTable, type WideState, type WideTable } from "../training/wide/wide_table.ts";
import { randomUnit } from "./support/vectors.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

const OPTIONS: FtrlOptions = { alpha: 0.8, l1: 0.6, l2: 0.1 };

/** Weights of a table over all features, zeros included, [features, classes]. */
function denseOf(table: Pick<WideTable, "classes" | "addTo">, features: number): number[] {
  return Array.from({ length: features }, (_, id) => {
    const row = new Float32Array(table.classes);
    table.addTo(row, [id]);
    return [...row];
  }).flat();
}

/** A table after some steps of chance. */
function trained(features: number, classes: number, seed = 1, options = OPTIONS): WideTable {
  const draw = gaussian(createRandom(seed));
  const table = createWideTable(classes, options);
  for (let step = 0; step < 4; step++) {
    for (let id = step % 2; id < features; id += 2) {
      table.update(new Map([[id, Float32Array.from({ length: classes }, draw)]]));
    }
  }
  return table;
}

Deno.test("WideTable.update() steps as dense FTRL does, whose other gradients are zero", async () => {
  const features = 7, classes = 3;
  const optimizer = ftrl(OPTIONS);
  const table = createWideTable(classes, OPTIONS);
  let weights = { w: arrayOf(new Float32Array(features * classes), [features, classes]) };
  let state = optimizer.init(weights);
  const random = createRandom(2), draw = gaussian(random);
  for (let step = 0; step < 8; step++) {
    const gradients = new Map<number, Float32Array>();
    for (let id = 0; id < features - 1; id++) {
      if (random() < 0.5) gradients.set(id, Float32Array.from({ length: classes }, draw));
    }
    const dense = new Float32Array(features * classes);
    for (const [id, gradient] of gradients) dense.set(gradient, id * classes);
    table.update(gradients);
    [weights, state] = optimizer.update(
      { w: arrayOf(dense, [features, classes]) },
      state,
      weights,
    );
    const expected = await weights.w.ref.data();
    denseOf(table, features).forEach((value, i) => {
      assertAlmostEquals(value, expected[i]!, 1e-5);
      assertEquals(value === 0, expected[i] === 0);
    });
  }
  free(weights);
  free(state as never);
  const weighty = denseOf(table, features).filter((value) => value !== 0).length;
  assert(weighty > 3 && weighty < 18, `${weighty} weights`);
});

Deno.test("WideTable.entries() lists what is not zero by id and class, and addTo() sums rows", () => {
  const table = createWideTable(2, { alpha: 1, l1: 0.5 });
  assertEquals(table.entries(), []);
  table.update(new Map([[9, Float32Array.of(0.2, -2)], [4, Float32Array.of(1, 0.5)]]));
  const entries = table.entries();
  assertEquals(entries.map(({ id, class: c }) => [id, c]), [[4, 0], [9, 1]]);
  // −(z − λ₁) / (1 + √n), z being the first gradient.
  assertAlmostEquals(entries[0]!.weight, -0.25, 1e-7);
  assertAlmostEquals(entries[1]!.weight, 0.5, 1e-7);
  const out = Float32Array.of(1, 1);
  table.addTo(out, [4, 9, 9, 1000]);
  assertEquals(out, Float32Array.of(1 + entries[0]!.weight, 1 + 2 * entries[1]!.weight));
});

Deno.test("WideTable.clone() goes on alone, from where the other one is", () => {
  const table = trained(6, 3);
  const before = table.entries();
  const copy = table.clone();
  assertEquals(copy.entries(), before);
  const gradients = new Map([[2, Float32Array.of(3, -3, 1)], [77, Float32Array.of(2, 2, 2)]]);
  copy.update(gradients);
  assertEquals(table.entries(), before);
  assertNotEquals(copy.entries(), before);
  // Its z and n came along, and not its weights alone.
  const taught = copy.entries();
  table.update(gradients);
  assertEquals(table.entries(), taught);
  assertEquals(copy.entries(), taught);
});

Deno.test("WideTable.save() keeps all that createWideTable() goes on with", () => {
  const table = trained(6, 3);
  const saved = unpackNumbers(packNumbers(table.save() as unknown as Numbers));
  const again = createWideTable(3, OPTIONS, saved as unknown as WideState);
  assertEquals(again.save(), table.save());
  assertEquals(again.entries(), table.entries());
  const gradients = new Map([[2, Float32Array.of(3, -3, 1)], [77, Float32Array.of(2, 2, 2)]]);
  for (const one of [table, again]) one.update(gradients);
  assertEquals(again.save(), table.save());
  assertEquals(createWideTable(3, OPTIONS).save().ids, []);
});

Deno.test("wideRows() lists the weights of each feature between its offset and the next", () => {
  const features = 40, classes = 5;
  const table = trained(features, classes);
  const vocabulary = features + 10;
  const { offsets, classOf, weights, longest, ...rest } = wideRows(table, vocabulary);
  assertEquals(rest, { classes });
  assertEquals([offsets.length, offsets[0], offsets[vocabulary]], [
    vocabulary + 1,
    0,
    weights.length,
  ]);
  assertEquals(classOf.length, weights.length);
  const made: number[] = [];
  let most = 0;
  for (let id = 0; id < vocabulary; id++) {
    const row = new Array<number>(classes).fill(0);
    for (let i = offsets[id]!; i < offsets[id + 1]!; i++) row[classOf[i]!]! += weights[i]!;
    most = Math.max(most, offsets[id + 1]! - offsets[id]!);
    made.push(...row);
  }
  assertEquals(made, denseOf(table, vocabulary));
  assertEquals(longest, most);
  assert(weights.every((weight) => weight !== 0));
  assert(weights.length > 50 && weights.length < 190, `${weights.length} weights`);
});

Deno.test("wideRows() of an empty table has empty rows, and a feature too many is refused", () => {
  const empty = wideRows(createWideTable(3, OPTIONS), 10);
  assertEquals(empty, {
    classes: 3,
    offsets: new Int32Array(11),
    classOf: new Int32Array(0),
    weights: new Float32Array(0),
    longest: 0,
  });
  const table = createWideTable(1, { alpha: 1, l1: 0 });
  table.update(new Map([[9, Float32Array.of(1)]]));
  assertEquals(wideRows(table, 10).weights.length, 1);
  assertThrows(() => wideRows(table, 9), RangeError, "There are 9 features, got one numbered 9");
});

const DIM = 16;

/** Exemplar features of random embeddings, and embeddings that they were and were not fitted to. */
function exemplars(seed: number, given: Partial<ExemplarFeatures> = {}) {
  const random = createRandom(seed);
  const embedding = () => Float32Array.from({ length: DIM }, () => 4 * random());
  const seen = Array.from({ length: 40 }, embedding);
  const { sketch } = fitSketch(Float32Array.from(seen.flatMap((row) => [...row])), {
    dim: DIM,
    seed,
    features: 12,
    tables: 30,
    comparisons: 2,
    among: 4,
    groups: 8,
  });
  const classes = given.classes ?? 5;
  const features: ExemplarFeatures = {
    sketch,
    prototypes: Float32Array.from(
      Array.from({ length: classes }, () => [...randomUnit(12, random)]).flat(),
    ),
    classes,
    nearest: 2,
    levels: [1.5, 2],
    ...given,
  };
  return { features, asked: [...seen.slice(0, 8), ...Array.from({ length: 30 }, embedding)] };
}

Deno.test("featureIds() gives each [exemplar] · [class] · [level] that holds, and no other", () => {
  const counts = new Set<number>();
  const used = new Set<number>();
  for (
    const given of [{}, { nearest: 1, levels: [1.8] }, { nearest: 3, levels: [1, 1.6, 1.8, 2.2] }]
  ) {
    const { features, asked } = exemplars(5, given);
    const { sketch, classes, levels, nearest, prototypes } = features;
    assertEquals(vocabulary(features), 8 * classes * levels.length);
    for (const embedding of asked) {
      const { known, group, projected } = lookUp(sketch, embedding);
      const cosine = (c: number) =>
        projected.reduce((sum, p, d) => sum + p * prototypes[c * 12 + d]!, 0);
      const holds = [];
      for (let id = 0; id < vocabulary(features); id++) {
        const level = id % levels.length;
        const c = Math.floor(id / levels.length) % classes;
        const exemplar = Math.floor(id / levels.length / classes);
        const before = Array.from({ length: classes }, (_, other) => other)
          .filter((other) => cosine(other) > cosine(c)).length;
        if (exemplar === group && before < nearest && known >= levels[level]!) holds.push(id);
      }
      const ids = featureIds(features, embedding);
      assertEquals(ids.toSorted((a, b) => a - b), holds);
      counts.add(ids.length);
      ids.forEach((id) => used.add(id));
    }
  }
  // None passed, and one, some and all levels.
  assertEquals([...counts].sort((a, b) => a - b), [0, 1, 2, 3, 4, 6, 9, 12]);
  assertGreater(used.size, 40);
});

Deno.test("prototypesOf() gives mean directions of unit length, and zeros for a class without photos", () => {
  const random = createRandom(6);
  const projected = Array.from({ length: 20 }, () => randomUnit(7, random));
  const labels = projected.map((_, i) => [0, 1, 3][i % 3]!);
  const made = prototypesOf(projected, labels, 4);
  assertEquals(made.length, 4 * 7);
  for (const c of [0, 1, 2, 3]) {
    const rows = projected.filter((_, i) => labels[i] === c);
    const mean = Array.from({ length: 7 }, (_, d) => rows.reduce((sum, row) => sum + row[d]!, 0));
    const length = Math.sqrt(mean.reduce((sum, m) => sum + m * m, 0));
    mean.forEach((m, d) =>
      assertAlmostEquals(made[c * 7 + d]!, rows.length === 0 ? 0 : m / length, 1e-6)
    );
  }
});

/** Two blobs of which some rows are called by the other's name; each exception has an id of its own. */
function exceptions() {
  const draw = gaussian(createRandom(8));
  const n = 60, width = 4;
  const truth = Int32Array.from({ length: n }, (_, i) => i % 2);
  const features = Float32Array.from(
    { length: n * width },
    (_, k) => (truth[Math.floor(k / width)] === 0 ? 2 : -2) + 0.5 * draw(),
  );
  const wrong = [3, 14, 15, 40, 57];
  const labels = truth.map((label, i) => wrong.includes(i) ? 1 - label : label);
  const ids = Array.from({ length: n }, (_, i) => wrong.includes(i) ? [100 + i, 7] : []);
  return { examples: { features, labels } as Examples, truth, wrong, ids };
}

interface Trial {
  readonly moments: JointMoment[];
  readonly wide: WideTable;
}

async function runJoint(given: Partial<JointTraining> = {}): Promise<Trial> {
  const { examples, ids } = exceptions();
  const wide = createWideTable(2, { alpha: 5, l1: 0.1 });
  const moments: JointMoment[] = [];
  const training: JointTraining = {
    examples,
    ids,
    classes: 2,
    deep: initMlp([4, 2], 3),
    wide,
    optimizer: adam({ learningRate: 0.05 }),
    epochs: 20,
    seed: 5,
    dropout: 0.3,
    wideDropout: 0.2,
    featureDropout: 0.2,
    batch: 16,
    ...given,
  };
  for await (const moment of trainJoint(training)) moments.push(moment);
  return { moments, wide };
}

/** What both parts, and the deep one alone, answer to all rows. */
async function answersOf(deep: Mlp, wide: WideTable) {
  const { examples: { features }, ids } = exceptions();
  const alone = await logitsOf(deep, features);
  const both = alone.slice();
  ids.forEach((one, i) => wide.addTo(both.subarray(i * 2, (i + 1) * 2), one));
  return { alone: bestClasses(alone, 2), both: bestClasses(both, 2) };
}

Deno.test("trainJoint() leaves the exceptions to the wide part and the rule to the deep one", async () => {
  const { truth, examples, wrong } = exceptions();
  const { moments, wide } = await runJoint();
  assertEquals(moments.map(({ epoch }) => epoch), Array.from({ length: 20 }, (_, i) => i + 1));
  assertLess(moments.at(-1)!.loss, moments[0]!.loss);
  const { alone, both } = await answersOf(moments.at(-1)!.deep, wide);
  assertEquals(alone, truth);
  assertEquals(both, examples.labels);
  const told = new Set(wide.entries().map(({ id }) => id));
  assert(wrong.every((row) => told.has(100 + row)), "an exception has no weight of its own");
});

Deno.test("trainWide() memorizes what a deep part leaves over that stays as it is", async () => {
  const settled = (await runJoint()).moments.at(-1)!.deep;
  const { examples, ids, truth } = exceptions();
  const deep = await logitsOf(settled, examples.features);
  const before = deep.slice();
  const wide = createWideTable(2, { alpha: 5, l1: 0.1 });
  const training: WideTraining = {
    deep,
    labels: examples.labels,
    ids,
    classes: 2,
    wide,
    epochs: 8,
    seed: 5,
    wideDropout: 0,
    featureDropout: 0.2,
    batch: 16,
  };
  trainWide(training);
  assertEquals(deep, before);
  const { alone, both } = await answersOf(settled, wide);
  assertEquals(alone, truth);
  assertEquals(both, examples.labels);
  const again = createWideTable(2, { alpha: 5, l1: 0.1 });
  trainWide({ ...training, wide: again });
  assertEquals(again.entries(), wide.entries());
  // Left out of every example it learns nothing.
  const silent = createWideTable(2, { alpha: 5, l1: 0.1 });
  trainWide({ ...training, wide: silent, wideDropout: 1 });
  assertEquals(silent.entries(), []);
});

Deno.test("one epoch of trainWide() without dropout is FTRL on the summed gradients", () => {
  const options = { alpha: 5, l1: 0.1 };
  const deep = Float32Array.of(0.5, -0.5, 0, 1);
  const wide = createWideTable(2, options);
  const labels = Int32Array.of(1, 0);
  const ids = [[3], [3, 4]];
  const common = { classes: 2, epochs: 1, seed: 1, wideDropout: 0, featureDropout: 0 };
  trainWide({ deep, labels, ids, wide, ...common });
  const gradients = [0, 1].map((row) => {
    const gradient = softmax(deep.slice(row * 2, row * 2 + 2));
    gradient[labels[row]!]! -= 1;
    return gradient;
  });
  const expected = createWideTable(2, options);
  expected.update(
    new Map([
      [3, Float32Array.from(gradients[0]!, (g, c) => g + gradients[1]![c]!)],
      [4, Float32Array.from(gradients[1]!)],
    ]),
  );
  for (const [i, { id, class: c, weight }] of wide.entries().entries()) {
    const entry = expected.entries()[i]!;
    assertEquals([id, c], [entry.id, entry.class]);
    assertAlmostEquals(weight, entry.weight, 1e-6);
  }
  assertEquals(wide.entries().length, expected.entries().length);
});

Deno.test("trainJoint() is repeatable, and another seed gives other weights", async () => {
  const entriesOf = ({ moments, wide }: Trial) => [moments, wide.entries()];
  const made = entriesOf(await runJoint({ epochs: 3 }));
  assertEquals(entriesOf(await runJoint({ epochs: 3 })), made);
  assertNotEquals(entriesOf(await runJoint({ epochs: 3, seed: 6 })), made);
});

Deno.test("trainJoint() goes on from any moment as if it had not stopped", async () => {
  const { examples, ids } = exceptions();
  const options = { alpha: 5, l1: 0.1 };
  const trainingWith = (wide: WideTable, deep: Mlp): JointTraining => ({
    examples,
    ids,
    classes: 2,
    deep,
    wide,
    optimizer: adam({ learningRate: 0.05 }),
    epochs: 4,
    seed: 5,
    dropout: 0.3,
    wideDropout: 0.2,
    featureDropout: 0.2,
    batch: 16,
  });
  const wide = createWideTable(2, options);
  const moments: JointMoment[] = [], tables: WideState[] = [];
  for await (const moment of trainJoint(trainingWith(wide, initMlp([4, 2], 3)))) {
    moments.push(moment);
    tables.push(wide.save());
  }
  for (const [i, stopped] of moments.entries()) {
    const packed = packNumbers({ stopped, table: tables[i] } as unknown as Numbers);
    const from = unpackNumbers(packed) as unknown as { stopped: JointMoment; table: WideState };
    const again = createWideTable(2, options, from.table);
    const rest: JointMoment[] = [];
    const training = { ...trainingWith(again, initMlp([4, 2], 99)), from: from.stopped };
    for await (const moment of trainJoint(training)) rest.push(moment);
    assertEquals(rest, moments.slice(i + 1));
    assertEquals(again.save(), tables.at(-1));
  }
});

Deno.test("trainJoint() never asks the wide part that is always left out", async () => {
  for (const left of [{ wideDropout: 1 }, { wideDropout: 0, featureDropout: 1 }]) {
    const { wide } = await runJoint({ epochs: 2, ...left });
    assertEquals(wide.entries(), []);
  }
});

Deno.test("trainJoint() tells the mean loss and steps the wide part by the summed gradient", async () => {
  const { examples, ids } = exceptions();
  const options = { alpha: 5, l1: 0.1 };
  const wide = createWideTable(2, options);
  const deep = initMlp([4, 2], 3);
  const logits = await logitsOf(deep, examples.features);
  // All rows in one batch, nothing left out: one step by hand.
  const expected = createWideTable(2, options);
  const sums = new Map<number, Float32Array>();
  let loss = 0;
  examples.labels.forEach((label, i) => {
    const powers = [0, 1].map((c) => Math.exp(logits[i * 2 + c]!));
    const total = powers[0]! + powers[1]!;
    loss -= Math.log(powers[label]! / total);
    for (const id of ids[i]!) {
      const sum = sums.get(id) ?? new Float32Array(2);
      for (const c of [0, 1]) sum[c]! += powers[c]! / total - Number(c === label);
      sums.set(id, sum);
    }
  });
  expected.update(sums);
  const { moments } = await runJoint({
    deep,
    wide,
    epochs: 1,
    dropout: 0,
    wideDropout: 0,
    featureDropout: 0,
    batch: 60,
  });
  assertAlmostEquals(moments[0]!.loss, loss / 60, 1e-5);
  const made = wide.entries();
  assertEquals(made.map(({ id }) => id), expected.entries().map(({ id }) => id));
  expected.entries().forEach(({ weight }, i) => assertAlmostEquals(made[i]!.weight, weight, 1e-4));
});
