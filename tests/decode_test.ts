import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import {
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../functions/core/errors.ts";
import { decodePhoto, encodeKept } from "../functions/photo/decode.ts";
import { readHeader } from "../functions/photo/header.ts";
import { DEFAULT_LIMITS } from "../functions/photo/limits.ts";
import { sharp } from "../functions/photo/vips.ts";
import { filesBelow, testWithData } from "./support/data.ts";
import { largestDifference, madePicture, meanDifference } from "./support/pictures.ts";

const WIDTH = 96, HEIGHT = 64;
const picture = madePicture(WIDTH, HEIGHT);

function made() {
  return sharp(picture.data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

Deno.test("decodePhoto() gives the very pixels when the file is a lossless PNG", async () => {
  const { working, image } = await decodePhoto(await made().png().toBuffer());
  assertEquals(image, { width: WIDTH, height: HEIGHT });
  assertEquals(largestDifference(working.data, picture.data), 0);
});

Deno.test("decodePhoto() gives about the same pixels when the file is of any format it reads", async () => {
  const files: Record<string, Promise<Uint8Array>> = {
    jpeg: made().jpeg({ quality: 95, chromaSubsampling: "4:4:4" }).toBuffer(),
    progressive: made().jpeg({ quality: 95, progressive: true }).toBuffer(),
    interlaced: made().png({ progressive: true }).toBuffer(),
    webp: made().webp({ quality: 95 }).toBuffer(),
    lossless: made().webp({ lossless: true }).toBuffer(),
    avif: made().avif({ quality: 90 }).toBuffer(),
    gif: made().gif().toBuffer(),
    sixteen: made().toColourspace("rgb16").png().toBuffer(),
    cmyk: made().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer(),
    profile: made().withIccProfile("p3").png().toBuffer(),
  };
  for (const [name, file] of Object.entries(files)) {
    const { working, image } = await decodePhoto(await file);
    assertEquals(image, { width: WIDTH, height: HEIGHT }, name);
    assertEquals([working.width, working.height], [WIDTH, HEIGHT], name);
    assertLess(meanDifference(working.data, picture.data), name === "cmyk" ? 30 : 12, name);
  }
});

Deno.test("decodePhoto() gives three equal channels when the file is greyscale", async () => {
  const grey = made().greyscale();
  for (
    const file of [
      await grey.clone().jpeg().toBuffer(),
      await grey.clone().png().toBuffer(),
      await grey.clone().toColourspace("grey16").png().toBuffer(),
    ]
  ) {
    const { working } = await decodePhoto(file);
    assertEquals(working.data.length, WIDTH * HEIGHT * 3);
    for (let i = 0; i < working.data.length; i += 3) {
      assert(working.data[i] === working.data[i + 1] && working.data[i] === working.data[i + 2]);
    }
  }
});

Deno.test("decodePhoto() lays what is transparent over white", async () => {
  const clear = { r: 10, g: 20, b: 30, alpha: 0 };
  const half = { r: 0, g: 0, b: 0, alpha: 0.5 };
  for (const [background, level] of [[clear, 255], [half, 127]] as const) {
    const create = { width: 5, height: 4, channels: 4 as const, background };
    const { working } = await decodePhoto(await sharp({ create }).png().toBuffer());
    assertEquals(working.data.length, 60);
    for (const sample of working.data) assert(Math.abs(sample - level) <= 1, `${sample}`);
  }
});

Deno.test("decodePhoto() takes the first frame when the file is an animation", async () => {
  const frame = (level: number) => ({
    create: { width: 8, height: 8, channels: 3 as const, background: { r: level, g: 0, b: 0 } },
  });
  const frames = [await sharp(frame(255)).png().toBuffer(), await sharp(frame(0)).png().toBuffer()];
  for (const format of ["gif", "webp"] as const) {
    const file = await sharp(frames, { join: { animated: true } }).toFormat(format, {
      lossless: true,
    }).toBuffer();
    const { working, image } = await decodePhoto(file);
    assertEquals(image, { width: 8, height: 8 }, format);
    assert(working.data[0]! > 250 && working.data[1]! < 5, format);
  }
});

Deno.test("decodePhoto() keeps the original's size and proportions when it shrinks", async () => {
  const file = await made().resize(2600, 1300, { fit: "fill" }).jpeg().toBuffer();
  const { working, image } = await decodePhoto(file);
  assertEquals(image, { width: 2600, height: 1300 });
  assertEquals([working.width, working.height], [1280, 640]);
});

Deno.test("decodePhoto() reads one pixel and extreme proportions", async () => {
  for (const [width, height] of [[1, 1], [3000, 1], [1, 3000], [2, 5]] as const) {
    const file = await made().resize(width, height, { fit: "fill" }).png().toBuffer();
    const { working, image } = await decodePhoto(file);
    assertEquals(image, { width, height });
    assertEquals(working.data.length, working.width * working.height * 3);
    assert(Math.max(working.width, working.height) <= 1280);
  }
});

Deno.test("decodePhoto() gives the upright picture when EXIF says how it was held", async () => {
  // How the upright picture is stored for each orientation; `sharp` mirrors before it turns.
  const stored: Record<number, () => ReturnType<typeof made>> = {
    1: () => made(),
    2: () => made().flop(),
    3: () => made().rotate(180),
    4: () => made().flip(),
    5: () => made().rotate(270).flop(),
    6: () => made().rotate(270),
    7: () => made().rotate(90).flop(),
    8: () => made().rotate(90),
  };
  for (const [orientation, make] of Object.entries(stored)) {
    const { data, info } = await make().raw().toBuffer({ resolveWithObject: true });
    const file = await sharp(data, {
      raw: { width: info.width, height: info.height, channels: 3 },
    }).withMetadata({ orientation: Number(orientation) }).png().toBuffer();
    const { working, image } = await decodePhoto(file);
    assertEquals(image, { width: WIDTH, height: HEIGHT }, orientation);
    assertEquals(largestDifference(working.data, picture.data), 0, orientation);
  }
});

testWithData(
  "decodePhoto() agrees over all eight orientations when the photos are real",
  ["data/exif/recurser"],
  async ([folder]) => {
    for (const shape of ["Landscape", "Portrait"]) {
      const files = filesBelow(folder).filter((file) => file.includes(`${shape}_`));
      assert(files.length >= 7, `${files.length} files of ${shape}`);
      const [first, ...others] = await Promise.all(
        files.map((file) => decodePhoto(Deno.readFileSync(file))),
      );
      assertEquals(first!.image.width > first!.image.height, shape === "Landscape");
      for (const [i, { working, image }] of others.entries()) {
        assertEquals(image, first!.image, files[i + 1]);
        assertLess(meanDifference(working.data, first!.working.data), 8, files[i + 1]);
      }
    }
  },
);

testWithData(
  "decodePhoto() reads HEIC when it is 8, 10 or 12 bits deep, grey or with alpha",
  ["data/bad-files/heif-valid"],
  async ([folder]) => {
    for (const file of filesBelow(folder)) {
      const { working, image } = await decodePhoto(Deno.readFileSync(file));
      const size = /(\d+)x(\d+)\.heif$/.exec(file);
      if (size) assertEquals(image, { width: Number(size[1]), height: Number(size[2]) }, file);
      assertEquals(working.data.length, working.width * working.height * 3);
      assert(new Set(working.data).size > 8, `${file} is flat`);
    }
  },
);

Deno.test("decodePhoto() throws UnsupportedPhotoError that names what it was sent", async () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(), "empty"],
    [text("<svg xmlns='http://www.w3.org/2000/svg'/>"), "an SVG"],
    [text("%PDF-1.7"), "a PDF"],
    [text("<!doctype html><html></html>"), "HTML"],
    [text("hello there, this is a letter"), "text"],
    [await made().tiff().toBuffer(), "a TIFF"],
    [new Uint8Array([1, 2, 3]), "no picture format"],
  ];
  for (const [file, name] of cases) {
    await assertRejects(() => decodePhoto(file), UnsupportedPhotoError, name);
  }
});

