/**
 * `/labels` and `/spaces`: who is known, and forgetting somebody or everything.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { advise } from "../core/advice.ts";
import { openDemoSpace } from "../core/demo.ts";
import { NotFoundError } from "../core/errors.ts";
import { HTTPException } from "hono/http-exception";
import { demandTeacher, peerOf } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { erased } from "./memories.ts";
import { createQuota } from "./quota.ts";
import {
  DEFAULT_SPACE,
  EventSchema,
  ForgottenSchema,
  Label,
  LabelSchema,
  Space,
  SpaceQuery,
} from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems, sent } from "./shared.ts";

/** Demo spaces that one address opens in an hour. */
const SPACES_AN_HOUR = 30;

const SpaceSchema = z.object({
  space: z.string(),
  memories: z.number().int(),
  revision: z.number().int(),
  expiresAt: z.string().nullable(),
}).openapi("Space");

const listRoute = createRoute({
  method: "get",
  path: "/labels",
  operationId: "listLabels",
  tags: ["Labels"],
  summary: "Who and what is known",
  request: {
    query: z.strictObject({
      space: Space.default(DEFAULT_SPACE),
      cursor: z.string().max(500).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({ labels: z.array(LabelSchema), next: z.string().optional() }),
      "A page; `next` is the cursor of the following one",
    ),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const forgetLabelRoute = createRoute({
  method: "delete",
  path: "/labels/{label}",
  operationId: "forgetLabel",
  tags: ["Labels"],
  summary: "Forget a label, finally, with all its memories and whatever tells of it",
  parameters: [actorParameter],
  request: { params: z.object({ label: Label }), query: SpaceQuery },
  responses: {
    200: json(ForgottenSchema, "Forgotten"),
    ...problems({ 400: "The request is not as described", ...denied, 404: "No such label" }),
  },
});

const renameLabelRoute = createRoute({
  method: "patch",
  path: "/labels/{label}",
  operationId: "renameLabel",
  tags: ["Labels"],
  summary: "Give all memories of a label another one; where that is known the two become one",
  parameters: [actorParameter],
  request: {
    params: z.object({ label: Label }),
    query: SpaceQuery,
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ label: Label }) } },
    },
  },
  responses: {
    200: json(
      z.object({ renamed: z.number().int(), event: EventSchema.nullable() }),
      "Renamed: how many memories",
    ),
    ...problems({
      ...sent,
      404: "No such label",
      409: "Two faces of one photo would be one person",
    }),
  },
});

const openSpaceRoute = createRoute({
  method: "post",
  path: "/spaces",
  operationId: "openSpace",
  tags: ["Spaces"],
  summary: "Open a demo space of one's own for an hour",
  description: "Only where the deployment is a public demo. Whoever knows its name may use it.",
  responses: {
    201: json(SpaceSchema, "Opened"),
    ...problems({ 403: "This deployment is no demo", 429: "A quota is used up" }),
  },
});

const readSpaceRoute = createRoute({
  method: "get",
  path: "/spaces/{space}",
  operationId: "readSpace",
  tags: ["Spaces"],
  summary: "The state of a space",
  request: { params: z.object({ space: Space }) },
  responses: {
    200: json(SpaceSchema, "The space"),
    ...problems({ 400: "The request is not as described", ...denied, 404: "No such space" }),
  },
});

const forgetSpaceRoute = createRoute({
  method: "delete",
  path: "/spaces/{space}",
  operationId: "forgetSpace",
  tags: ["Spaces"],
  summary: "Forget everything in a space, finally",
  parameters: [actorParameter],
  request: { params: z.object({ space: Space }) },
  responses: {
    200: json(ForgottenSchema, "Forgotten"),
    ...problems({ 400: "The request is not as described", ...denied, 404: "No such space" }),
  },
});

/** The routes over labels and spaces. */
export function labelsRoutes({ memory, faces, access: settings, now }: Services) {
  const quota = createQuota({ each: SPACES_AN_HOUR, seconds: 3600, now });
  return createRoutes()
    .openapi(listRoute, async (c) => {
      const { space, cursor, limit } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const page = await memory.labels(space, {
        limit,
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return c.json({
        labels: (await advise(memory, space, page.items, faces))
          .map(({ advice, ...label }) => ({ ...label, advice: [...advice] })),
        ...(page.next === undefined ? {} : { next: page.next }),
      }, 200);
    })
    .openapi(forgetLabelRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { label } = c.req.valid("param");
      const actor = actorOf(c);
      const { count, purged, forgottenAt } = await memory.forget(space, { label }, actor);
      if (count + purged === 0) throw noLabel(label, space);
      return c.json({ forgotten: count, forgottenAt, ...await erased(memory) }, 200);
    })
    .openapi(renameLabelRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      const { label: from } = c.req.valid("param");
      const { label: to } = c.req.valid("json");
      if (from === to) {
        const { items } = await memory.list(space, { label: from, limit: 1 });
        if (items.length === 0) throw noLabel(from, space);
        return c.json({ renamed: 0, event: null }, 200);
      }
      const { count, event } = await memory.renameLabel(space, from, to, actor);
      return c.json({ renamed: count, event }, 200);
    })
    .openapi(openSpaceRoute, async (c) => {
      if (!settings.demo) {
        throw new HTTPException(403, {
          message:
            "this deployment is no demo (XOLO_DEMO=1); a space comes to be by teaching in it",
        });
      }
      quota.take(peerOf(c) ?? "unknown");
      return c.json(await openDemoSpace(memory, now()), 201);
    })
    .openapi(readSpaceRoute, async (c) => {
      const { space } = c.req.valid("param");
      demandTeacher(c.get("access"), space, settings);
      const state = await memory.space(space);
      if (!state) throw noSpace(space);
      return c.json(state, 200);
    })
    .openapi(forgetSpaceRoute, async (c) => {
      const { space } = c.req.valid("param");
      demandTeacher(c.get("access"), space, settings);
      if (!await memory.space(space)) throw noSpace(space);
      const actor = actorOf(c);
      const { count, forgottenAt } = await memory.forget(space, {}, actor);
      return c.json({ forgotten: count, forgottenAt, ...await erased(memory) }, 200);
    });
}

function noLabel(label: string, space: string): NotFoundError {
  return new NotFoundError(`nothing is known as "${label}" in "${space}"`);
}

function noSpace(space: string): NotFoundError {
  return new NotFoundError(`there is no space "${space}"`);
}
