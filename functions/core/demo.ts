/**
 * Demo spaces: an unguessable space for each visitor that is gone after an hour. Whoever knows
 * its name may teach in it.
 *
 * @module
 */
import { NotFoundError, QuotaError } from "./errors.ts";
import type { MemoryTable, SpaceState } from "./memory.ts";

/** What names of demo spaces begin with; nobody else's do. */
export const DEMO_PREFIX = "demo-";

/** How long one lives. */
export const DEMO_MINUTES = 60;

/** How many memories one holds. */
export const DEMO_MEMORIES = 100;

/** Opens an empty demo space for a visitor. */
export async function openDemoSpace(memory: MemoryTable, now: Date): Promise<SpaceState> {
  const secret = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const expiresAt = new Date(now.getTime() + DEMO_MINUTES * 60_000).toISOString();
  return await memory.openSpace(DEMO_PREFIX + secret, { expiresAt });
}

/**
 * Checks that a demo space is there and has room.
 *
 * @throws {NotFoundError} when nobody opened it, or its hour is over
 * @throws {QuotaError} when it would hold more than {@linkcode DEMO_MEMORIES}
 */
export async function demandDemoRoom(
  memory: MemoryTable,
  space: string,
  more: number,
  now: Date,
): Promise<void> {
  const state = await memory.space(space);
  if (state?.expiresAt == null) {
    throw new NotFoundError(`there is no demo space "${space}"; it may have expired`);
  }
  if (state.memories + more > DEMO_MEMORIES) {
    throw new QuotaError(
      `a demo space holds ${DEMO_MEMORIES} memories; this one has ${state.memories}, and ${more} more were sent`,
      (Date.parse(state.expiresAt) - now.getTime()) / 1000,
    );
  }
}
