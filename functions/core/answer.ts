/**
 * How an answer is made: the photo's own bytes, then its faces and what it looks like, then what
 * the network makes of it; what was taught wins over what was learnt.
 *
 * @module
 */
import type { FaceDescriptor, FaceMode } from "../../models/face.ts";
import type { ParadigmsSection } from "../../models/paradigms.ts";
import { createTrainedAnswer } from "./answer_trained.ts";
import type { Answer, Paradigm, Timings } from "./answer_type.ts";
import { type Findings, settleAnswer } from "./settle_answer.ts";
import type { Encoded, Encoder, ImageSize, SeenFace } from "./encoder.ts";
import type { FaceJudge } from "./face_judge.ts";
import type { Generalization, Generalize } from "./generalize_type.ts";
import { guessType, type TypeGuess } from "./guess_type.ts";
import { humanFaces } from "./human_faces.ts";
import type { LookJudge } from "./look_judge.ts";
import type { Context, Facts } from "./facts.ts";
import type { Memory, MemoryTable } from "./memory.ts";
import type { Practice } from "./practice/practice.ts";
import type { SeenSubject } from "./review/item.ts";
import { faceOf, seenPerson, seenThing } from "./review/seen_subject.ts";
import { type Query, recallBytes, recallSeen } from "./recall.ts";
import {
  type RecalledFace,
  recallPeople,
  recallTaughtFaces,
  unknownFace,
} from "./recall_people.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { stopwatch } from "./stopwatch.ts";

/** What an answer is made with. */
export interface AnswerParts {
  readonly encoder: Encoder;
  readonly memory: MemoryTable;
  readonly generalize: Generalize;
  readonly judge: LookJudge;
  readonly faces: FaceJudge;
  /** What the manifest says of the trained paradigms; left out where there are none. */
  readonly paradigms?: ParadigmsSection;
  /** What people decided of answers; left out where nobody does. */
  readonly practice?: Practice;
}

/** What is asked besides the photo. */
export interface Ask {
  readonly space: string;
  /** Whether the asker may be answered from the space's memory; the network answers everybody. */
  readonly recall: boolean;
  /** Which paradigm answers; `human`, whose way is told here, when left out. */
  readonly paradigm?: Paradigm;
  /**
   * Guaranteed accuracy of the network's answer, .5 to .999; the deployment's when left out. The
   * trained paradigms have no kinds to choose from and go without.
   */
  readonly specificity?: number;
  /** How thoroughly faces are looked at; `full` when left out, `light` for a live preview. */
  readonly faces?: FaceMode;
  /** What rules may go by besides what is seen. */
  readonly context?: Context;
  /** Whether the answer may go before a person; not when left out. */
  readonly review?: boolean;
  /** Whether the asker may know what people decided in the space; not when left out. */
  readonly trusted?: boolean;
  /** Whether a thumbnail may be kept of what goes before a person. */
  readonly keepThumbnail?: boolean;
  /** Whether the photo's buffer is nobody else's, as in {@linkcode EncodeOptions}. */
  readonly owned?: boolean;
  /** Gives up waiting when it fires. */
  readonly signal?: AbortSignal;
}

/** Answers one photo. */
export type AnswerPhoto = (photo: Uint8Array, ask: Ask) => Promise<Answer>;

/**
 * Makes the function that answers.
 *
 * @returns a function that rejects as {@linkcode Encoder.encode} and {@linkcode MemoryTable} do, and
 * with a {@linkcode TypeError} when a trained paradigm is asked for where there are none
 */
