/**
 * Logistic regression of a log-likelihood ratio.
 *
 * @module
 */
import { Matrix, solve } from "ml-matrix";

/** One comparison. */
export interface Comparison {
  readonly features: ArrayLike<number>;
  /** Whether it is of two things that belong together. */
  readonly same: boolean;
}

/** `bias + Σ weight · feature`, natural logarithm. */
export interface LogisticFit {
  readonly bias: number;
  /** Each ≥ 0: a feature that would speak against what it stands for is left out as 0. */
  readonly weights: readonly number[];
}

/** Newton's method converges quadratically: it is there long before. */
const MOST_STEPS = 60;
/** Change of every coefficient below which it has settled. */
const SETTLED = 1e-7;
/** Keeps separable examples from infinite weights; small beside a mean cross-entropy. */
const RIDGE = 1e-6;

/**
 * Fits a log-likelihood ratio by prior-weighted logistic regression (Brümmer & du Preez,
 * "Application-independent evaluation of speaker detection", 2006, eq. 24): both kinds of
 * comparison weigh as if those that belong together came at `odds : 1`, and the logarithm of these
 * odds is taken off again. Small odds make it true where a ratio must be high to count.
 *
 * By Newton's method with a ridge of 1e-6; the same comparisons give the same numbers.
 *
 * @param odds of belonging together, before any evidence; > 0
 * @throws {RangeError} when there is no comparison of one of the kinds, or the odds are not positive
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const { weights } = fitLogistic([
 *   { features: [0.1], same: false },
 *   { features: [0.5], same: true },
 *   { features: [0.4], same: false },
 *   { features: [0.3], same: true },
 * ], 1);
 * assert(weights[0]! > 0);
 * ```
 */
export function fitLogistic(comparisons: readonly Comparison[], odds: number): LogisticFit {
  const positives = comparisons.reduce((sum, { same }) => sum + (same ? 1 : 0), 0);
  const negatives = comparisons.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `A fit needs comparisons of both kinds, got ${positives} that belong together and ${negatives} that do not.`,
    );
  }
  if (!(odds > 0 && Number.isFinite(odds))) {
    throw new RangeError(`The odds should be above 0, they are ${odds}.`);
  }
  const weigh = { same: odds / (1 + odds) / positives, other: 1 / (1 + odds) / negatives };
  let active = Array.from(comparisons[0]!.features, (_, d) => d);
  for (;;) {
    const fitted = newton(comparisons, active, weigh, Math.log(odds));
    const against = active.filter((_, i) => fitted[i + 1]! < 0);
    if (against.length > 0) {
      active = active.filter((d) => !against.includes(d));
      continue;
    }
    const weights = Array.from(comparisons[0]!.features, (_, d) => {
      const at = active.indexOf(d);
      return at < 0 ? 0 : fitted[at + 1]!;
    });
    return { bias: fitted[0]!, weights };
  }
}

/** Bias and weights of the active features that minimise the weighted cross-entropy. */
function newton(
  comparisons: readonly Comparison[],
  active: readonly number[],
  weigh: { readonly same: number; readonly other: number },
  offset: number,
): number[] {
  const size = active.length + 1;
  let point = new Array<number>(size).fill(0);
  let { loss, slope, curve } = evaluate(comparisons, active, weigh, offset, point);
  for (let step = 0; step < MOST_STEPS; step++) {
    const move = solve(new Matrix(curve), Matrix.columnVector(slope)).to1DArray();
    // Far from the minimum a whole step may overshoot.
    let share = 1;
    let next = point, tried;
    do {
      next = point.map((value, i) => value - share * move[i]!);
      tried = evaluate(comparisons, active, weigh, offset, next);
      share /= 2;
    } while (tried.loss > loss && share > 1e-9);
    const settled = next.every((value, i) => Math.abs(value - point[i]!) < SETTLED);
    point = next;
    ({ loss, slope, curve } = tried);
    if (settled) break;
  }
  return point;
}

function evaluate(
  comparisons: readonly Comparison[],
  active: readonly number[],
  weigh: { readonly same: number; readonly other: number },
  offset: number,
  point: readonly number[],
): { loss: number; slope: number[]; curve: number[][] } {
  const size = point.length;
  let loss = 0;
  const slope = point.map((value, i) => i === 0 ? 0 : RIDGE * value);
  const curve = point.map((_, i) => point.map((_, j) => i === j ? RIDGE : 0));
  for (let i = 1; i < size; i++) loss += RIDGE / 2 * point[i]! ** 2;
  const x = new Float64Array(size).fill(1);
  for (const { features, same } of comparisons) {
    let score = point[0]! + offset;
    for (let i = 1; i < size; i++) {
      x[i] = features[active[i - 1]!]!;
      score += point[i]! * x[i]!;
    }
    const probability = 1 / (1 + Math.exp(-score));
    const weight = same ? weigh.same : weigh.other;
    const against = same ? -score : score;
    // log(1 + e^a) without overflow.
    loss += weight * (Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against))));
    const error = weight * (probability - (same ? 1 : 0));
    const bend = weight * probability * (1 - probability);
    for (let i = 0; i < size; i++) {
      slope[i]! += error * x[i]!;
      for (let j = 0; j <= i; j++) curve[i]![j]! += bend * x[i]! * x[j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) curve[j]![i] = curve[i]![j]!;
  return { loss, slope, curve };
}
