/**
 * Which engine answers in this browser.
 *
 * @module
 */

/** ONNX Runtime's engines for browsers. */
export type EngineName = "webgpu" | "wasm";

/** The part of WebGPU that is asked. */
interface Gpu {
  requestAdapter(): Promise<
    | {
      readonly isFallbackAdapter?: boolean;
      readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
    }
    | null
  >;
}

/**
 * WebGPU where there is a graphics processor. One that is made up by the main processor is many times
 * slower than WebAssembly, and not taken.
 *
 * @param gpu `navigator.gpu`; undefined where the browser has none
 */
export async function chooseEngine(gpu: Gpu | undefined): Promise<EngineName> {
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return "wasm";
  const { isFallbackAdapter, info } = adapter;
  const isMadeUp = isFallbackAdapter || info?.isFallbackAdapter ||
    info?.architecture === "swiftshader";
  return isMadeUp ? "wasm" : "webgpu";
}
