/**
 * Errors as problem details (RFC 9457): the one place where what went wrong becomes a status.
 *
 * @module
 */
import type { Context, Env, Hono, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import type { StatusCode } from "hono/utils/http-status";
import type { z } from "@hono/zod-openapi";
import {
  BusyError,
  CapacityError,
  ConflictError,
  DamagedPhotoError,
  NotFoundError,
  PhotoTooLargeError,
  QuotaError,
  UnsupportedPhotoError,
  UnteachableError,
} from "../core/errors.ts";
import { issueWords } from "./issue_words.ts";
import type { ProblemSchema } from "./schemas.ts";

/** The body of an error. */
export type Problem = z.infer<typeof ProblemSchema>;

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Cannot be done as asked",
  429: "Too many requests",
  499: "Closed by the client",
  500: "Internal error",
  503: "Busy",
  507: "No room left",
};

/** A request that is not as it should be, field by field. Status 400. */
export class InvalidRequestError extends Error {
  override name = "InvalidRequestError";
  readonly errors: readonly { readonly path: string; readonly message: string }[];

  constructor(errors: readonly { readonly path: string; readonly message: string }[]) {
    super(errors.map(({ path, message }) => path ? `${path}: ${message}` : message).join("; "));
    this.errors = errors;
  }

  /** From what zod found in `data`. */
  static from(error: z.ZodError, data: unknown): InvalidRequestError {
    return new InvalidRequestError(issueWords(error, data));
  }
}

/** The client went away before it had sent all. Nobody is there to read the 499. */
export class ClosedByClientError extends Error {
  override name = "ClosedByClientError";
}

const STATUS = new Map<new (...args: never[]) => Error, number>([
  [InvalidRequestError, 400],
  [NotFoundError, 404],
  [ConflictError, 409],
  [PhotoTooLargeError, 413],
  [UnsupportedPhotoError, 415],
  [DamagedPhotoError, 422],
  [UnteachableError, 422],
  [QuotaError, 429],
  [ClosedByClientError, 499],
  [BusyError, 503],
  [CapacityError, 507],
]);

/** Replies with a problem. */
export function problem(
  c: Context,
  status: number,
  detail: string,
  extra: Partial<Problem> = {},
  headers: HeadersInit = {},
): Response {
  const requestId = c.get("requestId") as string | undefined;
  const body: Problem = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail,
    instance: c.req.path,
    ...(requestId ? { requestId } : {}),
    ...extra,
  };
  const all = new Headers(headers);
  all.set("content-type", "application/problem+json");
  return c.newResponse(JSON.stringify(body), status as StatusCode, Object.fromEntries(all));
}

/** What Hono's validator says, and no more. */
const MALFORMED_JSON = "Malformed JSON in request body";

/** Refuses a body that is no JSON. */
export function malformedJson(): HTTPException {
  return new HTTPException(400, {
    message: "the body should be JSON in UTF-8, it cannot be read as such",
  });
}

/** Hono's `onError`. */
export function onError(error: Error, c: Context): Response {
  if (error instanceof HTTPException) {
    const given = new Headers(error.getResponse().headers);
    given.delete("content-type");
    given.delete("content-length");
    if (error.message === MALFORMED_JSON) return problem(c, 400, malformedJson().message);
    return problem(c, error.status, error.message || (TITLES[error.status] ?? ""), {}, given);
  }
  if (c.req.raw.signal.aborted) return problem(c, 499, "the client closed the connection");
  for (const [type, status] of STATUS) {
    if (!(error instanceof type)) continue;
    const headers: Record<string, string> =
      error instanceof BusyError || error instanceof QuotaError
        ? { "retry-after": String(Math.max(1, Math.ceil(error.retryAfter))) }
        : {};
    const extra: Partial<Problem> = error instanceof InvalidRequestError
      ? { errors: [...error.errors] }
      : error instanceof UnteachableError && error.refusals.length > 0
      ? {
        refusals: error.refusals.map(({ faces, ...refusal }) => ({
          ...refusal,
          ...(faces ? { faces: [...faces] } : {}),
        })),
      }
      : {};
    return problem(c, status, error.message, extra, headers);
  }
  // What is not foreseen is told to the operator, not to the caller. The route stands for the path,
  // which may name somebody who is to be forgotten.
  console.error(`${c.get("requestId")} ${c.req.method} ${routePath(c, -1)}:`, error);
  return problem(c, 500, "something unforeseen happened; the log names it by the request id");
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Makes Hono's `notFound` for an app: a path that is there for other methods is told from none. */
export function onNotFound<E extends Env>(app: Hono<E>): NotFoundHandler<E> {
  return function onNotFound(c) {
    const { path } = c.req;
    const method = c.req.method === "HEAD" ? "GET" : c.req.method;
    // Middleware is there for all methods.
    const allowed = METHODS.filter((name) =>
      app.router.match(name, path)[0].some(([[, route]]) => route.method === name)
    );
    if (allowed.length === 0 || allowed.includes(method)) {
      return problem(c, 404, `there is nothing at ${method} ${path}`);
    }
    if (allowed.includes("GET")) allowed.splice(1, 0, "HEAD");
    const allow = allowed.join(", ");
    return problem(c, 405, `${path} should be asked by ${allow}, not ${method}`, {}, { allow });
  };
}

/** The hook by which failed checks of a request become problems. */
export function checked(
  result: { success: true } | { success: false; error: z.ZodError; data?: unknown },
): void {
  if (!result.success) throw InvalidRequestError.from(result.error, result.data);
}
