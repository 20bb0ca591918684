import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ratio, typical } from "./compare_speed.ts";

const speed = (cpu: number) => ({ cpu, first: 10 * cpu, peak: 100 });

Deno.test("typical() is the middle round's", () => {
  assertEquals(typical([speed(3), speed(1), speed(50)], "first"), 30);
});

Deno.test("ratio() compares within rounds: a slow round is slow for both", () => {
  const [ours, theirs] = [[1, 5, 1].map(speed), [4, 20, 4].map(speed)];
  assertAlmostEquals(ratio(ours, theirs, "cpu"), 1 / 4);
});
