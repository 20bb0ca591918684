import { assert, assertEquals, assertExists, assertGreater, assertLessOrEqual } from "@std/assert";
import { assertThrows } from "@std/assert";
import { fingerprint, hammingDistance, MATCH_DISTANCE } from "../models/fingerprint.ts";
import { networkPixels } from "../models/pixels.ts";
import type { WorkingImage } from "../models/pixels.ts";
import { decodePhoto } from "../functions/photo/decode.ts";
import { sharp } from "../functions/photo/vips.ts";
import { filesBelow, testWithData } from "./support/data.ts";
import { madePicture, mirrored } from "./support/pictures.ts";

/** What the picture looks like at `side`×`side`, stretched by the shared resize of its square. */
function resized(image: WorkingImage, side: number): WorkingImage {
  return { width: side, height: side, data: networkPixels(image, { size: side, border: 0 }) };
}

Deno.test("fingerprint() swaps its hashes when the picture is mirrored", () => {
  for (const [width, height] of [[640, 480], [333, 257], [50, 90]] as const) {
    const picture = madePicture(width, height);
    const here = fingerprint(picture);
    const there = fingerprint(mirrored(picture));
    assertExists(here);
    assertExists(there);
    assertLessOrEqual(hammingDistance(here.upright, there.mirrored), 2);
    assertLessOrEqual(hammingDistance(here.mirrored, there.upright), 2);
    assertGreater(hammingDistance(here.upright, here.mirrored), MATCH_DISTANCE);
  }
});

Deno.test("fingerprint() matches when the picture is another size or brightness", () => {
  const picture = madePicture(512, 512);
  const hash = fingerprint(picture);
  const small = fingerprint(resized(picture, 200));
  const dark = fingerprint({ ...picture, data: picture.data.map((v) => Math.round(v * 0.8)) });
  assert(hash && small && dark);
  assertLessOrEqual(hammingDistance(hash.upright, small.upright), MATCH_DISTANCE);
  assertLessOrEqual(hammingDistance(hash.upright, dark.upright), MATCH_DISTANCE);
});

Deno.test("fingerprint() tells pictures apart when they are different", () => {
  const hashes = Array.from(
    { length: 12 },
    (_, seed) => fingerprint(madePicture(200, 150, seed * 7919 + 1)),
  );
  for (const [i, a] of hashes.entries()) {
    for (const b of hashes.slice(i + 1)) {
      assert(a && b);
      assertGreater(hammingDistance(a.upright, b.upright), MATCH_DISTANCE);
    }
  }
});

Deno.test("fingerprint() sets half of the bits, and the same ones always", () => {
  const hash = fingerprint(madePicture(320, 240));
  assertExists(hash);
  assertEquals(hammingDistance(hash.upright, "0".repeat(64)), 128);
  assertEquals(fingerprint(madePicture(320, 240)), hash);
});

Deno.test("fingerprint() is null when the picture is flat, tiny or a smooth gradient", () => {
  const flat = (width: number, height: number) => ({
    width,
    height,
    data: new Uint8Array(width * height * 3).fill(130),
  });
  assertEquals(fingerprint(flat(300, 200)), null);
  assertEquals(fingerprint(flat(1, 1)), null);
  const gradient = flat(256, 256);
  for (let i = 0; i < 256 * 256; i++) gradient.data.fill(i % 256, i * 3, i * 3 + 3);
  assertEquals(fingerprint(gradient), null);
});

Deno.test("hammingDistance() throws when a hash is not one", () => {
  assertThrows(() => hammingDistance("00", "f".repeat(64)), RangeError, "64 hexadecimal digits");
});

testWithData(
  "fingerprint() matches copies and nothing else when the photos are real",
  ["data/instances"],
  async ([folder]) => {
    const files = filesBelow(folder).filter((_, i) => i % 3 === 0);
    const hashes = [];
    let found = 0;
    for (const file of files) {
      const bytes = Deno.readFileSync(file);
      const { working } = await decodePhoto(bytes);
      const copy = await sharp(bytes).resize(Math.round(working.width / 2)).jpeg({ quality: 50 })
        .toBuffer();
      const hash = fingerprint(working);
      const copied = fingerprint((await decodePhoto(copy)).working);
      if (!hash || !copied) continue;
      if (hammingDistance(hash.upright, copied.upright) <= MATCH_DISTANCE) found++;
      hashes.push(hash);
    }
    assertGreater(found / files.length, 0.93);
    for (const [i, a] of hashes.entries()) {
      for (const b of hashes.slice(i + 1)) {
        assertGreater(hammingDistance(a.upright, b.upright), MATCH_DISTANCE);
      }
    }
  },
);
