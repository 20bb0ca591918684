import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BusyError,
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../functions/core/errors.ts";
import type { Encoded, SeenFace } from "../functions/core/encoder.ts";
import { createPhotoEncoder, planPool } from "../functions/photo/encoder.ts";
import { sharp } from "../functions/photo/vips.ts";
import { type BackboneOutput, createBackbone } from "../models/backbone.ts";
import { fingerprint } from "../models/fingerprint.ts";
import { createKinds, type KindScores } from "../models/kinds.ts";
import { lookModelOf, lookOf } from "../models/look.ts";
import type { WorkingImage } from "../models/pixels.ts";
import { openNative } from "../models/runtime_native.ts";
import { VIEWS, viewsOf } from "../models/views.ts";
import { committedModel, withEncoder } from "./support/photo_encoder.ts";
import { madePicture } from "./support/pictures.ts";
import { samplePhoto } from "./support/service.ts";
import { dot } from "./support/vectors.ts";

const picture = madePicture(320, 240);

function made() {
  return sharp(picture.data, { raw: { width: 320, height: 240, channels: 3 } });
}

function lossless({ data, ...size }: WorkingImage): Promise<Uint8Array> {
  return sharp(data, { raw: { ...size, channels: 3 } }).png().toBuffer();
}

/** A cat, blurred so much that at first sight it may or may not be one. */
async function blurredCat(): Promise<WorkingImage> {
  const { data, info: { width, height } } = await sharp(samplePhoto("chelsea_cat.jpg"))
    .blur(12).raw().toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8Array(data) };
}

/** The mean of vectors, number by number. */
function mean(vectors: readonly Float32Array[]): Float32Array {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, one) => sum + one[i]!, 0) / vectors.length);
}

/** What the networks make of each view of a picture, and of all of them together. */
async function looked(
  picture: WorkingImage,
): Promise<{ views: BackboneOutput[]; alone: KindScores; together: KindScores }> {
  const { section, model, kinds } = await committedModel();
  const [session, kindsSession] = [await openNative(model), await openNative(kinds.model)];
  const backbone = createBackbone(session, section);
  const score = createKinds(kindsSession, kinds.section);
  const pixels = viewsOf(picture, section.input);
  const views: BackboneOutput[] = [];
  for (const name of VIEWS) views.push(await backbone.run(pixels(name)));
  const alone = await score(views[0]!);
  const together = await score({
    logits: mean(views.map(({ logits }) => logits)),
    embedding: mean(views.map(({ embedding }) => embedding)),
  });
  await session.release();
  await kindsSession.release();
  return { views, alone, together };
}

Deno.test("encode() agrees with the parts it is made of when the photo is lossless", async () => {
  const { section } = await committedModel();
  const { views: [centre, mirrored], alone } = await looked(picture);
  const photo = new Uint8Array(await lossless(picture));
  const before = photo.slice();
  await withEncoder({}, async (encoder) => {
    assertEquals(encoder.model, { id: section.id, version: section.version });
    assertEquals(encoder.lookModel, lookModelOf(section));
    const encoded = await encoder.encode(photo);
    assertEquals(encoded.image, { width: 320, height: 240 });
    assertEquals(encoded.views, 1);
    assertEquals(encoded.look, lookOf([centre!.gem]));
    assertEquals(encoded.scores, { ...alone, logits: centre!.logits });
    assertEquals(encoded.fingerprint, fingerprint(picture));
    assertEquals(encoded.photo, undefined);
    assert(encoded.timings.decode > 0 && encoded.timings.encode > 0);
    const taught = await encoder.encode(photo, { mirrored: true });
    assertEquals(taught.views, 2);
    assertEquals(taught.look, lookOf([centre!.gem, mirrored!.gem]));
    assertEquals(taught.scores, encoded.scores);
    assertEquals(photo, before);
    assertEquals((await encoder.encode(photo, { owned: true })).scores, encoded.scores);
    assert(photo.buffer.detached, "what is the encoder's own is not copied");
  });
});

