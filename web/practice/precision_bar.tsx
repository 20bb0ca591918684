/**
 * How precise something is, drawn: the interval against the promise.
 *
 * @module
 */
import { practice } from "./practice_strings.ts";
import { percent } from "../words.ts";

/** What the bar is given; all shares 0 to 1. */
export interface PrecisionBarProps {
  /** Null where nothing was judged. */
  readonly precision: number | null;
  readonly lower: number;
  readonly upper: number;
  readonly floor: number;
}

/** The bar begins here: nobody promises less, and the interesting part is at its end. */
const LEAST = 0.5;
const WIDTH = 160;

function at(share: number): number {
  return (WIDTH * (Math.max(LEAST, share) - LEAST)) / (1 - LEAST);
}

/** The interval as a band, the estimate as a dot, the promise as a line. */
export function PrecisionBar({ precision, lower, upper, floor }: PrecisionBarProps) {
  const says = practice.quality;
  if (precision === null) return <span class="quiet">{says.unknownBar}</span>;
  const label = says.bar(percent(precision), percent(lower), percent(upper), percent(floor));
  return (
    <span class="precision">
      <strong>{percent(precision)}</strong>
      <svg
        role="img"
        aria-label={label}
        viewBox={`-6 0 ${WIDTH + 12} 20`}
        width={WIDTH + 12}
        height="20"
        data-held={String(lower >= floor)}
      >
        <rect class="track" x="0" y="8" width={WIDTH} height="4" rx="2" />
        <rect
          class="band"
          x={at(lower)}
          y="6"
          width={Math.max(2, at(upper) - at(lower))}
          height="8"
          rx="3"
        />
        <line class="floor" x1={at(floor)} x2={at(floor)} y1="0" y2="20" />
        <circle class="dot" cx={at(precision)} cy="10" r="5" />
      </svg>
    </span>
  );
}
