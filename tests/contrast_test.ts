import { assertAlmostEquals, assertEquals } from "@std/assert";
import { contrastOf } from "../models/pixels.ts";

Deno.test("contrastOf() is 0 for one colour and 127.5 for black and white halves", () => {
  assertEquals(contrastOf(new Uint8Array(300).fill(77)), 0);
  const halves = new Uint8Array(600).fill(255, 300);
  assertAlmostEquals(contrastOf(halves), 127.5, 1e-9);
});
