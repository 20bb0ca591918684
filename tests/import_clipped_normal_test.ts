import { assertAlmostEquals } from "@std/assert";
import { clippedNormalMean } from "../training/import/clipped_normal.ts";

/** The same by the rectangle rule. */
function integral(mean: number, std: number, low: number, high: number): number {
  let sum = 0;
  const steps = 40_000;
  const width = 20 / steps;
  for (let i = 0; i < steps; i++) {
    const z = -10 + (i + 0.5) * width;
    const x = Math.min(Math.max(mean + std * z, low), high);
    sum += x * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * width;
  }
  return sum;
}

Deno.test("clippedNormalMean() agrees with numerical integration", () => {
  for (const mean of [-4, -1, 0, 0.3, 3, 8]) {
    for (const std of [0.1, 1, 5]) {
      assertAlmostEquals(
        clippedNormalMean(mean, std, 0, 6),
        integral(mean, std, 0, 6),
        2e-6,
        `N(${mean}, ${std}²)`,
      );
    }
  }
});

Deno.test("clippedNormalMean() clips the mean itself when there is no deviation", () => {
  assertAlmostEquals(clippedNormalMean(-1, 0, 0, 6), 0);
  assertAlmostEquals(clippedNormalMean(2, 0, 0, 6), 2);
  assertAlmostEquals(clippedNormalMean(7, 0, 0, 6), 6);
});
