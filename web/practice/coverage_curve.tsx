/**
 * Coverage and precision over time, drawn, and as a table.
 *
 * @module
 */
import { practice } from "./practice_strings.ts";
import type { CoveragePoint } from "./practice_types.ts";
import { percent, sayTime } from "../words.ts";

/** What the curve is given. */
export interface CoverageCurveProps {
  /** Oldest first. */
  readonly points: readonly CoveragePoint[];
  /** Precision that is promised, 0 to 1. */
  readonly floor: number;
}

/** The drawing's own units, of a wide page and of a narrow one, whose letters would be too small. */
const WIDE = { width: 960, height: 320, left: 58, right: 12, top: 14, bottom: 34 };
const NARROW = { ...WIDE, width: 340, height: 260, right: 6 };
const IS_NARROW = "(max-width: 700px)";
/** Shares that lines go across at. */
const LINES = [0, 0.25, 0.5, 0.75, 1];
/** Rows of the table: the last hours. */
const ROWS = 200;

/** The curve with its legend, and the same figures below. */
export function CoverageCurve({ points, floor }: CoverageCurveProps) {
  const says = practice.quality;
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return <p class="quiet">{says.curveNone}</p>;

  const box = matchMedia(IS_NARROW).matches ? NARROW : WIDE;
  const from = Date.parse(first.at);
  const span = Math.max(1, Date.parse(last.at) - from);
  const inner = box.width - box.left - box.right;
  // A single hour stands in the middle.
  const x = (at: string) =>
    box.left + inner * (points.length === 1 ? 0.5 : (Date.parse(at) - from) / span);
  const y = (share: number) => box.top + (box.height - box.top - box.bottom) * (1 - share);
  const spot = (at: string, share: number) => `${x(at).toFixed(1)},${y(share).toFixed(1)}`;
  const judged = points.filter(({ precision }) => precision !== null);
  const band = [
    ...judged.map(({ at, upper }) => spot(at, upper)),
    ...judged.toReversed().map(({ at, lower }) => spot(at, lower)),
  ].join(" ");

  return (
    <figure class="curve">
      <figcaption>
        <p class="quiet">{says.curveAbout(percent(floor))}</p>
        <ul class="legend">
          <li data-line="coverage">{says.coverage}</li>
          <li data-line="precision">{says.precision}</li>
          <li data-line="floor">{says.floor} ({percent(floor)})</li>
        </ul>
      </figcaption>
      <svg
        role="img"
        viewBox={`0 0 ${box.width} ${box.height}`}
        width={box.width}
        height={box.height}
        aria-label={says.curveLabel(sayTime(first.at), sayTime(last.at), percent(last.coverage))}
      >
        {LINES.map((share) => (
          <g key={share}>
            <line
              class="grid"
              x1={box.left}
              x2={box.width - box.right}
              y1={y(share)}
              y2={y(share)}
            />
            <text x={box.left - 8} y={y(share) + 5} text-anchor="end">
              {Math.round(share * 100)} %
            </text>
          </g>
        ))}
        <text
          x={points.length === 1 ? x(first.at) : box.left}
          y={box.height - 8}
          text-anchor={points.length === 1 ? "middle" : "start"}
        >
          {sayTime(first.at)}
        </text>
        {points.length > 1 && (
          <text x={box.width - box.right} y={box.height - 8} text-anchor="end">
            {sayTime(last.at)}
          </text>
        )}
        {judged.length > 1 && <polygon class="band" points={band} />}
        <line
          class="floor"
          x1={box.left}
          x2={box.width - box.right}
          y1={y(floor)}
          y2={y(floor)}
        />
        <polyline
          class="precision"
          points={judged.map(({ at, precision }) => spot(at, precision!)).join(" ")}
        />
        <polyline
          class="coverage"
          points={points.map(({ at, coverage }) => spot(at, coverage)).join(" ")}
        />
        {judged.length > 0 && judged.length < 30 &&
          judged.map(({ at, precision }) => (
            <circle key={at} class="precision" cx={x(at)} cy={y(precision!)} r="4" />
          ))}
        {points.length < 30 &&
          points.map(({ at, coverage }) => (
            <circle key={at} class="coverage" cx={x(at)} cy={y(coverage)} r="4" />
          ))}
      </svg>
      <details>
        <summary>{says.table}</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={says.table}>
          <table>
            <thead>
              <tr>
                {[says.hour, says.answers, says.sure, says.coverage, says.precision].map((name) => (
                  <th key={name} scope="col">{name}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {points.slice(-ROWS).toReversed().map((point) => (
                <tr key={point.at}>
                  <th scope="row">{sayTime(point.at)}</th>
                  <td>{point.answers}</td>
                  <td>{point.covered}</td>
                  <td>{percent(point.coverage)}</td>
                  <td>
                    {point.precision === null
                      ? says.unknownBar
                      : `${percent(point.precision)} (${
                        says.interval(percent(point.lower), percent(point.upper))
                      })`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
