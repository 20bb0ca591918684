/**
 * How much a photo looks like something of the trained classes: what doubt and novelty go by.
 *
 * @module
 */
import { softmax } from "../../functions/core/softmax.ts";
import { int } from "../onnx/attribute.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { dataTypes } from "../onnx/tensor.ts";
import { energies } from "./scores.ts";

/** Mean and standard deviation over validation photos. */
interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** What familiarity is computed with. */
export interface Familiarity {
  readonly classes: number;
  /**
   * The profile of each trained class: √ of what the backbone makes of its training photos on average,
   * a probability for each of its own classes, in 255ths, [classes, backbone classes]. An aggregate.
   */
  readonly profile: Uint8Array;
  readonly energy: Scale;
  readonly agreement: Scale;
}

/** Logits of photos: [n, classes] by the head that generalizes, [n, backbone classes]. */
export interface SeenLogits {
  readonly general: Float32Array;
  readonly backbone: Float32Array;
}

/** √ of a probability of 1 in the profile. */
const WHOLE = 255;
/** Below it an agreement tells nothing more. */
const LEAST = 1e-6;

/**
 * Fits it.
 *
 * @param train backbone's logits of training photos, [n, backbone classes]
 * @param labels class of each of them
 */
export function fitFamiliarity(
  train: Float32Array,
  labels: Int32Array,
  { classes, validation }: { readonly classes: number; readonly validation: SeenLogits },
): Familiarity {
  const width = train.length / labels.length;
  const sums = new Float64Array(classes * width);
  const counts = new Float64Array(classes);
  labels.forEach((label, i) => {
    counts[label]!++;
    const probabilities = softmax(train.subarray(i * width, (i + 1) * width));
    for (let k = 0; k < width; k++) sums[label * width + k]! += probabilities[k]!;
  });
  const profile = Uint8Array.from(
    sums,
    (sum, i) => Math.round(Math.sqrt(sum / Math.max(1, counts[Math.floor(i / width)]!)) * WHOLE),
  );
  return {
    classes,
    profile,
    energy: scaleOf(energies(validation.general, classes)),
    agreement: scaleOf(agreements(profile, classes, validation.backbone)),
  };
}

/**
 * The sum of two scores, each in standard deviations of validation photos: the energy of the head
 * that generalizes (Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020), and the
 * logarithm of the best Bhattacharyya coefficient Σ √(p q) of the backbone's probabilities p with a
 * class's profile q. The head alone knows nothing but its classes; the backbone has names for much
 * that is none of them.
 *
 * @returns [n], the higher the more familiar
 */
export function familiarities(
  { classes, profile, energy, agreement }: Familiarity,
  { general, backbone }: SeenLogits,
): Float64Array {
  const agreed = agreements(profile, classes, backbone);
  return energies(general, classes).map((value, i) =>
    (value - energy.mean) / energy.deviation +
    (agreed[i]! - agreement.mean) / agreement.deviation
  );
}

function agreements(profile: Uint8Array, classes: number, backbone: Float32Array): Float64Array {
  const width = profile.length / classes;
  return Float64Array.from({ length: backbone.length / width }, (_, i) => {
    const roots = softmax(backbone.subarray(i * width, (i + 1) * width)).map(Math.sqrt);
    let best = 0;
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += profile[c * width + k]! * roots[k]!;
      best = Math.max(best, sum / WHOLE);
    }
    return Math.log(Math.max(best, LEAST));
  });
}

function scaleOf(values: Float64Array): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.max(Math.sqrt(square), LEAST) };
}

/**
 * Adds what {@linkcode familiarities} computes to a graph, as its output `familiar`.
 *
 * @param general float32 [N, classes]
 * @param backbone float32 [N, backbone classes]
 */
export function addFamiliarity(
  graph: Graph,
  general: Value,
  backbone: Value,
  { classes, profile, energy, agreement }: Familiarity,
): void {
  const scalar = (name: string, value: number) =>
    graph.constant(`familiar.${name}`, { dims: [], data: Float32Array.of(value) });
  const axis = graph.constant("familiar.axis", { dims: [1], data: BigInt64Array.of(1n) });
  const scaled = (name: string, value: Value, { mean, deviation }: Scale) =>
    graph.node(
      "Div",
      [
        graph.node("Sub", [value, scalar(`${name}.mean`, mean)], `familiar.${name}.above`),
        scalar(`${name}.deviation`, deviation),
      ],
      `familiar.${name}.scaled`,
    );
  const partition = graph.node("ReduceLogSumExp", [general, axis], "familiar.energy", {
    keepdims: int(1),
  });
  const roots = graph.node(
    "Sqrt",
    [graph.node("Softmax", [backbone], "familiar.probabilities", { axis: int(1) })],
    "familiar.roots",
  );
  const codes = graph.constant("familiar.profile", {
    dims: [classes, profile.length / classes],
    data: profile,
  });
  const floats = graph.node("Cast", [codes], "familiar.profile_float", {
    to: int(dataTypes.float32),
  });
  const sums = graph.node("Gemm", [roots, floats], "familiar.sums", { transB: int(1) });
  const best = graph.node("ReduceMax", [sums, axis], "familiar.best", { keepdims: int(1) });
  const share = graph.node("Div", [best, scalar("whole", WHOLE)], "familiar.agreement");
  const logarithm = graph.node(
    "Log",
    [graph.node("Max", [share, scalar("least", LEAST)], "familiar.agreement_floored")],
    "familiar.logarithm",
  );
  const familiar = graph.node(
    "Add",
    [scaled("energy", partition, energy), scaled("agreement", logarithm, agreement)],
    "familiar",
  );
  graph.output(familiar, "float32", ["N", 1]);
}
