/**
 * How a trained paradigm answers: the exact table first, as in all paradigms, then its network.
 * Nobody is known by the face and nothing by its look.
 *
 * @module
 */
import { sha256Hex } from "../../models/sha256.ts";
import type { TrainedParadigm } from "../../models/paradigms.ts";
import type { AnswerParts, Ask } from "./answer.ts";
import { answerParadigm } from "./answer_paradigm.ts";
import type { Answer, ParadigmParts, Timings } from "./answer_type.ts";
import type { ImageSize } from "./encoder.ts";
import { recallBytes, recallCopy } from "./recall.ts";
import { recallTaughtFaces } from "./recall_people.ts";
import { type Findings, settleAnswer } from "./settle_answer.ts";
import { stopwatch } from "./stopwatch.ts";

/** Digits of a model's hash that name its version. */
const VERSION = 12;

/** What {@linkcode createTrainedAnswer} needs. */
export type TrainedAnswerParts = Pick<
  AnswerParts,
  "encoder" | "memory" | "judge" | "paradigms"
>;

/**
 * Makes the function that answers by a trained paradigm.
 *
 * @returns a function that rejects as {@linkcode Encoder.encode} and {@linkcode MemoryTable} do, and
 * with a {@linkcode TypeError} when there are no trained paradigms
 */
export function createTrainedAnswer(
  { encoder, memory, judge, paradigms: section }: TrainedAnswerParts,
): (photo: Uint8Array, ask: Ask, paradigm: TrainedParadigm) => Promise<Answer> {
  return async function answer(photo, ask, paradigm) {
    const model = section?.[paradigm];
    if (!model) throw new TypeError(`Expected the paradigm "${paradigm}" to be there, it is not`);
    const { sha256 } = model;
    const watch = stopwatch();

    const same = ask.recall ? await memory.byBytes(ask.space, await sha256Hex(photo)) : [];
    const faces = recallTaughtFaces(same);
    const thing = recallBytes(same.filter(({ kind }) => kind === "thing"));
    watch.lap("recall");
    if (thing || faces.length > 0) {
      return reply({ faces, thing }, same[0]!.image, watch.timings());
    }

    const seen = await encoder.encode(photo, {
      faces: "none",
      paradigms: [paradigm],
      owned: ask.owned ?? false,
      ...(ask.signal ? { signal: ask.signal } : {}),
    });
    watch.add("decode", seen.timings.decode);
    watch.add("encode", seen.timings.encode);
    watch.skip();

    const { look, fingerprint } = seen;
    const query = { model: encoder.lookModel, look, fingerprint };
    const copy = ask.recall ? await recallCopy(memory, ask.space, query, judge) : undefined;
    watch.lap("recall");

    const { parts, ...general } = answerParadigm(paradigm, seen.paradigms ?? {}, section);
    watch.lap("generalize");
    const findings = { faces: [], thing: copy, general };
    return reply(findings, seen.image, watch.timings(), copy ? undefined : parts);

    function reply(
      findings: Findings,
      image: ImageSize,
      timings: Timings,
      parts?: ParadigmParts,
    ): Answer {
      return {
        ...settleAnswer(findings, image),
        ...(parts ? { parts } : {}),
        image,
        space: ask.space,
        paradigm,
        model: { id: paradigm, version: sha256.slice(0, VERSION) },
        timings,
      };
    }
  };
}
