import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import sharp from "sharp";
import type { FacePoints } from "../models/face.ts";
import { sharpnessOf, turnOf } from "../models/face_quality.ts";
import { sample, withFinder } from "./support/face_sessions.ts";

/** The five points of a head that is turned by an angle about its upright axis, then tilted. */
function head(turn: number, tilt = 0): FacePoints {
  const point = (x: number, y: number, depth: number) => {
    const across = x * Math.cos(turn) + depth * Math.sin(turn);
    return {
      x: 200 + across * Math.cos(tilt) - y * Math.sin(tilt),
      y: 100 + across * Math.sin(tilt) + y * Math.cos(tilt),
    };
  };
  // The nose stands out by 0.7 of half the eyes' distance; the mouth is as wide as the eyes.
  return [point(-30, 0, 0), point(30, 0, 0), point(0, 34, 21), point(-30, 62, 0), point(30, 62, 0)];
}

Deno.test("turnOf() is the angle as a share of 90° when a head turns, however it is tilted", () => {
  for (const degrees of [-80, -45, -10, 0, 30, 60, 89]) {
    for (const tilt of [0, 0.5, Math.PI / 2, 3]) {
      const turn = turnOf(head(degrees * Math.PI / 180, tilt));
      assertAlmostEquals(turn, Math.abs(degrees) / 90, 1e-9, `${degrees}° tilted by ${tilt}`);
    }
  }
});

Deno.test("turnOf() is 1 when the eyes are one point", () => {
  const [left, , nose, mouthLeft, mouthRight] = head(0);
  assertEquals(turnOf([left, left, nose, mouthLeft, mouthLeft]), 1);
  assertEquals(turnOf([left, left, nose, mouthLeft, mouthRight]) <= 1, true);
});

Deno.test("sharpnessOf() falls as a face is blurred, and stays when it is darker or duller", async () => {
  await withFinder(async (finder) => {
    const image = await sample("grace_hopper");
    const [crop] = finder.crop(image, await finder.find(image, "full"), "light");
    const face = crop!.sface;
    const blurred = async (sigma: number) => {
      const raw = { width: 112, height: 112, channels: 3 } as const;
      return new Uint8Array(await sharp(face, { raw }).blur(sigma).raw().toBuffer());
    };
    const own = sharpnessOf(face, 112);
    let before = own;
    for (const sigma of [1, 2, 4]) {
      const now = sharpnessOf(await blurred(sigma), 112);
      assert(now < before / 1.5, `σ ${sigma}: ${now} after ${before}`);
      before = now;
    }
    // The share of all that was taught with: a quarter of the contrast leaves rounding's grain.
    const dull = sharpnessOf(face.map((level) => 60 + level / 3), 112);
    assertAlmostEquals(dull, own, own * 0.05);
  });
});

Deno.test("sharpnessOf() is 0 when there is nothing to see", () => {
  assertEquals(sharpnessOf(new Uint8Array(112 * 112 * 3).fill(90), 112), 0);
});
