/**
 * The fast inner loops against the plain ones, bit by bit.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { fingerprint } from "../models/fingerprint.ts";
import { scriptKernel } from "../models/script_kernel.ts";
import { openSimdKernel } from "../models/simd_kernel.ts";
import { contrastOf, networkPixels, resizePicture } from "../models/pixels.ts";
import type { PixelKernel } from "../models/pixel_kernel.ts";
import type { WorkingImage } from "../models/pixels.ts";
import { createRandom } from "../training/eval/random.ts";
import { buildKernels, compileKernel } from "../training/recipes/kernels.ts";
import { root } from "./support/data.ts";

/** Uniform noise: every sum of samples that there can be. */
function noise(width: number, height: number, random: () => number): WorkingImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(random() * 256);
  return { width, height, data };
}

/** The fast kernel, which this engine must have; none of the calls may be handed on. */
function simdKernel(): PixelKernel {
  const refuse = () => {
    throw new Error("expected the fast kernel to do the work, it handed it on");
  };
  const kernel = openSimdKernel({ resize: refuse, cellSums: refuse, moments: refuse });
  assert(kernel, "expected WebAssembly with vectors in Deno");
  return kernel;
}

/** Odd sizes, exactly the network's (all weight on one tap), tiny, flat, tall, enlarged. */
const SIZES = [
  [1, 1, 1, 0],
  [1, 1, 16, 3],
  [256, 256, 224, 32],
  [224, 300, 224, 0],
  [3, 700, 8, 2],
  [700, 3, 8, 2],
  [20, 31, 64, 8],
  [640, 480, 224, 32],
  [479, 641, 224, 32],
  [1280, 1280, 260, 32],
  [1280, 1280, 24, 0],
] as const;

Deno.test("openSimdKernel() gives the plain kernel's bits when sizes and samples are random", () => {
  const random = createRandom(5);
  const fast = simdKernel();
  const drawn = Array.from({ length: 40 }, () => {
    const side = () => 1 + Math.floor(400 * random() ** 2);
    return [side(), side(), 1 + Math.floor(random() * 70), Math.floor(random() * 20)] as const;
  });
  const weighed: PixelKernel = {
    resize(image, across, down) {
      const expected = scriptKernel.resize(image, across, down);
      const at = `${image.width}×${image.height} → ${across.first.length}×${down.first.length}`;
      assertEquals(fast.resize(image, across, down), expected, at);
      return expected;
    },
    cellSums(image, rows, across, down) {
      const expected = scriptKernel.cellSums(image, rows, across, down);
      assertEquals(
        fast.cellSums(image, rows, across, down),
        expected,
        `${image.width}×${image.height}`,
      );
      return expected;
    },
    moments(pixels) {
      const expected = scriptKernel.moments(pixels);
      assertEquals(fast.moments(pixels), expected, `${pixels.length} samples`);
      return expected;
    },
  };
  for (const [width, height, size, border] of [...SIZES, ...drawn]) {
    const image = noise(width, height, random);
    const pixels = networkPixels(image, { size, border }, weighed);
    const sides = { width: size + border, height: 1 + Math.floor(size * random()) };
    resizePicture(image, sides, weighed);
    fingerprint(image, weighed);
    contrastOf(pixels, weighed);
    contrastOf(image.data, weighed);
  }
});

Deno.test("openSimdKernel() gives the plain kernel's bits when every sample is 0 or 255", () => {
  const fast = simdKernel();
  for (const level of [0, 255]) {
    for (const [width, height, size, border] of SIZES) {
      const image = { width, height, data: new Uint8Array(width * height * 3).fill(level) };
      const pixels = networkPixels(image, { size, border }, fast);
      assertEquals(pixels, new Uint8Array(size * size * 3).fill(level));
      assertEquals(fast.moments(image.data), scriptKernel.moments(image.data));
      assertEquals(fingerprint(image, fast), null);
    }
  }
});

Deno.test("openSimdKernel() reads a picture right when its data begins inside a buffer", () => {
  const fast = simdKernel();
  const whole = noise(90, 71, createRandom(6));
  const buffer = new Uint8Array(whole.data.length + 20).fill(200);
  buffer.set(whole.data, 13);
  const part = { ...whole, data: buffer.subarray(13, 13 + whole.data.length) };
  const view = { size: 32, border: 4 };
  assertEquals(networkPixels(part, view, fast), networkPixels(whole, view, scriptKernel));
  assertEquals(fingerprint(part, fast), fingerprint(whole, scriptKernel));
});

Deno.test("openSimdKernel() hands a picture on when it is larger than its memory", () => {
  const handed: string[] = [];
  const fast = openSimdKernel({
    resize(...given) {
      handed.push("resize");
      return scriptKernel.resize(...given);
    },
    cellSums(...given) {
      handed.push("cellSums");
      return scriptKernel.cellSums(...given);
    },
    moments(...given) {
      handed.push("moments");
      return scriptKernel.moments(...given);
    },
  });
  assert(fast);
  const large = noise(1500, 1500, createRandom(7));
  const view = { size: 16, border: 0 };
  assertEquals(networkPixels(large, view, fast), networkPixels(large, view, scriptKernel));
  assertEquals(contrastOf(large.data, fast), contrastOf(large.data, scriptKernel));
  const wide = noise(40_000, 2, createRandom(8));
  assertEquals(fingerprint(wide, fast), fingerprint(wide, scriptKernel));
  assertEquals(handed, ["resize", "moments", "cellSums"]);
});

Deno.test("buildKernels() gives the committed module", async () => {
  const committed = await Deno.readTextFile(`${root}/models/simd_kernel_wasm.ts`);
  assertEquals(await buildKernels(), committed);
  assertLess(committed.length, 4096);
});

Deno.test("compileKernel() says what is wrong when a source does not compile", async () => {
  await assertRejects(
    () => compileKernel("export function f(): i32 { return nothing; }"),
    SyntaxError,
    "nothing",
  );
});
