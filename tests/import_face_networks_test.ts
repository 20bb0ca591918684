import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { createTarGzip } from "nanotar";
import { clone, create } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema, TensorShapeProto_DimensionSchema } from "onnx-buf";
import { sha256Hex } from "../models/sha256.ts";
import { affineOf } from "../training/import/batch_norm.ts";
import { buildDlibResNet } from "../training/import/dlib_resnet.ts";
import { NamedWeights } from "../training/import/named_weights.ts";
import { fetchPackage, type PinnedPackage, readPackage } from "../training/import/npm_package.ts";
import { MissingToolError } from "../training/import/registry.ts";
import { buildSFace } from "../training/import/sface.ts";
import { readTfjsWeights } from "../training/import/tfjs_weights.ts";
import { buildYuNet, YUNET_STRIDES } from "../training/import/yunet.ts";
import {
  addFloat16Weight,
  addUint8Weight,
  encodeModel,
  Graph,
  readInitializers,
} from "../training/onnx/mod.ts";
import { join } from "../training/paths.ts";
import {
  embedGolden,
  floatsOf,
  largestDifference,
  readGoldenEmbedding,
  testWithFaceWeights,
  withModel,
} from "./support/face_networks.ts";
import { goldenPixels } from "./support/golden_net.ts";
import { withFolder } from "./support/temp_folder.ts";

testWithFaceWeights(
  "buildSFace() agrees with the original file within 1e-4 when it is float32",
  ["golden/nets.json"],
  async ({ sface }, [golden]) => {
    const { input, embedding } = await readGoldenEmbedding(golden, "sface");
    const made = await embedGolden(buildSFace(sface, { storage: "float32" }), input);
    assertLess(largestDifference(made, embedding), 1e-4);
  },
);

testWithFaceWeights(
  "buildDlibResNet() agrees with the published weights within 1e-3",
  ["golden/nets.json"],
  async ({ dlib }, [golden]) => {
    const { input, embedding } = await readGoldenEmbedding(golden, "dlib-resnet");
    assertLess(
      largestDifference(await embedGolden(buildDlibResNet(dlib), input), embedding),
      1e-3,
    );
  },
);

/** RGB bytes [H, W, 3] as floats [3, H, W], in the other order of colours if asked. */
function planesOf(pixels: Uint8Array, reversed: boolean): Float32Array {
  const cells = pixels.length / 3;
  const planes = new Float32Array(pixels.length);
  pixels.forEach((sample, at) => {
    const colour = reversed ? 2 - at % 3 : at % 3;
    planes[colour * cells + Math.floor(at / 3)] = sample;
  });
  return planes;
}

/** The published file as ONNX Runtime runs it: the inputs that have defaults are left out. */
async function runOriginal(
  model: ModelProto,
  data: Float32Array,
  dims: readonly number[],
): Promise<Record<string, { readonly data: ArrayLike<number | bigint> }>> {
  return await withModel(encodeModel(model), async (session) => {
    return await session.run({ [session.inputNames[0]!]: { data, dims } });
  });
}

/** The file's own graph, open to pictures of other sizes than 640 × 640. */
function ofAnySize(model: ModelProto): ModelProto {
  const opened = clone(ModelProtoSchema, model);
  const graph = opened.graph!;
  graph.valueInfo = [];
  for (const { name, type } of [...graph.input, ...graph.output]) {
    const shape = type?.value.case === "tensorType" ? type.value.value.shape : undefined;
    shape!.dim = shape!.dim.map((_, axis) =>
      create(TensorShapeProto_DimensionSchema, {
        value: { case: "dimParam", value: `${name}${axis}` },
      })
    );
  }
  return opened;
}

