/**
 * Demo spaces: an unguessable space for each visitor that is gone after an hour. Whoever knows
 * its name may teach in it.
 *
 * @module
 */
import { NotFoundError, UnteachableError } from "./errors.ts";
import type { MemoryTable, SpaceState } from "./memory.ts";

/** What names of demo spaces begin with; nobody else's do. */
export const DEMO_PREFIX = "demo-";

/** How long one lives. */
export const DEMO_MINUTES = 60;

/** How many memories one holds. */
export const DEMO_MEMORIES = 100;

/** How many rules one holds. */
export const DEMO_RULES = 100;

/** Opens an empty demo space for a visitor. */
export async function openDemoSpace(memory: MemoryTable, now: Date): Promise<SpaceState> {
  const secret = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const expiresAt = new Date(now.getTime() + DEMO_MINUTES * 60_000).toISOString();
  return await memory.openSpace(DEMO_PREFIX + secret, { expiresAt });
}

/** Whether a space's name is a demo's that nobody opened, or whose hour is over. */
export async function isClosedDemo(memory: MemoryTable, space: string): Promise<boolean> {
  return space.startsWith(DEMO_PREFIX) && (await memory.space(space))?.expiresAt == null;
}

/**
 * How many memories a space may hold: demo spaces have a bound, others have none. Names that begin
 * with {@linkcode DEMO_PREFIX} are kept for spaces that were opened: one that came to be by
 * teaching would be everybody's as soon as the deployment became a demo.
 *
 * @param memory where the spaces are
 * @param space to be taught in
 * @param demo whether this deployment is a demo
 * @returns undefined where there is no bound
 * @throws {NotFoundError} in a demo, when nobody opened it or its hour is over
 * @throws {UnteachableError} elsewhere, when it is no open demo space
 */
export async function roomOf(
  memory: MemoryTable,
  space: string,
  demo: boolean,
): Promise<number | undefined> {
  if (!space.startsWith(DEMO_PREFIX)) return undefined;
  const state = await memory.space(space);
  if (state?.expiresAt != null) return DEMO_MEMORIES;
  const kept = `names that begin with "${DEMO_PREFIX}" are kept for demo spaces`;
  if (demo) {
    throw new NotFoundError(`there is no demo space "${space}"; it may have expired (${kept})`);
  }
  throw new UnteachableError(`"${space}" should have another name: ${kept}`);
}
