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
import { erased } from "./memories.ts";
import { createQuota } from "./quota.ts";
import {
  DEFAULT_SPACE,
  ForgottenSchema,
  Label,
  LabelSchema,
  Space,
  SpaceQuery,
} from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems } from "./shared.ts";

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
  summary: "Forget a label, finally, with all its memories",
  request: { params: z.object({ label: Label }), query: SpaceQuery },
  responses: {
    200: json(ForgottenSchema, "Forgotten"),
    ...problems({ 400: "The request is not as described", ...denied, 404: "No such label" }),
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
      const { count, forgottenAt } = await memory.forget(space, { label });
      if (count === 0) throw new NotFoundError(`nothing is known as "${label}" in "${space}"`);
      return c.json({ forgotten: count, forgottenAt, ...await erased(memory) }, 200);
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
      const { count, forgottenAt } = await memory.forget(space, {});
      return c.json({ forgotten: count, forgottenAt, ...await erased(memory) }, 200);
    });
}

function noSpace(space: string): NotFoundError {
  return new NotFoundError(`there is no space "${space}"`);
}
