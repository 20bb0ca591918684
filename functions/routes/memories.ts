/**
 * `/memories`: teach, list, read, rename and forget examples.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { roomOf } from "../core/demo.ts";
import { NotFoundError, UnteachableError } from "../core/errors.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { Photo } from "./classify.ts";
import { free, freeBody } from "./free.ts";
import {
  DEFAULT_SPACE,
  Flag,
  ForgottenSchema,
  Label,
  MemoryId,
  MemorySchema,
  Space,
  SpaceQuery,
  viewOf,
} from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems } from "./shared.ts";

/** Photos in one request; more go into several. */
const MOST_PHOTOS = 50;

const Lesson = z.strictObject({
  image: z.union([Photo, z.array(Photo).min(1).max(MOST_PHOTOS)]),
  label: Label,
  space: Space.optional(),
  kind: z.enum(["auto", "person", "thing"]).default("auto"),
  scope: z.enum(["individual", "type"]).default("individual"),
  not: Flag.optional(),
  keepPhoto: Flag.optional(),
  force: Flag.optional(),
  face: z.coerce.number().int().min(0).optional().openapi({
    type: "integer",
    description:
      "Which person is meant: 0-based in the answer's `subjects`. Needed where there are several.",
  }),
});

const TaughtSchema = z.object({
  memories: z.array(MemorySchema),
  created: z.number().int().openapi({ description: "How many are new." }),
});

