/**
 * The trained paradigms' graphs: the edge of each, and what the manifest says of them.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseManifest, parseSection } from "../models/manifest.ts";
import { createJoint, createSequential } from "../models/paradigms.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import type { OpenSession, Session, Tensor } from "../models/session.ts";
import { verifyFile } from "../models/verify_file.ts";
import { createRandom } from "../training/eval/random.ts";
import { join } from "../training/paths.ts";
import { root } from "./support/data.ts";
import {
  applied,
  CLASSES,
  constantLinear,
  linearGraph,
  paradigmsSection,
  randomLinear,
} from "./support/paradigm_models.ts";

const FEATURES = 24;
const C = CLASSES.length;
const section = paradigmsSection(CLASSES, FEATURES);
const random = createRandom(7);
const linear = (outputs: number) => randomLinear(FEATURES, outputs, random);
const made = {
  sequential: {
    generalizer: linear(C),
    memorizer: linear(C),
    known: { weights: linear(1).weights, bias: Float32Array.of(0.5) },
  },
  joint: { deep: linear(C), wide: linear(C) },
};
const embedding = () => Float32Array.from({ length: FEATURES }, () => 3 * random());

function assertClose(actual: Float32Array, expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  for (const [i, value] of expected.entries()) assertAlmostEquals(actual[i]!, value, 1e-4);
}

const engines: readonly (readonly [string, OpenSession])[] = [
  ["native", openNative],
  ["wasm", createWasmRuntime()],
];

for (const [engine, open] of engines) {
  Deno.test({
    name:
      `createSequential() and createJoint() give the graph's numbers when the ${engine} engine runs it`,
    // The wasm engine opens a message port for the page's whole life.
    sanitizeResources: false,
    async fn() {
      const sessions = [
        await open(linearGraph(FEATURES, made.sequential)),
        await open(linearGraph(FEATURES, made.joint)),
      ] as const;
      try {
        const sequential = createSequential(sessions[0], section.sequential);
        const joint = createJoint(sessions[1], section.joint);
        for (let i = 0; i < 5; i++) {
          const x = embedding();
          const { generalizer, memorizer, known } = await sequential(x);
          assertClose(generalizer, applied(made.sequential.generalizer, x));
          assertClose(memorizer, applied(made.sequential.memorizer, x));
          assertAlmostEquals(known, applied(made.sequential.known, x)[0]!, 1e-4);
          const { deep, wide } = await joint(x);
          assertClose(deep, applied(made.joint.deep, x));
          assertClose(wide, applied(made.joint.wide, x));
        }
      } finally {
        for (const session of sessions) await session.release();
      }
    },
  });
}

Deno.test("createSequential() takes a share that float32 rounds past 1 for 1, and none beyond", async () => {
  const share = async (known: number) => {
    const graph = { ...made.sequential, known: constantLinear(FEATURES, known) };
    const session = await openNative(linearGraph(FEATURES, graph));
    const score = createSequential(session, section.sequential);
    return await score(embedding()).finally(() => session.release());
  };
  assertEquals((await share(1.0000002)).known, 1);
  assertEquals((await share(-0.0000001)).known, 0);
  for (const known of [1.1, -0.1, NaN]) {
    await assertRejects(() => share(known), RangeError, 'the output "known" between 0 and 1');
  }
});

/** A graph that gives what it is told to. */
function fakeSession(run: Record<string, Tensor>, names: Partial<Session> = {}): Session {
  return {
    inputNames: ["embedding"],
    outputNames: ["generalizer", "memorizer", "known"],
    run: () => Promise.resolve(run),
    release: () => Promise.resolve(),
    ...names,
  };
}

Deno.test("createSequential() and createJoint() throw when the graph has other inputs or outputs", () => {
  assertThrows(
    () => createSequential(fakeSession({}, { inputNames: ["gem"] }), section.sequential),
    TypeError,
    "Expected the model's inputs to be embedding, got gem",
  );
  assertThrows(
    () => createSequential(fakeSession({}, { outputNames: ["known"] }), section.sequential),
    TypeError,
    "Expected the model's outputs to be generalizer, memorizer, known, got known",
  );
  assertThrows(
    () => createJoint(fakeSession({}), section.joint),
    TypeError,
    "Expected the model's outputs to be deep, wide, got generalizer, memorizer, known",
  );
});

Deno.test("createSequential() rejects and says what was expected when a tensor is not as it should be", async () => {
  const floats = (...dims: number[]): Tensor => ({
    data: new Float32Array(dims.reduce((a, b) => a * b)),
    dims,
  });
  const right = { generalizer: floats(1, C), memorizer: floats(1, C), known: floats(1, 1) };
  const score = (run: Record<string, Tensor>, x = new Float32Array(FEATURES)) =>
    createSequential(fakeSession(run), section.sequential)(x);
  assertEquals((await score(right)).known, 0);
  await assertRejects(
    () => score({ ...right, known: floats(1) }),
    TypeError,
    'the output "known" as Float32Array [1,1], got Float32Array [1]',
  );
  await assertRejects(
    () => score({ ...right, memorizer: floats(1, 2) }),
    TypeError,
    'the output "memorizer" as Float32Array [1,3], got Float32Array [1,2]',
  );
  await assertRejects(
    () => score(right, new Float32Array(1280)),
    RangeError,
    'Expected the input "embedding" of 24 numbers, got 1280',
  );
});

const committed = JSON.parse(await Deno.readTextFile(join(root, "models/manifest.json")));

Deno.test("parseManifest() does without the section of the paradigms, and checks it where it is", () => {
  const { paradigms: _, ...without } = committed;
  assertEquals(Object.hasOwn(parseManifest(without), "paradigms"), false);
  assertEquals(
    parseManifest({ ...without, paradigms: paradigmsSection() }).paradigms?.classes,
    CLASSES,
  );
  assertThrows(
    () => parseManifest({ ...without, paradigms: paradigmsSection(CLASSES, 24) }),
    TypeError,
    "sequential.onnx takes 24 numbers, its backbone's embedding has 1280",
  );
});

Deno.test("parseSection() wants a score of every part for each class, and classes that differ", () => {
  const four = paradigmsSection(["a", "b", "c", "d"]);
  assertThrows(
    () => parseSection("paradigms", { ...section, joint: four.joint }),
    TypeError,
    "paradigms.joint.outputs.deep.dim: must be 3, one for each class",
  );
  assertThrows(
    () => parseSection("paradigms", { ...section, classes: ["a", "a", "b"] }),
    TypeError,
    "paradigms.classes: must be different from each other",
  );
  const error = assertThrows(
    () =>
      parseSection("paradigms", {
        ...section,
        sequential: { ...section.sequential, known: 2, temperature: 1 },
      }),
    TypeError,
    "paradigms.sequential.known",
  );
  assert(error.message.includes("paradigms.sequential.temperature"), error.message);
});

const { paradigms } = parseManifest(committed);

Deno.test({
  name: "the committed models are the manifest's",
  ignore: paradigms === undefined,
  async fn() {
    for (const { file, bytes, sha256 } of [paradigms!.sequential, paradigms!.joint]) {
      const model = await Deno.readFile(join(root, "models", file));
      assertEquals(model.length, bytes);
      await verifyFile(model, sha256, file);
    }
  },
});
