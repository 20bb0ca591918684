/**
 * The part of the API that only the page about the dilemma calls.
 *
 * @module
 */
import type { ParadigmEvaluation } from "../../models/paradigm_card.ts";
import type { Answer, Paradigm } from "../../functions/core/answer_type.ts";
import { type Access, createCall, DEFAULT_SPACE, headersOf } from "../call.ts";

/** What each paradigm answers to one photo. */
export type Answers = Readonly<Record<Paradigm, Answer>>;

/** What the page asks of the server. All reject with an `ApiError`. */
export interface DilemmaClient {
  /** What training found; null where nothing was evaluated. */
  evaluation(): Promise<ParadigmEvaluation | null>;
  /** Has all three paradigms answer a photo that the server has under an address. */
  compare(photo: string): Promise<Answers>;
}

/** Makes a client. */
export function createDilemmaClient(access: Access): DilemmaClient {
  const { origin, space = DEFAULT_SPACE } = access;
  const call = createCall(access);
  return {
    async evaluation() {
      const reply = await (await call(new URL("/paradigms", origin))).json() as {
        readonly evaluation: ParadigmEvaluation | null;
      };
      return reply.evaluation;
    },
    async compare(photo) {
      const body = await (await call(new URL(photo, origin))).blob();
      const query = new URLSearchParams({ paradigm: "compare", space, review: "false" });
      const reply = await call(new URL(`/classify?${query}`, origin), {
        method: "POST",
        headers: { ...headersOf(access), "content-type": body.type },
        body,
      });
      return (await reply.json() as { readonly answers: Answers }).answers;
    },
  };
}
