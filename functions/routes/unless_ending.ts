/**
 * Sends new requests elsewhere while those in flight are finished.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { BusyError } from "../core/errors.ts";
import type { Services } from "./services.ts";

/** Seconds after which another instance, or this one started again, has probably taken over. */
const RETRY_AFTER = 5;

/** Answers 503 once the service is about to end. */
export function unlessEnding({ isEnding }: Pick<Services, "isEnding">): MiddlewareHandler {
  return createMiddleware(async function unlessEnding(c, next) {
    if (isEnding()) {
      c.header("connection", "close");
      throw new BusyError("the service is about to end", RETRY_AFTER);
    }
    await next();
  });
}
