/**
 * `POST /classify`: a photo in, an answer out.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { isClosedDemo } from "../core/demo.ts";
import type { Paradigm } from "../core/answer_type.ts";
import { UnteachableError } from "../core/errors.ts";
import { decodeJsonBase64 } from "./decode_json_base64.ts";
import { type FilePart, isFilePart } from "./form.ts";
import { free, freeBody } from "./free.ts";
import type { ByteRange } from "./json_photo.ts";
import { InvalidRequestError } from "./problem.ts";
import { AnswerSchema, ComparisonSchema, DEFAULT_SPACE, JsonFlag, Space } from "./schemas.ts";
import type { Services } from "./services.ts";
import { serverTiming } from "./server_timing.ts";
import { createRoutes, json, problems } from "./shared.ts";

/** A photo in a form: a file for the client, its part of the form here. */
export const Photo = z.custom<FilePart>(isFilePart, {
  error: "should be a file: send it as multipart/form-data with a file name",
}).openapi({ type: "string", format: "binary" }) as unknown as z.ZodType<FilePart, File>;

const Context = z.record(
  z.string().max(100),
  z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
).refine((c) => Object.keys(c).length <= 50, "should have at most 50 fields")
  .openapi({ type: "object", example: { album: "home" } });

const ContextText = z.string().max(20_000).transform((text, ctx) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    ctx.addIssue({ code: "custom", message: "should be a flat JSON object" });
    return z.NEVER;
  }
}).pipe(Context);

const specificity = z.coerce.number().min(0.5).max(0.999).openapi({
  type: "number",
  description: "The accuracy to guarantee for the network's answer.",
  example: 0.95,
});

const Options = z.strictObject({
  space: Space.optional(),
  paradigm: z.enum(["human", "sequential", "joint", "compare"]).optional().openapi({
    description:
      "Who answers; `human` when left out. `compare` has all three answer. `GET /health` says which are served.",
  }),
  context: ContextText.optional(),
  specificity: specificity.optional(),
  review: JsonFlag.optional().openapi({
    description:
      "Whether a teacher's photo may wait for a person where the answer is not sure, or by chance; it may when left out.",
  }),
  keepPhoto: JsonFlag.optional().openapi({
    description: "Keep a thumbnail of 128 pixels of what waits for a person.",
  }),
  preview: JsonFlag.optional().openapi({
    description:
      "For a live picture: faces are looked at more lightly, in less than half the time and a little less surely. Fewer may be found: do not teach by a subject's position in such an answer.",
  }),
});

const Form = Options.extend({ image: Photo });

const Json = Options.extend({
  image: z.string().min(1).openapi({ description: "Base64 or a data URL." }),
  context: Context.optional(),
});

const Raw = z.custom<Blob>().openapi({ type: "string", format: "binary" });

const route = createRoute({
  method: "post",
  path: "/classify",
  operationId: "classify",
  tags: ["Answers"],
  summary: "Ask what a photo shows",
  description:
    "Answers from memory where the photo, or what it shows, was taught, and otherwise from the network with the most specific kind it can vouch for. The photo comes as a form, as a raw body with the options in the query, or as JSON.",
  request: {
    query: Options,
    body: {
      required: false,
      content: {
        "multipart/form-data": { schema: Form },
        "application/json": { schema: Json },
        "image/*": { schema: Raw },
        // Whatever a client calls its bytes: what they are is read from the bytes themselves.
        "*/*": { schema: Raw },
      },
    },
  },
  responses: {
    200: json(
      z.union([AnswerSchema, ComparisonSchema]),
      "The answer; with `paradigm=compare` all three",
    ),
    ...problems({
      400: "The request is not as described",
      401: "The token is wrong",
      408: "The body does not come on",
      413: "Too many bytes or pixels",
      415: "A format that is not read",
      422: "A damaged photo, or a paradigm that is not served",
      429: "A quota is used up",
      503: "All workers are busy: try again later",
    }),
  },
});

/** Takes the photo out of JSON, whose bytes it is decoded in. */
function photoIn(json: ArrayBuffer, text: ByteRange): Uint8Array<ArrayBuffer> {
  try {
    return decodeJsonBase64(json, text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidRequestError([{ path: "image", message: "should be base64 or a data URL" }]);
  }
}

/** The paradigms that a request needs. */
function needed(paradigm: Paradigm | "compare"): readonly Paradigm[] {
  return paradigm === "compare" ? ["sequential", "joint", "human"] : [paradigm];
}

/** The routes that answer. */
export function classifyRoutes({ answer, compare, memory, practice, about }: Services) {
  return createRoutes().openapi(route, async (c) => {
    // Each is empty unless the body is of its type.
    const form = c.req.valid("form") as Partial<z.output<typeof Form>>;
    const body = c.req.valid("json") as Partial<z.output<typeof Json>>;
    const { image: inForm, ...formOptions } = form;
    const { image: inJson, ...jsonOptions } = body;
    const options = { ...c.req.valid("query"), ...formOptions, ...jsonOptions };

    const paradigm = options.paradigm ?? "human";
    if (!needed(paradigm).every((one) => about.paradigms.includes(one))) {
      await freeBody(c.req);
      throw new UnteachableError(
        `the paradigm "${paradigm}" is not served here; there is: ${about.paradigms.join(", ")}`,
      );
    }

    let photo: Uint8Array<ArrayBuffer>;
    if (inForm) {
      photo = inForm.bytes as Uint8Array<ArrayBuffer>;
      await freeBody(c.req);
    } else {
      const body = await c.req.arrayBuffer();
      photo = inJson === undefined ? new Uint8Array(body) : photoIn(body, c.get("photoInJson"));
    }
    if (photo.length === 0) {
      throw new InvalidRequestError([{ path: "image", message: "should be a photo, it is empty" }]);
    }

    const space = options.space ?? DEFAULT_SPACE;
    const { mayRecall, mayTeach } = c.get("access");
    const { preview = false, review = true, keepPhoto = false, context } = options;
    const ask = {
      space,
      // A name that is kept for demo spaces must not come to be one by being asked.
      recall: mayRecall(space) && !await isClosedDemo(memory, space),
      trusted: mayTeach(space),
      ...(context === undefined ? {} : { context }),
      ...(options.specificity === undefined ? {} : { specificity: options.specificity }),
      faces: preview ? "light" : "full",
      signal: c.req.raw.signal,
    } as const;
    try {
      if (paradigm === "compare") {
        const answers = await compare(photo, ask);
        // The most thorough of the three was under way as long as any.
        c.header("server-timing", serverTiming(answers.human.timings));
        return c.json({ answers } as unknown as z.output<typeof ComparisonSchema>, 200);
      }
      const reply = await answer(photo, {
        ...ask,
        owned: true,
        paradigm,
        review: practice.review && review && !preview && mayTeach(space),
        keepThumbnail: keepPhoto,
      });
      c.header("server-timing", serverTiming(reply.timings));
      return c.json(reply as unknown as z.output<typeof AnswerSchema>, 200);
    } finally {
      free(photo.buffer);
    }
  });
}
