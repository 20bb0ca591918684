import { assert, assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { createBackbone } from "../models/backbone.ts";
import { type BackboneSection, parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import type { Session } from "../models/session.ts";
import { verifyFile } from "../models/verify_file.ts";
import { judgeStoredBackbone } from "../training/eval/backbone.ts";
import { Graph } from "../training/onnx/mod.ts";
import { variantOf } from "../training/recipes/backbone.ts";
import { join } from "../training/paths.ts";
import { filesBelow, root, sharedPath, testWithData } from "./support/data.ts";
import { goldenPixels, norm, readGoldenNet } from "./support/golden_net.ts";
import { testWithWeights } from "./support/reference_weights.ts";

const { backbone: section } = parseManifest(
  JSON.parse(await Deno.readTextFile(join(root, "models/manifest.json"))),
);
const readCommitted = () => Deno.readFile(join(root, "models", section.file));

async function withSession(
  model: Uint8Array,
  fn: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await openNative(model);
  try {
    await fn(session);
  } finally {
    await session.release();
  }
}

Deno.test("the committed backbone is the manifest's, under the size that a repository bears", async () => {
  const file = await readCommitted();
  await verifyFile(file, section.sha256, section.file);
  assertEquals(file.length, section.bytes);
  assert(file.length < 5_000_000, `${file.length} bytes`);
  const licence = await Deno.readTextFile(join(root, "models", section.licenceFile));
  for (const part of [section.source.package, "Apache License", "Version 2.0", "Changes made"]) {
    assert(licence.includes(part), `the licence says nothing of "${part}"`);
  }
});

testWithData(
  "the committed backbone is near PyTorch on noise, as near as 8 bits come",
  ["golden/nets.json"],
  async ([path]) => {
    const expected = await readGoldenNet(path, section.id);
    await withSession(await readCommitted(), async (session) => {
      const { logits, embedding } = await createBackbone(session, section).run(
        goldenPixels(expected.input),
      );
      const best = logits.indexOf(Math.max(...logits));
      assertEquals(best, expected.top10[0]![0]);
      // The logits of noise have a deviation of about 1.4.
      for (const [leaf, logit] of expected.top10) {
        assert(Math.abs(logits[leaf]! - logit) < 0.3, `logit ${leaf}: ${logits[leaf]}, ${logit}`);
      }
      assert(Math.abs(norm(embedding) / expected.embeddingNorm - 1) < 0.02);
      assert(Math.abs(norm(logits) / expected.logitsNorm - 1) < 0.02);
    });
  },
);

const samples = sharedPath("data/imagenet-samples");
if (samples === undefined) {
  Deno.test({
    name: "the committed backbone agrees with float32 [skipped: no data/imagenet-samples]",
    ignore: true,
    fn() {},
  });
} else {
  await testWithWeights(
    "the committed backbone agrees with float32 on 98 % of first classes",
    variantOf(section.id.replace("efficientnet-", "")),
    async () => {
      // Every third: the evaluation script takes all.
      const photos = filesBelow(samples).filter((path) => /\.(jpe?g|png)$/i.test(path))
        .filter((_, i) => i % 3 === 0);
      const { sameTop1, meanCosine, minCosine } = await judgeStoredBackbone(section, photos);
      assertGreater(photos.length, 250);
      assert(sameTop1 / photos.length >= 0.98, `only ${sameTop1} of ${photos.length}`);
      assertGreater(meanCosine, 0.999);
      assertGreater(minCosine, 0.99);
    },
  );
}

Deno.test("Backbone.run() gives the same for the same pixels and other scores for others", async () => {
  await withSession(await readCommitted(), async (session) => {
    const backbone = createBackbone(session, section);
    assertEquals([backbone.id, backbone.version], [section.id, section.version]);
    const pixels = goldenPixels([backbone.size, backbone.size, 3]);
    const { logits, embedding, gem } = await backbone.run(pixels);
    assertEquals([logits.length, embedding.length], [1000, 1280]);
    assert(embedding.every((feature) => feature >= 0 && feature <= 6));
    // A generalized mean lies between the plain one and the highest.
    assertEquals(gem.length, 1280);
    assert(gem.every((feature, i) => feature >= embedding[i]! - 1e-4 && feature <= 6));
    assertEquals((await backbone.run(pixels)).logits, logits);
    const inverted = await backbone.run(pixels.map((sample) => 255 - sample));
    assertGreater(Math.abs(inverted.logits[0]! - logits[0]!), 1e-3);
  });
});

Deno.test("Backbone.run() throws a RangeError when the pixels are of another size", async () => {
  await withSession(await readCommitted(), async (session) => {
    const backbone = createBackbone(session, section);
    await assertRejects(
      () => backbone.run(new Uint8Array(3)),
      RangeError,
      '"image" as 150528 samples [224,224,3], got 3',
    );
  });
});

/** A model of another make: `image` [N, 2, 2, 3] → as many numbers under three names. */
function otherModel(image: string, logits: string): Uint8Array {
  const graph = new Graph("other");
  const x = graph.input(image, "uint8", ["N", 2, 2, 3]);
  for (const name of [logits, "embedding", "gem"]) {
    const type = name === logits ? 3 : 1;
    const cast = graph.node("Cast", [x], `${name}.cast`, { to: { kind: "int", value: type } });
    const flat = graph.node("Flatten", [cast], name);
    graph.output(flat, type === 1 ? "float32" : "int8", ["N", 12]);
  }
  return graph.toBytes();
}

const small: BackboneSection = { ...section, input: { ...section.input, size: 2 } };

Deno.test("createBackbone() throws a TypeError when the model's names are others", async () => {
  await withSession(otherModel("pixels", "logits"), (session) => {
    assertThrows(() => createBackbone(session, small), TypeError, "to be image, got pixels");
    return Promise.resolve();
  });
  await withSession(otherModel("image", "scores"), (session) => {
    assertThrows(
      () => createBackbone(session, small),
      TypeError,
      "to be logits, embedding, gem, got scores, embedding, gem",
    );
    return Promise.resolve();
  });
});

Deno.test("Backbone.run() throws a TypeError when an output is of another type or shape", async () => {
  await withSession(otherModel("image", "logits"), async (session) => {
    const pixels = new Uint8Array(12);
    await assertRejects(
      () => createBackbone(session, small).run(pixels),
      TypeError,
      '"logits" as Float32Array [1,1000], got Int8Array [1,12]',
    );
  });
});
