/**
 * Writes ONNX files, typed.
 *
 * @module
 */
export * from "./attribute.ts";
export * from "./compose.ts";
export * from "./graph.ts";
export * from "./int8_weight.ts";
export * from "./tensor.ts";