Deno.test("encode() takes the mean of all views when the first leaves open what is seen", async () => {
  const picture = await blurredCat();
  const { views, together } = await looked(picture);
  const photo = await lossless(picture);
  await withEncoder({ cores: 1 }, async (encoder) => {
    const asked = await encoder.encode(photo);
    assertEquals(asked.views, 3);
    assertEquals(asked.scores, { ...together, logits: mean(views.map(({ logits }) => logits)) });
    // Memories are compared with the same views whatever the networks are sure of.
    assertEquals(asked.look, lookOf([views[0]!.gem]));
    const taught = await encoder.encode(photo, { mirrored: true });
    assertEquals([taught.views, taught.scores], [3, asked.scores]);
    assertEquals(taught.look, lookOf([views[0]!.gem, views[1]!.gem]));
  });
});

Deno.test("encode() returns the photo without metadata when it is asked to keep it", async () => {
  const photo = await made().withMetadata({ orientation: 6 }).withExifMerge({
    IFD0: { Artist: "somebody" },
  }).jpeg().toBuffer();
  await withEncoder({ cores: 1 }, async (encoder) => {
    const { photo: kept, image } = await encoder.encode(photo, { keepPhoto: true });
    assert(kept);
    const { format, width, height, exif, orientation } = await sharp(kept).metadata();
    assertEquals({ format, width, height, exif, orientation }, {
      format: "jpeg",
      width: 240,
      height: 320,
      exif: undefined,
      orientation: undefined,
    });
    assertEquals(image, { width: 240, height: 320 });
  });
});

Deno.test("encode() throws by meaning when the photo is none, damaged or too large", async () => {
  await withEncoder({ cores: 1 }, async (encoder) => {
    const png = new Uint8Array(await made().png().toBuffer());
    await assertRejects(() => encoder.encode(png.subarray(0, 3000)), DamagedPhotoError);
    const svg = new TextEncoder().encode("<svg/>");
    await assertRejects(() => encoder.encode(svg), UnsupportedPhotoError, "an SVG");
    const huge = png.slice();
    new DataView(huge.buffer).setUint32(16, 1_000_000);
    await assertRejects(() => encoder.encode(huge), PhotoTooLargeError, "240.0 megapixels");
    const { look, scores } = await encoder.encode(png);
    assertEquals([look.length, scores.logits.length], [1280, 1000]);
  });
});

Deno.test("encode() throws BusyError when the queue is full, and answers the others", async () => {
  const photo = await made().jpeg().toBuffer();
  await withEncoder({ cores: 1, queue: 3 }, async (encoder) => {
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => encoder.encode(photo)),
    );
    const answered = results.filter(({ status }) => status === "fulfilled");
    const refused = results.filter((result) =>
      result.status === "rejected" && result.reason instanceof BusyError &&
      result.reason.retryAfter >= 1
    );
    assertEquals([answered.length, refused.length], [4, 8]);
  });
});

Deno.test("encode() gives the photo up when its signal fires in the queue", async () => {
  const photo = await made().jpeg().toBuffer();
  await withEncoder({ cores: 1 }, async (encoder) => {
    const first = encoder.encode(photo);
    const controller = new AbortController();
    const second = encoder.encode(photo, { signal: controller.signal });
    controller.abort();
    await assertRejects(() => second, DOMException);
    assertEquals((await first).image.width, 320);
  });
});

