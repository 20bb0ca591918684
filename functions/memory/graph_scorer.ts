/**
 * Scores codes by the graph `models/recall.onnx` in an inference engine, the block's arrays being
 * its inputs.
 *
 * @module
 */
import type { Session } from "../../models/session.ts";
import type { CodeBlock } from "./code_block.ts";
import { createLoopScorer } from "./loop_scorer.ts";
import type { Bounds, Scorer } from "./scorer.ts";

/** Codes below which a loop is done before the engine has begun. */
const SMALLEST = 1 << 16;
/** Steps of the coded query: seven bits, because AVX2 adds pairs of products in 16 bits with sign. */
const STEPS = 127;
/** Relative rounding of the graph's float32 sums, with a margin. */
const ROUNDING = 8 * 2 ** -24;

/** A query q as q̂ = step·code + low. */
interface CodedQuery {
  /** [1, dimension], 0 to 127. */
  readonly codes: Uint8Array;
  readonly step: number;
  readonly low: number;
  /** Σ q̂. */
  readonly sum: number;
  /** ‖q − q̂‖: by Cauchy-Schwarz again, what any cosine may exceed ⟨q̂, x̂⟩ by on its account. */
  readonly error: number;
}

/**
 * Makes a scorer that runs the recall graph.
 *
 * @param session of `models/recall.onnx`, in an engine that takes its inputs without copying them;
 * the scorer releases it
 * @param options `smallest`: codes that a block must have for the graph to score it; fewer are
 * scored in a loop
 */
export function createGraphScorer(
  session: Session,
  options: { readonly smallest?: number } = {},
): Scorer {
  const smallest = options.smallest ?? SMALLEST;
  const loop = createLoopScorer();
  return {
    prepare(query) {
      const coded = codeQuery(query);
      const small = loop.prepare(query);
      return {
        top(block, k) {
          return block.count * block.dimension < smallest
            ? small.top(block, k)
            : topOf(session, block, coded, k);
        },
      };
    },
    close: () => session.release(),
  };
}

function codeQuery(query: Float32Array): CodedQuery {
  let low = Infinity;
  let high = -Infinity;
  for (const q of query) {
    if (q < low) low = q;
    if (q > high) high = q;
  }
  const step = Math.max((high - low) / STEPS, Number.EPSILON);
  const codes = new Uint8Array(query.length);
  let squares = 0;
  let sum = 0;
  query.forEach((q, i) => {
    const code = Math.min(STEPS, Math.max(0, Math.round((q - low) / step)));
    codes[i] = code;
    const rounded = step * code + low;
    sum += rounded;
    squares += (q - rounded) ** 2;
  });
  return { codes, step, low, sum, error: Math.sqrt(squares) };
}

async function topOf(
  session: Session,
  block: CodeBlock,
  query: CodedQuery,
  k: number,
): Promise<Bounds> {
  const { dimension, capacity, codes, scales, terms, count } = block;
  // In units of the query's step, which the graph does not know:
  // ⟨q̂, x̂⟩ / step = scale·⟨code_q, code_x⟩ + (low·Σ scale·code_x + offset·Σ q̂) / step.
  const { step, low, sum } = query;
  const weights = Float32Array.of(low / step, sum / step, 1 / step);
  const wanted = Math.min(k, count);
  const { rows, bounds } = await session.run({
    codes: { data: codes, dims: [dimension, capacity] },
    query: { data: query.codes, dims: [1, dimension] },
    scales: { data: scales, dims: [1, capacity] },
    terms: { data: terms, dims: [3, capacity] },
    weights: { data: weights, dims: [1, 3] },
    k: { data: BigInt64Array.of(BigInt(wanted)), dims: [1] },
  });
  if (!(rows?.data instanceof BigInt64Array) || !(bounds?.data instanceof Float32Array)) {
    throw new TypeError("the recall graph must give rows in int64 and bounds in float32");
  }
  // ‖x̂‖ ≤ 1 + its own error, which stays below 0.25: half a step of 2/255 in each of 4,096 dimensions.
  const slack = query.error * 1.25 + rounding(block, query);
  return {
    rows: Array.from(rows.data, Number),
    bounds: Array.from(bounds.data, (bound) => bound * step + slack),
  };
}

/** What float32 may lose: its rounding of the largest terms that can be added up. */
function rounding(block: CodeBlock, query: CodedQuery): number {
  const { dimension, largestScale, largestOffset } = block;
  const { low, sum } = query;
  const products = 128 * largestScale * (sum - low * dimension);
  const sums = 128 * largestScale * dimension * Math.abs(low);
  return ROUNDING * (1 + products + sums + largestOffset * Math.abs(sum));
}
