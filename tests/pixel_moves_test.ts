import { assertEquals } from "@std/assert";
import { cutOut, turned } from "../models/pixel_moves.ts";
import { madePicture } from "./support/pictures.ts";

Deno.test("turned() gives the picture back after four turns one way, or one each way", () => {
  const image = madePicture(7, 4);
  for (const turn of ["clockwise", "counterclockwise"] as const) {
    let other = image;
    for (let i = 0; i < 4; i++) other = turned(other, turn);
    assertEquals(other, image);
  }
  assertEquals(turned(turned(image, "clockwise"), "counterclockwise"), image);
});

Deno.test("turned() brings each pixel where a turn brings it", () => {
  const image = madePicture(9, 5, 2);
  const once = turned(image, "clockwise");
  assertEquals([once.width, once.height], [5, 9]);
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 9; x++) {
      const from = (y * 9 + x) * 3, to = (x * 5 + 4 - y) * 3;
      assertEquals(once.data.slice(to, to + 3), image.data.slice(from, from + 3));
    }
  }
});

Deno.test("cutOut() is the part where there is a picture, and black where there is none", () => {
  const image = madePicture(20, 12, 3);
  for (
    const part of [
      { x: 3, y: 2, width: 5, height: 6 },
      { x: -4, y: -3, width: 30, height: 20 },
      { x: 15, y: 9, width: 10, height: 10 },
      { x: 40, y: 40, width: 2, height: 3 },
      { x: -9, y: 2, width: 4, height: 4 },
    ]
  ) {
    const cut = cutOut(image, part);
    assertEquals([cut.width, cut.height, cut.data.length], [
      part.width,
      part.height,
      part.width * part.height * 3,
    ]);
    for (let y = 0; y < part.height; y++) {
      for (let x = 0; x < part.width; x++) {
        const px = part.x + x, py = part.y + y;
        const inside = px >= 0 && py >= 0 && px < 20 && py < 12;
        const at = (py * 20 + px) * 3;
        const expected = inside ? image.data.slice(at, at + 3) : new Uint8Array(3);
        const own = (y * part.width + x) * 3;
        assertEquals(cut.data.slice(own, own + 3), expected);
      }
    }
  }
});