Deno.test("decodePhoto() throws DamagedPhotoError when a photo ends early", async () => {
  for (const format of ["jpeg", "png", "webp", "avif"] as const) {
    const whole = await made().toFormat(format).toBuffer();
    const half = whole.subarray(0, Math.floor(whole.length * 0.6));
    await assertRejects(() => decodePhoto(half), DamagedPhotoError);
  }
});

Deno.test("decodePhoto() throws PhotoTooLargeError with the numbers, before it decodes", async () => {
  const file = new Uint8Array(await made().png().toBuffer());
  const limits = { ...DEFAULT_LIMITS, bytes: 100 };
  await assertRejects(() => decodePhoto(file, limits), PhotoTooLargeError, "MiB");
  // A header that promises 20,000×20,000 pixels, which nothing behind it could fill.
  const view = new DataView(file.buffer);
  view.setUint32(16, 20_000);
  view.setUint32(20, 20_000);
  await assertRejects(
    () => decodePhoto(file),
    PhotoTooLargeError,
    "400.0 megapixels, at most 50.0",
  );
});

Deno.test("decodePhoto() allows fewer pixels when the decoder keeps all of them", async () => {
  const limits = { ...DEFAULT_LIMITS, memory: 24 * 2 ** 20 + 2 * WIDTH * HEIGHT };
  const plain = await made().jpeg().toBuffer();
  const progressive = await made().jpeg({ progressive: true }).toBuffer();
  assertEquals((await decodePhoto(plain, limits)).image.width, WIDTH);
  await assertRejects(
    () => decodePhoto(progressive, limits),
    PhotoTooLargeError,
    "progressive JPEG",
  );
});

