/**
 * Published scores that tell whether the type below a kind, the breed of a dog, is one that the
 * network never learnt.
 *
 * All are functions of what the network said of one photo, and the higher the more novel: where a
 * paper scores what is known, the sign is turned. In the formulas l are the logits of the kind's
 * leaves and p their softmax; nothing outside of the kind takes part. x is the embedding, K the
 * number of leaves, D the dimension and N the number of photos in the bank.
 *
 * @module
 */
import { EigenvalueDecomposition, Matrix, pseudoInverse } from "ml-matrix";
import { softmax } from "../../functions/core/softmax.ts";

/** What the network said of one photo. */
export interface NoveltyPhoto {
  /** Tells photos apart: whoever is in the bank as well is left out of it. */
  readonly path: string;
  /** One for each class of the network. */
  readonly logits: Float32Array;
  /** Pooled features before the classifier, [D], each ≥ 0. */
  readonly embedding: Float32Array;
}

/** What the scores know beside the photo. */
export interface NoveltyContext {
  /** Logits of the kind, e.g. of 118 breeds of dogs; at least 2. */
  readonly leaves: readonly number[];
  /** Of the classifier, [classes, D], row by row. */
  readonly weights: Float32Array;
  /** Of the classifier, [classes]. */
  readonly bias: Float32Array;
  /** Mean embedding over many photos of whatever kind, [D]. */
  readonly mean: Float32Array;
  /** Photos of known types, each with the logit of its type; no path twice. */
  readonly bank: readonly (NoveltyPhoto & { readonly leaf: number })[];
}

/** One way to tell new types from known ones. */
export interface NoveltyScore {
  readonly name: string;
  readonly source: string;
  /**
   * Computes what is the same for all photos.
   *
   * A photo of the bank, by its path, is scored as if the bank did not hold it, like the photos that
   * it is compared with. It must come with the embedding and logits that the bank has of it.
   *
   * @returns the score of a photo, higher when more novel; of any range
   * @throws {RangeError} when shapes disagree, or the bank lacks what the score needs
   */
  prepare(context: NoveltyContext): (photo: NoveltyPhoto) => number;
}

/** Nearest photos of the bank that count: two or three types of one with four photos of each. */
const NEAREST = 10;
/** Most dimensions of ViM's principal subspace: the paper's 512 would hold a bank of as many. */
const PRINCIPAL = 64;
/** Share of the covariance that is replaced by a sphere of the same trace. */
const SHRINKAGE = 0.3;
/** Eigenvalues below this share of the largest are rounding errors. */
const RANK = 1e-10;

/**
 * Maximum softmax probability: 1 − max p.
 *
 * Hendrycks & Gimpel, "A baseline for detecting misclassified and out-of-distribution examples in
 * neural networks", ICLR 2017.
 */
const msp = score(
  "MSP",
  "Hendrycks & Gimpel, ICLR 2017",
  ({ leaves }) => ({ logits }) => 1 - largest(softmax(pick(logits, leaves))),
);

/**
 * 1 − max softmax(l / 2). ODIN also perturbs the photo, which needs gradients, and takes T = 1000, at
 * which the order is that of max l − mean l: 2 lies between that and MSP.
 *
 * Liang, Li & Srikant, "Enhancing the reliability of out-of-distribution image detection in neural
 * networks", ICLR 2018.
 */
const mspTempered = score(
  "MSP, T = 2",
  "ODIN's temperature alone; Liang, Li & Srikant, ICLR 2018",
  ({ leaves }) => ({ logits }) => 1 - largest(softmax(pick(logits, leaves), 2)),
);

/**
 * − max l.
 *
 * Hendrycks et al., "Scaling out-of-distribution detection for real-world settings", ICML 2022.
 */
const maxLogit = score(
  "max logit",
  "Hendrycks et al., ICML 2022",
  ({ leaves }) => ({ logits }) => -largest(pick(logits, leaves)),
);

/**
 * Free energy at temperature 1: − ln Σ exp(lᵢ).
 *
 * Liu, Wang, Owens & Li, "Energy-based out-of-distribution detection", NeurIPS 2020.
 */
