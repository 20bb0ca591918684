/**
 * A share of a whole as a line.
 *
 * @module
 */

/** What the line is given. */
export interface ShareBarProps {
  /** 0 to 1; what lies outside is drawn at the end. */
  readonly share: number;
  /** A threshold that is marked on it, 0 to 1. */
  readonly needed?: number;
}

/** The line; what it says is said in words beside it. */
export function ShareBar({ share, needed }: ShareBarProps) {
  return (
    <span class="bar" aria-hidden="true">
      <span class="fill" style={{ width: `${clamp(share) * 100}%` }}></span>
      {needed !== undefined && (
        <span class="needed" style={{ left: `${clamp(needed) * 100}%` }}></span>
      )}
    </span>
  );
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
