/**
 * The trained paradigms' graphs: the edge of each, and what the manifest says of them.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Seen } from "../models/backbone.ts";
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
  type Sizes,
} from "./support/paradigm_models.ts";

const SIZES = { embedding: 24, logits: 10 };
const C = CLASSES.length;
const section = paradigmsSection(CLASSES, SIZES);
const random = createRandom(7);
const linear = (outputs: number) => randomLinear(SIZES, outputs, random);
const made = {
  sequential: {
    generalizer: linear(C),
    memorizer: linear(C),
    // Far enough from 0 for none to be negative.
    known: { weights: linear(1).weights, bias: Float32Array.of(5) },
    familiar: linear(1),
  },
  joint: { deep: linear(C), wide: linear(C), familiar: linear(1) },
};
/** Something that a backbone may make of a photo: no feature is negative, logits are. */
const seen = ({ embedding, logits }: Sizes = SIZES): Seen => ({
  embedding: Float32Array.from({ length: embedding }, () => 3 * random()),
  logits: Float32Array.from({ length: logits }, () => 20 * random() - 5),
});

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
        await open(linearGraph(SIZES, made.sequential)),
        await open(linearGraph(SIZES, made.joint)),
      ] as const;
      try {
        const sequential = createSequential(sessions[0], section.sequential);
        const joint = createJoint(sessions[1], section.joint);
        for (let i = 0; i < 5; i++) {
          const x = seen();
          const { generalizer, memorizer, known, familiar } = await sequential(x);
          assertClose(generalizer, applied(made.sequential.generalizer, x));
          assertClose(memorizer, applied(made.sequential.memorizer, x));
          assertAlmostEquals(known, applied(made.sequential.known, x)[0]!, 1e-4);
          assertAlmostEquals(familiar, applied(made.sequential.familiar, x)[0]!, 1e-4);
          const both = await joint(x);
          assertClose(both.deep, applied(made.joint.deep, x));
          assertClose(both.wide, applied(made.joint.wide, x));
          assertAlmostEquals(both.familiar, applied(made.joint.familiar, x)[0]!, 1e-4);
        }
      } finally {
        for (const session of sessions) await session.release();
      }
    },
  });
}

Deno.test("createSequential() takes no negative or missing distance", async () => {
  const far = async (known: number) => {
    const graph = { ...made.sequential, known: constantLinear(SIZES, known) };
    const session = await openNative(linearGraph(SIZES, graph));
    const score = createSequential(session, section.sequential);
    return await score(seen()).finally(() => session.release());
  };
  assertEquals((await far(7.5)).known, 7.5);
  for (const known of [-0.1, NaN, Infinity]) {
    await assertRejects(() => far(known), RangeError, 'the output "known" from 0 on');
  }
});

Deno.test("createSequential() and createJoint() take any familiarity that is finite", async () => {
  const told = async (model: "sequential" | "joint", familiar: number) => {
    const graph = { ...made[model], familiar: constantLinear(SIZES, familiar) };
    const session = await openNative(linearGraph(SIZES, graph));
    const score = model === "joint"
      ? createJoint(session, section.joint)
      : createSequential(session, section.sequential);
    return (await score(seen()).finally(() => session.release())).familiar;
  };
  for (const model of ["sequential", "joint"] as const) {
    for (const familiar of [-7.5, 0, 7.5]) assertEquals(await told(model, familiar), familiar);
    for (const familiar of [NaN, Infinity, -Infinity]) {
      await assertRejects(
        () => told(model, familiar),
        RangeError,
        `the output "familiar" as a finite number, got ${familiar}`,
      );
    }
  }
});

/** A graph that gives what it is told to. */
function fakeSession(run: Record<string, Tensor>, names: Partial<Session> = {}): Session {
  return {
    inputNames: ["embedding", "logits"],
    outputNames: ["generalizer", "memorizer", "known", "familiar"],
    run: () => Promise.resolve(run),
    release: () => Promise.resolve(),
    ...names,
  };
}

