/**
 * Reads the classifier that the committed backbone ends in.
 *
 * @module
 */
import { decodeModel } from "../onnx/compose.ts";
import type { Classifier } from "./kinds.ts";

/**
 * The weights and bias of the last layer, as the graph computes with them.
 *
 * @param backbone bytes of the `.onnx` file that `buildEfficientNetLite` made, weights in int8
 * @throws {TypeError} when a tensor is missing
 */
export function readClassifier(backbone: Uint8Array): Classifier {
  const constants = decodeModel(backbone).graph?.initializer ?? [];
  const raw = (name: string) => {
    const found = constants.find((constant) => constant.name === name);
    if (!found) throw new TypeError(`Expected a constant "${name}" in the backbone, got none`);
    // A copy, for raw data begins at any byte of the file.
    return found.rawData.slice().buffer;
  };
  const codes = new Int8Array(raw("classifier.weight.int8"));
  const scale = new Float32Array(raw("classifier.weight.scale"));
  const bias = new Float32Array(raw("classifier.bias"));
  const features = codes.length / bias.length;
  const weights = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) weights[i] = codes[i]! * scale[Math.floor(i / features)]!;
  return { weights, bias };
}
