/**
 * What all routes have in common.
 *
 * @module
 */
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { AccessVariables } from "./access.ts";
import type { JsonPhotoVariables } from "./json_photo.ts";
import { checked } from "./problem.ts";
import { ProblemSchema } from "./schemas.ts";

/** What the handlers find in their context. */
export interface AppEnv {
  Variables: AccessVariables & JsonPhotoVariables & { requestId: string };
}

/** An app whose failed checks become problems. */
export function createRoutes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({ defaultHook: checked });
}

/** A JSON response in a route's description. */
export function json<S extends z.ZodType>(
  schema: S,
  description: string,
): { content: { "application/json": { schema: S } }; description: string } {
  return { content: { "application/json": { schema } }, description };
}

/** Refusals of callers who may not, in a route's description. */
export const denied = {
  401: "The token is missing or wrong",
  403: "The caller may not",
} as const;

/** Refusals of JSON that a teacher sends, in a route's description. */
export const sent = {
  400: "The request is not as described",
  ...denied,
  408: "The body does not come on",
  413: "Too many bytes",
  415: "No JSON",
  503: "Other uploads are in flight: try again later",
} as const;

/** Problem responses in a route's description. */
export function problems<const S extends Readonly<Record<number, string>>>(
  byStatus: S,
): { [K in keyof S]: ProblemResponse } {
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, description]) => [
      status,
      { content: { "application/problem+json": { schema: ProblemSchema } }, description },
    ]),
  ) as { [K in keyof S]: ProblemResponse };
}

interface ProblemResponse {
  content: { "application/problem+json": { schema: typeof ProblemSchema } };
  description: string;
}
