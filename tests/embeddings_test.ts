import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DamagedPhotoError } from "../functions/core/errors.ts";
import { decodePhoto } from "../functions/photo/decode.ts";
import { parseManifest } from "../models/manifest.ts";
import { resizePicture } from "../models/pixels.ts";
import { filesBelow } from "../training/collections.ts";
import { type EmbeddingReader, openEmbeddingReader } from "../training/data/embedding_reader.ts";
import { embedPhotos } from "../training/data/embeddings.ts";
import { readThumbnails } from "../training/data/thumbnails.ts";
import { digestOf } from "../training/eval/seen_photos.ts";
import { VARIANTS } from "../training/eval/variants.ts";
import { openViewReader } from "../training/eval/view_reader.ts";
import { fromFileUrl, join } from "../training/paths.ts";
import { samplePhoto } from "./support/service.ts";
import { withFolder } from "./support/temp_folder.ts";

const MODELS = fromFileUrl(new URL("../models", import.meta.url));
const SAMPLES = ["chelsea_cat.jpg", "coffee_cup.jpg", "grace_hopper.jpg", "rocket.jpg"];

/** The reader, and how often it looked at a photo. */
interface CountingReader extends EmbeddingReader {
  looks: number;
}

interface Trial {
  readonly reader: CountingReader;
  readonly cache: string;
  /** The sample photos. */
  readonly paths: string[];
}

async function backboneSection() {
  return parseManifest(JSON.parse(await Deno.readTextFile(join(MODELS, "manifest.json")))).backbone;
}

/** Runs a test on the real network and copies of the sample photos. */
async function withReader(test: (trial: Trial) => Promise<void>): Promise<void> {
  const opened = await openEmbeddingReader(await backboneSection(), MODELS);
  const reader: CountingReader = {
    ...opened,
    looks: 0,
    embed(photo) {
      reader.looks++;
      return opened.embed(photo);
    },
  };
  try {
    await withFolder(async (folder) => {
      const paths = SAMPLES.map((name) => join(folder, name));
      for (const [i, path] of paths.entries()) {
        await Deno.writeFile(path, samplePhoto(SAMPLES[i]!));
      }
      await test({ reader, cache: join(folder, "cache"), paths });
    });
  } finally {
    await opened.close();
  }
}

/** Each sample photo's row. */
const rowOf = ({ embeddings }: { embeddings: Float32Array }, i: number) =>
  embeddings.subarray(i * 1280, (i + 1) * 1280);

Deno.test("openEmbeddingReader() gives the embedding of the centre view", async () => {
  const views = await openViewReader(await backboneSection(), MODELS);
  try {
    await withReader(async ({ reader }) => {
      assertEquals(reader.model, views.model);
      assertEquals(reader.dimension, 1280);
      for (const name of SAMPLES) {
        const [centre, mirrored] = await views.see(samplePhoto(name));
        const embedding = await reader.embed(samplePhoto(name));
        assertEquals(embedding, centre!.embedding);
        assertNotEquals(embedding, mirrored!.embedding);
      }
    });
  } finally {
    await views.close();
  }
});

Deno.test("embedPhotos() looks at each photo once and gives the same numbers from the cache", async () => {
  await withReader(async ({ reader, cache, paths }) => {
    const told: string[] = [];
    const progress = (done: number, of: number) => told.push(`${done}/${of}`);
    const first = await embedPhotos(paths, reader, { cache, progress });
    assertEquals(reader.looks, 4);
    assertEquals(told, ["0/4", "4/4"]);
    assertEquals(first.paths, paths);
    assertEquals(first.embeddings.length, 4 * 1280);
    for (const [i, name] of SAMPLES.entries()) {
      assertEquals(rowOf(first, i).slice(), await reader.embed(samplePhoto(name)));
    }
    assertEquals(first.photos, await digestOf(first.sha256.map((sha256) => ({ sha256 }))));

    reader.looks = 0;
    assertEquals(await embedPhotos(paths, reader, { cache }), first);
    assertEquals(reader.looks, 0);
    const turned = await embedPhotos(paths.toReversed(), reader, { cache });
    assertEquals(reader.looks, 0);
    assertEquals(rowOf(turned, 3), rowOf(first, 0));
    assertEquals(turned.sha256, first.sha256.toReversed());
    assertEquals(turned.photos, first.photos);
    assertEquals(filesBelow(cache).filter((path) => path.endsWith(".tmp")), []);
  });
});

Deno.test("embedPhotos() goes by the bytes of a photo, not by its name", async () => {
  await withReader(async ({ reader, cache, paths: [cat, cup, hopper] }) => {
    const before = await embedPhotos([cat!, cup!], reader, { cache });
    await Deno.copyFile(hopper!, cup!);
    reader.looks = 0;
    const after = await embedPhotos([cat!, cup!, hopper!], reader, { cache });
    assertEquals(reader.looks, 1);
    assertEquals(rowOf(after, 0), rowOf(before, 0));
    assertNotEquals(rowOf(after, 1), rowOf(before, 1));
    assertEquals(rowOf(after, 1), rowOf(after, 2));
    assertNotEquals(after.photos, before.photos);
    await Deno.rename(cat!, `${cat}.moved`);
    await embedPhotos([`${cat}.moved`], reader, { cache });
    assertEquals(reader.looks, 1);
  });
});

