/**
 * Reads weights in the format of TensorFlow.js: a JSON manifest and one binary file.
 *
 * @module
 */
import { z } from "zod";
import { sizeOf } from "../onnx/tensor.ts";

const schema = z.tuple([
  z.object({
    weights: z.array(z.object({
      name: z.string().min(1),
      shape: z.array(z.int().nonnegative()),
      dtype: z.literal("float32"),
      quantization: z.object({
        dtype: z.literal("uint8"),
        scale: z.number(),
        min: z.number(),
      }).optional(),
    })),
  }),
]);

/** A named tensor, row-major; convolutions are in [height, width, inputs, outputs]. */
export interface TfjsTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
  /** As it is stored where that is in 8 bits: `data[i]` is `codes[i] × scale + min`. */
  readonly stored?: {
    readonly codes: Uint8Array;
    readonly scale: number;
    readonly min: number;
  };
}

/**
 * Reads the tensors of one group of weights.
 *
 * @param manifest the text of `…-weights_manifest.json`
 * @param binary the one file that it speaks of
 * @throws {TypeError} when the manifest is not as it should be
 * @throws {RangeError} when the binary does not have exactly the bytes that the manifest describes
 *
 * @example
 * ```ts
 * import { readTfjsWeights } from "./tfjs_weights.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const quantization = { dtype: "uint8", scale: 0.5, min: -1 };
 * const weights = [{ name: "bias", shape: [3], dtype: "float32", quantization }];
 * const tensors = readTfjsWeights(JSON.stringify([{ weights }]), Uint8Array.of(0, 2, 4));
 * assertEquals(tensors.get("bias")?.data, Float32Array.of(-1, 0, 1));
 * ```
 */
export function readTfjsWeights(manifest: string, binary: Uint8Array): Map<string, TfjsTensor> {
  const parsed = schema.safeParse(JSON.parse(manifest));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new TypeError(`The manifest of weights is not as it should be: ${lines.join("; ")}`);
  }
  const tensors = new Map<string, TfjsTensor>();
  let at = 0;
  const next = (bytes: number): Uint8Array<ArrayBuffer> => {
    const taken = binary.slice(at, at += bytes);
    if (taken.length === bytes) return taken;
    throw new RangeError(`The weights must have ${at} bytes at least, got ${binary.length}`);
  };
  for (const { name, shape, quantization } of parsed.data[0].weights) {
    const size = sizeOf(shape);
    if (quantization) {
      const { scale, min } = quantization;
      const codes = next(size);
      const data = new Float32Array(size);
      for (let i = 0; i < size; i++) data[i] = codes[i]! * scale + min;
      tensors.set(name, { dims: shape, data, stored: { codes, scale, min } });
    } else {
      tensors.set(name, { dims: shape, data: new Float32Array(next(size * 4).buffer) });
    }
  }
  if (at !== binary.length) {
    throw new RangeError(`The weights must have ${at} bytes, got ${binary.length}`);
  }
  return tensors;
}
