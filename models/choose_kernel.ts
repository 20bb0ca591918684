/**
 * Chooses the inner loops for this engine.
 *
 * @module
 */
import type { PixelKernel } from "./pixel_kernel.ts";
import { scriptKernel } from "./script_kernel.ts";
import { openSimdKernel } from "./simd_kernel.ts";

/** Compiled code and scratch memory, no state that anyone could see. */
let chosen: PixelKernel | undefined;

/** The fastest kernel that runs here; compiled, in less than a millisecond, when first asked for. */
export function chooseKernel(): PixelKernel {
  return chosen ??= openSimdKernel(scriptKernel) ?? scriptKernel;
}
