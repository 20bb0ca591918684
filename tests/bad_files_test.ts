import { assert, assertEquals } from "@std/assert";
import {
  DamagedPhotoError,
  PhotoTooLargeError,
  UnsupportedPhotoError,
} from "../functions/core/errors.ts";
import { filesBelow, testWithData } from "./support/data.ts";
import { withEncoder } from "./support/photo_encoder.ts";

/** What became of a file: its size, or the name of the error. */
async function fate(encode: () => Promise<{ image: { width: number } }>): Promise<string> {
  try {
    return (await encode()).image.width >= 1 ? "read" : "no size";
  } catch (error) {
    if (
      error instanceof DamagedPhotoError || error instanceof PhotoTooLargeError ||
      error instanceof UnsupportedPhotoError
    ) {
      assert(error.message.length > 10);
      return error.name;
    }
    throw error;
  }
}

testWithData(
  "encode() reads or refuses every bad file within five seconds, by meaning",
  ["data/bad-files"],
  async ([folder]) => {
    await withEncoder({ timeLimit: 5000 }, async (encoder) => {
      const fates = new Map<string, number>();
      for (const file of filesBelow(folder)) {
        const bytes = await Deno.readFile(file);
        const what = await fate(() => encoder.encode(bytes));
        fates.set(what, (fates.get(what) ?? 0) + 1);
        if (/-valid/.test(file)) {
          assert(what === "read" || what === "UnsupportedPhotoError", `${file}: ${what}`);
        }
      }
      const most = ["read", "DamagedPhotoError", "UnsupportedPhotoError", "PhotoTooLargeError"];
      assertEquals([...fates.keys()].sort(), most.sort());
    });
  },
);

testWithData(
  "encode() never ends the Worker when photos are cut off or have flipped bits",
  ["data/exif/recurser"],
  async ([folder]) => {
    const whole = await Deno.readFile(filesBelow(folder).find((file) => file.endsWith(".jpg"))!);
    await withEncoder({ cores: 1 }, async (encoder) => {
      for (let i = 1; i <= 20; i++) {
        await fate(() => encoder.encode(whole.subarray(0, Math.floor(whole.length * i / 20))));
        const flipped = whole.slice();
        for (let k = 0; k < 10; k++) {
          const at = (Math.imul(i * 10 + k, 2654435761) >>> 0) % flipped.length;
          flipped[at]! ^= 1 << (k % 8);
        }
        await fate(() => encoder.encode(flipped));
      }
    });
  },
);
