/**
 * Multinomial logistic regression of a few numbers.
 *
 * @module
 */

/** A fitted model: the last class scores 0, every other its weights times the features + bias. */
export interface SoftmaxFit {
  /** [classes − 1][features] */
  readonly weights: readonly (readonly number[])[];
  /** [classes − 1] */
  readonly biases: readonly number[];
}

/** One example. */
export interface Example {
  readonly features: ArrayLike<number>;
  /** 0 to classes − 1. */
  readonly label: number;
  /** How much it counts; 1 when left out. */
  readonly weight?: number;
}

/** Most steps. */
const STEPS = 10_000;
/** No slope of the loss is steeper where it has settled. */
const FLAT = 1e-5;

/**
 * Fits by Nesterov's accelerated gradient descent on the mean cross-entropy plus `l2 / 2 · |w|²`, where w are the
 * weights of the standardised features. It gives the same numbers for the same examples.
 *
 * @param classes number of classes, at least 2
 * @throws {RangeError} when there are no examples, or a label is not one of the classes
 */
export function fitSoftmax(
  examples: readonly Example[],
  classes: number,
  l2 = 1e-3,
): SoftmaxFit {
  const [first] = examples;
  if (!first) throw new RangeError("There are no examples to fit to.");
  for (const { label } of examples) {
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`A label is ${label}; labels are 0 to ${classes - 1}.`);
    }
  }
  const dim = first.features.length;
  const total = examples.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const { mean, spread } = moments(examples, dim, total);
  const rows = examples.map(({ features }) =>
    Float64Array.from({ length: dim }, (_, d) => (features[d]! - mean[d]!) / spread[d]!)
  );

  const free = classes - 1;
  const weights = Array.from({ length: free }, () => new Float64Array(dim + 1));
  const ahead = weights.map((w) => w.slice());
  // The softmax's Hessian is at most half of the features' second moment, here dim + 1.
  const rate = 2 / (dim + 1);
  for (let step = 0; step < STEPS; step++) {
    const slope = ahead.map((w) => w.map((value, d) => d < dim ? l2 * value : 0));
    for (const [i, { label, weight = 1 }] of examples.entries()) {
      const scores = ahead.map((w) => rows[i]!.reduce((s, x, d) => s + x * w[d]!, w[dim]!));
      const max = Math.max(0, ...scores);
      const powers = scores.map((score) => Math.exp(score - max));
      const sum = powers.reduce((a, b) => a + b, Math.exp(-max));
      for (let c = 0; c < free; c++) {
        const error = (powers[c]! / sum - (label === c ? 1 : 0)) * weight / total;
        const g = slope[c]!;
        for (let d = 0; d < dim; d++) g[d]! += error * rows[i]![d]!;
        g[dim]! += error;
      }
    }
    for (const [c, w] of weights.entries()) {
      for (let d = 0; d <= dim; d++) {
        const next = ahead[c]![d]! - rate * slope[c]![d]!;
        ahead[c]![d] = next + step / (step + 3) * (next - w[d]!);
        w[d] = next;
      }
    }
    if (slope.every((g) => g.every((value) => Math.abs(value) < FLAT))) break;
  }

  return {
    weights: weights.map((w) => [...w.subarray(0, dim)].map((value, d) => value / spread[d]!)),
    biases: weights.map((w) =>
      w.subarray(0, dim).reduce((b, value, d) => b - value * mean[d]! / spread[d]!, w[dim]!)
    ),
  };
}

function moments(examples: readonly Example[], dim: number, total: number) {
  const average = (of: (features: ArrayLike<number>, d: number) => number) =>
    Array.from(
      { length: dim },
      (_, d) =>
        examples.reduce((sum, { features, weight = 1 }) => sum + weight * of(features, d), 0) /
        total,
    );
  const mean = average((features, d) => features[d]!);
  const variance = average((features, d) => (features[d]! - mean[d]!) ** 2);
  // A feature that never changes has no weight to learn.
  return { mean, spread: variance.map((v) => v > 1e-12 ? Math.sqrt(v) : 1) };
}
