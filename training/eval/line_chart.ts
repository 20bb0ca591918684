/**
 * Curves over epochs, as SVG that a report shows.
 *
 * @module
 */
import { escaped, svgDocument } from "./svg.ts";

/** A curve. */
export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  /** 0 to 1; what is not a number is left out. */
  readonly y: readonly number[];
}

/** What a chart shows. */
export interface LineChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** Named spans of x, shaded in turns. */
  readonly spans?: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

const WIDTH = 460;
const HEIGHT = 260;
const LEFT = 46;
const TOP = 36;
/** Told apart without their colours too, by their names at the right. */
const COLOURS = ["#2a7ab8", "#c4502a", "#3a9a5a", "#8a5ab8", "#b8922a", "#5a6a7a"];

/** Draws curves. @returns a whole SVG document, readable on light and on dark */
export function drawLines({ title, x, y, lines, spans = [] }: LineChart): string {
  const xs = lines.flatMap((line) => line.x);
  const first = Math.min(...xs), last = Math.max(...xs);
  const across = (value: number) => LEFT + (value - first) / Math.max(1, last - first) * WIDTH;
  const down = (value: number) => TOP + (1 - value) * HEIGHT;
  const shades = spans.flatMap(({ name, from, to }, i) => {
    const [left, right] = [
      across(Math.max(first, from - 0.5)),
      across(Math.min(last, to + 0.5)),
    ];
    return [
      `<rect x="${left.toFixed(1)}" y="${TOP}" width="${(right - left).toFixed(1)}" ` +
      `height="${HEIGHT}" fill="#888" opacity="${i % 2 ? 0.16 : 0.06}"/>`,
      `<text x="${((left + right) / 2).toFixed(1)}" y="${TOP + 12}" text-anchor="middle">${
        escaped(name)
      }</text>`,
    ];
  });
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((tick) => [
    `<line x1="${LEFT}" y1="${down(tick)}" x2="${LEFT + WIDTH}" y2="${
      down(tick)
    }" stroke="#8885"/>`,
    `<text x="${LEFT - 6}" y="${down(tick) + 4}" text-anchor="end">${tick}</text>`,
  ]);
  const curves = lines.flatMap((line, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const points = line.x.flatMap((at, k) =>
      Number.isNaN(line.y[k]!) ? [] : [`${across(at).toFixed(1)},${down(line.y[k]!).toFixed(1)}`]
    );
    if (points.length === 0) return [];
    return [
      `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${LEFT + WIDTH + 8}" y="${TOP + 14 + i * 16}" fill="${colour}">${
        escaped(line.name)
      }</text>`,
    ];
  });
  const width = LEFT + WIDTH + 140, height = TOP + HEIGHT + 44;
  return svgDocument({ title, width, height, left: LEFT, top: 20 }, [
    ...shades,
    ...ticks,
    ...curves,
    `<text x="${LEFT}" y="${TOP + HEIGHT + 16}">${first}</text>`,
    `<text x="${LEFT + WIDTH}" y="${TOP + HEIGHT + 16}" text-anchor="end">${last}</text>`,
    `<text x="${LEFT + WIDTH / 2}" y="${height - 12}" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(12 ${TOP + HEIGHT / 2}) rotate(-90)" text-anchor="middle">${
      escaped(y)
    }</text>`,
  ]);
}