const energy = score(
  "energy",
  "Liu et al., NeurIPS 2020",
  ({ leaves }) => ({ logits }) => -logSumExp(pick(logits, leaves)),
);

/** − Σ pᵢ ln pᵢ, in nats: what GEN generalizes. */
const entropy = score(
  "entropy",
  "Shannon 1948; a baseline of Liu, Lochman & Zach, CVPR 2023",
  ({ leaves }) => ({ logits }) =>
    softmax(pick(logits, leaves)).reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0),
);

/**
 * Generalized entropy: Σ pᵞ (1 − p)ᵞ over the M largest p; γ = 0.1 is the paper's, and M = 10 is
 * about a tenth of the breeds, as its 100 is of ImageNet's classes.
 *
 * Liu, Lochman & Zach, "GEN: pushing the limits of softmax-based out-of-distribution detection",
 * CVPR 2023.
 */
const gen = score(
  "GEN",
  "Liu, Lochman & Zach, CVPR 2023",
  ({ leaves }) => ({ logits }) =>
    softmax(pick(logits, leaves)).sort().slice(-10)
      .reduce((sum, p) => sum + (p * (1 - p)) ** 0.1, 0),
);

/**
 * Rectified activations: the energy of W min(x, c) + b, where c is the 90th percentile of all
 * activations of the bank.
 *
 * Sun, Guo & Li, "ReAct: out-of-distribution detection with rectified activations", NeurIPS 2021.
 */
const react = score("ReAct + energy", "Sun, Guo & Li, NeurIPS 2021", (context) => {
  const { leaves, weights, bias } = context;
  const bank = needBank(context);
  const dimension = dimensionOf(context);
  const all = new Float32Array(bank.length * dimension);
  bank.forEach(({ embedding }, i) => all.set(embedding, i * dimension));
  all.sort();
  const paths = new Set(bank.map(({ path }) => path));
  return ({ path, embedding }) => {
    const own = paths.has(path) ? embedding.toSorted() : new Float32Array();
    const clip = quantileWithout(all, own, 0.9);
    const clipped = embedding.map((x) => Math.min(x, clip));
    return -logSumExp(Float32Array.from(leaves, (leaf) => {
      const row = weights.subarray(leaf * dimension, (leaf + 1) * dimension);
      return dot(row, clipped) + bias[leaf]!;
    }));
  };
});

/**
 * Distance of unit embeddings to the 10th nearest of the bank: ‖z − z₍ₖ₎‖ with z = x / ‖x‖.
 *
 * Sun, Ming, Zhu & Li, "Out-of-distribution detection with deep nearest neighbors", ICML 2022.
 */
const knn = score("kNN", "Sun et al., ICML 2022", (context) => {
  const bank = needBank(context).map(({ path, embedding }) => ({ path, unit: unit(embedding) }));
  return ({ path, embedding }) => {
    const self = unit(embedding);
    const cosines = bank.filter((one) => one.path !== path).map((one) => dot(one.unit, self));
    const near = descending(cosines).slice(0, NEAREST);
    return Math.sqrt(Math.max(0, 2 - 2 * near.at(-1)!));
  };
});

/**
 * Relative Mahalanobis distance: min over types c of (x − μ_c)ᵀ Σ⁻¹ (x − μ_c), less the distance
 * (x − μ)ᵀ Σ₀⁻¹ (x − μ) to all types together; Σ is shared and within types, Σ₀ about the mean μ.
 *
 * A few hundred photos do not span D dimensions: each covariance S is shrunk to
 * (1 − s) S + s tr(S) / D · I with s = 0.3 (Friedman, "Regularized discriminant analysis", JASA
 * 1989), a diagonal plus low rank. A photo that is left out changes either scatter by one outer
 * product, n / (n − 1) · d dᵀ with d from the mean of n photos, which Sherman and Morrison's formula
 * carries over to the inverse. A type of one photo goes with it.
 *
 * Ren, Fort, Liu, Roy, Padhy & Lakshminarayanan, "A simple fix to Mahalanobis distance for improving
 * near-OOD detection", 2021 (arXiv:2106.09022).
 */
