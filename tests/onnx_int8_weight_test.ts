import { assert, assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { openNative } from "../models/runtime_native.ts";
import { addInt8Weight, Graph, type Int8Weight, quantizeInt8 } from "../training/onnx/mod.ts";

/** Repeatable numbers in −1 … 1. */
function numbers(count: number, seed: number): Float32Array {
  const out = new Float32Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state / 2 ** 31 - 1;
  }
  return out;
}

const restore = ({ data, scale }: Int8Weight): Float32Array =>
  Float32Array.from(data, (code, i) => code * scale[Math.floor(i * scale.length / data.length)]!);

/** Δᵀ C Δ of one channel. */
function cost(exact: Float32Array, rounded: Float32Array, correlation: Float64Array): number {
  const n = exact.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      sum += (rounded[i]! - exact[i]!) * correlation[i * n + j]! * (rounded[j]! - exact[j]!);
    }
  }
  return sum;
}

Deno.test("quantizeInt8() is at most half a step off when nothing is clipped", () => {
  const exact = { dims: [3, 4], data: numbers(12, 1) };
  const rounded = quantizeInt8(exact);
  const got = restore(rounded);
  for (let i = 0; i < 12; i++) {
    const step = rounded.scale[Math.floor(i / 4)]!;
    if (Math.abs(rounded.data[i]!) === 127) continue;
    assertLessOrEqual(Math.abs(got[i]! - exact.data[i]!), step / 2 * 1.00001);
  }
});

Deno.test("quantizeInt8() stores whole multiples exactly, and a channel of zeros", () => {
  const data = Float32Array.from([127, -127, 64, 1, 0, 0, 0, 0], (code) => code / 64);
  const rounded = quantizeInt8({ dims: [2, 4], data });
  assertEquals(rounded.data, Int8Array.of(127, -127, 64, 1, 0, 0, 0, 0));
  assertEquals(rounded.scale, Float32Array.of(1 / 64, 0));
});

Deno.test("quantizeInt8() clips an outlier when that costs less", () => {
  const data = new Float32Array(400);
  data.set(numbers(400, 5));
  data[0] = 1.1;
  const { scale } = quantizeInt8({ dims: [1, 400], data });
  assert(scale[0]! < 1.1 / 127, `the step ${scale[0]} leaves the whole range`);
});

Deno.test("quantizeInt8() finds the best codes of a brute force when inputs go together", () => {
  const n = 4;
  const correlation = Float64Array.from(
    { length: n * n },
    (_, i) => 0.8 ** Math.abs(Math.floor(i / n) - (i % n)),
  );
  let optimal = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const exact = numbers(n, seed * 7919);
    const rounded = quantizeInt8({ dims: [1, n], data: exact }, { correlation });
    const got = cost(exact, restore(rounded), correlation);
    // Every rounding up or down at the scale that was chosen.
    let best = Infinity;
    for (let ups = 0; ups < 2 ** n; ups++) {
      const tried = exact.map((w, i) => {
        const code = Math.floor(w / rounded.scale[0]!) + (ups >> i & 1);
        return Math.max(-127, Math.min(127, code)) * rounded.scale[0]!;
      });
      best = Math.min(best, cost(exact, tried, correlation));
    }
    const nearest = exact.map((w) =>
      Math.max(-127, Math.min(127, Math.round(w / rounded.scale[0]!))) * rounded.scale[0]!
    );
    assertLessOrEqual(got, cost(exact, nearest, correlation) * 1.0001);
    if (got <= best * 1.001) optimal++;
  }
  // Single steps can end in a local minimum, but seldom do.
  assert(optimal >= 40, `only ${optimal} of 50 are optimal`);
});

Deno.test("quantizeInt8() refuses weights that are no numbers and a correlation of another size", () => {
  assertThrows(
    () => quantizeInt8({ dims: [1, 2], data: Float32Array.of(1, NaN) }),
    RangeError,
    "must be finite, got NaN",
  );
  assertThrows(() => quantizeInt8({ dims: [], data: Float32Array.of(1) }), RangeError, "axis");
  assertThrows(
    () =>
      quantizeInt8({ dims: [1, 2], data: Float32Array.of(1, 2) }, {
        correlation: new Float64Array(2),
      }),
    RangeError,
    "must have 4 values, got 2",
  );
});

Deno.test("addInt8Weight() stands for code times scale in the runtime", async () => {
  const rounded = quantizeInt8({ dims: [3, 2, 2], data: numbers(12, 3) });
  const graph = new Graph("weight");
  const x = graph.input("x", "float32", [1]);
  const weight = addInt8Weight(graph, "weight", rounded);
  graph.output(graph.node("Mul", [weight, x], "y"), "float32", [3, 2, 2]);
  const session = await openNative(graph.toBytes());
  try {
    const { y } = await session.run({ x: { data: Float32Array.of(1), dims: [1] } });
    assertEquals(y, { data: restore(rounded), dims: [3, 2, 2] });
  } finally {
    await session.release();
  }
});