/** The cosine of vectors of any length. */
function cosine(a: Float32Array, b: Float32Array): number {
  assertEquals(a.length, b.length);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

Deno.test("encode() gives the same look and scores when the wasm engine runs", async () => {
  // One that is looked at once, and one in all views.
  const photos = await Promise.all([picture, await blurredCat()].map(lossless));
  const native: Encoded[] = [];
  await withEncoder({ cores: 1 }, async (encoder) => {
    for (const photo of photos) native.push(await encoder.encode(photo));
  });
  await withEncoder({ cores: 1, runtime: "wasm" }, async (encoder) => {
    for (const [i, photo] of photos.entries()) {
      const expected = native[i]!;
      const { look, scores, views } = await encoder.encode(photo);
      assertEquals(views, expected.views);
      assertAlmostEquals(cosine(look, expected.look), 1, 1e-4);
      assertAlmostEquals(cosine(scores.logits, expected.scores.logits), 1, 1e-4);
      assertAlmostEquals(cosine(scores.cosines, expected.scores.cosines), 1, 1e-4);
      assertEquals(scores.kinds.length, expected.scores.kinds.length);
      for (const [k, kind] of scores.kinds.entries()) {
        assertAlmostEquals(kind, expected.scores.kinds[k]!, 1e-3);
      }
    }
  });
});

/** A photo with one face, and the face. */
async function portrait() {
  const photo = samplePhoto("grace_hopper.jpg");
  let face: SeenFace | undefined;
  await withEncoder({ cores: 1 }, async (encoder) => {
    [face] = (await encoder.encode(photo)).faces;
  });
  assert(face);
  return { photo, face };
}

Deno.test("describe() throws BusyError when there is not the time", async () => {
  const { face } = await portrait();
  await withEncoder({ cores: 1, timeLimit: 1 }, async (encoder) => {
    const error = await assertRejects(() => encoder.describe([face, face]), BusyError, "2 faces");
    assertEquals(error.retryAfter, 1);
  });
});

Deno.test("describe() lets others have their turn when there is a crowd", async () => {
  const { photo, face } = await portrait();
  await withEncoder({ cores: 1 }, async (encoder) => {
    const [alone] = await encoder.describe([face]);
    const order: string[] = [];
    const crowd = encoder.describe(Array<SeenFace>(9).fill(face)).then((descriptors) => {
      order.push("crowd");
      return descriptors;
    });
    await encoder.encode(photo).then(() => order.push("photo"));
    const descriptors = await crowd;
    assertEquals(order, ["photo", "crowd"]);
    assertEquals(descriptors, Array(9).fill(alone));
  });
});

Deno.test("describe() is not refused when the queue is full, and comes before photos that wait", async () => {
  const { photo, face } = await portrait();
  await withEncoder({ cores: 1, queue: 1 }, async (encoder) => {
    const order: string[] = [];
    const photos = [1, 2].map((n) => encoder.encode(photo).then(() => order.push(`photo ${n}`)));
    await assertRejects(() => encoder.encode(photo), BusyError);
    const described = encoder.describe([face]).then(() => order.push("faces"));
    await Promise.all([...photos, described]);
    assertEquals(order, ["photo 1", "faces", "photo 2"]);
  });
});

Deno.test("createPhotoEncoder() rejects when a model is damaged", async () => {
  const whole = await committedModel();
  const { model, kinds } = whole;
  const damaged = [
    { ...whole, model: model.subarray(0, 1000) },
    { ...whole, kinds: { ...kinds, model: kinds.model.subarray(0, 1000) } },
  ];
  for (const models of damaged) {
    await assertRejects(() =>
      createPhotoEncoder({ ...models, runtime: "native", memoryMb: 512, cores: 1 })
    );
  }
});

Deno.test("planPool() stays inside the memory and grows with it", () => {
  for (const runtime of ["native", "wasm"] as const) {
    for (const memoryMb of [480, 512, 1024, 4096]) {
      const plan = planPool({ memoryMb, cores: 8, runtime });
      assert(plan.workers >= 1 && plan.workers <= 8);
      assert(plan.workers * plan.workerMemory < plan.memory);
      assert(plan.memory + plan.queue < memoryMb * 2 ** 20);
    }
  }
  assertEquals(planPool({ memoryMb: 4096, cores: 8, runtime: "native" }).workers, 8);
  assertThrows(
    () => planPool({ memoryMb: 128, cores: 2, runtime: "native" }),
    RangeError,
    "XOLO_MEMORY_MB is 128",
  );
});
