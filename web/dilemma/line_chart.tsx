/**
 * Shares over epochs as lines, with spans that have a name and a mark at one epoch.
 *
 * Drawn here rather than by a library: those that draw for the reader put styles into the document,
 * which the page's content policy refuses.
 *
 * @module
 */

/** A line. */
export interface ChartLine {
  /** Which of the page's colours it has. */
  readonly name: string;
  readonly x: readonly number[];
  /** Shares, 0 to 1. */
  readonly y: readonly number[];
}

/** A span of x that has a name. */
export interface ChartSpan {
  readonly name: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** What the chart is given. */
export interface LineChartProps {
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly spans: readonly ChartSpan[];
  /** Where the mark stands. */
  readonly at: number;
}

/** The drawing's own units, of a wide page and of a narrow one, whose letters would be too small. */
const WIDE = { width: 960, height: 340, left: 58, right: 12, top: 30, bottom: 34 };
const NARROW = { ...WIDE, width: 340, height: 280, left: 48, right: 8 };
const IS_NARROW = "(max-width: 700px)";
/** Shares that lines go across at. */
const LEVELS = [0, 0.25, 0.5, 0.75, 1];

/** Where in a drawing a point stands. */
export interface Scales {
  x(value: number): number;
  y(share: number): number;
}

/** Scales from the first to the last x of all lines, and from 0 to 1. */
export function scalesOf(
  lines: readonly Pick<ChartLine, "x">[],
  box: { readonly [K in keyof typeof WIDE]: number },
): Scales {
  const all = lines.flatMap(({ x }) => x);
  const first = Math.min(...all);
  const span = Math.max(1, Math.max(...all) - first);
  const inner = box.width - box.left - box.right;
  return {
    x: (value) => box.left + inner * (value - first) / span,
    y: (share) => box.top + (box.height - box.top - box.bottom) * (1 - share),
  };
}

/** The chart. What it shows is told in words and as a table beside it. */
export function LineChart({ label, lines, spans, at }: LineChartProps) {
  const box = matchMedia(IS_NARROW).matches ? NARROW : WIDE;
  const { x, y } = scalesOf(lines, box);
  const last = Math.max(...lines.flatMap((line) => line.x));
  return (
    <svg
      class="lines"
      role="img"
      viewBox={`0 0 ${box.width} ${box.height}`}
      width={box.width}
      height={box.height}
      aria-label={label}
    >
      {spans.map(({ name, label, from, to }) => {
        // A span holds its epochs whole: it reaches half an epoch beyond them.
        const left = x(Math.max(1, from - 0.5));
        const width = x(Math.min(last, to + 0.5)) - left;
        return (
          <g key={name} class="span" data-span={name}>
            <rect x={left} y={box.top} width={width} height={box.height - box.top - box.bottom} />
            <text x={left + width / 2} y={box.top - 10} text-anchor="middle">{label}</text>
          </g>
        );
      })}
      {LEVELS.map((share) => (
        <g key={share}>
          <line class="grid" x1={box.left} x2={box.width - box.right} y1={y(share)} y2={y(share)} />
          <text x={box.left - 8} y={y(share) + 5} text-anchor="end">
            {Math.round(share * 100)} %
          </text>
        </g>
      ))}
      <text x={x(1)} y={box.height - 8} text-anchor="start">1</text>
      <text x={x(last)} y={box.height - 8} text-anchor="end">{last}</text>
      <line class="mark" x1={x(at)} x2={x(at)} y1={box.top} y2={box.height - box.bottom} />
      {lines.map((line) => (
        <polyline
          key={line.name}
          data-line={line.name}
          points={line.x.map((one, i) => `${x(one).toFixed(1)},${y(line.y[i]!).toFixed(1)}`).join(
            " ",
          )}
        />
      ))}
      {lines.map((line) => {
        const share = line.y[line.x.indexOf(at)];
        return share === undefined
          ? null
          : <circle key={line.name} data-line={line.name} cx={x(at)} cy={y(share)} r="5" />;
      })}
    </svg>
  );
}
