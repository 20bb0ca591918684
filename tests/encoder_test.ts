import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BusyError,
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../functions/core/errors.ts";
import type { SeenFace } from "../functions/core/encoder.ts";
import { createPhotoEncoder, planPool } from "../functions/photo/encoder.ts";
import { sharp } from "../functions/photo/vips.ts";
import { createBackbone } from "../models/backbone.ts";
import { fingerprint } from "../models/fingerprint.ts";
import { networkPixels } from "../models/pixels.ts";
import { openNative } from "../models/runtime_native.ts";
import { committedModel, withEncoder } from "./support/photo_encoder.ts";
import { madePicture } from "./support/pictures.ts";
import { samplePhoto } from "./support/service.ts";

const picture = madePicture(320, 240);

function made() {
  return sharp(picture.data, { raw: { width: 320, height: 240, channels: 3 } });
}

Deno.test("encode() agrees with the parts it is made of when the photo is lossless", async () => {
  const { section, model } = await committedModel();
  const session = await openNative(model);
  const expected = await createBackbone(session, section).run(
    networkPixels(picture, section.input),
  );
  await session.release();
  const photo = new Uint8Array(await made().png().toBuffer());
  const before = photo.slice();
  await withEncoder({}, async (encoder) => {
    assertEquals(encoder.model, { id: section.id, version: section.version });
    const encoded = await encoder.encode(photo);
    assertEquals(encoded.image, { width: 320, height: 240 });
    assertEquals(encoded.embedding, expected.embedding);
    assertEquals(encoded.logits, expected.logits);
    assertEquals(encoded.fingerprint, fingerprint(picture));
    assertEquals(encoded.photo, undefined);
    assert(encoded.timings.decode > 0 && encoded.timings.encode > 0);
  });
  assertEquals(photo, before);
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
    const { embedding } = await encoder.encode(png);
    assertEquals(embedding.length, 1280);
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

Deno.test("encode() gives the same embedding when the wasm engine runs", async () => {
  const photo = await made().png().toBuffer();
  let native = new Float32Array();
  await withEncoder({ cores: 1 }, async (encoder) => {
    native = Float32Array.from((await encoder.encode(photo)).embedding);
  });
  await withEncoder({ cores: 1, runtime: "wasm" }, async (encoder) => {
    const { embedding } = await encoder.encode(photo);
    let dot = 0, a = 0, b = 0;
    for (let i = 0; i < native.length; i++) {
      dot += native[i]! * embedding[i]!;
      a += native[i]! ** 2;
      b += embedding[i]! ** 2;
    }
    assertEquals(embedding.length, native.length);
    assertAlmostEquals(dot / Math.sqrt(a * b), 1, 1e-4);
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

Deno.test("createPhotoEncoder() rejects when the model is damaged", async () => {
  const { section, model, faces } = await committedModel();
  await assertRejects(() =>
    createPhotoEncoder({
      section,
      faces,
      model: model.subarray(0, 1000),
      runtime: "native",
      memoryMb: 512,
      cores: 1,
    })
  );
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
