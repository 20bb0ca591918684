import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { numpy as np, tree } from "@jax-js/jax";
import { createRandom } from "../training/eval/random.ts";
import { arrayOf, free, startEngine } from "../training/nets/engine.ts";
import { gaussian } from "../training/nets/gaussian.ts";
import {
  adagrad,
  adam,
  ftrl,
  type FtrlCell,
  type FtrlOptions,
  ftrlStep,
  type Optimizer,
  type OptimizerState,
  sgd,
  type Weights,
} from "../training/optim/mod.ts";

// Its Workers live as long as the process: started before the first test, they are none's leak.
await startEngine();

/** Sizes of a nested tree's leaves, in the order of its keys. */
const SHAPES = [[2, 3], [3], [4]] as const;

/** A tree of two levels with given leaves. */
const treeOf = (leaves: readonly Float32Array[]): Weights => {
  const [weight, bias, other] = leaves.map((leaf, i) => arrayOf(leaf, SHAPES[i]!));
  return { layers: [{ bias: bias!, weight: weight! }], other: other! };
};

/** Leaves of the nested tree, in the order of {@linkcode SHAPES}; does not consume them. */
async function numbersOf(weights: Weights): Promise<Float32Array[]> {
  const { layers: [layer], other } = weights as {
    layers: { weight: np.Array; bias: np.Array }[];
    other: np.Array;
  };
  const read = async (array: np.Array) => Float32Array.from(await array.ref.data() as Float32Array);
  return [await read(layer!.weight), await read(layer!.bias), await read(other)];
}

/** Normal numbers in the shapes of the tree; with a zero and a large one among them. */
function randomLeaves(seed: number): Float32Array[] {
  const draw = gaussian(createRandom(seed));
  const leaves = SHAPES.map((shape) =>
    Float32Array.from({ length: shape.reduce((a: number, b) => a * b, 1) }, draw)
  );
  leaves[0]![1] = 0;
  leaves[2]![2] = 30;
  return leaves;
}

/** One step of one number, by the formulas of the paper. */
type Plain = (weight: number, gradient: number) => number;

/** Follows an optimizer and the plain computation for some steps, each with gradients of its own. */
async function assertFollows(optimizer: Optimizer, plain: () => Plain): Promise<void> {
  const start = randomLeaves(1);
  const expected = start.map((leaf) => [...leaf].map((value) => ({ value, step: plain() })));
  let weights = treeOf(start);
  let state = optimizer.init(weights);
  for (let step = 0; step < 6; step++) {
    const gradients = randomLeaves(100 + step);
    [weights, state] = optimizer.update(treeOf(gradients), state, weights);
    const made = await numbersOf(weights);
    expected.forEach((leaf, i) =>
      leaf.forEach((one, j) => {
        one.value = one.step(one.value, gradients[i]![j]!);
        const tolerance = 1e-5 * Math.max(1, Math.abs(one.value));
        assertAlmostEquals(
          made[i]![j]!,
          one.value,
          tolerance,
          `step ${step}, leaf ${i}, number ${j}: ${made[i]![j]} is not ${one.value}`,
        );
      })
    );
    assertEquals((await state.step.ref.data())[0], step + 1);
  }
  free(weights);
  free(state as never);
}

Deno.test("sgd() follows v ← μ v + g, w ← w − η v", async () => {
  for (const momentum of [0, 0.9]) {
    await assertFollows(sgd({ learningRate: 0.1, momentum }), () => {
      let v = 0;
      return (w, g) => {
        v = momentum * v + g;
        return w - 0.1 * v;
      };
    });
  }
  await assertFollows(sgd({ learningRate: 0.1 }), () => (w, g) => w - 0.1 * g);
});

Deno.test("adam() follows algorithm 1 of its paper", async () => {
  for (const given of [{}, { decay1: 0.5, decay2: 0.8, epsilon: 0.1 }]) {
    const { decay1, decay2, epsilon } = { decay1: 0.9, decay2: 0.999, epsilon: 1e-8, ...given };
    await assertFollows(adam({ learningRate: 0.05, ...given }), () => {
      let m = 0, v = 0, t = 0;
      return (w, g) => {
        t++;
        m = decay1 * m + (1 - decay1) * g;
        v = decay2 * v + (1 - decay2) * g * g;
        return w - 0.05 * (m / (1 - decay1 ** t)) / (Math.sqrt(v / (1 - decay2 ** t)) + epsilon);
      };
    });
  }
});

Deno.test("adagrad() follows n ← n + g², w ← w − η g / (√n + ε)", async () => {
  for (const given of [{}, { initial: 2, epsilon: 0.5 }]) {
    const { initial, epsilon } = { initial: 0.1, epsilon: 1e-8, ...given };
    await assertFollows(adagrad({ learningRate: 0.3, ...given }), () => {
      let n = initial;
      return (w, g) => {
        n += g * g;
        return w - 0.3 * g / (Math.sqrt(n) + epsilon);
      };
    });
  }
});

