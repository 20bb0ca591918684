/**
 * The backbone's own classes, from embeddings that are there already.
 *
 * @module
 */
import type { Mlp } from "../nets/mlp.ts";
import { logitsOf } from "../nets/run_mlp.ts";
import type { Classifier } from "../recipes/kinds.ts";

/** Logits over the backbone's classes. @param embeddings [n, dim] @returns [n, backbone classes] */
export type BackboneHead = (embeddings: Float32Array) => Promise<Float32Array>;

/** The last layer of the backbone, which is linear in the embedding. */
export function createBackboneHead({ weights, bias }: Classifier): BackboneHead {
  const outputs = bias.length;
  const inputs = weights.length / outputs;
  const weight = new Float32Array(weights.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) weight[i * outputs + o] = weights[o * inputs + i]!;
  }
  const layer: Mlp = [{ weight, bias, inputs, outputs }];
  return (embeddings) => logitsOf(layer, embeddings);
}
