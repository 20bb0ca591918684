/**
 * `/paradigms`: what is told of each of the three, and how they compare.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { etag } from "hono/etag";
import { type ParadigmCard, paradigmCard, paradigmEvaluation } from "../../models/paradigm_card.ts";
import { NotFoundError } from "../core/errors.ts";
import type { Services } from "./services.ts";
import { createRoutes, json, problems } from "./shared.ts";

const served = {
  served: z.boolean().openapi({ description: "Whether `POST /classify` answers by it." }),
  bytes: z.number().int().nullable().openapi({
    description:
      "Of its model, beside the backbone that all share; null where it has none of its own here.",
  }),
};

const CardSchema = paradigmCard.extend(served).openapi("Paradigm", {
  description: "How a paradigm was made, what it can do and what it cannot.",
});

const SummarySchema = paradigmCard.omit({ curves: true }).extend(served)
  .openapi("ParadigmSummary", { description: "The card without its curves." });

// A schema that was made before the routes' library was loaded cannot be named; a copy can.
const EvaluationSchema = paradigmEvaluation.clone().openapi("ParadigmEvaluation", {
  description:
    "The dilemma, measured: q2 near-copies of known exceptions, q3 new photos of known classes, q4 refused photos of classes never trained, and D = min(q2 / q2 of the table, q3 / q3 of the clean network), of which 1 is no dilemma.",
});

const unchanged = { 304: { description: "The same as the validator's" } };

const listRoute = createRoute({
  method: "get",
  path: "/paradigms",
  operationId: "listParadigms",
  tags: ["Paradigms"],
  summary: "The three paradigms and how they compare",
  responses: {
    200: json(
      z.object({
        paradigms: z.array(SummarySchema),
        evaluation: EvaluationSchema.nullable(),
      }),
      "Those of which there is a card; `evaluation` is null where there is none",
    ),
    ...unchanged,
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/paradigms/{id}",
  operationId: "readParadigm",
  tags: ["Paradigms"],
  summary: "One paradigm with its training curves",
  request: { params: z.object({ id: z.string().openapi({ example: "joint" }) }) },
  responses: {
    200: json(CardSchema, "Its card"),
    ...unchanged,
    ...problems({ 404: "No such paradigm" }),
  },
});

/** The routes over the paradigms. */
export function paradigmsRoutes({ paradigms, about }: Pick<Services, "paradigms" | "about">) {
  function withService<C extends Pick<ParadigmCard, "id">>(card: C) {
    return {
      ...card,
      served: about.paradigms.includes(card.id),
      bytes: paradigms.bytes[card.id] ?? null,
    };
  }
  const routes = createRoutes();
  // As every file of the page: asked for again, and answered by 304 when it is the same.
  routes.use("/paradigms/*", etag(), async (c, next) => {
    await next();
    if (c.res.ok) c.header("cache-control", "no-cache");
  });
  return routes
    .openapi(listRoute, async (c) => {
      const [cards, evaluation] = await Promise.all([paradigms.cards(), paradigms.evaluation()]);
      return c.json({
        paradigms: cards.map(({ curves: _, ...card }) => withService(card)),
        evaluation: evaluation ?? null,
      }, 200);
    })
    .openapi(readRoute, async (c) => {
      const { id } = c.req.valid("param");
      const cards = await paradigms.cards();
      const card = cards.find((one) => one.id === id);
      if (!card) {
        const known = cards.map((one) => one.id).join(", ") || "none yet";
        throw new NotFoundError(`there is no paradigm "${id}"; there is: ${known}`);
      }
      return c.json(withService(card), 200);
    });
}
