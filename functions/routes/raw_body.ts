/**
 * Lets a photo be sent as a raw body whatever the client calls it.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";

/**
 * Takes a body without a type, and one that curl's `--data-binary` calls a URL-encoded form, for
 * raw bytes: what they are is read from the bytes themselves.
 */
export function rawBody(): MiddlewareHandler {
  return createMiddleware(async function rawBody(c, next) {
    const type = c.req.header("content-type");
    if (type === undefined || type.startsWith("application/x-www-form-urlencoded")) {
      const headers = new Headers(c.req.raw.headers);
      headers.set("content-type", "application/octet-stream");
      c.req.raw = new Request(c.req.raw, { headers });
    }
    await next();
  });
}