testWithFaceWeights(
  "buildYuNet() gives what the original file gives of the same picture in BGR",
  [],
  async ({ yunet }) => {
    const [height, width] = [96, 160];
    const pixels = goldenPixels([height, width, 3]);
    // Noise alone stirs it little: something round and bright lies in the middle.
    for (let y = 20; y < 76; y++) pixels.fill(220 - y, (y * width + 60) * 3, (y * width + 100) * 3);
    const original = await runOriginal(
      ofAnySize(yunet),
      planesOf(pixels, true),
      [1, 3, height, width],
    );
    await withModel(buildYuNet(yunet), async (session) => {
      const made = async (name: string) =>
        (await floatsOf(session, pixels, [1, height, width, 3], name)).data;
      for (const stride of YUNET_STRIDES) {
        const of = (part: string) => Array.from(original[`${part}_${stride}`]!.data, Number);
        const [cls, obj, bbox, kps] = [of("cls"), of("obj"), of("bbox"), of("kps")];
        const score = await made(`score_${stride}`);
        const box = await made(`box_${stride}`);
        const points = await made(`points_${stride}`);
        const cells = cls.length;
        assertEquals(cells, height / stride * width / stride);
        for (let i = 0; i < cells; i++) {
          // Near 0 a root makes much of little.
          assertLess(Math.abs(score[i]! ** 2 - cls[i]! * obj[i]!), 1e-6);
          for (let c = 0; c < 4; c++) {
            assertLess(Math.abs(box[c * cells + i]! - bbox[i * 4 + c]!), 1e-4);
          }
          for (let c = 0; c < 10; c++) {
            assertLess(Math.abs(points[c * cells + i]! - kps[i * 10 + c]!), 1e-4);
          }
        }
      }
    });
  },
);

testWithFaceWeights(
  "buildSFace() keeps PReLUs whose slope is 0, 1, more than 1 or negative",
  [],
  async ({ sface }) => {
    const changed = clone(ModelProtoSchema, sface);
    const slopes = readInitializers(sface).get("conv_5_dw_relu_gamma")!;
    slopes.data.forEach((_, c) => slopes.data[c] = [0, 1, 1.5, -1.25][c % 4]!);
    const stored = changed.graph!.initializer.find(({ name }) => name === "conv_5_dw_relu_gamma")!;
    stored.rawData = new Uint8Array(Float32Array.from(slopes.data).buffer);
    stored.floatData = [];
    const pixels = goldenPixels([112, 112, 3]);
    const original = await runOriginal(changed, planesOf(pixels, false), [1, 3, 112, 112]);
    const expected = Float32Array.from(original["fc1"]!.data, Number);
    const made = await embedGolden(buildSFace(changed, { storage: "float32" }), [1, 112, 112, 3]);
    // A slope of 1 becomes .999.
    assertLess(largestDifference(made, expected), 5e-3);
    const before = await embedGolden(buildSFace(sface, { storage: "float32" }), [1, 112, 112, 3]);
    assertGreater(largestDifference(before, expected), 0.1);
  },
);

testWithFaceWeights(
  "the builders throw a TypeError that names what does not fit",
  [],
  ({ yunet, sface, dlib }) => {
    const without = (model: ModelProto, name: string) => {
      const changed = clone(ModelProtoSchema, model);
      const graph = changed.graph!;
      graph.initializer = graph.initializer.filter((tensor) => tensor.name !== name);
      return changed;
    };
    assertThrows(
      () => buildSFace(without(sface, "conv_9_relu_gamma"), { storage: "int8" }),
      TypeError,
      '"conv_9_relu_gamma" of shape [512,1,1], got none',
    );
    assertThrows(
      () => buildYuNet(without(yunet, "420")),
      TypeError,
      "constants for weight and bias",
    );
    const shorter = clone(ModelProtoSchema, yunet);
    shorter.graph!.node = shorter.graph!.node.filter(({ opType }) => opType !== "Conv");
    assertThrows(
      () => buildYuNet(shorter),
      TypeError,
      "convolution 1 of shape [16,3,3,3], got no more",
    );
    const longer = clone(ModelProtoSchema, yunet);
    const convolutions = longer.graph!.node.filter(({ opType }) => opType === "Conv");
    longer.graph!.node.push(convolutions.at(-1)!);
    assertThrows(() => buildYuNet(longer), TypeError, "no place for the last 1 convolutions");
    const fewer = new Map(dlib);
    fewer.delete("conv64_2/conv1/scale/biases");
    assertThrows(() => buildDlibResNet(fewer), TypeError, '"conv64_2/conv1/scale/biases"');
    const more = new Map(dlib).set("more", { dims: [1], data: new Float32Array(1) });
    assertThrows(() => buildDlibResNet(more), TypeError, "no place for more");
  },
);

