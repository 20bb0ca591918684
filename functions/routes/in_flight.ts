/**
 * A bound on the bytes of all requests in flight, so that many large uploads at once cannot fill
 * the memory: what does not fit is told to come back.
 *
 * @module
 */
import { createMiddleware } from "hono/factory";
import type { MiddlewareHandler } from "hono";
import { BusyError } from "../core/errors.ts";

/**
 * Admits requests while their announced bytes fit together.
 *
 * @param most bytes of all requests in flight; a single larger one is admitted when it is alone
 * @param unannounced bytes that a body without `Content-Length` counts for
 */
export function inFlight(most: number, unannounced: number): MiddlewareHandler {
  let held = 0;
  return createMiddleware(async function inFlight(c, next) {
    if (c.req.raw.body === null) return await next();
    const announced = Number(c.req.header("content-length"));
    const bytes = c.req.header("content-length") !== undefined && Number.isFinite(announced)
      ? announced
      : unannounced;
    if (held > 0 && held + bytes > most) {
      throw new BusyError(`${held} bytes of uploads are in flight, ${most} are taken at once`, 1);
    }
    held += bytes;
    try {
      await next();
    } finally {
      held -= bytes;
    }
  });
}