const mahalanobis = score("relative Mahalanobis", "Ren et al., 2021", (context) => {
  const bank = needBank(context);
  const groups = Map.groupBy(bank, ({ leaf }) => leaf);
  const types = [...groups].map(([leaf, photos]) => ({
    leaf,
    count: photos.length,
    mean: meanOf(photos.map(({ embedding }) => embedding)),
  }));
  const all = { count: bank.length, mean: meanOf(bank.map(({ embedding }) => embedding)) };
  const meanOfType = new Map(types.map(({ leaf, mean }) => [leaf, mean]));
  const within = shrunk(bank.map(({ embedding, leaf }) => minus(embedding, meanOfType.get(leaf)!)));
  const about = shrunk(bank.map(({ embedding }) => minus(embedding, all.mean)));
  const centres = types.map((type) => ({ ...type, seen: within.see(type.mean) }));
  const centre = about.see(all.mean);
  const leafOf = new Map(bank.map(({ path, leaf }) => [path, leaf]));

  return ({ path, embedding }) => {
    const own = leafOf.get(path);
    const out = own === undefined ? 0 : 1;
    const seen = within.see(embedding);
    const deviations = centres.map(({ leaf, count, seen: mean }) => {
      const isOwn = leaf === own;
      return { isOwn, grow: isOwn ? count / (count - 1) : 1, deviation: minus(seen, mean) };
    });
    // Degrees of freedom. A type that vanishes takes one mean with its one photo.
    const lone = deviations.some(({ grow }) => grow === Infinity);
    const nearest = within.distances(
      // Without the photo, its own type's mean is n / (n − 1) times as far away from it.
      deviations.filter(({ grow }) => grow < Infinity)
        .map(({ grow, deviation }) => grow === 1 ? deviation : deviation.map((v) => v * grow)),
      bank.length - types.length - (lone ? 0 : out),
      lone ? undefined : deviations.find(({ isOwn }) => isOwn),
    );
    const grow = all.count / (all.count - out);
    const deviation = minus(about.see(embedding), centre);
    const [background] = about.distances(
      [deviation.map((v) => v * grow)],
      all.count - 1 - out,
      out ? { grow, deviation } : undefined,
    );
    return Math.min(...nearest) - background!;
  };
});

/**
 * Virtual logit: α ‖r‖ − ln Σ exp(lᵢ), where r is what the leading principal subspace does not hold
 * of x − u, and α the mean largest logit of the bank over its mean residual. The origin
 * u = − W⁺ b is where the leaves' logits are 0; the subspace is that of Σ (x − u)(x − u)ᵀ. The
 * paper's probability of the virtual class rises with the same difference.
 *
 * A few hundred photos allow for min(64, D / 2) dimensions. The mean residual is the quadratic one:
 * it follows from eigenvalues alone, so that subspace and α without a photo have a closed form.
 *
 * Wang, Li, Feng & Zhang, "ViM: out-of-distribution with virtual-logit matching", CVPR 2022.
 */
const vim = score("ViM", "Wang et al., CVPR 2022", (context) => {
  const { leaves, weights, bias } = context;
  const bank = needBank(context);
  const dimension = dimensionOf(context);
  const rows = leaves.map((leaf) => weights.subarray(leaf * dimension, (leaf + 1) * dimension));
  const origin = pseudoInverse(new Matrix(rows.map((row) => [...row])))
    .mmul(Matrix.columnVector(leaves.map((leaf) => -bias[leaf]!))).to1DArray();
  const { axes, spreads, trace } = scatterOf(bank.map((one) => minus(one.embedding, origin)));
  const kept = Math.min(PRINCIPAL, dimension >> 1, spreads.length);
  const others = sum(spreads.slice(kept));
  const tops = new Map(bank.map(({ path, logits }) => [path, largest(pick(logits, leaves))]));
  const total = sum([...tops.values()]);

  return ({ path, logits, embedding }) => {
    const deviation = minus(embedding, origin);
    const length = dot(deviation, deviation);
    const top = tops.get(path);
    let outside: number, residuals: number;
    if (top === undefined) {
      outside = length - sum(axes.slice(0, kept).map((axis) => dot(axis, deviation) ** 2));
      residuals = others;
    } else {
      const along = axes.map((axis) => dot(axis, deviation));
      const left = principalWithout(spreads, along, kept);
      outside = length - left.along;
      residuals = trace - length - left.spread;
    }
    const count = bank.length - (top === undefined ? 0 : 1);
    // Nothing is left of a bank of no more photos than dimensions: then any residual is novel.
    const residual = Math.sqrt(Math.max(residuals, RANK * trace) / count);
    const alpha = (total - (top ?? 0)) / count / residual;
    return alpha * Math.sqrt(Math.max(0, outside)) - logSumExp(pick(logits, leaves));
  };
});

