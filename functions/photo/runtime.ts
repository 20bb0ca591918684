/**
 * Which inference engine the server uses.
 *
 * @module
 */
import type { OpenSession } from "../../models/session.ts";

/** ONNX Runtime's native binding, or its WebAssembly build. */
export type Runtime = "native" | "wasm";

/** Loads an engine. @throws {Error} when it does not load on this platform */
export async function loadRuntime(runtime: Runtime): Promise<OpenSession> {
  // Imported on need: on a platform without the native library, importing is what fails.
  if (runtime === "native") return (await import("../../models/runtime_native.ts")).openNative;
  // Its package resolves its own address against the page's origin. In a Deno Worker that is "null",
  // which is no base of an address; where there is no location it takes the module's own.
  if (globalThis.location?.origin === "null") {
    Object.defineProperty(globalThis, "location", { value: undefined, configurable: true });
  }
  return (await import("../../models/runtime_wasm.ts")).createWasmRuntime();
}

/**
 * Chooses the engine: the one asked for; otherwise the native one where it loads.
 *
 * @param setting value of `XOLO_RUNTIME`; undefined when it is not set
 * @param log hears why the slower engine was taken
 * @throws {RangeError} for another setting
 * @throws {Error} when the engine that was asked for does not load
 */
export async function chooseRuntime(
  setting: string | undefined,
  log: (line: string) => void,
): Promise<Runtime> {
  if (setting !== undefined && setting !== "native" && setting !== "wasm") {
    throw new RangeError(`XOLO_RUNTIME is "${setting}", it should be "native" or "wasm"`);
  }
  if (setting === "wasm") return "wasm";
  try {
    await loadRuntime("native");
    return "native";
  } catch (error) {
    if (setting === "native") throw error;
    log(`The native engine does not load, taking the wasm one: ${String(error).split("\n")[0]}`);
    return "wasm";
  }
}