Deno.test("readTfjsWeights() throws when manifest and binary do not fit", () => {
  const weights = [{ name: "a", shape: [2], dtype: "float32" }];
  const manifest = JSON.stringify([{ weights }]);
  const bytes = new Uint8Array(new Float32Array([1.5, -2]).buffer);
  assertEquals(readTfjsWeights(manifest, bytes).get("a"), {
    dims: [2],
    data: Float32Array.of(1.5, -2),
  });
  assertThrows(() => readTfjsWeights(manifest, bytes.subarray(1)), RangeError, "8 bytes");
  assertThrows(() => readTfjsWeights(manifest, new Uint8Array(9)), RangeError, "8 bytes, got 9");
  assertThrows(() => readTfjsWeights("[]", bytes), TypeError, "manifest of weights");
  const other = JSON.stringify([{ weights: [{ ...weights[0], dtype: "int32" }] }]);
  assertThrows(() => readTfjsWeights(other, bytes), TypeError, "0.weights.0.dtype");
});

Deno.test("NamedWeights says what is missing, of another shape, or left over", () => {
  const tensors = new NamedWeights(new Map([["a", { dims: [2], data: new Float32Array(2) }]]));
  assertThrows(() => tensors.take("b", [2]), TypeError, 'a tensor "b" of shape [2], got none');
  assertThrows(() => tensors.take("a", [3]), TypeError, '"a" of shape [3], got shape [2]');
  assertThrows(() => tensors.finish(), TypeError, "no place for a");
  assertEquals(tensors.take("a", [2]).data.length, 2);
  tensors.finish();
});

Deno.test("affineOf() is what a batch normalisation does", () => {
  const norm = {
    gamma: [2, -1],
    beta: [0.5, 3],
    mean: [1, -2],
    variance: [0.25, 4],
    epsilon: 0.75,
  };
  const floats = (values: number[]) => Float32Array.from(values);
  const { factor, offset } = affineOf({
    gamma: floats(norm.gamma),
    beta: floats(norm.beta),
    mean: floats(norm.mean),
    variance: floats(norm.variance),
    epsilon: norm.epsilon,
  });
  for (const x of [-3, 0, 1.5]) {
    for (const c of [0, 1]) {
      const expected = norm.gamma[c]! * (x - norm.mean[c]!) /
          Math.sqrt(norm.variance[c]! + norm.epsilon) + norm.beta[c]!;
      assertLess(Math.abs(factor[c]! * x + offset[c]! - expected), 1e-12);
    }
  }
});

/** Runs a graph that gives one constant. */
async function constantOf(build: (graph: Graph) => ReturnType<Graph["node"]>): Promise<number[]> {
  const graph = new Graph("constant");
  const x = graph.input("pixels", "uint8", [1]);
  const cast = graph.node("Cast", [x], "zero", {
    to: { kind: "int", value: 1 },
  });
  graph.output(graph.node("Add", [build(graph), cast], "embedding"), "float32", ["N", 2]);
  return await withModel(
    graph.toBytes(),
    async (session) => Array.from((await floatsOf(session, new Uint8Array(1), [1])).data),
  );
}

