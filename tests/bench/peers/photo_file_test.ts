import { assertEquals, assertThrows } from "@std/assert";
import { readPhoto, writePhoto } from "./photo_file.ts";

Deno.test("readPhoto() gives back what writePhoto() wrote", () => {
  const photo = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i * 14) };
  assertEquals(readPhoto(writePhoto(photo)), photo);
});

Deno.test("readPhoto() refuses a file that was cut short", () => {
  const bytes = writePhoto({ width: 3, height: 2, data: new Uint8Array(18) });
  assertThrows(() => readPhoto(bytes.subarray(0, -1)), RangeError, "should have 18 samples");
});