const FTRL: readonly FtrlOptions[] = [
  { alpha: 0.5, l1: 0 },
  { alpha: 0.5, beta: 0.2, l1: 0.7, l2: 0.3 },
  { alpha: 20, l1: 0.5 },
];

/**
 * The least point of w · Σ (gₛ − σₛ wₛ) + λ₁ |w| + ½ ((β + √n) / α + λ₂) w², found by halving the
 * interval and not by its closed form: McMahan et al. 2013, §3, with σ₁…ₜ = √n / α.
 */
function leastPoint(
  past: readonly { readonly w: number; readonly g: number }[],
  { alpha, beta = 1, l1, l2 = 0 }: FtrlOptions,
): number {
  let n = 0, linear = 0;
  for (const { w, g } of past) {
    const before = Math.sqrt(n);
    n += g * g;
    linear += g - (Math.sqrt(n) - before) / alpha * w;
  }
  const bend = (beta + Math.sqrt(n)) / alpha + l2;
  // The slope rises with w; at 0 it jumps from −λ₁ to λ₁.
  const slope = (w: number) => linear + bend * w + l1 * Math.sign(w);
  if (Math.abs(linear) <= l1) return 0;
  let low = -1e4, high = 1e4;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

Deno.test("ftrl() gives the least point of what it minimizes, from zero weights on", async () => {
  for (const options of FTRL) {
    const optimizer = ftrl(options);
    const pasts = SHAPES.map((shape) =>
      Array.from(
        { length: shape.reduce((a: number, b) => a * b, 1) },
        () => [] as { w: number; g: number }[],
      )
    );
    let weights = treeOf(randomLeaves(1).map((leaf) => new Float32Array(leaf.length)));
    let state = optimizer.init(weights);
    let zeros = 0;
    for (let step = 0; step < 6; step++) {
      const gradients = randomLeaves(200 + step);
      const before = await numbersOf(weights);
      [weights, state] = optimizer.update(treeOf(gradients), state, weights);
      const made = await numbersOf(weights);
      pasts.forEach((leaf, i) =>
        leaf.forEach((past, j) => {
          past.push({ w: before[i]![j]!, g: gradients[i]![j]! });
          const expected = leastPoint(past, options);
          assertAlmostEquals(
            made[i]![j]!,
            expected,
            1e-4 * Math.max(1, Math.abs(expected)),
            `step ${step}: ${made[i]![j]} is not ${expected}`,
          );
          zeros += Number(made[i]![j] === 0);
        })
      );
    }
    // A weight that never had a gradient is zero anyhow.
    assertEquals(zeros > 12, options.l1 > 0, `${zeros} zeros with l1 = ${options.l1}`);
    free(weights);
    free(state as never);
  }
});

/** Cells after each of some gradients, the first one included. */
function cellsOf(gradients: readonly number[], options: FtrlOptions): FtrlCell[] {
  const cells: FtrlCell[] = [{ z: 0, n: 0, w: 0 }];
  for (const gradient of gradients) cells.push(ftrlStep(cells.at(-1)!, gradient, options));
  return cells;
}

Deno.test("ftrlStep() gives the least point of what it minimizes", () => {
  const gradients = Array.from({ length: 40 }, gaussian(createRandom(3)));
  for (const options of FTRL) {
    const cells = cellsOf(gradients, options);
    for (let t = 1; t < cells.length; t++) {
      const past = gradients.slice(0, t).map((g, i) => ({ g, w: cells[i]!.w }));
      const expected = leastPoint(past, options);
      assertAlmostEquals(cells[t]!.w, expected, 1e-9 * Math.max(1, Math.abs(expected)));
    }
  }
});

Deno.test("ftrlStep() is descent by the rate α / (β + √n) without L1 and L2", () => {
  const gradients = Array.from({ length: 40 }, gaussian(createRandom(4)));
  const options = { alpha: 0.7, beta: 0.4, l1: 0 };
  const cells = cellsOf(gradients, options);
  let w = 0, n = 0;
  gradients.forEach((g, t) => {
    n += g * g;
    w -= options.alpha / (options.beta + Math.sqrt(n)) * g;
    assertAlmostEquals(cells[t + 1]!.w, w, 1e-9);
  });
  // With a β beside which √n is nothing, the rate is α / β for ever.
  const sum = gradients.reduce((a, b) => a + b, 0);
  const slow = cellsOf(gradients, { alpha: 1e6, beta: 1e8, l1: 0 }).at(-1)!;
  assertAlmostEquals(slow.w, -0.01 * sum, 1e-6);
});

Deno.test("ftrlStep() leaves a weight exactly zero while |z| is not above L1", () => {
  const options = { alpha: 0.5, l1: 1 };
  assert(Object.is(cellsOf([0.5, 0.5], options).at(-1)!.w, 0));
  assert(cellsOf([0.5, 0.5001], options).at(-1)!.w < 0);
  assert(cellsOf([-0.5, -0.5001], options).at(-1)!.w > 0);
  // It forgets again.
  assertEquals(cellsOf([1.5, -0.7], options).map(({ w }) => Math.abs(w) > 0), [false, true, false]);
  const before = Object.freeze({ z: 0.25, n: 4, w: 0 });
  assertEquals(ftrlStep(before, 0, options), { z: 0.25, n: 4, w: 0 });
});

Deno.test("ftrl() steps as ftrlStep() does, for each weight alone", async () => {
  for (const options of FTRL) {
    const optimizer = ftrl(options);
    const cells = randomLeaves(1).map((leaf) =>
      [...leaf].map((): FtrlCell => ({ z: 0, n: 0, w: 0 }))
    );
    let weights = treeOf(cells.map((leaf) => new Float32Array(leaf.length)));
    let state = optimizer.init(weights);
    for (let step = 0; step < 6; step++) {
      const gradients = randomLeaves(300 + step);
      [weights, state] = optimizer.update(treeOf(gradients), state, weights);
      const [z, n] = await Promise.all(state.slots.map(numbersOf));
      const w = await numbersOf(weights);
      cells.forEach((leaf, i) =>
        leaf.forEach((cell, j) => {
          const next = leaf[j] = ftrlStep(cell, gradients[i]![j]!, options);
          for (const [made, key] of [[z, "z"], [n, "n"], [w, "w"]] as const) {
            const tolerance = 1e-4 * Math.max(1, Math.abs(next[key]));
            assertAlmostEquals(made![i]![j]!, next[key], tolerance, `${key} in step ${step}`);
          }
          // A zero is one in both, and not nearly.
          assertEquals(w[i]![j] === 0, next.w === 0);
        })
      );
    }
    free(weights);
    free(state as never);
  }
});

const OPTIMIZERS: readonly (readonly [string, Optimizer])[] = [
  ["sgd", sgd({ learningRate: 0.1, momentum: 0.9 })],
  ["adam", adam({ learningRate: 0.1 })],
  ["adagrad", adagrad({ learningRate: 0.1 })],
  ["ftrl", ftrl({ alpha: 0.5, l1: 0.1 })],
];

const leavesOf = (of: Weights | OptimizerState) => tree.leaves(of as never) as np.Array[];

for (const [name, optimizer] of OPTIMIZERS) {
  Deno.test(`${name}() gives the same for the same arguments, and other for others`, async () => {
    const run = async (seed: number) => {
      let weights = treeOf(randomLeaves(1));
      let state = optimizer.init(weights);
      for (let step = 0; step < 3; step++) {
        [weights, state] = optimizer.update(treeOf(randomLeaves(seed + step)), state, weights);
      }
      const made = [...await numbersOf(weights)];
      for (const slot of state.slots) made.push(...await numbersOf(slot));
      free(weights);
      free(state as never);
      return made;
    };
    const made = await run(10);
    assertEquals(await run(10), made);
    assertNotEquals(await run(20), made);
    for (const leaf of made) assert(leaf.every(Number.isFinite));
  });

  Deno.test(`${name}() consumes what update() is given and nothing that init() is given`, async () => {
    const weights = treeOf(randomLeaves(1));
    const state = optimizer.init(weights);
    for (const leaf of leavesOf(weights)) assertEquals(leaf.refCount, 1, "init() took a weight");
    const gradients = treeOf(randomLeaves(2));
    const given = [weights, state, gradients].flatMap(leavesOf);
    assertGreater(given.length, 6);
    // One reference that stays the test's: with update()'s own gone, exactly this one is left.
    for (const leaf of given) leaf.ref;
    const [next, after] = optimizer.update(gradients, state, weights);
    for (const leaf of given) {
      assertEquals(leaf.refCount, 1, "update() did not consume its argument");
    }
    const made = [next, after].flatMap(leavesOf);
    assertEquals(new Set([...given, ...made]).size, given.length + made.length);
    for (const leaf of made) assertEquals(leaf.refCount, 1, "a result has another owner");
    // What was given has not changed.
    const [first] = await numbersOf(weights);
    assertEquals(first, randomLeaves(1)[0]);
    for (const leaf of [...given, ...made]) leaf.dispose();
    for (const leaf of [...given, ...made]) assertThrows(() => leaf.ref);
  });
}
