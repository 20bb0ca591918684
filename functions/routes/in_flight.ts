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
 * Admits requests while their bytes fit together. Announced bytes count from the start, those of a
 * body without `Content-Length` as they come.
 *
 * @param most bytes of all requests in flight; a single larger one is admitted when it is alone
 */
export function inFlight(most: number): MiddlewareHandler {
  let held = 0;
  return createMiddleware(async function inFlight(c, next) {
    const { body } = c.req.raw;
    if (body === null) return await next();
    let own = 0;
    let refused: BusyError | undefined;
    const take = (bytes: number) => {
      const others = held - own;
      if (others > 0 && held + bytes > most) {
        refused = new BusyError(`${others} bytes of other uploads are in flight, too many`, 1);
        throw refused;
      }
      own += bytes;
      held += bytes;
    };
    try {
      const announced = c.req.header("content-length");
      if (announced !== undefined) take(Number(announced) || 0);
      else {
        const counted = body.pipeThrough(
          new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform(chunk, controller) {
              take(chunk.length);
              controller.enqueue(chunk);
            },
          }),
        );
        c.req.raw = new Request(c.req.raw, { body: counted, duplex: "half" } as RequestInit);
      }
      await next();
      // Whoever read the body may have taken the refusal for a broken upload.
      if (refused) throw refused;
    } finally {
      held -= own;
    }
  });
}
