/**
 * Small charts of shares against shares, as SVG that a report shows.
 *
 * @module
 */
import { escaped, svgDocument } from "./svg.ts";

/** A point; both coordinates are 0 to 1. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  /** A vertical bar through the point. */
  readonly low?: number;
  readonly high?: number;
}

/** What a chart shows. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Joined by a line, in their order. */
  readonly points: readonly ChartPoint[];
  /** Mark each point; else only the line is drawn. */
  readonly marks: boolean;
}

const SIDE = 300;
const LEFT = 56;
const TOP = 36;
const BELOW = 48;

/**
 * Draws the unit square with its diagonal and the points.
 *
 * @returns a whole SVG document, readable on light and on dark
 */
export function drawChart({ title, x, y, points, marks }: Chart): string {
  const at = (point: { x: number; y: number }) =>
    `${(LEFT + point.x * SIDE).toFixed(1)},${(TOP + (1 - point.y) * SIDE).toFixed(1)}`;
  const line = (from: ChartPoint, to: ChartPoint, style: string) => {
    const [x1, y1] = at(from).split(",");
    const [x2, y2] = at(to).split(",");
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${style}/>`;
  };
  const width = LEFT + SIDE + 20, height = TOP + SIDE + BELOW;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((tick) => {
    const [across, down] = [LEFT + tick * SIDE, TOP + (1 - tick) * SIDE];
    return [
      line({ x: tick, y: 0 }, { x: tick, y: 1 }, `stroke="#8885"`),
      line({ x: 0, y: tick }, { x: 1, y: tick }, `stroke="#8885"`),
      `<text x="${across}" y="${TOP + SIDE + 16}" text-anchor="middle">${tick}</text>`,
      `<text x="${LEFT - 6}" y="${down + 4}" text-anchor="end">${tick}</text>`,
    ];
  });
  const bars = points.flatMap(({ x, low, high }) =>
    low === undefined || high === undefined
      ? []
      : [line({ x, y: low }, { x, y: high }, `stroke="#2a7ab8" stroke-width="1.5"`)]
  );
  const dots = marks
    ? points.map((point) => {
      const [cx, cy] = at(point).split(",");
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="#2a7ab8"/>`;
    })
    : [];
  return svgDocument({ title, width, height, left: LEFT, top: 20 }, [
    ...ticks,
    line({ x: 0, y: 0 }, { x: 1, y: 1 }, `stroke="#888" stroke-dasharray="4 4"`),
    `<polyline points="${points.map(at).join(" ")}" fill="none" stroke="#2a7ab8" ` +
    `stroke-width="2"/>`,
    ...bars,
    ...dots,
    `<text x="${LEFT + SIDE / 2}" y="${height - 12}" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(14 ${TOP + SIDE / 2}) rotate(-90)" text-anchor="middle">${
      escaped(y)
    }</text>`,
  ]);
}