Deno.test("embedPhotos() keeps the models' and the variants' embeddings apart", async () => {
  await withReader(async ({ reader, cache, paths }) => {
    const plain = await embedPhotos(paths, reader, { cache });
    const [half, mirrored] = ["half size", "mirrored"]
      .map((name) => VARIANTS.find((variant) => variant.name === name)!);
    for (const variant of [half!, mirrored!]) {
      reader.looks = 0;
      const copies = await embedPhotos(paths, reader, { cache, variant });
      assertEquals(reader.looks, 4);
      assertEquals(copies.sha256, plain.sha256);
      const made = await variant.make(samplePhoto(SAMPLES[1]!));
      assertEquals(rowOf(copies, 1).slice(), await reader.embed(made));
      assertNotEquals(rowOf(copies, 1), rowOf(plain, 1));
    }
    const { id, version } = reader.model;
    for (const model of [{ id: "other", version }, { id, version: "other" }]) {
      reader.looks = 0;
      await embedPhotos(paths, { ...reader, model }, { cache });
      assertEquals(reader.looks, 4);
    }
    reader.looks = 0;
    await embedPhotos(paths, reader, { cache, variant: half! });
    assertEquals(reader.looks, 0);
  });
});

Deno.test("embedPhotos() goes on where a run was stopped", async () => {
  await withReader(async ({ reader, cache, paths }) => {
    const whole = await embedPhotos(paths, reader, { cache: `${cache}2` });
    reader.looks = 0;
    const stopping = {
      ...reader,
      async embed(photo: Uint8Array) {
        if (reader.looks === 2) throw new Deno.errors.Interrupted("stopped");
        return await reader.embed(photo);
      },
    };
    await assertRejects(
      () => embedPhotos(paths, stopping, { cache }),
      Deno.errors.Interrupted,
      "stopped",
    );
    assertEquals(reader.looks, 2);
    assertEquals(await embedPhotos(paths, reader, { cache }), whole);
    assertEquals(reader.looks, 4);
  });
});

Deno.test("embedPhotos() computes again what lies broken in the cache", async () => {
  await withReader(async ({ reader, cache, paths }) => {
    const first = await embedPhotos(paths, reader, { cache });
    const [file] = filesBelow(cache);
    await Deno.truncate(file!, 100);
    assertEquals(await embedPhotos(paths, reader, { cache }), first);
    assertEquals(reader.looks, 5);
  });
});

Deno.test("embedPhotos() leaves out damaged photos and tells of them", async () => {
  await withReader(async ({ reader, cache, paths }) => {
    const [cat, cup, hopper] = paths as [string, string, string];
    const whole = await embedPhotos([cat, hopper], reader, { cache });
    await Deno.writeFile(cup, samplePhoto(SAMPLES[1]!).slice(0, 20_000));
    const text = join(cache, "text.jpg");
    await Deno.writeTextFile(text, "This is no photo at all.");
    const told: string[][] = [];
    const skipped = (...of: string[]) => told.push(of);
    const got = await embedPhotos([text, cat, cup, hopper], reader, { cache, skipped });
    assertEquals(got, whole);
    assertEquals(told.map(([path]) => path), [text, cup]);
    assertStringIncludes(told[0]![1]!, "text");
    assertStringIncludes(told[1]![1]!, "damaged JPEG");

    const [variant] = VARIANTS;
    const copies = await embedPhotos([text, cat], reader, { cache, skipped, variant: variant! });
    assertEquals(copies.paths, [cat]);
    assertStringIncludes(told[2]![1]!, variant!.name);

    await assertRejects(() => embedPhotos([text], reader, { cache }), RangeError, "None of 1");
    await assertRejects(
      () => embedPhotos([join(cache, "none.jpg")], reader, { cache }),
      Deno.errors.NotFound,
    );
  });
});

Deno.test("embedPhotos() makes few files of many photos, a few of them at a time", async () => {
  await withFolder(async (folder) => {
    let now = 0, most = 0;
    const reader = {
      model: { id: "length", version: "1" },
      dimension: 1,
      async embed(photo: Uint8Array) {
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
        return Float32Array.of(photo.length);
      },
    };
    const paths: string[] = [];
    for (let i = 0; i < 1000; i++) {
      paths.push(join(folder, `${i}.jpg`));
      await Deno.writeFile(paths[i]!, new Uint8Array(i));
    }
    const cache = join(folder, "cache");
    const { embeddings } = await embedPhotos(paths, reader, { cache });
    assertEquals([...embeddings], [...paths.keys()]);
    assertEquals(filesBelow(cache).length, 16);
    assert(most >= 1 && most <= 4, `${most} at a time`);
    const deaf = { ...reader, embed: () => Promise.reject(new Error("looked again")) };
    assertEquals((await embedPhotos(paths, deaf, { cache })).embeddings, embeddings);
  });
});

Deno.test("readThumbnails() squeezes whole photos into squares of 0 to 1", async () => {
  await withReader(async ({ cache, paths }) => {
    const made = await readThumbnails(paths, 8, { cache });
    assertEquals(made.length, 4 * 8 * 8 * 3);
    for (const [i, name] of SAMPLES.entries()) {
      const { working } = await decodePhoto(samplePhoto(name));
      const { data } = resizePicture(working, { width: 8, height: 8 });
      assertEquals(made.slice(i * 192, (i + 1) * 192), Float32Array.from(data, (v) => v / 255));
    }
    const files = filesBelow(cache).length;
    assertEquals(await readThumbnails(paths, 8, { cache }), made);
    assertEquals((await readThumbnails(paths, 4, { cache })).length, 4 * 4 * 4 * 3);
    assertEquals(filesBelow(cache).length, 2 * files);
    const last = await readThumbnails(paths.slice(3), 8, { cache });
    assertEquals(last, made.slice(3 * 192));

    await Deno.writeFile(paths[1]!, samplePhoto(SAMPLES[1]!).slice(0, 20_000));
    const { message } = await assertRejects(
      () => readThumbnails(paths, 8, { cache }),
      DamagedPhotoError,
    );
    assertStringIncludes(message, paths[1]!);
    await assertRejects(() => readThumbnails(paths, 0, { cache }), RangeError, "got 0");
  });
});
