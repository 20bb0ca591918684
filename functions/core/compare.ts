/**
 * One photo answered by all three paradigms.
 *
 * @module
 */
import { TRAINED_PARADIGMS } from "../../models/paradigms.ts";
import { type AnswerParts, type Ask, createAnswer } from "./answer.ts";
import type { Answer, Paradigm } from "./answer_type.ts";
import type { Encoded } from "./encoder.ts";

/** The three answers to one photo. */
export type Comparison = { readonly [P in Paradigm]: Answer };

/** Answers one photo by every paradigm. */
export type ComparePhoto = (
  photo: Uint8Array,
  // The photo is not given away: while one has it encoded, the others still hash it.
  ask: Omit<Ask, "paradigm" | "owned">,
) => Promise<Comparison>;

/**
 * Makes the function that compares. The photo is decoded and encoded once, for whoever of the three
 * needs it first.
 *
 * @returns a function that rejects as {@linkcode AnswerPhoto} does
 */
export function createCompare(parts: AnswerParts): ComparePhoto {
  return async function compare(photo, ask) {
    let seen: Promise<Encoded> | undefined;
    const encoder = {
      ...parts.encoder,
      encode: () =>
        seen ??= parts.encoder.encode(photo, {
          faces: ask.faces ?? "full",
          paradigms: TRAINED_PARADIGMS,
          ...(ask.signal ? { signal: ask.signal } : {}),
        }),
    };
    const answer = createAnswer({ ...parts, encoder });
    // At once, so that the time of each holds that of encoding.
    const [sequential, joint, human] = await Promise.all([
      answer(photo, { ...ask, paradigm: "sequential" }),
      answer(photo, { ...ask, paradigm: "joint" }),
      answer(photo, { ...ask, paradigm: "human" }),
    ]);
    return { sequential, joint, human };
  };
}
