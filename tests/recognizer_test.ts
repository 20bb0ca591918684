import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { BackboneOutput } from "../models/backbone.ts";
import type { ScoreKinds } from "../models/kinds.ts";
import { contrastOf, networkPixels, resizePicture } from "../models/pixels.ts";
import { createRecognizer, recognizeViews } from "../models/recognizer.ts";
import { type ViewName, VIEWS, viewsOf } from "../models/views.ts";
import { madePicture, mirrored } from "./support/pictures.ts";

const view = { size: 16, border: 4 };
const picture = madePicture(40, 30);
const f32 = (...values: number[]) => Float32Array.of(...values);

/** What the backbone makes of each view; the features' lengths differ, their directions too. */
const SEEN: Readonly<Record<ViewName, BackboneOutput>> = {
  centre: { logits: f32(1, 2), embedding: f32(3, 0), gem: f32(5, 0) },
  mirrored: { logits: f32(4, 5), embedding: f32(6, 3), gem: f32(0, 1) },
  whole: { logits: f32(10, -1), embedding: f32(0, 9), gem: f32(8, 6) },
};
/** Means of all three. */
const MEAN = { logits: f32(5, 2), embedding: f32(3, 4) };

/** A recognizer on a backbone that knows the views by their pixels, and what was asked of both. */
function fakeRecognizer(first: number, decided = 0.98) {
  const pixels = viewsOf(picture, view);
  const looked: ViewName[] = [];
  const scored: Pick<BackboneOutput, "logits" | "embedding">[] = [];
  const scoreKinds: ScoreKinds = (seen) => {
    scored.push({ logits: seen.logits, embedding: seen.embedding });
    const kinds = scored.length === 1 ? f32(0, first, 0) : f32(0.25, 0.25, 0.5);
    return { kinds, cosines: f32(scored.length, 0) };
  };
  const recognize = createRecognizer({
    backbone: {
      run(given) {
        const name = VIEWS.find((name) => pixels(name).every((value, i) => value === given[i]))!;
        assertEquals(given, pixels(name));
        looked.push(name);
        return Promise.resolve(SEEN[name]);
      },
    },
    scoreKinds,
    view,
    decided,
  });
  return { recognize, looked, scored };
}

const centre = { logits: SEEN.centre.logits, embedding: SEEN.centre.embedding };

Deno.test("recognize() looks at one view when the kind is decided", async () => {
  for (const first of [0.75, 0.875, 1]) {
    const { recognize, looked, scored } = fakeRecognizer(first, 0.75);
    const { contrast, ...recognized } = await recognize(picture);
    assertEquals(looked, ["centre"]);
    assertEquals(scored, [centre]);
    assertEquals(recognized, {
      scores: { logits: centre.logits, kinds: f32(0, first, 0), cosines: f32(1, 0) },
      look: f32(1, 0),
      centre,
      views: 1,
    });
    assertEquals(contrast, contrastOf(networkPixels(picture, view)));
  }
});

Deno.test("recognize() scores the mean of three views when the kind is undecided", async () => {
  const { recognize, looked, scored } = fakeRecognizer(0.5);
  const { scores, look, centre: handedOn, views } = await recognize(picture);
  assertEquals(looked, ["centre", "mirrored", "whole"]);
  assertEquals(scored, [centre, MEAN]);
  assertEquals(scores, {
    logits: MEAN.logits,
    kinds: f32(0.25, 0.25, 0.5),
    cosines: f32(2, 0),
  });
  // These are the centre's: how far the kind is decided does not change them.
  assertEquals(look, f32(1, 0));
  assertEquals(handedOn, centre);
  assertEquals(views, 3);
});

Deno.test("recognize() adds the mirror image to the look alone when it is asked to and the kind is decided", async () => {
  const { recognize, looked, scored } = fakeRecognizer(1);
  const { scores, look, views } = await recognize(picture, { mirrored: true });
  assertEquals(looked, ["centre", "mirrored"]);
  assertEquals(scored, [centre]);
  assertEquals(scores, { logits: centre.logits, kinds: f32(0, 1, 0), cosines: f32(1, 0) });
  // The directions' mean, not that of the features, of which the centre's are five times as long.
  for (const value of look) assertAlmostEquals(value, Math.SQRT1_2, 1e-6);
  assertEquals(views, 2);
});

Deno.test("recognize() looks at no view twice when it is asked for the mirror image and the kind is undecided", async () => {
  const { recognize, looked, scored } = fakeRecognizer(0.5);
  const { scores, look, views } = await recognize(picture, { mirrored: true });
  assertEquals(looked, ["centre", "mirrored", "whole"]);
  assertEquals(scored, [centre, MEAN]);
  assertEquals(scores.logits, MEAN.logits);
  for (const value of look) assertAlmostEquals(value, Math.SQRT1_2, 1e-6);
  assertEquals(views, 3);
});

Deno.test("recognizeViews() gives the same when somebody else has seen the views", async () => {
  for (const first of [0.5, 1]) {
    for (const mirrored of [false, true]) {
      const { recognize } = fakeRecognizer(first);
      const { contrast: _, ...expected } = await recognize(picture, { mirrored });
      let scored = 0;
      const scoreKinds: ScoreKinds = () => {
        scored++;
        const kinds = scored === 1 ? f32(0, first, 0) : f32(0.25, 0.25, 0.5);
        return Promise.resolve({ kinds, cosines: f32(scored, 0) });
      };
      const see = (name: ViewName) => SEEN[name];
      assertEquals(
        await recognizeViews(see, { scoreKinds, decided: 0.98 }, { mirrored }),
        expected,
      );
    }
  }
});

Deno.test("viewsOf() gives the centre, its mirror image and the whole picture", () => {
  for (const [width, height] of [[40, 30], [30, 40], [16, 16], [7, 90]] as const) {
    const image = madePicture(width, height, 4);
    const before = image.data.slice();
    const pixels = viewsOf(image, view);
    const square = (data: Uint8Array) => ({ width: view.size, height: view.size, data });
    // Asked for in any order, and again.
    const turned = pixels("mirrored");
    const centre = pixels("centre");
    assertEquals(centre, networkPixels(image, view));
    assertEquals(turned, mirrored(square(centre)).data);
    assertNotEquals(turned, centre);
    assertEquals(mirrored(square(turned)).data, centre);
    assertEquals(pixels("whole"), resizePicture(image, { width: 16, height: 16 }).data);
    assertNotEquals(pixels("whole"), centre);
    assertEquals(pixels("mirrored"), turned);
    assertEquals(image.data, before);
  }
});

Deno.test("viewsOf() turns rows and not columns", () => {
  // Red to the left, dark to the right, brighter blue below.
  const data = Uint8Array.of(200, 0, 10, 0, 0, 10, 200, 0, 90, 0, 0, 90);
  const pixels = viewsOf({ width: 2, height: 2, data }, { size: 2, border: 0 });
  assertEquals(pixels("centre"), data);
  assertEquals(pixels("mirrored"), Uint8Array.of(0, 0, 10, 200, 0, 10, 0, 0, 90, 200, 0, 90));
  assertEquals(pixels("whole"), data);
});

Deno.test("viewsOf() throws when the picture's data does not fit its sides", () => {
  const pixels = viewsOf({ width: 2, height: 2, data: new Uint8Array(5) }, view);
  for (const name of VIEWS) assertThrows(() => pixels(name), RangeError, "5 bytes");
});
