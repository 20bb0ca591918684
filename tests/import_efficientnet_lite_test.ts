import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { createBackbone } from "../models/backbone.ts";
import { parseManifest } from "../models/manifest.ts";
import { openNative } from "../models/runtime_native.ts";
import { sha256Hex } from "../models/sha256.ts";
import { buildEfficientNetLite, type Variant } from "../training/import/efficientnet_lite.ts";
import { recipe, variantOf } from "../training/recipes/backbone.ts";
import { join } from "../training/paths.ts";
import { root, sharedPath } from "./support/data.ts";
import { goldenPixels, norm, readGoldenNet } from "./support/golden_net.ts";
import { testWithWeights } from "./support/reference_weights.ts";

const manifestJson = await Deno.readTextFile(join(root, "models/manifest.json"));
const { backbone } = parseManifest(JSON.parse(manifestJson));
const committedVariant = variantOf(backbone.id.replace("efficientnet-", ""));
const golden = sharedPath("golden/nets.json");

const sizes: readonly [Variant, number][] = [["lite0", 224], ["lite1", 240], ["lite2", 260]];
for (const [variant, size] of sizes) {
  const name = `buildEfficientNetLite() agrees with PyTorch within 1e-3 when ${variant} is float32`;
  if (golden === undefined) {
    Deno.test({ name: `${name} [skipped: no golden/nets.json]`, ignore: true, fn() {} });
    continue;
  }
  await testWithWeights(name, variant, async (weights) => {
    const expected = await readGoldenNet(golden, `efficientnet-${variant}`);
    assertEquals(expected.input, [1, size, size, 3]);
    const session = await openNative(
      buildEfficientNetLite(weights, { variant, storage: "float32" }),
    );
    try {
      const network = createBackbone(session, {
        ...backbone,
        input: { ...backbone.input, size },
      });
      const { logits, embedding } = await network.run(goldenPixels(expected.input));
      for (const [leaf, logit] of expected.top10) assertAlmostEquals(logits[leaf]!, logit, 1e-3);
      for (const [i, feature] of expected.embeddingStart.entries()) {
        assertAlmostEquals(embedding[i]!, feature, 1e-3);
      }
      assertAlmostEquals(norm(logits), expected.logitsNorm, 1e-3);
      assertAlmostEquals(norm(embedding), expected.embeddingNorm, 1e-3);
    } finally {
      await session.release();
    }
  }, { cachedOnly: variant !== "lite0" });
}

await testWithWeights(
  "buildEfficientNetLite() throws a TypeError that names the tensor when one does not fit",
  "lite0",
  (weights) => {
    const build = (changed: typeof weights) => () =>
      buildEfficientNetLite(changed, { variant: "lite0", storage: "float32" });
    const without = new Map(weights);
    without.delete("_blocks.3._bn1.bias");
    assertThrows(build(without), TypeError, '"_blocks.3._bn1.bias" of shape [144], got none');
    const other = new Map(weights).set("_fc.bias", { dims: [2], data: new Float32Array(2) });
    assertThrows(build(other), TypeError, '"_fc.bias" in float32 of shape [1000], got shape [2]');
    const more = new Map(weights).set("_se.weight", { dims: [1], data: new Float32Array(1) });
    assertThrows(build(more), TypeError, "no place for _se.weight");
    // Lite2 has wider layers.
    assertThrows(
      () => buildEfficientNetLite(weights, { variant: "lite2", storage: "float32" }),
      TypeError,
      "_blocks.",
    );
  },
);

await testWithWeights(
  "the backbone recipe makes the committed file and section, byte by byte",
  committedVariant,
  async () => {
    const models = await Deno.makeTempDir();
    try {
      await recipe.run({
        variant: committedVariant,
        cache: join(root, ".cache"),
        models,
        log() {},
      });
      const made = await Deno.readFile(join(models, backbone.file));
      assertEquals(await sha256Hex(made), backbone.sha256);
      const manifest: unknown = JSON.parse(await Deno.readTextFile(join(models, "manifest.json")));
      assertEquals(manifest, { backbone: JSON.parse(manifestJson).backbone });
      assertEquals(
        Array.from(Deno.readDirSync(models), ({ name }) => name).sort(),
        [backbone.file, "manifest.json"],
      );
    } finally {
      await Deno.remove(models, { recursive: true });
    }
  },
);
