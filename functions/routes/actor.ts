/**
 * Who changes something, as the caller says: the history names them.
 *
 * @module
 */
import type { Context } from "hono";
import type { Actor } from "../core/ledger.ts";
import { InvalidRequestError } from "./problem.ts";

/** The header that names them, percent-encoded, as headers take no other letters. */
export const ACTOR_HEADER = "xolo-actor";

/** Most characters (UTF-16) of a name. */
const MOST_CHARACTERS = 100;

/** Who it is when nothing is said. */
const SOMEBODY = "somebody";

/** The header in a route's description. */
export const actorParameter = {
  name: ACTOR_HEADER,
  in: "header" as const,
  required: false,
  description:
    "Who does it, for the history: 1 to 100 characters, percent-encoded. `somebody` when left out.",
  schema: { type: "string" as const },
  example: "Gro%C3%9Fmutter",
};

/**
 * Reads who acts.
 *
 * @throws {InvalidRequestError} when the header is not as it should be
 */
export function actorOf(c: Context): Actor {
  const given = c.req.header(ACTOR_HEADER);
  if (given === undefined) return { by: SOMEBODY };
  const refuse = (message: string) => new InvalidRequestError([{ path: ACTOR_HEADER, message }]);
  let by: string;
  try {
    by = decodeURIComponent(given).normalize("NFC").trim();
  } catch {
    throw refuse(`should be percent-encoded UTF-8, like %C3%A9, it is ${JSON.stringify(given)}`);
  }
  if (by.length < 1 || by.length > MOST_CHARACTERS) {
    throw refuse(`should have 1 to ${MOST_CHARACTERS} characters, it has ${by.length}`);
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(by)) {
    throw refuse(`should have no control characters, it is ${JSON.stringify(by)}`);
  }
  return { by };
}
