/**
 * The Worker of private mode, in WebAssembly.
 *
 * @module
 */
import { createWasmRuntime } from "../../models/runtime_wasm.ts";
import { serveTab } from "./serve_tab.ts";

serveTab({
  file: "ort-wasm-simd-threaded.wasm",
  create: (binary) => createWasmRuntime({ binary }),
});
