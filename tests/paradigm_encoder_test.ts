/**
 * The trained paradigms behind the encoder: who opens their networks, and when.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import type { Encoded, EncodeOptions } from "../functions/core/encoder.ts";
import { planPool } from "../functions/photo/encoder.ts";
import { readModelsIn } from "../functions/photo/read_models.ts";
import { createParadigmModels } from "../functions/photo/paradigm_models.ts";
import { createBackbone, type Seen } from "../models/backbone.ts";
import { parseManifest } from "../models/manifest.ts";
import { networkPixels, type WorkingImage } from "../models/pixels.ts";
import { openNative } from "../models/runtime_native.ts";
import type { OpenSession, Session } from "../models/session.ts";
import { createCachedEncoder } from "../training/eval/cached_encoder.ts";
import { openInProcessEncoder } from "../training/eval/in_process_encoder.ts";
import { fromFileUrl } from "../training/paths.ts";
import { sharp } from "../functions/photo/vips.ts";
import { madePicture } from "./support/pictures.ts";
import {
  applied,
  FEATURES,
  LOGITS,
  smallModels,
  withParadigms,
} from "./support/paradigm_models.ts";
import { committedModel, withEncoder } from "./support/photo_encoder.ts";
import { samplePhoto } from "./support/service.ts";

const picture = madePicture(320, 240);
const photo = new Uint8Array(
  await sharp(picture.data, { raw: { width: 320, height: 240, channels: 3 } }).png().toBuffer(),
);

/** The native engine, and what was opened and released by it. */
function counted() {
  const opened: number[] = [];
  let released = 0;
  const open: OpenSession = async (model, options): Promise<Session> => {
    opened.push(model.length);
    const session = await openNative(model, options);
    return {
      ...session,
      async release() {
        released++;
        await session.release();
      },
    };
  };
  return { open, opened, released: () => released };
}

/** As much as the backbone makes of a photo. */
const filled = (value: number): Seen => ({
  embedding: new Float32Array(FEATURES).fill(value),
  logits: new Float32Array(LOGITS).fill(value),
});

/** What the backbone makes of a picture's centre view; the test picture's when left out. */
async function centre(of: WorkingImage = picture): Promise<Seen> {
  const { section, model } = await committedModel();
  const session = await openNative(model);
  const backbone = createBackbone(session, section);
  const { embedding, logits } = await backbone.run(networkPixels(of, section.input));
  await session.release();
  return { embedding, logits };
}

Deno.test("createParadigmModels() opens each network when it is first asked, and once", async () => {
  await withParadigms(async (folder, section) => {
    const { open, opened, released } = counted();
    const models = createParadigmModels(section, readModelsIn(folder), open);
    const x = filled(0.5);
    assertEquals(opened, []);
    assertEquals(await models.score([], x), {});
    assertEquals(opened, []);
    const { sequential, ...none } = await models.score(["sequential"], x);
    assertEquals(none, {});
    assertAlmostEquals(sequential!.known, 0.25, 1e-6);
    assertEquals(opened, [section.sequential.bytes]);
    // A second request does not read the files either.
    await Deno.remove(new URL("sequential.onnx", folder));
    assertEquals(await models.score(["sequential"], x), { sequential: sequential! });
    const both = await models.score(["sequential", "joint"], x);
    assertEquals(Object.keys(both), ["sequential", "joint"]);
    assertEquals(opened, [section.sequential.bytes, section.joint.bytes]);
    await models.release();
    assertEquals(released(), 2);
  });
});

Deno.test("createParadigmModels() lets go of nothing that was not opened", async () => {
  await withParadigms(async (folder, section) => {
    const { open, opened, released } = counted();
    await createParadigmModels(section, readModelsIn(folder), open).release();
    assertEquals([opened.length, released()], [0, 0]);
  });
});

Deno.test("createParadigmModels() refuses a file that is not the manifest's, and tries again", async () => {
  await withParadigms(async (folder, section) => {
    const { open, opened } = counted();
    const models = createParadigmModels(section, readModelsIn(folder), open);
    const x = filled(0);
    const file = new URL("joint.onnx", folder);
    const right = await Deno.readFile(file);
    await Deno.writeFile(file, right.slice(1));
    await assertRejects(
      () => models.score(["joint"], x),
      Error,
      "Expected joint.onnx with SHA-256",
    );
    assertEquals(opened, []);
    await Deno.writeFile(file, right);
    assertEquals((await models.score(["joint"], x)).joint!.deep.length, 3);
    await models.release();
  });
});

Deno.test("createParadigmModels() lets go of a graph that is not as the manifest says", async () => {
  await withParadigms(async (folder, section) => {
    const { open, opened, released } = counted();
    const { file, bytes, sha256 } = section.sequential;
    const wrong = { ...section, joint: { ...section.joint, file, bytes, sha256 } };
    const models = createParadigmModels(wrong, readModelsIn(folder), open);
    await assertRejects(
      () => models.score(["joint"], filled(0)),
      TypeError,
      "outputs to be deep, wide, familiar, got generalizer",
    );
    assertEquals([opened.length, released()], [1, 1]);
  });
});

/** Requires the scores of the small models at what the backbone makes of the centre view. */
function assertScores(
  { paradigms }: Encoded,
  centre: Seen,
  tolerance: number,
): void {
  const { sequential, joint } = smallModels();
  const parts = [
    [paradigms!.sequential!.generalizer, sequential.generalizer],
    [paradigms!.sequential!.memorizer, sequential.memorizer],
    [paradigms!.joint!.deep, joint.deep],
    [paradigms!.joint!.wide, joint.wide],
    [[paradigms!.sequential!.familiar], sequential.familiar],
    [[paradigms!.joint!.familiar], joint.familiar],
  ] as const;
  for (const [made, linear] of parts) {
    for (const [i, value] of applied(linear, centre).entries()) {
      assertAlmostEquals(made[i]!, value, tolerance);
    }
  }
}