const PageQuery = z.strictObject({
  space: Space.default(DEFAULT_SPACE),
  label: Label.optional(),
  cursor: MemoryId.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const NamingSchema = z.strictObject({
  label: Label.optional(),
  scope: z.enum(["individual", "type"]).optional(),
}).refine(
  ({ label, scope }) => label !== undefined || scope !== undefined,
  "should have a label or a scope, it has neither",
);

const IdParam = z.object({ id: MemoryId });

const missing = { 400: "The request is not as described", 404: "No such memory" } as const;

const teachRoute = createRoute({
  method: "post",
  path: "/memories",
  operationId: "teach",
  tags: ["Memories"],
  summary: "Teach one or more photos of a label",
  description: "All photos are taught or none.",
  parameters: [actorParameter],
  request: { body: { required: true, content: { "multipart/form-data": { schema: Lesson } } } },
  responses: {
    200: json(TaughtSchema, "Everything was taught before; nothing was doubled"),
    201: json(TaughtSchema, "Taught"),
    ...problems({
      400: "The request is not as described",
      ...denied,
      404: "No such demo space",
      408: "The body does not come on",
      413: "Too many bytes or pixels",
      415: "No form, or a format that is not read",
      422: "An example that is damaged or too poor to teach",
      429: "A quota is used up",
      503: "All workers are busy: try again later",
      507: "The space has no room left",
    }),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/memories",
  operationId: "listMemories",
  tags: ["Memories"],
  summary: "Page through what was taught, oldest first",
  request: { query: PageQuery },
  responses: {
    200: json(
      z.object({ memories: z.array(MemorySchema), next: z.string().optional() }),
      "A page; `next` is the cursor of the following one",
    ),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/memories/{id}",
  operationId: "readMemory",
  tags: ["Memories"],
  summary: "Read one memory",
  request: { params: IdParam, query: SpaceQuery },
  responses: { 200: json(MemorySchema, "The memory"), ...problems({ ...missing, ...denied }) },
});

const photoRoute = createRoute({
  method: "get",
  path: "/memories/{id}/photo",
  operationId: "readPhoto",
  tags: ["Memories"],
  summary: "The kept photo of a memory",
  request: { params: IdParam, query: SpaceQuery },
  responses: {
    200: {
      content: {
        "image/jpeg": { schema: z.custom<Blob>().openapi({ type: "string", format: "binary" }) },
      },
      description: "The upright photo without its metadata",
    },
    ...problems({ ...missing, ...denied }),
  },
});

const renameRoute = createRoute({
  method: "patch",
  path: "/memories/{id}",
  operationId: "renameMemory",
  tags: ["Memories"],
  summary: "Give a memory another label, or have it name a type or an individual",
  parameters: [actorParameter],
  request: {
    params: IdParam,
    query: SpaceQuery,
    body: {
      required: true,
      content: { "application/json": { schema: NamingSchema } },
    },
  },
  responses: {
    200: json(MemorySchema, "The memory as it is now"),
    ...problems({
      ...missing,
      ...denied,
      408: "The body does not come on",
      409: "The same photo is there under that label",
      413: "Too many bytes",
      415: "No JSON",
      422: "A person is an individual",
    }),
  },
});

const forgetRoute = createRoute({
  method: "delete",
  path: "/memories/{id}",
  operationId: "forgetMemory",
  tags: ["Memories"],
  summary: "Forget one memory, finally",
  parameters: [actorParameter],
  request: { params: IdParam, query: SpaceQuery },
  responses: { 200: json(ForgottenSchema, "Forgotten"), ...problems({ ...missing, ...denied }) },
});

/** The routes that teach and show what was taught. */
export function memoriesRoutes({ teach, memory, access: settings }: Services) {
  return createRoutes()
    .openapi(teachRoute, async (c) => {
      const lesson = c.req.valid("form");
      const space = lesson.space ?? DEFAULT_SPACE;
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      const files = Array.isArray(lesson.image) ? lesson.image : [lesson.image];
      const maxMemories = await roomOf(memory, space, settings.demo);
      const photos = files.map((file) => file.bytes as Uint8Array<ArrayBuffer>);
      await freeBody(c.req);
      const taught = await teach(photos, {
        space,
        label: lesson.label,
        kind: lesson.kind,
        ...(lesson.face === undefined ? {} : { face: lesson.face }),
        scope: lesson.scope,
        not: lesson.not ?? false,
        keepPhoto: lesson.keepPhoto ?? false,
        force: lesson.force ?? false,
        owned: true,
        actor,
        ...(maxMemories === undefined ? {} : { maxMemories }),
        signal: c.req.raw.signal,
      }).finally(() => photos.forEach(({ buffer }) => free(buffer)));
      const created = taught.filter((t) => t.created).length;
      return c.json(
        { memories: taught.map((t) => viewOf(t.memory)), created },
        created > 0 ? 201 : 200,
      );
    })
    .openapi(listRoute, async (c) => {
      const { space, label, cursor, limit } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const page = await memory.list(space, {
        limit,
        ...(label === undefined ? {} : { label }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return c.json({
        memories: page.items.map(viewOf),
        ...(page.next === undefined ? {} : { next: page.next }),
      }, 200);
    })
    .openapi(readRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const found = await memory.get(space, id);
      if (!found) throw noMemory(id, space);
      return c.json(viewOf(found), 200);
    })
    .openapi(photoRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const photo = await memory.photo(space, id);
      if (!photo) throw new NotFoundError(`no photo was kept of memory ${id} in "${space}"`);
      return c.body(photo as Uint8Array<ArrayBuffer>, 200, {
        "content-type": "image/jpeg",
        "cache-control": "private, no-store",
      });
    })
    .openapi(renameRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const actor = actorOf(c);
      const { label, scope } = c.req.valid("json");
      if (scope === "type" && (await memory.get(space, id))?.kind === "person") {
        throw new UnteachableError(
          "a person is an individual; scope=type is for breeds and models",
        );
      }
      const naming = {
        ...(label === undefined ? {} : { label }),
        ...(scope === undefined ? {} : { scope }),
      };
      return c.json(viewOf(await memory.rename(space, id, naming, actor)), 200);
    })
    .openapi(forgetRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const actor = actorOf(c);
      const { count, purged, forgottenAt } = await memory.forget(space, { id }, actor);
      if (count + purged === 0) throw noMemory(id, space);
      return c.json({ forgotten: count, forgottenAt, ...await erased(memory) }, 200);
    });
}

function noMemory(id: string, space: string): NotFoundError {
  return new NotFoundError(`there is no memory ${id} in "${space}"`);
}

/** Whether the store's files are already clean. */
export async function erased(memory: Services["memory"]): Promise<{ erasedAt: string | null }> {
  const { erasedAt } = await memory.erasure();
  return { erasedAt };
}