/**
 * Nearest-neighbour guidance: − E(x) · mean of E(xᵢ) cos(x, xᵢ) over the 10 photos of the bank with
 * the largest such product, where E(x) = ln Σ exp(lⱼ). It takes for granted that E > 0.
 *
 * Park, Jung & Teoh, "Nearest neighbor guidance for out-of-distribution detection", ICCV 2023.
 */
const nnguide = score("NNGuide", "Park, Jung & Teoh, ICCV 2023", (context) => {
  const { leaves } = context;
  const bank = needBank(context).map(({ path, logits, embedding }) => {
    const confidence = logSumExp(pick(logits, leaves));
    return { path, guide: unit(embedding).map((v) => v * confidence) };
  });
  return ({ path, logits, embedding }) => {
    const self = unit(embedding);
    const guides = bank.filter((one) => one.path !== path).map(({ guide }) => dot(guide, self));
    const near = descending(guides).slice(0, NEAREST);
    return -logSumExp(pick(logits, leaves)) * sum(near) / near.length;
  };
});

/**
 * 1 − max over types of the cosine to the type's mean unit embedding.
 *
 * The nearest class mean of Mensink, Verbeek, Perronnin & Csurka, "Distance-based image
 * classification", TPAMI 2013, by the cosine.
 */
const centroid = score(
  "centroid cosine",
  "class means of Mensink et al., TPAMI 2013",
  (context) => {
    const bank = needBank(context);
    const sums = new Map(
      [...Map.groupBy(bank, ({ leaf }) => leaf)].map(([leaf, photos]) => {
        const mean = meanOf(photos.map(({ embedding }) => unit(embedding)));
        return [leaf, { total: mean.map((v) => v * photos.length), count: photos.length }];
      }),
    );
    const centroids = new Map([...sums].map(([leaf, { total }]) => [leaf, unit(total)]));
    const leafOf = new Map(bank.map(({ path, leaf }) => [path, leaf]));
    return ({ path, embedding }) => {
      const own = leafOf.get(path);
      const self = unit(embedding);
      let most = -1;
      for (const [leaf, centroid] of centroids) {
        const { total, count } = sums.get(leaf)!;
        if (leaf === own && count === 1) continue;
        most = Math.max(most, dot(self, leaf === own ? unit(minus(total, self)) : centroid));
      }
      return 1 - most;
    };
  },
);

/**
 * 1 − max softmax(cos(x − m, wᵢ) / 0.1), where m is the mean embedding and wᵢ a leaf's weights.
 *
 * In the paper the network is trained with the cosine, and 1 / temperature is one of its outputs;
 * here one that was trained without is judged. The mean goes, for embeddings ≥ 0 all point one way.
 *
 * Techapanurak, Suganuma & Okatani, "Hyperparameter-free out-of-distribution detection using cosine
 * similarity", ACCV 2020.
 */
const cosineSoftmax = score(
  "cosine softmax",
  "Techapanurak, Suganuma & Okatani, ACCV 2020",
  (context) => {
    const { leaves, weights, mean } = context;
    const dimension = dimensionOf(context);
    const rows = leaves.map((leaf) =>
      unit(weights.subarray(leaf * dimension, (leaf + 1) * dimension))
    );
    return ({ embedding }) => {
      const self = unit(minus(embedding, mean));
      return 1 - largest(softmax(Float32Array.from(rows, (row) => dot(row, self)), 0.1));
    };
  },
);

