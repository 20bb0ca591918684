import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { drawChart } from "../training/eval/chart.ts";
import { auroc, type Scored } from "../training/eval/measures.ts";
import { createRandom } from "../training/eval/random.ts";
import { reliabilityBins, reliabilityDiagram, rocDiagram } from "../training/eval/reliability.ts";

/** Probabilities that are the truth: each is the case as often as it says. */
function calibrated(count: number, seed = 1): Scored[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const score = random();
    return { score, positive: random() < score };
  });
}

/** Throws unless every tag is closed in its turn, and every attribute is quoted. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  let roots = 0;
  const outside = svg.replaceAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi, (
    _,
    closes: string,
    name: string,
    _attributes: string,
    empty: string,
  ) => {
    if (closes) assertEquals(open.pop(), name);
    else {
      if (open.length === 0) roots++;
      if (!empty) open.push(name);
    }
    return "";
  });
  assertEquals(open, []);
  assertEquals(roots, 1);
  assert(!/[<>]|&(?!\w+;)/.test(outside), outside);
  assert(!/NaN|undefined|Infinity/.test(svg));
  assertMatch(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
}

/** Where a chart's frame lies in its SVG: found by a line through two known corners. */
const FRAME = pointsOf(drawChart({
  title: "",
  x: "",
  y: "",
  marks: false,
  points: [{ x: 0, y: 0 }, { x: 1, y: 1 }],
}));

/** The points of the line, in the SVG's own units. */
function pointsOf(svg: string): { x: number; y: number }[] {
  const [, points] = /<polyline points="([^"]*)"/.exec(svg)!;
  return points!.split(" ").filter(Boolean).map((point) => {
    const [x, y] = point.split(",").map(Number);
    return { x: x!, y: y! };
  });
}

/** The points of the line as shares. */
function sharesOf(svg: string): { x: number; y: number }[] {
  const [from, to] = FRAME;
  return pointsOf(svg).map(({ x, y }) => ({
    x: (x - from!.x) / (to!.x - from!.x),
    y: (from!.y - y) / (from!.y - to!.y),
  }));
}

Deno.test("reliabilityBins() holds every example once, in bins of equally many", () => {
  for (const [count, bins] of [[100, 10], [1003, 10], [57, 7], [5, 10], [1, 3]] as const) {
    const scored = calibrated(count);
    const made = reliabilityBins(scored, bins);
    assertEquals(made.length, Math.min(count, bins));
    const total = (of: (bin: (typeof made)[number]) => number) =>
      made.reduce((sum, bin) => sum + of(bin), 0);
    assertEquals(total(({ share }) => share.of), count);
    assertEquals(
      total(({ share }) => share.hits),
      scored.filter(({ positive }) => positive).length,
    );
    assertAlmostEquals(
      total(({ mean, share }) => mean * share.of),
      scored.reduce((sum, { score }) => sum + score, 0),
      1e-9,
    );
    const sizes = made.map(({ share }) => share.of);
    assertLessOrEqual(Math.max(...sizes) - Math.min(...sizes), 1);
    for (const [i, { mean }] of made.entries()) {
      assertGreaterOrEqual(mean, made[i - 1]?.mean ?? 0);
    }
  }
  assertEquals(reliabilityBins([]), []);
});

Deno.test("reliabilityBins() covers the truth when probabilities are true, and does not when they are off", () => {
  const scored = calibrated(4000);
  const covered = (of: readonly Scored[]) =>
    reliabilityBins(of).filter(({ mean, share }) => share.low <= mean && mean <= share.high).length;
  assertGreaterOrEqual(covered(scored), 9);
  const boasting = scored.map((one) => ({ ...one, score: Math.sqrt(one.score) }));
  assertLessOrEqual(covered(boasting), 2);
});

Deno.test("reliabilityDiagram() draws each bin with its interval, in a whole SVG with its title", () => {
  const scored = calibrated(500);
  const svg = reliabilityDiagram("Confidence of answers", "answers that are true", scored);
  assertWellFormed(svg);
  assertStringIncludes(svg, "<title>Confidence of answers</title>");
  assertStringIncludes(svg, ">answers that are true</text>");
  assertEquals(svg.match(/<circle /g)?.length, 10);
  const bins = reliabilityBins(scored);
  for (const [i, { x, y }] of sharesOf(svg).entries()) {
    // The SVG's numbers have one digit behind the point.
    assertAlmostEquals(x, bins[i]!.mean, 1e-3);
    assertAlmostEquals(y, bins[i]!.share.share, 1e-3);
  }
  assertWellFormed(reliabilityDiagram("Nothing", "", []));
});

Deno.test("rocDiagram() rises from nothing to all, and the area below is the AUROC", () => {
  const scored = calibrated(300, 5);
  const svg = rocDiagram("Novelty of breeds", scored);
  assertWellFormed(svg);
  assertStringIncludes(svg, "<title>Novelty of breeds</title>");
  assertEquals(svg.match(/<circle /g), null);
  const points = sharesOf(svg);
  assertEquals(points.length, scored.length + 1);
  assertEquals([points[0], points.at(-1)], [{ x: 0, y: 0 }, { x: 1, y: 1 }]);
  let area = 0;
  for (const [i, { x, y }] of points.entries()) {
    const before = points[i - 1];
    if (!before) continue;
    assert(x >= before.x && y >= before.y);
    area += (x - before.x) * (y + before.y) / 2;
  }
  assertAlmostEquals(area, auroc(scored), 2e-3);
});

Deno.test("drawChart() puts the points on the unit square, upright, with their bars", () => {
  const svg = drawChart({
    title: "T",
    x: "across",
    y: "up",
    marks: true,
    points: [{ x: 0, y: 0, low: 0, high: 0.5 }, { x: 1, y: 1 }, { x: 0.5, y: 0.25 }],
  });
  assertWellFormed(svg);
  for (const text of ["T", "across", "up"]) assertStringIncludes(svg, `>${text}</text>`);
  const [origin, corner, point] = pointsOf(svg);
  // Up is towards smaller numbers in SVG.
  assert(corner!.x > origin!.x && corner!.y < origin!.y);
  assertAlmostEquals(corner!.x - origin!.x, origin!.y - corner!.y, 0.1);
  assertAlmostEquals(point!.x, (origin!.x + corner!.x) / 2, 0.1);
  assertAlmostEquals(point!.y, origin!.y + (corner!.y - origin!.y) / 4, 0.1);
  // One bar, for only one point has both ends.
  assertEquals(svg.match(/stroke-width="1.5"/g)?.length, 1);
  assertEquals(svg.match(/<circle /g)?.length, 3);
});
