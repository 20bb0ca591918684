/**
 * Refuses a path that cannot be read, before it is taken for another one.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";

/** Answers 400 to a path with a `%` that begins no byte of UTF-8. */
export function wellFormedPath(): MiddlewareHandler {
  return createMiddleware(async function wellFormedPath(c, next) {
    const { pathname } = new URL(c.req.url);
    try {
      decodeURIComponent(pathname);
    } catch {
      throw new HTTPException(400, {
        message:
          `the path ${pathname} should be percent-encoded UTF-8, like %C3%A9; a % itself is %25`,
      });
    }
    await next();
  });
}
