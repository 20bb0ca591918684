/**
 * Gives megabytes back at once. The garbage collector, who sees a small object that holds them,
 * would leave them for long, and a few uploads later the memory is full.
 *
 * @module
 */
import type { HonoRequest } from "hono";

/** Frees a buffer that nobody reads any more. */
export function free(buffer: ArrayBuffer): void {
  if (!buffer.detached) buffer.transfer(0);
}

/** Frees the raw body of a request once it was taken apart. */
export async function freeBody({ bodyCache }: HonoRequest): Promise<void> {
  // Hono keeps promises there, whatever its type says.
  const raw = await bodyCache.arrayBuffer;
  if (raw) free(raw);
}
