/**
 * `GET /export` and `POST /import`: a space as NDJSON, out and in.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { roomOf } from "../core/demo.ts";
import { UnteachableError } from "../core/errors.ts";
import { exportLines, importMemories, parseLines } from "../core/transfer.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { SpaceQuery } from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems } from "./shared.ts";

const exportRoute = createRoute({
  method: "get",
  path: "/export",
  operationId: "exportSpace",
  tags: ["Spaces"],
  summary: "A space as NDJSON: a header, then one memory a line",
  request: { query: SpaceQuery },
  responses: {
    200: {
      content: { "application/x-ndjson": { schema: z.string() } },
      description: "The space with its embeddings and the photos that were kept",
    },
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const importRoute = createRoute({
  method: "post",
  path: "/import",
  operationId: "importSpace",
  tags: ["Spaces"],
  summary: "Take in what an export holds, all or nothing",
  parameters: [actorParameter],
  description:
    "Every line is checked before anything is stored, and all are stored by one write: nobody sees a part of it, whatever happens meanwhile.",
  request: {
    query: SpaceQuery,
    body: {
      required: true,
      content: {
        "application/x-ndjson": { schema: z.string() },
        // The lines are checked one by one, whatever a client calls them.
        "*/*": { schema: z.string() },
      },
    },
  },
  responses: {
    200: json(
      z.object({ imported: z.number().int(), known: z.number().int() }),
      "How many memories are new, and how many were known",
    ),
    ...problems({
      400: "The request is not as described",
      ...denied,
      408: "The body does not come on",
      413: "Too many bytes: split the lines over several requests, each with the header",
      422: "A line is not a memory, or the space's name is a demo's; nothing was taken in",
      429: "A quota is used up; nothing was taken in",
      503: "Other uploads are in flight: try again later",
      507: "The space has no room left; nothing was taken in",
    }),
  },
});

/** The routes that carry spaces out and in. */
export function transferRoutes({ memory, models, access: settings, now }: Services) {
  return createRoutes()
    .openapi(exportRoute, (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const lines = ReadableStream.from(exportLines(memory, space, now()))
        .pipeThrough(new TextEncoderStream());
      const body: Response = c.body(lines, 200, {
        "content-type": "application/x-ndjson; charset=utf-8",
        "content-disposition": `attachment; filename="xolo-${space}.ndjson"`,
        "cache-control": "private, no-store",
      });
      // The typed routes know no NDJSON: to them any body of that type is `never`.
      return body as never;
    })
    .openapi(importRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      let text: string;
      try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(await c.req.arrayBuffer());
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        throw new UnteachableError("the import should be text in UTF-8");
      }
      const maxMemories = await roomOf(memory, space, settings.demo);
      const memories = parseLines(text, models);
      return c.json(
        await importMemories(memory, space, memories, { models, maxMemories, actor }),
        200,
      );
    });
}
