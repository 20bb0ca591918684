/**
 * What goes in and out over HTTP, checked by zod and described at `/openapi.json`.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Answer } from "../core/answer_type.ts";
import type { Comparison } from "../core/compare.ts";
import type { Facts } from "../core/facts.ts";
import { Label as CoreLabel, LABEL_CHARACTERS } from "../core/label.ts";
import type { AdvisedLabel } from "../core/advice.ts";
import type { Event } from "../core/ledger.ts";
import type { Memory } from "../core/memory.ts";

/** Name of a space when none is given. */
export const DEFAULT_SPACE = "default";

const unit = z.number().min(0).max(1);

/** The name to answer: 1–200 characters, in Unicode's composed form. */
export const Label: z.ZodType<string, string> = z.string().pipe(CoreLabel)
  .openapi({ type: "string", minLength: 1, maxLength: LABEL_CHARACTERS, example: "Grandma" });

/** The name of an isolated collection of memories. */
export const Space: z.ZodType<string, string> = z.string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/, {
    error: "should be 1 to 128 letters, digits, '.', '_' or '-', not beginning with '.'",
  })
  .openapi({ example: DEFAULT_SPACE });

/** The space of a request, in its query. */
export const SpaceQuery = z.strictObject({ space: Space.default(DEFAULT_SPACE) });

/** A flag in a form or a query. */
export const Flag: z.ZodType<boolean, string> = z.enum(["true", "false", "1", "0"])
  .transform((flag) => flag === "true" || flag === "1")
  .openapi({ type: "boolean" });

/** Reads a flag that JSON gives as a boolean and forms as text. */
export const JsonFlag: z.ZodType<boolean, boolean | string> = z.union([z.boolean(), Flag])
  .openapi({ type: "boolean" });

/** An id that sorts by time. */
export const UlidSchema: z.ZodType<string, string> = z.string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, { error: "should be a ULID of 26 characters" })
  .openapi({ example: "01JD0ZQ4Z8N6V0S0Q3M4X9T7WK" });

/** A memory's id. */
export const MemoryId = UlidSchema;

export const ImageSizeSchema = z.object({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
}).openapi({ description: "Pixels of the upright photo." });

export const BoxSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
}).openapi("Box", { description: "A rectangle in pixels of the upright photo." });

const FaceSchema = z.object({
  index: z.number().int().openapi({ description: "0-based in the answer's `subjects`." }),
  box: BoxSchema,
});

export const CertaintySchema = z.enum(["is", "perhaps", "unknown"]);
export const KindSchema = z.enum(["person", "thing"]);
export const RouteSchema = z.enum(["memory", "rule", "network", "none"]);
const RecalledBySchema = z.enum(["bytes", "copy", "look", "face"]);

/** A rule and how it reads. */
export const RuleNameSchema = z.object({ id: z.string(), reads: z.string() });

/** Why an answer came before a person. */
export const ReviewReasonSchema = z.enum(["unsure", "disagreement", "sample", "rule", "demoted"]);

const PartsSchema = z.union([
  z.object({
    known: z.number().nonnegative().openapi({
      description:
        "How far the likest group of training photos stands out, in standard deviations of all.",
    }),
    head: z.enum(["generalizer", "memorizer"]).openapi({ description: "Which of them answered." }),
  }).openapi({ description: "Of `sequential`." }),
  z.object({
    deep: z.number().openapi({ description: "The part that generalizes." }),
    wide: z.number().openapi({ description: "The part that memorizes." }),
  }).openapi({
    description: "Of `joint`: what each part adds to the log-odds of the label against the next.",
  }),
]).openapi({
  description: "How a trained paradigm's network came to its answer; left out of all others.",
});

/** {@linkcode Answer} over HTTP. */
export const AnswerSchema = z.object({
  label: z.string().nullable().openapi({ description: "Null only when the route is `none`." }),
  route: RouteSchema.openapi({ description: "What answered." }),
  certainty: CertaintySchema,
  confidence: unit.openapi({ description: "Calibrated: of answers at .9, 90 % are right." }),
  path: z.array(z.string()).openapi({ description: "General → specific." }),
  pathConfidence: z.array(unit).optional().openapi({
    description: "Of an answer by the network: how sure each kind of the path is.",
  }),
  named: z.boolean().optional().openapi({
    description:
      "Of an answer by the network: whether the label is a type it learnt, not a kind above several.",
  }),
  novel: z.boolean().openapi({ description: "A kind that is known, of a type that is not." }),
  novelty: unit.openapi({ description: "Calibrated probability of `novel`." }),
  subjects: z.array(z.object({
    kind: KindSchema,
    label: z.string().nullable(),
    certainty: CertaintySchema,
    confidence: unit,
    similarity: z.number().min(-1).max(1).nullable(),
    box: BoxSchema,
  })),
  alternatives: z.array(z.object({ label: z.string(), confidence: unit })),
  evidence: z.array(z.object({
    memory: z.string(),
    label: z.string(),
    by: RecalledBySchema,
    similarity: z.number(),
    threshold: z.number(),
  })),
  reason: z.string(),
  image: ImageSizeSchema,
  space: z.string(),
  paradigm: z.enum(["human", "sequential", "joint"]),
  parts: PartsSchema.optional(),
  rule: RuleNameSchema.optional().openapi({
    description: "The rule that changed the answer, or that sends it to review.",
  }),
  demoted: z.string().optional().openapi({
    description: "Why it is `perhaps` though it is sure: its like was judged wrong too often.",
  }),
  review: z.object({ item: z.string(), reason: ReviewReasonSchema }).optional().openapi({
    description: "The item in the queue of review that it is part of, and why.",
  }),
  model: z.object({ id: z.string(), version: z.string() }),
  timings: z.object({
    decode: z.number(),
    encode: z.number(),
    faces: z.number(),
    recall: z.number(),
    generalize: z.number(),
    total: z.number(),
  }).openapi({ description: "Milliseconds by stage; 0 for a stage that was not needed." }),
}).openapi("Answer");