/** All scores: those of logits first, then those of embeddings. */
export const NOVELTY_SCORES: readonly NoveltyScore[] = [
  msp,
  mspTempered,
  maxLogit,
  energy,
  entropy,
  gen,
  react,
  knn,
  mahalanobis,
  vim,
  nnguide,
  centroid,
  cosineSoftmax,
];

/** A score that checks its context first. */
function score(
  name: string,
  source: string,
  prepare: NoveltyScore["prepare"],
): NoveltyScore {
  return {
    name,
    source,
    prepare(context) {
      const { leaves, mean, bank } = context;
      const dimension = dimensionOf(context);
      if (leaves.length < 2) throw new RangeError("A kind must have 2 leaves for one to be novel.");
      for (const { length } of [mean, ...bank.map(({ embedding }) => embedding)]) {
        if (length === dimension) continue;
        throw new RangeError(
          `Mean and embeddings must have the classifier's dimension ${dimension}, got ${length}.`,
        );
      }
      if (new Set(bank.map(({ path }) => path)).size < bank.length) {
        throw new RangeError("The bank must hold no path twice.");
      }
      return prepare(context);
    },
  };
}

function dimensionOf({ weights, bias }: NoveltyContext): number {
  const dimension = weights.length / bias.length;
  if (Number.isInteger(dimension) && dimension > 0) return dimension;
  throw new RangeError(
    `The weights must have a row for each of ${bias.length} classes, got ${weights.length} numbers.`,
  );
}

function needBank({ bank }: NoveltyContext): NoveltyContext["bank"] {
  if (bank.length > 1) return bank;
  throw new RangeError(`The bank must hold 2 photos so that one can be left out: ${bank.length}.`);
}

type Vector = ArrayLike<number>;

function pick(logits: Float32Array, leaves: readonly number[]): Float32Array {
  return Float32Array.from(leaves, (leaf) => logits[leaf]!);
}

function largest(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

function descending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort().reverse();
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function dot(a: Vector, b: Vector): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function minus(a: Vector, b: Vector): Float64Array {
  return Float64Array.from(a, (value, i) => value - b[i]!);
}

/** Of length 1; zeros stay zeros. */
function unit(vector: Vector): Float64Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (value) => value / length);
}

function meanOf(rows: readonly Vector[]): Float64Array {
  const mean = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let i = 0; i < mean.length; i++) mean[i]! += row[i]! / rows.length;
  return mean;
}

function logSumExp(logits: Float32Array): number {
  const max = largest(logits);
  return max + Math.log(sum(Float64Array.from(logits, (logit) => Math.exp(logit - max))));
}

/** How many of the ascending values are at most `limit`. */
function countUpTo(sorted: Float32Array, limit: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Quantile of the ascending values when `own`, ascending as well and some of them, are left out. */
function quantileWithout(sorted: Float32Array, own: Float32Array, share: number): number {
  const rank = Math.floor(share * (sorted.length - own.length - 1));
  let low = 0, high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (countUpTo(sorted, value) - countUpTo(own, value) > rank) high = middle;
    else low = middle + 1;
  }
  return sorted[low]!;
}

/** S = Σ x xᵀ of some rows by its eigenvectors. */
interface Scatter {
  /** Orthonormal, by falling eigenvalue; directions without any scatter are left out. */
  readonly axes: readonly Float64Array[];
  /** Eigenvalues. */
  readonly spreads: Float64Array;
  readonly trace: number;
}

/** By way of the rows' inner products, of which there are fewer than dimensions squared. */
function scatterOf(rows: readonly Float64Array[]): Scatter {
  const gram = Matrix.zeros(rows.length, rows.length);
  rows.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const product = dot(a, rows[j]!);
      gram.set(i, j, product).set(j, i, product);
    }
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((value, column) => ({ value, column }))
    .sort((a, b) => b.value - a.value)
    .filter(({ value }, _, [first]) => value > RANK * first!.value);
  const axes = order.map(({ column }) => {
    const axis = new Float64Array(rows[0]!.length);
    rows.forEach((row, i) => {
      const share = eigenvectorMatrix.get(i, column);
      for (let d = 0; d < axis.length; d++) axis[d]! += share * row[d]!;
    });
    return unit(axis);
  });
  return { axes, spreads: Float64Array.from(order, ({ value }) => value), trace: gram.trace() };
}

