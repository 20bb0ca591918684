/**
 * `/review`: what waits for a person, and what the person says.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { roomOf } from "../core/demo.ts";
import { NotFoundError } from "../core/errors.ts";
import { answerItem, type Verdict } from "../core/review/answer_item.ts";
import type { Item } from "../core/review/item.ts";
import { MOST_LEASED } from "../core/review/review_queue.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import {
  BoxSchema,
  DEFAULT_SPACE,
  EventSchema,
  FactsSchema,
  ImageSizeSchema,
  KindSchema,
  Label,
  MemorySchema,
  ReviewReasonSchema,
  RuleNameSchema,
  Space,
  SpaceQuery,
  UlidSchema,
  viewOf,
  viewOfFacts,
} from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems, sent } from "./shared.ts";

const ItemSchema = z.object({
  id: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  kind: KindSchema,
  reason: ReviewReasonSchema,
  says: z.string().openapi({ description: "Why it is here, in words." }),
  answer: FactsSchema.openapi({ description: "What was answered." }),
  rule: RuleNameSchema.nullable(),
  suggestions: z.array(z.object({ label: z.string(), confidence: z.number() })).openapi({
    description: "Labels that it may be, best first.",
  }),
  seen: z.number().int().openapi({ description: "How many photos are like it." }),
  hasPhoto: z.boolean(),
  box: BoxSchema.nullable().openapi({ description: "The face that it is about." }),
  image: ImageSizeSchema,
  priority: z.number().openapi({ description: "How much an answer would teach." }),
  leasedUntil: z.string().nullable(),
}).openapi("Item");

const IdParam = z.object({ id: UlidSchema });

const VerdictSchema = z.strictObject({
  label: Label.optional().openapi({ description: "What it is." }),
  scope: z.enum(["individual", "type"]).optional().openapi({ description: "Of the label." }),
  not: z.literal(true).optional().openapi({ description: "It is not what was answered." }),
  skip: z.literal(true).optional().openapi({ description: "Somebody else should say." }),
  subject: z.literal(false).optional().openapi({
    description: "There is nothing to be recognised.",
  }),
  lease: UlidSchema.optional().openapi({ description: "By which it is in one's hands." }),
}).superRefine(({ label, scope, not, skip, subject }, ctx) => {
  const given = [label, not, skip, subject].filter((one) => one !== undefined).length;
  if (given !== 1) {
    ctx.addIssue(
      `should be one of {"label": …}, {"not": true}, {"skip": true} and {"subject": false}, it has ${given} of them`,
    );
  }
  if (scope !== undefined && label === undefined) {
    ctx.addIssue({ code: "custom", path: ["scope"], message: "should come with a label" });
  }
});

const missing = {
  400: "The request is not as described",
  ...denied,
  404: "No such item: it waited too long, or was forgotten",
  409: "It was answered already, or is in somebody else's hands",
} as const;

const listRoute = createRoute({
  method: "get",
  path: "/review",
  operationId: "listReview",
  tags: ["Review"],
  summary: "What waits for a person, what would teach most first",
  request: {
    query: z.strictObject({
      space: Space.default(DEFAULT_SPACE),
      cursor: UlidSchema.optional().openapi({
        description: "The last item seen; where it was answered meanwhile, the first page again.",
      }),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(ItemSchema), open: z.number().int(), next: z.string().optional() }),
      "A page; `open` is how many wait, `next` the cursor of the following page",
    ),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const leaseRoute = createRoute({
  method: "post",
  path: "/review/leases",
  operationId: "leaseReview",
  tags: ["Review"],
  summary: "Take items in hand, so that nobody else is given them",
  request: {
    query: SpaceQuery,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            limit: z.int().min(1).max(MOST_LEASED).default(10),
            minutes: z.int().min(1).max(60).default(10),
          }),
        },
      },
    },
  },
  responses: {
    200: json(
      z.object({ lease: z.string(), until: z.string(), items: z.array(ItemSchema) }),
      "The items, of which no other lease has any",
    ),
    ...problems({
      ...sent,
      404: "No such demo space",
      409: "Others take them all the time: try again",
      422: "The space's name is a demo's",
      429: "A quota is used up",
    }),
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/review/{id}",
  operationId: "readReview",
  tags: ["Review"],
  summary: "Read one item",
  request: { params: IdParam, query: SpaceQuery },
  responses: { 200: json(ItemSchema, "The item"), ...problems(missing) },
});

const photoRoute = createRoute({
  method: "get",
  path: "/review/{id}/photo",
  operationId: "readReviewPhoto",
  tags: ["Review"],
  summary: "The thumbnail of an item",
  request: { params: IdParam, query: SpaceQuery },
  responses: {
    200: {
      content: {
        "image/jpeg": { schema: z.custom<Blob>().openapi({ type: "string", format: "binary" }) },
      },
      description: "At most 128 pixels, upright, without metadata",
    },
    ...problems({ ...missing, 404: "No such item, or none was kept of it" }),
  },
});

const answerRoute = createRoute({
  method: "post",
  path: "/review/{id}",
  operationId: "answerReview",
  tags: ["Review"],
  summary: "Say what it is",
  description:
    "It is judged and taught in one write, once: a second answer is a conflict and changes nothing.",
  parameters: [actorParameter],
  request: {
    params: IdParam,
    query: SpaceQuery,
    body: { required: true, content: { "application/json": { schema: VerdictSchema } } },
  },
  responses: {
    200: json(
      z.object({
        item: z.string(),
        outcome: z.enum(["taught", "judged", "skipped", "dropped"]),
        right: z.boolean().nullable().openapi({
          description: "Whether the answer was right; null where nothing was judged.",
        }),
        memories: z.array(MemorySchema),
        event: EventSchema.nullable(),
      }),
      "What became of it",
    ),
    ...problems({
      ...sent,
      ...missing,
      422: "It cannot be taught as that",
      429: "A quota is used up",
      507: "The space has no room left",
    }),
  },
});

/** The routes of review. */
export function reviewRoutes({ memory, models, practice, access: settings, now }: Services) {
  const { queue } = practice;
  return createRoutes()
    .openapi(listRoute, async (c) => {
      const { space, cursor, limit } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const open = await queue.open(space);
      const from = open.findIndex(({ id }) => id === cursor) + 1;
      const page = open.slice(from, from + limit);
      const isLast = from + limit >= open.length;
      return c.json({
        items: page.map((item) => viewOfItem(item, now())),
        open: open.length,
        ...(isLast ? {} : { next: page.at(-1)!.id }),
      }, 200);
    })
    .openapi(leaseRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      await roomOf(memory, space, settings.demo);
      const { lease: { id, until }, items } = await queue.lease(space, c.req.valid("json"));
      return c.json({
        lease: id,
        until,
        items: items.map((item) => viewOfItem(item, now())),
      }, 200);
    })
    .openapi(readRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      return c.json(viewOfItem(await queue.get(space, c.req.valid("param").id), now()), 200);
    })
    .openapi(photoRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const { thumbnail } = await queue.get(space, id);
      if (!thumbnail) throw new NotFoundError(`no photo was kept of item ${id} in "${space}"`);
      return c.body(thumbnail as Uint8Array<ArrayBuffer>, 200, {
        "content-type": "image/jpeg",
        "cache-control": "private, no-store",
      });
    })
    .openapi(answerRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      const { id } = c.req.valid("param");
      const { skip, lease, ...said } = c.req.valid("json");
      const maxMemories = await roomOf(memory, space, settings.demo);
      if (skip) {
        await queue.skip(space, id, lease);
        return c.json(
          { item: id, outcome: "skipped" as const, right: null, memories: [], event: null },
          200,
        );
      }
      const { outcome, right, taught, event } = await answerItem(
        memory,
        space,
        id,
        verdictOf(said),
        {
          actor,
          lease,
          models: { person: models.person.id, thing: models.thing.id },
          maxMemories,
          now: now(),
        },
      );
      const memories = taught.map((one) => viewOf(one.memory));
      return c.json({ item: id, outcome, right, memories, event }, 200);
    });
}

function verdictOf(
  { label, scope, not }: Omit<z.output<typeof VerdictSchema>, "skip" | "lease">,
): Verdict {
  if (label !== undefined) return { label, ...(scope === undefined ? {} : { scope }) };
  return not ? { not } : { subject: false };
}

/** An item without its embeddings and hashes. */
function viewOfItem(item: Item, now: Date): z.infer<typeof ItemSchema> {
  const { id, createdAt, expiresAt, kind, reason, says, rule, seen, priority, lease } = item;
  const [sight] = item.sights;
  const { answer, suggestions } = item;
  return {
    id,
    createdAt,
    expiresAt,
    kind,
    reason,
    says,
    answer: viewOfFacts(answer),
    rule,
    suggestions: suggestions.map((one) => ({ ...one })),
    seen,
    hasPhoto: item.thumbnail !== undefined,
    box: sight?.face?.box ?? null,
    image: sight?.image ?? { width: answer.width, height: answer.height },
    priority,
    leasedUntil: lease !== undefined && lease.until > now.toISOString() ? lease.until : null,
  };
}
