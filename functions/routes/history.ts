/**
 * `/events` and `/undo`: who changed what, and taking it back.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { roomOf } from "../core/demo.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { paged } from "./paged.ts";
import { DEFAULT_SPACE, EventSchema, Space, SpaceQuery, UlidSchema } from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems, sent } from "./shared.ts";

/** Most characters (UTF-16) of a reason. */
const WHY_CHARACTERS = 500;

const listRoute = createRoute({
  method: "get",
  path: "/events",
  operationId: "listEvents",
  tags: ["History"],
  summary: "Page through what people changed, newest first",
  request: {
    query: z.strictObject({
      space: Space.default(DEFAULT_SPACE),
      cursor: UlidSchema.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({ events: z.array(EventSchema), next: z.string().optional() }),
      "A page; `next` is the cursor of the following one",
    ),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const undoRoute = createRoute({
  method: "post",
  path: "/undo",
  operationId: "undo",
  tags: ["History"],
  summary: "Take an event back, as if it had never been",
  description: "Also in the middle, and what was taken back again. Forgetting is final.",
  parameters: [actorParameter],
  request: {
    query: SpaceQuery,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            event: UlidSchema,
            why: z.string().max(WHY_CHARACTERS).optional(),
          }),
        },
      },
    },
  },
  responses: {
    201: json(EventSchema, "The event of the undo"),
    ...problems({
      ...sent,
      404: "No such event",
      409: "It cannot be taken back: a later event, which is named, depends on it",
      422: "The space's name is a demo's",
      429: "A quota is used up",
      507: "The space has no room left",
    }),
  },
});

/** The routes of history. */
export function historyRoutes({ memory, access: settings }: Services) {
  return createRoutes()
    .openapi(listRoute, async (c) => {
      const { space, cursor, limit } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { items, ...next } = await paged(
        limit,
        cursor,
        async (limit, before) =>
          await memory.events(space, { limit, ...(before === undefined ? {} : { before }) }),
      );
      return c.json({ events: [...items], ...next }, 200);
    })
    .openapi(undoRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { event, why } = c.req.valid("json");
      const actor = { ...actorOf(c), ...(why === undefined ? {} : { why }) };
      const maxMemories = await roomOf(memory, space, settings.demo);
      const options = maxMemories === undefined ? {} : { maxMemories };
      return c.json(await memory.undo(space, event, actor, options), 201);
    });
}
