/**
 * What the wrappers of this folder need of an inference engine. The native runtime, the wasm one
 * and the browser's all fit behind it; whoever composes the parts opens it and passes it in.
 *
 * @module
 */

/** Element types that the project's graphs take and give. */
export type TensorData = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** A dense row-major tensor. */
export interface Tensor {
  readonly data: TensorData;
  /** Sizes of the axes; their product is `data.length`. */
  readonly dims: readonly number[];
}

/** A loaded model. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs the graph once. The outputs are copies that the caller owns. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees the engine's memory. */
  release(): Promise<void>;
}

/** How a model is opened. */
export interface OpenOptions {
  /**
   * Take as little memory as can be had at about the same speed: for a large model that runs
   * seldom, on few inputs at a time.
   */
  readonly lean?: boolean;
}

/** Opens a model from its bytes. */
export type OpenSession = (model: Uint8Array, options?: OpenOptions) => Promise<Session>;