Deno.test("addUint8Weight() stands for codes × scale + offset of each channel", async () => {
  const weight = {
    dims: [2, 2],
    data: Uint8Array.of(0, 255, 3, 4),
    scale: Float32Array.of(0.5, 2),
    offset: Float32Array.of(-1, 8),
  };
  const made = await constantOf((graph) => addUint8Weight(graph, "w", weight));
  assertEquals(made, [-1, 126.5, 14, 16]);
  assertThrows(
    () => addUint8Weight(new Graph("g"), "w", { ...weight, scale: Float32Array.of(1) }),
    RangeError,
    "2 channels must have as many scales and offsets, got 1 and 2",
  );
});

Deno.test("addFloat16Weight() stands for the nearest numbers of 16 bits", async () => {
  const data = Float32Array.of(1 + 2 ** -10, -65_504, 2 ** -24, 1 + 2 ** -12);
  const made = await constantOf((graph) => addFloat16Weight(graph, "w", { dims: [2, 2], data }));
  assertEquals(made, [1 + 2 ** -10, -65_504, 2 ** -24, 1]);
  for (const outside of [70_000, NaN, -Infinity]) {
    const weight = { dims: [1], data: Float32Array.of(outside) };
    assertThrows(() => addFloat16Weight(new Graph("g"), "w", weight), RangeError, `got ${outside}`);
  }
});

Deno.test("readInitializers() reads floats raw or listed, and checks their number", () => {
  const graph = new Graph("g");
  const weight = graph.constant("w", { dims: [3], data: Float32Array.of(1, 2, 3) });
  graph.constant("i", { dims: [1], data: BigInt64Array.of(1n) });
  graph.output(weight, "float32", [3]);
  const model = graph.toModel();
  const expected = new Map([["w", { dims: [3], data: Float32Array.of(1, 2, 3) }]]);
  assertEquals(readInitializers(model), expected);
  const [stored] = model.graph!.initializer;
  stored!.rawData = new Uint8Array();
  stored!.floatData = [1, 2, 3];
  assertEquals(readInitializers(model), expected);
  stored!.floatData = [1, 2];
  assertThrows(() => readInitializers(model), TypeError, '"w" of shape [3] must have 3');
  assertThrows(() => readInitializers(create(ModelProtoSchema)), TypeError, "no graph");
});

const content = Uint8Array.of(1, 2, 3);
const tarball = new Uint8Array(
  await createTarGzip([
    { name: "package/weights.bin", data: content },
    { name: "package/other", data: "text" },
  ]),
);
const pinned: PinnedPackage = {
  package: "@a/b",
  version: "1.0.0",
  file: "a-b-1.0.0.tgz",
  sha256: await sha256Hex(tarball),
};

Deno.test("readPackage() gives files in the order asked, or says which is not there", async () => {
  const [other, weights] = await readPackage(tarball, ["package/other", "package/weights.bin"]);
  assertEquals(weights, content);
  assertEquals(new TextDecoder().decode(other), "text");
  await assertRejects(
    () => readPackage(tarball, ["package/none"]),
    Deno.errors.NotFound,
    '"package/none"',
  );
  await assertRejects(() => readPackage(content, ["package/other"]), Error);
});

Deno.test("fetchPackage() takes the cached file, and refuses one that is not the pinned", async () => {
  await withFolder(async (cache) => {
    const path = join(cache, pinned.file);
    await Deno.writeFile(path, tarball);
    assertEquals(await fetchPackage(pinned, { cache }), tarball);
    await Deno.writeFile(path, tarball.with(40, tarball[40]! ^ 1));
    await assertRejects(() => fetchPackage(pinned, { cache }), Error, pinned.file);
  });
});

Deno.test("fetchPackage() says what to install when there is no npm", async () => {
  await withFolder(async (cache) => {
    const path = Deno.env.get("PATH");
    Deno.env.set("PATH", cache);
    try {
      const error = await assertRejects(
        () => fetchPackage(pinned, { cache }),
        MissingToolError,
        "@a/b@1.0.0",
      );
      assert(error.message.includes("install Node"), error.message);
    } finally {
      if (path === undefined) Deno.env.delete("PATH");
      else Deno.env.set("PATH", path);
    }
  });
});