/** {@linkcode Comparison} over HTTP. */
export const ComparisonSchema = z.object({
  answers: z.object({ sequential: AnswerSchema, joint: AnswerSchema, human: AnswerSchema }),
}).openapi("Comparison", { description: "One photo answered by all three paradigms." });

/** A memory without its embedding and hashes, which only an export carries. */
export const MemorySchema = z.object({
  id: z.string(),
  space: z.string(),
  label: z.string(),
  kind: KindSchema,
  scope: z.enum(["individual", "type"]),
  not: z.boolean(),
  path: z.array(z.string()),
  image: ImageSizeSchema,
  face: FaceSchema.nullable().openapi({ description: "Which face of the photo; null of a thing." }),
  model: z.string(),
  hasPhoto: z.boolean(),
  createdAt: z.string(),
}).openapi("Memory");

/** {@linkcode Facts} over HTTP. */
export const FactsSchema = z.object({
  kind: KindSchema,
  label: z.string().nullable(),
  route: RouteSchema,
  certainty: CertaintySchema,
  confidence: unit,
  path: z.array(z.string()),
  novel: z.boolean(),
  novelty: unit,
  similarity: z.number().nullable(),
  by: RecalledBySchema.nullable(),
  width: z.number(),
  height: z.number(),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
}).openapi("Facts", { description: "An answer, as far as rules can ask for it." });

/** One change that a person made. */
export const EventSchema = z.object({
  id: z.string(),
  type: z.enum([
    "teach",
    "correct",
    "rename",
    "merge",
    "import",
    "rule",
    "review",
    "setting",
    "undo",
    "forget",
  ]),
  at: z.string(),
  by: z.string().openapi({ description: "As the caller said in `xolo-actor`." }),
  what: z.string().openapi({ description: "What was done, in words; empty of forgetting." }),
  why: z.string(),
  count: z.number().int().openapi({ description: "How many memories it is about." }),
  undoable: z.boolean(),
  undoneBy: z.string().optional().openapi({ description: "The event that took it back." }),
  undoes: z.string().optional().openapi({ description: "The event that it took back." }),
}).openapi("Event");

/** One entry of a listing of labels. */
export const LabelSchema = z.object({
  label: z.string(),
  kind: KindSchema,
  memories: z.number().int(),
  negatives: z.number().int(),
  photos: z.number().int(),
  firstTaughtAt: z.string(),
  lastTaughtAt: z.string(),
  advice: z.array(z.string()).openapi({
    description: "What would help most to recognise them, the most helpful first.",
  }),
}).openapi("Label");

/** What forgetting replies. */
export const ForgottenSchema = z.object({
  forgotten: z.number().int().openapi({ description: "How many memories." }),
  forgottenAt: z.string().openapi({ description: "When it was logically gone." }),
  erasedAt: z.string().nullable().openapi({
    description:
      "When the store's files were clean of everything forgotten so far; null while that is under way. `GET /health` shows the present value.",
  }),
}).openapi("Forgotten");

/** RFC 9457. */
export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  refusals: z.array(z.object({
    image: z.number().int(),
    reason: z.string(),
    forcible: z.boolean().openapi({ description: "Whether it would be taught with `force`." }),
    faces: z.array(FaceSchema).optional().openapi({
      description: "The faces to choose from by `face`.",
    }),
  })).optional(),
}).openapi("Problem");

/** A memory as it is shown. */
export function viewOf(memory: Memory): z.infer<typeof MemorySchema> {
  const { id, space, label, kind, scope, not, path, image, face, model, hasPhoto, createdAt } =
    memory;
  return {
    id,
    space,
    label,
    kind,
    scope,
    not,
    path: [...path],
    image,
    face,
    model,
    hasPhoto,
    createdAt,
  };
}

/** Facts as they are shown. */
export function viewOfFacts(facts: Facts): z.infer<typeof FactsSchema> {
  return { ...facts, path: [...facts.path] };
}

// The schemas describe core's types; a drift between them is a compile error.
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
true satisfies Mutable<Answer> extends z.infer<typeof AnswerSchema> ? true : never;
true satisfies Mutable<Comparison> extends z.infer<typeof ComparisonSchema>["answers"] ? true
  : never;
true satisfies Mutable<Facts> extends z.infer<typeof FactsSchema> ? true : never;
true satisfies Event extends z.infer<typeof EventSchema> ? true : never;
true satisfies Mutable<AdvisedLabel> extends z.infer<typeof LabelSchema> ? true : never;
