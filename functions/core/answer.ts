/**
 * How an answer is made: the photo's own bytes, then what it looks like, then what the network
 * makes of it; what was taught wins over what was learnt.
 *
 * @module
 */
import type { Alternative, Answer, Subject, Timings } from "./answer_type.ts";
import type { Encoded, Encoder, ImageSize } from "./encoder.ts";
import type { Generalization, Generalize } from "./generalize_type.ts";
import { lookOf } from "./look.ts";
import type { LookJudge } from "./look_judge.ts";
import type { MemoryTable } from "./memory.ts";
import { recallBytes, type Recalled, recallSeen } from "./recall.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { stopwatch } from "./stopwatch.ts";

/** What an answer is made with. */
export interface AnswerParts {
  readonly encoder: Encoder;
  readonly memory: MemoryTable;
  readonly generalize: Generalize;
  readonly judge: LookJudge;
}

/** What is asked besides the photo. */
export interface Ask {
  readonly space: string;
  /** Whether the asker may be answered from the space's memory; the network answers everybody. */
  readonly recall: boolean;
  /** Guaranteed accuracy of the network's answer, .5 to .999; the deployment's when left out. */
  readonly specificity?: number;
  /** Gives up waiting when it fires. */
  readonly signal?: AbortSignal;
}

/** Answers one photo. */
export type AnswerPhoto = (photo: Uint8Array, ask: Ask) => Promise<Answer>;

/**
 * Makes the function that answers.
 *
 * @returns a function that rejects as {@linkcode Encoder.encode} and {@linkcode MemoryTable} do
 */
export function createAnswer(parts: AnswerParts): AnswerPhoto {
  const { encoder, memory, generalize, judge } = parts;

  return async function answer(photo, ask) {
    const watch = stopwatch();

    const same = ask.recall ? await memory.byBytes(ask.space, await sha256Hex(photo)) : [];
    const known = recallBytes(same);
    watch.lap("recall");
    if (known) return fromMemory(known, undefined, known.memory.image, ask, watch.timings());

    const seen = await encoder.encode(photo, ask.signal ? { signal: ask.signal } : {});
    watch.add("decode", seen.timings.decode);
    watch.add("encode", seen.timings.encode);
    watch.skip();

    const recalled = ask.recall
      ? await recallSeen(memory, ask.space, query(seen), judge)
      : undefined;
    watch.lap("recall");

    const general = generalize(
      seen.logits,
      ask.specificity === undefined ? {} : { specificity: ask.specificity },
    );
    watch.lap("generalize");

    return recalled
      ? fromMemory(recalled, general, seen.image, ask, watch.timings())
      : fromNetwork(general, seen.image, ask, watch.timings());
  };

  /** What memory looks up, from what the encoder saw. */
  function query(seen: Encoded) {
    return {
      model: encoder.model.id,
      look: lookOf(seen.embedding),
      fingerprint: seen.fingerprint,
    };
  }

  function fromMemory(
    recalled: Recalled,
    general: Generalization | undefined,
    image: ImageSize,
    ask: Ask,
    timings: Timings,
  ): Answer {
    // Unsure of the memory, the asker wants to know first what it would be without it.
    const doubts: Alternative[] = recalled.certainty === "perhaps" && general?.label
      ? [{ label: general.label, confidence: general.confidence }]
      : [];
    return {
      label: recalled.label,
      route: "memory",
      certainty: recalled.certainty,
      confidence: recalled.confidence,
      path: recalled.memory.path,
      novel: false,
      novelty: general?.novelty ?? 0,
      subjects: [subject(recalled, recalled.similarity, image)],
      alternatives: [...doubts, ...recalled.rivals],
      evidence: recalled.evidence,
      reason: recalled.reason,
      image,
      space: ask.space,
      paradigm: "human",
      model: encoder.model,
      timings,
    };
  }

  function fromNetwork(
    general: Generalization,
    image: ImageSize,
    ask: Ask,
    timings: Timings,
  ): Answer {
    const { label, route, certainty, confidence, path, novel, novelty, alternatives, reason } =
      general;
    return {
      label,
      route,
      certainty,
      confidence,
      path,
      novel,
      novelty,
      subjects: [subject(general, null, image)],
      alternatives,
      evidence: [],
      reason,
      image,
      space: ask.space,
      paradigm: "human",
      model: encoder.model,
      timings,
    };
  }
}

/** The one thing that the photo shows, all over. */
function subject(
  of: Pick<Subject, "label" | "certainty" | "confidence">,
  similarity: number | null,
  image: ImageSize,
): Subject {
  return {
    kind: "thing",
    label: of.label,
    certainty: of.certainty,
    confidence: of.confidence,
    similarity,
    box: { x: 0, y: 0, ...image },
  };
}
