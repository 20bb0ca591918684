import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { cosine } from "../functions/core/cosine.ts";
import { decodePhoto } from "../functions/photo/decode.ts";
import { createFaceFinder } from "../models/face_finder.ts";
import type { FaceEmbedderSection } from "../models/face_networks.ts";
import { parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { createWasmRuntime } from "../models/runtime_wasm.ts";
import { sha256Hex } from "../models/sha256.ts";
import { verifyFile } from "../models/verify_file.ts";
import { buildSFace } from "../training/import/sface.ts";
import { join } from "../training/paths.ts";
import { recipe } from "../training/recipes/face_networks.ts";
import { filesBelow, root, testWithData } from "./support/data.ts";
import {
  embedGolden,
  floatsOf,
  largestDifference,
  readGoldenEmbedding,
  testWithFaceWeights,
  withModel,
} from "./support/face_networks.ts";
import { goldenPixels, norm } from "./support/golden_net.ts";

const manifestJson = await Deno.readTextFile(join(root, "models/manifest.json"));
const { faces } = parseManifest(JSON.parse(manifestJson));
const { detector, sface, dlib } = faces;
const read = ({ file }: { readonly file: string }) => Deno.readFile(join(root, "models", file));
const openWasm = createWasmRuntime();

function testOfEngines(name: string, fn: () => Promise<void>): void {
  // The wasm engine opens a message port for the page's whole life.
  Deno.test({ name, sanitizeResources: false, fn });
}

const limits = [[detector, 300_000, "MIT"], [sface, 10_000_000, "Apache"], [
  dlib,
  6_000_000,
  "public domain",
]] as const;
for (const [section, most, licence] of limits) {
  Deno.test(`the committed ${section.file} is the manifest's, and no larger than it may be`, async () => {
    const bytes = await read(section);
    await verifyFile(bytes, section.sha256, section.file);
    assertEquals(bytes.length, section.bytes);
    assert(bytes.length <= most, `${bytes.length} bytes`);
    const text = await Deno.readTextFile(join(root, "models", section.licenceFile));
    for (const part of [section.file, section.source.package, licence, "Changes made"]) {
      assert(text.includes(part), `the licence says nothing of "${part}"`);
    }
  });
}

testWithData(
  "the committed dlib network gives what the published weights give on noise",
  ["golden/nets.json"],
  async ([path]) => {
    const { input, embedding } = await readGoldenEmbedding(path, "dlib-resnet");
    assertLess(largestDifference(await embedGolden(await read(dlib), input), embedding), 1e-3);
  },
);

testWithData(
  "the committed SFace is near the original on noise, as near as 8 bits come",
  ["golden/nets.json"],
  async ([path]) => {
    const { input, embedding } = await readGoldenEmbedding(path, "sface");
    const made = await embedGolden(await read(sface), input);
    assertGreater(cosine(made, embedding), 0.998);
    assertLess(Math.abs(norm(made) / norm(embedding) - 1), 0.02);
  },
);

const embedders: readonly (readonly [string, FaceEmbedderSection])[] = [
  ["SFace", sface],
  ["dlib's network", dlib],
];
for (const [name, section] of embedders) {
  const { size } = section.input;
  const dims = [2, size, size, 3];

  Deno.test(`${name} takes several faces at once and gives each what it gives it alone`, async () => {
    await withModel(await read(section), async (session) => {
      assertEquals(session.inputNames, [section.input.name]);
      assertEquals(session.outputNames, [section.outputs.embedding.name]);
      const one = goldenPixels([1, size, size, 3]);
      const half = one.length;
      const pixels = new Uint8Array(2 * half);
      pixels.set(one);
      pixels.fill(200, half);
      const both = await floatsOf(session, pixels, dims);
      assertEquals(both.dims, [2, section.outputs.embedding.dim]);
      const { data: first } = await floatsOf(session, pixels.subarray(0, half), [1, size, size, 3]);
      const { data: second } = await floatsOf(session, pixels.subarray(half), [1, size, size, 3]);
      assertLess(largestDifference(both.data.subarray(0, 128), first), 1e-4);
      assertLess(largestDifference(both.data.subarray(128), second), 1e-4);
      assertGreater(largestDifference(first, second), 1e-2);
    });
  });

  testOfEngines(`${name} gives the same in the native and in the wasm engine`, async () => {
    const model = await read(section);
    const pixels = [1, size, size, 3];
    const native = await embedGolden(model, pixels, openNative);
    const wasm = await embedGolden(model, pixels, openWasm);
    assertGreater(norm(native), 0.1);
    assertLess(largestDifference(native, wasm), 1e-3);
  });
}

/** All outputs of the detector, joined. */
async function detect(pixels: Uint8Array, dims: readonly number[], open = openNative) {
  return await withModel(await read(detector), async (session) => {
    const made = await session.run({ [detector.input.name]: { data: pixels, dims } });
    const [, height = 0, width = 0] = dims;
    for (const { stride, score, box, points } of detector.outputs) {
      const cells = [height / stride, width / stride];
      assertEquals(made[score]?.dims, [1, 1, ...cells]);
      assertEquals(made[box]?.dims, [1, 4, ...cells]);
      assertEquals(made[points]?.dims, [1, 10, ...cells]);
      for (const one of made[score]!.data) assert(one >= 0 && one <= 1, `a score of ${one}`);
    }
    return session.outputNames.flatMap((name) => Array.from(made[name]!.data, Number));
  }, open);
}

Deno.test("the detector takes any sides that are multiples of 32", async () => {
  const { multiple } = detector.input;
  const sizes = [[1, 1], [3, 5], [15, 20]] as const;
  for (const [high, wide] of sizes) {
    const dims = [1, high * multiple, wide * multiple, 3];
    const cells = high * wide * (16 + 4 + 1);
    assertEquals((await detect(goldenPixels(dims), dims)).length, cells * (1 + 4 + 10));
  }
});

testOfEngines("the detector gives the same in the native and in the wasm engine", async () => {
  const dims = [1, 96, 160, 3];
  const native = Float32Array.from(await detect(goldenPixels(dims), dims));
  const wasm = Float32Array.from(await detect(goldenPixels(dims), dims, openWasm));
  assertLess(largestDifference(native, wasm), 1e-3);
});

testWithFaceWeights(
  "the committed SFace agrees with the original on faces, cosine ≥ .999",
  ["data/faces"],
  async (weights, [people]) => {
    // Every eighth: from all of the collections.
    const photos = filesBelow(people).filter((path) => /\.(jpe?g|png)$/i.test(path))
      .filter((_, i) => i % 8 === 0);
    const crops = await withModel(await read(detector), async (session) => {
      const finder = createFaceFinder({ detector: session, section: faces });
      const found: Uint8Array[] = [];
      for (const path of photos) {
        const { working } = await decodePhoto(await Deno.readFile(path));
        const all = await finder.find(working, "light");
        found.push(...finder.crop(working, all, "light").map(({ sface }) => sface));
      }
      return found;
    });
    assertGreater(crops.length, 25);
    const dims = [1, sface.input.size, sface.input.size, 3];
    const original = buildSFace(weights.sface, { storage: "float32" });
    await withModel(original, async (exact) => {
      await withModel(await read(sface), async (rounded) => {
        for (const crop of crops) {
          const { data: a } = await floatsOf(exact, crop, dims);
          const { data: b } = await floatsOf(rounded, crop, dims);
          assertGreater(cosine(a, b), 0.999);
        }
      });
    });
  },
);

testWithFaceWeights(
  "the face-networks recipe makes the committed files and section, byte by byte",
  [],
  async () => {
    const models = await Deno.makeTempDir();
    try {
      await recipe.run({ cache: join(root, ".cache"), models, log() {} });
      for (const { file, sha256 } of [detector, sface, dlib]) {
        assertEquals(await sha256Hex(await Deno.readFile(join(models, file))), sha256, file);
      }
      const manifest: unknown = JSON.parse(await Deno.readTextFile(join(models, "manifest.json")));
      assertEquals(manifest, { faces: JSON.parse(manifestJson).faces });
      assertEquals(
        Array.from(Deno.readDirSync(models), ({ name }) => name).sort(),
        [detector.file, dlib.file, sface.file, "manifest.json"],
      );
    } finally {
      await Deno.remove(models, { recursive: true });
    }
  },
);
