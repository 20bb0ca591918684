/**
 * Reads the body of a request, bounded in bytes and in time, before anything works on it.
 *
 * A service of 512 MB dies of a few large uploads at once, and is stopped as well by a few clients
 * that announce one and send nothing. So bytes count as they arrive, what cannot fit is told to
 * come back, and who stalls is let go.
 *
 * @module
 */
import type { HonoRequest, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";
import { BusyError } from "../core/errors.ts";
import { free } from "./free.ts";
import { ClosedByClientError } from "./problem.ts";

/** Bounds on bodies. */
export interface BodyLimits {
  /** Most bytes of the bodies of all requests in flight together. */
  readonly inFlight: number;
  /** Most bytes of one body, by the path that it is sent to; never more than `inFlight`. */
  readonly byPath: ReadonlyMap<string, number>;
  /** Most bytes of a body that is sent anywhere else. */
  readonly elsewhere: number;
  readonly pace?: BodyPace;
}

/** How fast a body must come. */
export interface BodyPace {
  /** Milliseconds that are looked at together. */
  readonly window: number;
  /** Bytes that must come in each of them. */
  readonly least: number;
  /** Milliseconds after which a body must be there. */
  readonly whole: number;
}

/** 6.4 KB a second, and 40 MiB within three minutes: what a poor mobile connection manages. */
const PACE: BodyPace = { window: 10_000, least: 64 * 1024, whole: 180_000 };

/** Bytes that a body is given room for at first. */
const FIRST = 2 ** 20;

const mebibytes = (bytes: number) => `${Number((bytes / 2 ** 20).toFixed(2))} MiB`;

/**
 * Reads bodies for the handlers behind it, which find them where Hono keeps what it has read.
 *
 * Its refusals are a 408 for a body that does not come on, 413 for one that is too large, 503 for
 * one that does not fit beside the others, and {@linkcode ClosedByClientError} for one that breaks
 * off.
 */
export function readBody(
  { inFlight, byPath, elsewhere, pace = PACE }: BodyLimits,
): MiddlewareHandler {
  let held = 0;

  async function read(
    request: HonoRequest,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    take: (bytes: number) => void,
  ): Promise<ArrayBuffer> {
    const most = Math.min(byPath.get(request.path) ?? elsewhere, inFlight);
    const tooLarge = (was: string) =>
      new HTTPException(413, {
        message: `the body has ${was} bytes; ${request.path} takes at most ${most} (${
          mebibytes(most)
        })`,
      });
    const announced = request.header("content-length");
    // An announced length takes no room yet; it only tells early what could never fit.
    if (announced !== undefined && Number(announced) > most) throw tooLarge(announced);
    const expected = Math.min(Number(announced ?? most) || 0, most);

    const reader = body.getReader();
    let bytes = new Uint8Array(Math.min(expected, FIRST));
    let length = 0;
    const begun = performance.now();
    let windowBegun = 0;
    let windowLength = 0;
    const late = Promise.withResolvers<never>();
    // Nobody waits for it between two reads.
    late.promise.catch(() => {});
    const watch = setInterval(() => {
      const time = performance.now() - begun;
      const slow = length - windowLength < pace.least;
      if (slow || time >= pace.whole) {
        const what = slow
          ? `${length - windowLength} bytes of the body came in ${
            seconds(time - windowBegun)
          }, should be at least ${pace.least}`
          : `the body was not there after ${seconds(time)}`;
        late.reject(new HTTPException(408, { message: what }));
      }
      windowBegun = time;
      windowLength = length;
    }, pace.window);
    try {
      for (;;) {
        const { done, value } = await Promise.race([next(reader), late.promise]);
        if (done) break;
        if (length + value.length > most) throw tooLarge(`more than ${most}`);
        take(value.length);
        if (length + value.length > bytes.length) {
          const room = Math.max(length + value.length, Math.min(expected, bytes.length * 2));
          // Unlike a copy this frees the smaller one at once.
          bytes = new Uint8Array(bytes.buffer.transfer(room));
        }
        bytes.set(value, length);
        length += value.length;
        if (value.length === value.buffer.byteLength) free(value.buffer);
      }
    } catch (error) {
      free(bytes.buffer);
      // The rest is not wanted; that it cannot be called off either is no news.
      reader.cancel().catch(() => {});
      throw error;
    } finally {
      clearInterval(watch);
    }
    return length === bytes.length ? bytes.buffer : bytes.buffer.transfer(length);
  }

  return createMiddleware(async function readBody(c, next) {
    const { body } = c.req.raw;
    if (body === null) return await next();
    let own = 0;
    let whole: ArrayBuffer | undefined;
    const take = (bytes: number) => {
      if (held + bytes > inFlight) {
        throw new BusyError(`${held - own} bytes of other uploads are in flight, too many`, 1);
      }
      own += bytes;
      held += bytes;
    };
    try {
      whole = await read(c.req, body, take);
      // Hono keeps promises there, whatever its type says.
      c.req.bodyCache.arrayBuffer = Promise.resolve(whole) as unknown as ArrayBuffer;
      await next();
    } finally {
      if (whole) free(whole);
      held -= own;
    }
  });
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
  try {
    return await reader.read();
  } catch (error) {
    throw new ClosedByClientError("the body broke off before its end", { cause: error });
  }
}
