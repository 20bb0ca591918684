/**
 * `/health` and `/ready`, for whoever operates the service.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { BusyError } from "../core/errors.ts";
import type { Services } from "./services.ts";
import { createRoutes, json, problems } from "./shared.ts";

const HealthSchema = z.object({
  status: z.literal("ok"),
  version: z.string(),
  model: z.object({ id: z.string(), version: z.string() }),
  faces: z.object({
    model: z.string(),
    age: z.boolean().openapi({
      description: "Whether faces are made comparable over decades (XOLO_FACE_AGE).",
    }),
  }),
  runtime: z.string().openapi({ description: "`native` or `wasm`." }),
  store: z.object({
    kind: z.string(),
    erasedAt: z.string().nullable().openapi({
      description:
        "When the store's files were last clean of everything forgotten; null while some remains.",
    }),
    verifiable: z.boolean().openapi({
      description: "Whether this store's files can be checked; a hosted store's cannot.",
    }),
  }),
  demo: z.boolean(),
  paradigms: z.array(z.string()),
}).openapi("Health");

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  operationId: "health",
  tags: ["Operations"],
  summary: "What this deployment is and how it does",
  responses: { 200: json(HealthSchema, "It runs") },
});

const readyRoute = createRoute({
  method: "get",
  path: "/ready",
  operationId: "ready",
  tags: ["Operations"],
  summary: "Whether it can answer now",
  responses: {
    200: json(z.object({ status: z.literal("ready") }), "It can"),
    ...problems({ 503: "The store does not answer" }),
  },
});

/** The routes for operations. */
export function operationsRoutes({ memory, models, access, about }: Services) {
  return createRoutes()
    .openapi(healthRoute, async (c) => {
      const { erasedAt, verifiable } = await memory.erasure();
      return c.json({
        status: "ok" as const,
        version: about.version,
        model: { id: about.model.id, version: about.model.version },
        faces: { model: models.person.id, age: about.faceAge },
        runtime: about.runtime,
        store: { kind: about.store, erasedAt, verifiable },
        demo: access.demo,
        paradigms: [...about.paradigms],
      }, 200);
    })
    .openapi(readyRoute, async (c) => {
      try {
        await memory.ping();
      } catch (error) {
        throw new BusyError(`the store does not answer: ${error}`, 5);
      }
      return c.json({ status: "ready" as const }, 200);
    });
}
