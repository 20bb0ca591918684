/**
 * The name that decisions are signed with, as the browser remembers it.
 *
 * @module
 */
import type { Keep } from "./session.ts";

const ACTOR = "xolo.actor";

/** Most characters of a name that acts. */
export const ACTOR_CHARACTERS = 100;

/** Who acts on this page, as they said once; undefined while nobody did. */
export function actorOf(lasting: Keep): string | undefined {
  return lasting.get(ACTOR);
}

/** Signs with a name from here on. */
export function keepActor(lasting: Keep, name: string): void {
  lasting.set(ACTOR, name.slice(0, ACTOR_CHARACTERS));
}
