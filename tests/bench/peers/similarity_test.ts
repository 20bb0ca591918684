import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cosine, nearness } from "./similarity.ts";

Deno.test("cosine() is that of the angle, whatever the lengths", () => {
  assertAlmostEquals(cosine(Float32Array.of(2, 0), Float32Array.of(3, 3)), Math.SQRT1_2);
  assertAlmostEquals(cosine(Float32Array.of(1, 2), Float32Array.of(-2, -4)), -1);
});

Deno.test("nearness() falls with the distance", () => {
  assertEquals(nearness(Float32Array.of(1, 1), Float32Array.of(4, 5)), -5);
});
