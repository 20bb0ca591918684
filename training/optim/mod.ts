/**
 * Optimizers as pure `init` / `update` pairs.
 *
 * @module
 */
export * from "./adagrad.ts";
export * from "./adam.ts";
export * from "./checkpoint.ts";
export * from "./ftrl.ts";
export * from "./optimizer.ts";
export * from "./sgd.ts";