export function createAnswer(parts: AnswerParts): AnswerPhoto {
  const { encoder, memory, generalize, judge, faces: faceJudge, practice } = parts;
  const answerTrained = createTrainedAnswer(parts);

  return async function answer(photo, ask) {
    const { paradigm = "human" } = ask;
    if (paradigm !== "human") return await answerTrained(photo, ask, paradigm);
    const watch = stopwatch();
    const signal = ask.signal ? { signal: ask.signal } : {};

    const era = practice && ask.recall ? await memory.era(ask.space) : "";
    const bytes = ask.recall ? await sha256Hex(photo) : "";
    const same = ask.recall ? await memory.byBytes(ask.space, bytes) : [];
    const taught = recallTaughtFaces(same);
    const taughtThing = recallBytes(same.filter(({ kind }) => kind === "thing"));
    watch.lap("recall");
    const [first] = same;
    if (first && taught.length === facesOf(same) && (taughtThing || taught.length > 0)) {
      return reply({ faces: taught, thing: taughtThing }, first.image, ask, watch.timings());
    }

    const { faces: mode = "full", owned = false, review = false } = ask;
    const seen = await encoder.encode(photo, {
      faces: mode,
      owned,
      ...(review && ask.keepThumbnail ? { keepPhoto: "thumbnail" } : {}),
      ...signal,
    });
    watch.add("decode", seen.timings.decode);
    watch.add("encode", seen.timings.encode);
    watch.add("faces", seen.timings.faces);
    watch.skip();

    const usual = generalize(seen.scores);
    watch.lap("generalize");
    const found = humanFaces(seen.faces, usual);
    const described = new Map<SeenFace, FaceDescriptor>();
    const faces = ask.recall ? await people(found, taught) : found.map(unknownFace);
    const thing = taughtThing ??
      (ask.recall ? await recallSeen(memory, ask.space, query(seen, usual), judge) : undefined);
    watch.lap("recall");

    const { specificity } = ask;
    const general = specificity === undefined ? usual : generalize(seen.scores, { specificity });
    watch.lap("generalize");
    const said = reply({ faces, thing, general }, seen.image, ask, watch.timings());
    if (!practice || !ask.recall) return said;
    // The rules that people wrote, the record of what was judged, and a person where it is not sure.
    const { space, context = {}, trusted = false } = ask;
    const how = { space, era, context, trusted, review, ...signal };
    return await practice.settle(said, { general, guess, subject }, how);

    /** Which of the taught types it is likeliest of. */
    async function guess(): Promise<TypeGuess | undefined> {
      return await guessType(memory, space, query(seen, usual), judge);
    }

    /** What the answer is about, as it would be taught. */
    async function subject({ kind, label }: Facts): Promise<SeenSubject | undefined> {
      if (kind === "thing") return seenThing(bytes, seen, usual, found.length, encoder.lookModel);
      const face = faceOf(said, label, found);
      if (face === undefined) return undefined;
      const descriptor = described.get(face) ?? (await encoder.describe([face], signal))[0]!;
      return seenPerson(bytes, seen, found, face, faceJudge.pack(descriptor), faceJudge.model);
    }

    /** Whose faces they are. The embedders run only where there is somebody to recall. */
    async function people(
      found: readonly SeenFace[],
      taught: readonly RecalledFace[],
    ): Promise<RecalledFace[]> {
      const anybody = found.length > 0 && await memory.people(ask.space) > 0;
      watch.lap("recall");
      if (!anybody) return [...found.map(unknownFace), ...taught];
      const descriptors = await encoder.describe(found, { mode: ask.faces ?? "full", ...signal });
      found.forEach((face, i) => described.set(face, descriptors[i]!));
      watch.lap("faces");
      const asked = found.map(({ box, quality }, i) => ({
        box,
        score: quality.score,
        descriptor: descriptors[i]!,
      }));
      return await recallPeople(memory, ask.space, asked, faceJudge, taught);
    }
  };

  /** What memory looks up, from what the encoder saw. */
  function query(seen: Encoded, general: Generalization): Query {
    return {
      model: encoder.lookModel,
      look: seen.look,
      fingerprint: seen.fingerprint,
      general,
    };
  }

  function reply(findings: Findings, image: ImageSize, ask: Ask, timings: Timings): Answer {
    return {
      ...settleAnswer(findings, image),
      image,
      space: ask.space,
      paradigm: "human",
      model: encoder.model,
      timings,
    };
  }
}

/** How many faces a photo shows that was taught. */
function facesOf(same: readonly Memory[]): number {
  return Math.max(0, ...same.map(({ faces }) => faces));
}
