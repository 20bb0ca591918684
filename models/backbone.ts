/**
 * The network that turns pixels into scores and an embedding.
 *
 * @module
 */
import { checkNames } from "./check_names.ts";
import type { BackboneSection } from "./manifest.ts";
import { output } from "./output.ts";
import type { Session } from "./session.ts";

/** What the network says about one picture. */
export interface BackboneOutput {
  /** Scores over the classes, before the softmax. */
  readonly logits: Float32Array;
  /** Pooled features, each ≥ 0; not of unit length. */
  readonly embedding: Float32Array;
  /** The same features by generalized-mean pooling, each ≥ 0; not of unit length. */
  readonly gem: Float32Array;
}

/** What the graphs behind the network go by. */
export type Seen = Pick<BackboneOutput, "logits" | "embedding">;

/** The opened network. */
export interface Backbone {
  readonly id: string;
  readonly version: string;
  /** Side of the square input in pixels. */
  readonly size: number;
  /**
   * @param pixels one picture of RGB samples, 0–255, [size, size, 3] row-major
   * @throws {RangeError} when it is not of that length
   * @throws {TypeError} when an output is not of the type and shape that the manifest says
   */
  run(pixels: Uint8Array): Promise<BackboneOutput>;
}

/**
 * Wraps an opened model by what the manifest says of it. The session stays the caller's, who
 * releases it.
 *
 * @throws {TypeError} when the model has other inputs or outputs
 */
export function createBackbone(session: Session, section: BackboneSection): Backbone {
  const { input, outputs: { logits, embedding, gem } } = section;
  checkNames("inputs", [input.name], session.inputNames);
  checkNames("outputs", [logits.name, embedding.name, gem.name], session.outputNames);
  const dims = [1, input.size, input.size, 3];
  const length = input.size * input.size * 3;
  return {
    id: section.id,
    version: section.version,
    size: input.size,
    async run(pixels) {
      if (pixels.length !== length) {
        throw new RangeError(
          `Expected the input "${input.name}" as ${length} samples [${
            dims.slice(1)
          }], got ${pixels.length}`,
        );
      }
      const made = await session.run({ [input.name]: { data: pixels, dims } });
      return {
        logits: output(logits.name, logits.dim, made[logits.name]),
        embedding: output(embedding.name, embedding.dim, made[embedding.name]),
        gem: output(gem.name, gem.dim, made[gem.name]),
      };
    },
  };
}
