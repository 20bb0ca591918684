/**
 * Refuses a body of another type than a route takes, before it is read.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";

/** Answers 415 to a request by `method` whose content type is not `expected`. */
export function contentType(method: string, expected: string): MiddlewareHandler {
  return createMiddleware(async function contentType(c, next) {
    const given = c.req.header("content-type");
    const type = given?.split(";").at(0)?.trim().toLowerCase();
    if (c.req.method === method && type !== expected) {
      throw new HTTPException(415, {
        message: `the content type should be ${expected}, ${
          given === undefined ? "it is missing" : `it is ${JSON.stringify(given)}`
        }`,
      });
    }
    await next();
  });
}
