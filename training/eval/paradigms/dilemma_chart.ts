/**
 * The benchmark of the dilemma as one picture: what is remembered against what is generalized.
 *
 * @module
 */
import { escaped, svgDocument } from "../svg.ts";

/** A system in the picture. */
export interface DilemmaPoint {
  readonly system: string;
  /** Q2 / Q2 of the table, and Q3 / Q3 of the network without exceptions; about 0 to 1. */
  readonly remembers: number;
  readonly generalizes: number;
}

const SIDE = 420;
const LEFT = 52;
const TOP = 40;

/** Draws it. @returns a whole SVG document, readable on light and on dark */
export function drawDilemma(title: string, points: readonly DilemmaPoint[]): string {
  const across = (value: number) => LEFT + Math.min(1.05, Math.max(0, value)) / 1.05 * SIDE;
  const down = (value: number) => TOP + SIDE - Math.min(1.05, Math.max(0, value)) / 1.05 * SIDE;
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((tick) => [
    `<line x1="${across(tick)}" y1="${TOP}" x2="${across(tick)}" y2="${
      TOP + SIDE
    }" stroke="#8884"/>`,
    `<line x1="${LEFT}" y1="${down(tick)}" x2="${LEFT + SIDE}" y2="${down(tick)}" stroke="#8884"/>`,
    `<text x="${across(tick)}" y="${TOP + SIDE + 16}" text-anchor="middle">${tick}</text>`,
    `<text x="${LEFT - 6}" y="${down(tick) + 4}" text-anchor="end">${tick}</text>`,
  ]);
  const dots = points.map(({ remembers, generalizes, system }, i) => {
    const isParadigm = system.startsWith("paradigm");
    const [x, y] = [across(remembers).toFixed(1), down(generalizes).toFixed(1)];
    const colour = isParadigm ? "#c4502a" : "#2a7ab8";
    return [
      `<circle cx="${x}" cy="${y}" r="${isParadigm ? 6 : 4.5}" fill="${colour}"/>`,
      `<text x="${x}" y="${Number(y) - 9}" text-anchor="middle" font-size="11" fill="${colour}">${
        i + 1
      }</text>`,
      `<text x="${LEFT + SIDE + 16}" y="${TOP + 16 + i * 18}" fill="${colour}">${i + 1} ${
        escaped(system)
      }</text>`,
    ].join("\n");
  });
  const width = LEFT + SIDE + 270, height = TOP + SIDE + 44;
  return svgDocument({ title, width, height, left: LEFT, top: 22 }, [
    ...grid,
    ...dots,
    `<text x="${LEFT + SIDE / 2}" y="${height - 10}" text-anchor="middle">remembers: ` +
    `exceptions recognised in copies, the table = 1</text>`,
    `<text transform="translate(14 ${TOP + SIDE / 2}) rotate(-90)" text-anchor="middle">` +
    `generalizes: new photos answered right, a clean network = 1</text>`,
  ]);
}
