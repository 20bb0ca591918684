/**
 * `/quality`: what is promised of the answers, and what people found them to be.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { roomOf } from "../core/demo.ts";
import type { Judgement } from "../core/quality/judgement.ts";
import {
  type QualityReport,
  qualityReport,
  setSampleRate,
} from "../core/quality/quality_report.ts";
import { demandTeacher } from "./access.ts";
import { actorOf, actorParameter } from "./actor.ts";
import { paged } from "./paged.ts";
import {
  CertaintySchema,
  DEFAULT_SPACE,
  FactsSchema,
  ReviewReasonSchema,
  RouteSchema,
  Space,
  SpaceQuery,
  UlidSchema,
  viewOfFacts,
} from "./schemas.ts";
import type { Services } from "./services.ts";
import { createRoutes, denied, json, problems, sent } from "./shared.ts";

const unit = z.number().min(0).max(1);

const StandingSchema = z.object({
  name: z.string().openapi({ description: "A route, a label or the id of a rule." }),
  route: RouteSchema.optional().openapi({ description: "Of a label: what answered so." }),
  judged: z.number().int(),
  right: z.number().int(),
  precision: unit.nullable().openapi({ description: "Null where nothing was judged." }),
  lower: unit,
  upper: unit,
  needed: z.number().int().openapi({
    description: "How many more judgements make the interval ± .02.",
  }),
  state: z.enum(["kept", "new", "demoted"]),
  says: z.string(),
}).openapi("Standing", { description: "The last judgements, with their Wilson interval." });

const QualitySchema = z.object({
  floor: unit.openapi({ description: "Precision that answers with `is` are promised to have." }),
  interval: unit.openapi({ description: "How much the intervals hold, two-sided." }),
  sampleRate: unit.openapi({ description: "Share of sure answers that are judged by chance." }),
  overall: StandingSchema,
  routes: z.array(StandingSchema),
  labels: z.array(StandingSchema),
  rules: z.array(StandingSchema),
  coverage: z.array(z.object({
    at: z.string().openapi({ description: "When the hour began." }),
    answers: z.number().int(),
    covered: z.number().int().openapi({ description: "Given as `is`." }),
    coverage: unit,
    precision: unit.nullable(),
    lower: unit,
    upper: unit,
  })),
  open: z.number().int().openapi({ description: "How many items wait for a person." }),
}).openapi("Quality");

const JudgementSchema = z.object({
  id: z.string(),
  at: z.string(),
  by: z.string(),
  reason: ReviewReasonSchema,
  facts: FactsSchema.openapi({ description: "What was answered." }),
  rule: z.string().nullable(),
  claimed: CertaintySchema.openapi({ description: "How sure it was before it was demoted." }),
  right: z.boolean(),
  truth: z.string().nullable(),
}).openapi("Judgement");

const reportRoute = createRoute({
  method: "get",
  path: "/quality",
  operationId: "readQuality",
  tags: ["Quality"],
  summary: "How precise the answers are, and how many are covered",
  request: { query: SpaceQuery },
  responses: {
    200: json(QualitySchema, "The report"),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

const setRoute = createRoute({
  method: "patch",
  path: "/quality",
  operationId: "setQuality",
  tags: ["Quality"],
  summary: "Say how many sure answers are judged by chance",
  parameters: [actorParameter],
  request: {
    query: SpaceQuery,
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ sampleRate: unit }) } },
    },
  },
  responses: {
    200: json(QualitySchema, "The report"),
    ...problems({
      ...sent,
      404: "No such demo space",
      409: "Others change it all the time: try again",
      422: "The space's name is a demo's",
    }),
  },
});

const judgementsRoute = createRoute({
  method: "get",
  path: "/quality/judgements",
  operationId: "listJudgements",
  tags: ["Quality"],
  summary: "Page through what people found answers to be, oldest first",
  request: {
    query: z.strictObject({
      space: Space.default(DEFAULT_SPACE),
      cursor: UlidSchema.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({ judgements: z.array(JudgementSchema), next: z.string().optional() }),
      "A page; `next` is the cursor of the following one",
    ),
    ...problems({ 400: "The request is not as described", ...denied }),
  },
});

/** The routes about quality. */
export function qualityRoutes({ memory, practice, access: settings }: Services) {
  const report = async (space: string) => viewOfReport(await qualityReport(space, practice));
  return createRoutes()
    .openapi(reportRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      return c.json(await report(space), 200);
    })
    .openapi(setRoute, async (c) => {
      const { space } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const actor = actorOf(c);
      const { sampleRate } = c.req.valid("json");
      await roomOf(memory, space, settings.demo);
      await setSampleRate(memory, space, sampleRate, practice.records, actor);
      return c.json(await report(space), 200);
    })
    .openapi(judgementsRoute, async (c) => {
      const { space, cursor, limit } = c.req.valid("query");
      demandTeacher(c.get("access"), space, settings);
      const { items, ...next } = await paged(
        limit,
        cursor,
        async (limit, after) =>
          await memory.documents(space, "judgement", {
            limit,
            ...(after === undefined ? {} : { after }),
          }),
      );
      const judgements = items.map(({ value }) => viewOfJudgement(value as Judgement));
      return c.json({ judgements, ...next }, 200);
    });
}

function viewOfReport(report: QualityReport): z.infer<typeof QualitySchema> {
  const { routes, labels, rules, coverage } = report;
  return {
    ...report,
    routes: [...routes],
    labels: [...labels],
    rules: [...rules],
    coverage: [...coverage],
  };
}

function viewOfJudgement(judgement: Judgement): z.infer<typeof JudgementSchema> {
  return { ...judgement, facts: viewOfFacts(judgement.facts) };
}
