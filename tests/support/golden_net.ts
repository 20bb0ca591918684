/**
 * Reference outputs of an imported network on a computed input.
 *
 * @module
 */
import { z } from "zod";

const schema = z.object({
  nets: z.record(
    z.string(),
    z.object({
      input: z.array(z.int()),
      top10: z.array(z.tuple([z.int(), z.number()])).optional(),
      logits_l2: z.number().optional(),
      embedding_first32: z.array(z.number()).optional(),
      embedding_l2: z.number().optional(),
    }),
  ),
});

/** What PyTorch computed. */
export interface GoldenNet {
  /** [1, S, S, 3] */
  readonly input: readonly number[];
  /** Class and logit. */
  readonly top10: readonly (readonly [number, number])[];
  readonly logitsNorm: number;
  readonly embeddingStart: readonly number[];
  readonly embeddingNorm: number;
}

/** Reads one network's outputs. @throws {TypeError} when the file does not have them */
export async function readGoldenNet(path: string, net: string): Promise<GoldenNet> {
  const found = schema.parse(JSON.parse(await Deno.readTextFile(path))).nets[net];
  if (!found?.top10 || !found.logits_l2 || !found.embedding_first32 || !found.embedding_l2) {
    throw new TypeError(`Expected outputs of ${net} in ${path}`);
  }
  return {
    input: found.input,
    top10: found.top10,
    logitsNorm: found.logits_l2,
    embeddingStart: found.embedding_first32,
    embeddingNorm: found.embedding_l2,
  };
}

/** The computed input: the top byte of i · 2654435761 mod 2³². */
export function goldenPixels(dims: readonly number[]): Uint8Array {
  const pixels = new Uint8Array(dims.reduce((product, dim) => product * dim, 1));
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.imul(i, 2654435761) >>> 24;
  return pixels;
}

/** The root of the sum of squares. */
export function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