/** A row that is left out: the scatter shrinks by grow · deviation deviationᵀ. */
interface LeftOut {
  readonly grow: number;
  /** As `see` returns it. */
  readonly deviation: Float64Array;
}

/**
 * Mahalanobis distances by the shrunk covariance of the rows' scatter.
 *
 * A vector is seen as its D numbers, then those along the r axes; sums and multiples of what is seen
 * are those of the vectors. With that, the inverse of a sphere plus low rank is diagonal:
 * aᵀ Σ⁻¹ b = Σᵢ kᵢ aᵢ bᵢ with k = 1/ε for the numbers and 1/((1 − s) λ + ε) − 1/ε along an axis.
 */
function shrunk(rows: readonly Float64Array[]) {
  const { axes, spreads, trace } = scatterOf(rows);
  const dimension = rows[0]!.length;
  return {
    see(vector: Vector): Float64Array {
      const seen = new Float64Array(dimension + axes.length);
      seen.set(vector);
      axes.forEach((axis, i) => seen[dimension + i] = dot(axis, vector));
      return seen;
    },
    /** (vᵀ Σ⁻¹ v) for each vector that was seen. */
    distances(seen: readonly Float64Array[], freedom: number, without?: LeftOut): number[] {
      const { grow, deviation } = without ?? { grow: 0, deviation: new Float64Array() };
      const own = deviation.subarray(0, dimension);
      const sphere = SHRINKAGE * (trace - grow * dot(own, own)) / dimension;
      if (!(freedom > 0 && sphere > RANK * trace / dimension)) {
        throw new RangeError("The bank must hold a type with different photos left to compare.");
      }
      const scales = new Float64Array(dimension + axes.length).fill(1 / sphere);
      spreads.forEach((spread, i) =>
        scales[dimension + i] = 1 / ((1 - SHRINKAGE) * spread + sphere) - 1 / sphere
      );
      const scaled = deviation.map((value, i) => value * scales[i]!);
      const share = (1 - SHRINKAGE) * grow;
      const factor = share / (1 - share * dot(scaled, deviation));
      return seen.map((vector) => {
        let square = 0;
        for (let i = 0; i < vector.length; i++) square += scales[i]! * vector[i]! ** 2;
        return freedom * (square + factor * dot(scaled, vector) ** 2);
      });
    },
  };
}

/**
 * The leading principal subspace when a row x of the scatter is left out, from the eigenvalues λ and
 * what x holds along the axes, z.
 *
 * The eigenvalues of S − x xᵀ are the roots μ of Σ zᵢ² / (λᵢ − μ) = 1, one between each two λ (Golub,
 * "Some modified matrix eigenvalue problems", SIAM Review 1973); the unit eigenvector of μ has the
 * square product 1 / Σ zᵢ² / (λᵢ − μ)² with x.
 *
 * @returns the sum of the leading roots, and ‖x‖² within their subspace
 */
function principalWithout(
  spreads: Float64Array,
  along: readonly number[],
  kept: number,
): { spread: number; along: number } {
  // Where x holds nothing, a pole must remain that the root can fall upon.
  const squares = Float64Array.from(along, (value) => Math.max(value ** 2, Number.MIN_VALUE));
  const series = (root: number, power: 1 | 2) => {
    let total = 0;
    for (let i = 0; i < squares.length; i++) {
      const gap = spreads[i]! - root;
      total += squares[i]! / (power === 1 ? gap : gap * gap);
    }
    return total;
  };
  let spread = 0, within = 0;
  for (let j = 0; j < kept; j++) {
    let low = spreads[j + 1] ?? 0, high = spreads[j]!;
    // Halved until float64 has no number in between.
    for (let middle; (middle = (low + high) / 2) > low && middle < high;) {
      if (series(middle, 1) < 1) low = middle;
      else high = middle;
    }
    // One photo fewer may span one dimension fewer.
    if (low <= RANK * spreads[0]!) break;
    spread += low;
    within += 1 / series(low, 2);
  }
  return { spread, along: within };
}