Deno.test("createSequential() and createJoint() throw when the graph has other inputs or outputs", () => {
  assertThrows(
    () => createSequential(fakeSession({}, { inputNames: ["embedding"] }), section.sequential),
    TypeError,
    "Expected the model's inputs to be embedding, logits, got embedding",
  );
  assertThrows(
    () => createSequential(fakeSession({}, { outputNames: ["known"] }), section.sequential),
    TypeError,
    "Expected the model's outputs to be generalizer, memorizer, known, familiar, got known",
  );
  assertThrows(
    () => createJoint(fakeSession({}), section.joint),
    TypeError,
    "Expected the model's outputs to be deep, wide, familiar, got generalizer, memorizer, known, familiar",
  );
});

Deno.test("createSequential() rejects and says what was expected when a tensor is not as it should be", async () => {
  const floats = (...dims: number[]): Tensor => ({
    data: new Float32Array(dims.reduce((a, b) => a * b)),
    dims,
  });
  const right = {
    generalizer: floats(1, C),
    memorizer: floats(1, C),
    known: floats(1, 1),
    familiar: floats(1, 1),
  };
  const score = (run: Record<string, Tensor>, other: Partial<Seen> = {}) =>
    createSequential(fakeSession(run), section.sequential)({ ...seen(), ...other });
  assertEquals((await score(right)).known, 0);
  await assertRejects(
    () => score({ ...right, known: floats(1) }),
    TypeError,
    'the output "known" as Float32Array [1,1], got Float32Array [1]',
  );
  await assertRejects(
    () => score({ ...right, familiar: floats(1, 2) }),
    TypeError,
    'the output "familiar" as Float32Array [1,1], got Float32Array [1,2]',
  );
  await assertRejects(
    () => score({ ...right, memorizer: floats(1, 2) }),
    TypeError,
    'the output "memorizer" as Float32Array [1,3], got Float32Array [1,2]',
  );
  await assertRejects(
    () => score(right, { embedding: new Float32Array(1280) }),
    RangeError,
    'Expected the input "embedding" of 24 numbers, got 1280',
  );
  await assertRejects(
    () => score(right, { logits: new Float32Array(1000) }),
    RangeError,
    'Expected the input "logits" of 10 numbers, got 1000',
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
  const right = paradigmsSection();
  const sized = (sizes: Partial<typeof SIZES>) =>
    paradigmsSection(CLASSES, { embedding: 1280, logits: 1000, ...sizes });
  assertThrows(
    () => parseManifest({ ...without, paradigms: sized({ embedding: 24 }) }),
    TypeError,
    "sequential.onnx takes 24 numbers, its backbone's embedding has 1280",
  );
  assertThrows(
    () =>
      parseManifest({ ...without, paradigms: { ...right, joint: sized({ logits: 999 }).joint } }),
    TypeError,
    "joint.onnx takes 999 numbers, its backbone's logits has 1000",
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
  const { inputs: { embedding }, outputs: { deep, wide } } = section.joint;
  const old = { ...section.joint, inputs: { embedding }, outputs: { deep, wide } };
  const older = assertThrows(
    () => parseSection("paradigms", { ...section, joint: old }),
    TypeError,
    "paradigms.joint.inputs.logits",
  );
  assert(older.message.includes("paradigms.joint.outputs.familiar"), older.message);
  const error = assertThrows(
    () =>
      parseSection("paradigms", {
        ...section,
        sequential: { ...section.sequential, known: -2, temperature: 1 },
      }),
    TypeError,
    "paradigms.sequential.known",
  );
  assert(error.message.includes("paradigms.sequential.temperature"), error.message);
});

const { paradigms } = parseManifest(committed);

Deno.test({
  name: "the committed models are the manifest's, and take and give what it says",
  ignore: paradigms === undefined,
  async fn() {
    const { sequential, joint } = paradigms!;
    const opened = async (
      { file, bytes, sha256, inputs }: NonNullable<typeof sequential | typeof joint>,
      wrap: (session: Session) => (centre: Seen) => Promise<{ readonly familiar: number }>,
    ) => {
      const model = await Deno.readFile(join(root, "models", file));
      assertEquals(model.length, bytes);
      await verifyFile(model, sha256, file);
      const session = await openNative(model);
      const { familiar } = await wrap(session)(seen({
        embedding: inputs.embedding.dim,
        logits: inputs.logits.dim,
      })).finally(() => session.release());
      assert(Number.isFinite(familiar));
    };
    await opened(sequential!, (session) => createSequential(session, sequential!));
    await opened(joint!, (session) => createJoint(session, joint!));
  },
});