for (const [runtime, tolerance] of [["native", 1e-4], ["wasm", 1e-4]] as const) {
  Deno.test({
    name: `encode() asks those trained paradigms that it is told to, by the ${runtime} engine`,
    // The native runtime's and the decoder's threads outlive their Workers.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const seen = await centre();
      await withParadigms(async (folder, section) => {
        const options = { runtime, cores: 1, paradigms: { section, folder } };
        await withEncoder(options, async (encoder) => {
          const plain = await encoder.encode(photo, { faces: "none" });
          assertEquals(Object.hasOwn(plain, "paradigms"), false);
          const ask = (paradigms: EncodeOptions["paradigms"] & object) =>
            encoder.encode(photo, { faces: "none", paradigms });
          assertEquals(Object.keys((await ask(["joint"])).paradigms!), ["joint"]);
          const both = await ask(["sequential", "joint"]);
          assertScores(both, seen, tolerance);
          assertEquals(both.scores, plain.scores);
          assertEquals(Object.hasOwn(both, "centre"), false, "it stays in the Worker");
          // What its Worker has opened it reads no more.
          await Deno.remove(new URL("sequential.onnx", folder));
          await Deno.remove(new URL("joint.onnx", folder));
          assertEquals((await ask(["sequential", "joint"])).paradigms, both.paradigms);
        });
      });
    },
  });
}

Deno.test({
  name: "encode() reads none of the paradigms' files when it is not asked for them",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withParadigms(async (folder, section) => {
      await Deno.remove(new URL("sequential.onnx", folder));
      await Deno.remove(new URL("joint.onnx", folder));
      await withEncoder({ cores: 1, paradigms: { section, folder } }, async (encoder) => {
        assert((await encoder.encode(photo)).views >= 1);
        await assertRejects(
          () => encoder.encode(photo, { paradigms: ["joint"] }),
          Error,
          "joint.onnx",
        );
        assert((await encoder.encode(photo)).views >= 1, "the Worker goes on");
      });
    });
  },
});

Deno.test({
  name: "encode() rejects when a paradigm is asked for that the encoder was made without",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withEncoder({}, async (encoder) => {
      await assertRejects(
        () => encoder.encode(photo, { paradigms: ["sequential"] }),
        TypeError,
        "Expected an encoder with the models of sequential; it was made without",
      );
    });
  },
});

Deno.test({
  name: "the encoder without Workers asks the trained paradigms, and the cached one once",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const seen = await centre();
    await withParadigms(async (folder) => {
      const text = await Deno.readTextFile(new URL("manifest.json", folder));
      const manifest = parseManifest(JSON.parse(text));
      const encoder = await openInProcessEncoder(manifest, fromFileUrl(folder));
      try {
        const paradigms = ["sequential", "joint"] as const;
        assertScores(await encoder.encode(photo, { paradigms }), seen, 1e-4);
        const cached = createCachedEncoder(encoder);
        const first = await cached.encode(photo, { paradigms });
        assertEquals(await cached.encode(photo, { paradigms }) === first, true);
        assertEquals((await cached.encode(photo)).paradigms, undefined);
        const { paradigms: _, ...without } = manifest;
        const bare = await openInProcessEncoder(without, fromFileUrl(folder));
        await assertRejects(() => bare.encode(photo, { paradigms }), TypeError, "made without");
        await bare.close();
      } finally {
        await encoder.close();
      }
    });
  },
});

Deno.test({
  name: "encode() asks the trained paradigms about the centre view, however many were looked at",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    // So much that at first sight it may or may not be a cat.
    const blurred = sharp(samplePhoto("chelsea_cat.jpg")).blur(12);
    const { data, info: { width, height } } = await blurred.raw()
      .toBuffer({ resolveWithObject: true });
    const seen = await centre({ width, height, data: new Uint8Array(data) });
    const raw = { width, height, channels: 3 } as const;
    const photo = new Uint8Array(await sharp(data, { raw }).png().toBuffer());
    await withParadigms(async (folder, section) => {
      await withEncoder({ cores: 1, paradigms: { section, folder } }, async (encoder) => {
        const encoded = await encoder.encode(photo, {
          faces: "none",
          paradigms: ["sequential", "joint"],
        });
        assertEquals(encoded.views, 3);
        assertNotEquals(encoded.scores.logits, seen.logits);
        assertScores(encoded, seen, 1e-4);
      });
    });
  },
});

Deno.test("planPool() counts models that outweigh the embedders to what is loaded on demand, and starts no fewer Workers", () => {
  const settings = { memoryMb: 512, cores: 8 } as const;
  const models = 10 * 2 ** 20;
  for (const [runtime, times] of [["native", 2], ["wasm", 4]] as const) {
    const plain = planPool({ ...settings, runtime });
    assertEquals(planPool({ ...settings, runtime, models }), plain);
    const heavy = plain.skill.memory;
    const { skill, ...plan } = planPool({ ...settings, runtime, models: heavy });
    assertEquals(skill, { memory: times * heavy, most: 1 });
    assertEquals({ ...plan, skill: plain.skill }, plain);
  }
  const large = { memoryMb: 4096, cores: 8, runtime: "native" } as const;
  assertLess(planPool({ ...large, models: 2 ** 30 }).skill.most, planPool(large).skill.most);
});
