/**
 * Writes ONNX files, typed.
 *
 * @module
 */
export * from "./attribute.ts";
export * from "./compose.ts";
export * from "./float16_weight.ts";
export * from "./graph.ts";
export * from "./int8_weight.ts";
export * from "./read_initializers.ts";
export * from "./tensor.ts";
export * from "./uint8_weight.ts";