Deno.test("readHeader() says what the encoder wrote", async () => {
  const expected = { width: WIDTH, height: HEIGHT };
  const plain = readHeader(await made().jpeg().toBuffer());
  assertEquals(plain, { ...expected, format: "jpeg", whole: false, depth: 3 });
  const progressive = await made().jpeg({ progressive: true, chromaSubsampling: "4:4:4" })
    .toBuffer();
  assertEquals(readHeader(progressive), { ...expected, format: "jpeg", whole: true, depth: 6 });
  const interlaced = readHeader(await made().png({ progressive: true }).toBuffer());
  assertEquals(interlaced, { ...expected, format: "png", whole: true, depth: 3 });
  for (const options of [{ quality: 80 }, { lossless: true }]) {
    const { format, width, height } = readHeader(await made().webp(options).toBuffer());
    assertEquals({ format, width, height }, { format: "webp", ...expected });
  }
  const alpha = readHeader(await made().ensureAlpha(0.5).webp().toBuffer());
  assertEquals([alpha.format, alpha.width, alpha.height], ["webp", WIDTH, HEIGHT]);
  const avif = readHeader(await made().avif().toBuffer());
  assertEquals([avif.format, avif.width, avif.height], ["avif", WIDTH, HEIGHT]);
  const gif = readHeader(await made().gif().toBuffer());
  assertEquals([gif.format, gif.width, gif.height], ["gif", WIDTH, HEIGHT]);
});

Deno.test("encodeKept() gives a JPEG without metadata that looks the same", async () => {
  const jpeg = await encodeKept(picture);
  const metadata = await sharp(jpeg).metadata();
  assertEquals([metadata.format, metadata.exif, metadata.icc, metadata.xmp], [
    "jpeg",
    undefined,
    undefined,
    undefined,
  ]);
  assertLess(meanDifference((await decodePhoto(jpeg)).working.data, picture.data), 12);
});
