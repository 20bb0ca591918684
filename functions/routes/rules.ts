/**
 * `/rules`: what people say should be answered, tried before it is switched on.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { DEMO_RULES, roomOf } from "../core/demo.ts";
import type { DryRun } from "../core/rules/dry_run.ts";
import { FIELDS } from "../core/rules/fields.ts";
import type { Outcome } from "../core/rules/outcome_of.ts";
import { HIGHEST_PRIORITY, NOTE_CHARACTERS, RuleInput } from "../core/rules/parse_rule.ts";
import type { RuleText } from "../core/rules/rule.ts";
import { type BookedRule, MOST_RULES } from "../core/rules/rule_book.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { CertaintySchema, EventSchema, RouteSchema, SpaceQuery, UlidSchema } from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems, sent } from "./shared.ts";

/** Changes that a dry run tells one by one. */
const TOLD = 50;

const ConditionsSchema = z.record(z.string(), z.unknown()).openapi({
  type: "object",
  description: `What must hold, all of it: a test by field. The fields are ${
    [...FIELDS.keys()].join(", ")
  } and context.<name>; a test is a value, or an object of is, not, in, lt, lte, gt, gte, starts and exists.`,
  example: { path: "dog", "context.album": "home", confidence: { lt: 0.9 } },
});

const ConsequenceSchema = z.union([
  z.object({ label: z.string() }),
  z.object({ not: z.string() }),
  z.object({ review: z.literal(true) }),
]).openapi({
  description: "It is that, it is not that, or a person looks at it.",
  example: { label: "Rex" },
});

const written = {
  when: ConditionsSchema,
  then: ConsequenceSchema,
  priority: z.int().min(-HIGHEST_PRIORITY).max(HIGHEST_PRIORITY).default(0).openapi({
    description: "The highest is asked first, among equals the oldest.",
  }),
  enabled: z.boolean().default(true),
  note: z.string().max(NOTE_CHARACTERS).default(""),
};

/** What is written, for the description; it is checked by {@linkcode RuleInput}. */
const RuleTextSchema = z.strictObject(written);

/** Core's own check of a rule, with the description of {@linkcode RuleTextSchema}. */
const RuleTextInput = z.unknown().pipe(RuleInput)
  .openapi({ allOf: [{ $ref: "#/components/schemas/RuleText" }] }) as unknown as z.ZodType<
    RuleText,
    z.input<typeof RuleTextSchema>
  >;

const ProblemsSchema = z.array(z.object({
  kind: z.enum(["conflict", "dead", "duplicate"]),
  with: z.string().nullable().openapi({ description: "The other rule." }),
  says: z.string(),
})).openapi({ description: "What is wrong with it." });

const RuleSchema = z.object({
  ...written,
  priority: z.int(),
  enabled: z.boolean(),
  note: z.string(),
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  reads: z.string().openapi({ description: "The rule in words." }),
  hits: z.number().int().openapi({ description: "How often it made a difference." }),
  lastHitAt: z.string().nullable(),
  judged: z.object({
    n: z.number().int(),
    right: z.number().int(),
    lower: z.number(),
    upper: z.number(),
    state: z.enum(["kept", "new", "demoted"]),
  }).openapi({ description: "What people found its answers to be." }),
  problems: ProblemsSchema,
}).openapi("Rule");

const OutcomeSchema = z.object({
  label: z.string().nullable(),
  route: RouteSchema,
  certainty: CertaintySchema,
  rule: z.string().nullable().openapi({ description: "Id of the rule that changed it." }),
  review: z.boolean().openapi({ description: "Whether a rule sends it to a person." }),
});

const TrialSchema = z.object({
  reads: z.string(),
  problems: ProblemsSchema,
  answers: z.object({
    looked: z.number().int(),
    changed: z.array(z.object({
      says: z.string(),
      before: OutcomeSchema,
      after: OutcomeSchema,
    })).openapi({ description: `The newest ${TOLD} at most.` }),
    changes: z.number().int().openapi({ description: "How many change." }),
  }).openapi({ description: "On the last answers." }),
  judged: z.object({
    looked: z.number().int(),
    skipped: z.number().int().openapi({
      description: "Judged answers that a rule had changed: nothing can be told of them.",
    }),
    changed: z.number().int(),
    becomeRight: z.number().int(),
    becomeWrong: z.number().int(),
  }).openapi({ description: "On the answers that people judged." }),
}).openapi("RuleTrial");

const IdParam = z.object({ id: UlidSchema });
const missing = {
  400: "The request is not as described",
  ...denied,
  404: "No such rule, or no such demo space",
} as const;
const changed = { 409: "Somebody else changed it meanwhile" } as const;

const bodyOf = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { "application/json": { schema } },
});

