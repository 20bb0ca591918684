/**
 * The Worker of private mode, where there is a graphics processor.
 *
 * @module
 */
import { createWebGpuRuntime } from "../../models/runtime_webgpu.ts";
import { serveTab } from "./serve_tab.ts";

serveTab({
  file: "ort-wasm-simd-threaded.asyncify.wasm",
  create: (binary) => createWebGpuRuntime({ binary }),
});