const listRoute = createRoute({
  method: "get",
  path: "/rules",
  operationId: "listRules",
  tags: ["Rules"],
  summary: "All rules, with what became of them",
  request: { query: SpaceQuery },
  responses: {
    200: json(z.object({ rules: z.array(RuleSchema) }), "The rules, oldest first"),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const writeRoute = createRoute({
  method: "post",
  path: "/rules",
  operationId: "writeRule",
  tags: ["Rules"],
  summary: "Write a rule",
  parameters: [actorParameter],
  request: { query: SpaceQuery, body: bodyOf(RuleTextInput) },
  responses: {
    201: json(RuleSchema, "Written"),
    ...problems({
      ...sent,
      404: "No such demo space",
      409: "Others change the rules all the time: try again",
      422: "There are too many rules, it is too large, or the space's name is a demo's",
      429: "A quota is used up",
    }),
  },
});

const tryRoute = createRoute({
  method: "post",
  path: "/rules/dry-run",
  operationId: "tryRule",
  tags: ["Rules"],
  summary: "What a rule would change, if it were switched on",
  request: {
    query: SpaceQuery,
    body: bodyOf(z.strictObject({
      rule: RuleTextInput,
      id: UlidSchema.optional().openapi({ description: "The rule whose place it would take." }),
    })),
  },
  responses: {
    200: json(TrialSchema, "What would change"),
    ...problems({
      ...sent,
      404: "No such rule",
      422: "It is too large",
      429: "A quota is used up",
    }),
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/rules/{id}",
  operationId: "readRule",
  tags: ["Rules"],
  summary: "Read one rule",
  request: { params: IdParam, query: SpaceQuery },
  responses: { 200: json(RuleSchema, "The rule"), ...problems(missing) },
});

const replaceRoute = createRoute({
  method: "put",
  path: "/rules/{id}",
  operationId: "replaceRule",
  tags: ["Rules"],
  summary: "Write a rule anew",
  parameters: [actorParameter],
  request: { params: IdParam, query: SpaceQuery, body: bodyOf(RuleTextInput) },
  responses: {
    200: json(RuleSchema, "The rule as it is now"),
    ...problems({ ...sent, ...missing, ...changed, 422: "It is too large" }),
  },
});

const removeRoute = createRoute({
  method: "delete",
  path: "/rules/{id}",
  operationId: "removeRule",
  tags: ["Rules"],
  summary: "Remove a rule; its event can be taken back",
  parameters: [actorParameter],
  request: { params: IdParam, query: SpaceQuery },
  responses: {
    200: json(z.object({ removed: z.string(), event: EventSchema.nullable() }), "Removed"),
    ...problems({ ...missing, ...changed }),
  },
});

/** The routes over rules. */
export function rulesRoutes({ memory, practice, access: settings }: Services) {
  const { rules } = practice;
  const routes = createRoutes();
  routes.openAPIRegistry.register("RuleText", RuleTextSchema);
  return routes
    .openapi(listRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      return c.json({ rules: (await rules.list(space)).map(viewOfRule) }, 200);
    })
    .openapi(writeRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      const isDemo = await roomOf(memory, space, settings.demo) !== undefined;
      const most = isDemo ? DEMO_RULES : MOST_RULES;
      return c.json(viewOfRule(await rules.create(space, c.req.valid("json"), actor, most)), 201);
    })
    .openapi(tryRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { rule, id } = c.req.valid("json");
      const trial = await rules.tryOut(space, rule, id);
      const { reads, problems, answers, judged, skipped } = trial;
      return c.json({
        reads,
        problems: [...problems],
        answers: viewOfAnswers(answers),
        judged: {
          looked: judged.samples,
          skipped,
          changed: judged.changes.length,
          becomeRight: judged.becomeRight,
          becomeWrong: judged.becomeWrong,
        },
      }, 200);
    })
    .openapi(readRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      return c.json(viewOfRule(await rules.get(space, c.req.valid("param").id)), 200);
    })
    .openapi(replaceRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      const rule = await rules.replace(space, id, c.req.valid("json"), actorOf(c));
      return c.json(viewOfRule(rule), 200);
    })
    .openapi(removeRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { id } = c.req.valid("param");
      return c.json({ removed: id, event: await rules.remove(space, id, actorOf(c)) }, 200);
    });
}

function viewOfRule({ problems, when, ...rule }: BookedRule): z.infer<typeof RuleSchema> {
  return { ...rule, when: { ...when }, problems: [...problems] };
}

function viewOfAnswers({ samples, changes }: DryRun): z.infer<typeof TrialSchema>["answers"] {
  return {
    looked: samples,
    changed: changes.slice(0, TOLD).map(({ says, before, after }) => ({
      says,
      before: viewOfOutcome(before),
      after: viewOfOutcome(after),
    })),
    changes: changes.length,
  };
}

function viewOfOutcome({ rule, ...outcome }: Outcome): z.infer<typeof OutcomeSchema> {
  return { ...outcome, rule: rule?.id ?? null };
}
