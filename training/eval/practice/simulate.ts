/**
 * A household's practice, simulated: a stream of photos is answered by the service's own parts, what
 * goes before people is answered by a reviewer with little time who is wrong now and then, and an
 * analyst writes the rules that the judgements suggest.
 *
 * @module
 */
import { ulid } from "ulid";
import { type AnswerParts, createAnswer } from "../../../functions/core/answer.ts";
import type { Encoder, SeenFace } from "../../../functions/core/encoder.ts";
import type { FaceDescriptor } from "../../../models/face.ts";
import type { Route } from "../../../functions/core/answer_type.ts";
import type { MemoryTable } from "../../../functions/core/memory.ts";
import { createAnswerLog } from "../../../functions/core/practice/answer_log.ts";
import { createPractice } from "../../../functions/core/practice/practice.ts";
import { createRecords, type Records } from "../../../functions/core/practice/records.ts";
import { consolidate } from "../../../functions/core/quality/consolidate.ts";
import type { Judgement } from "../../../functions/core/quality/judgement.ts";
import { createLearntCut } from "../../../functions/core/quality/learnt_cut.ts";
import { answerItem, type Verdict } from "../../../functions/core/review/answer_item.ts";
import type { Item } from "../../../functions/core/review/item.ts";
import { createReviewQueue } from "../../../functions/core/review/review_queue.ts";
import type { Rule, RuleText } from "../../../functions/core/rules/rule.ts";
import { fold } from "../../../functions/core/rules/value_set.ts";
import { sha256Hex } from "../../../models/sha256.ts";
import { createRandom, draw } from "../random.ts";
import type { StreamPhoto } from "./stream_photos.ts";

/** With what it is simulated. */
export interface SimulationParts extends Pick<AnswerParts, "generalize" | "judge" | "faces"> {
  /** Names the models. */
  readonly models: Pick<Encoder, "model" | "lookModel" | "faceModel">;
  /** Opens an empty table. */
  readonly openTable: () => MemoryTable;
  /** Cosine from which two faces, and two things, are nearly the same to the queue. */
  readonly alike: Readonly<Record<"person" | "thing", number>>;
}

/** How people and machines work together. */
export interface Policy {
  /** Most answers that the reviewer gives for every hundred photos; 0 for a stream without people. */
  readonly budget: number;
  /** How often the reviewer gives another label of the stream, 0 to 1. */
  readonly wrong: number;
  /** Share of sure answers that are drawn for review. */
  readonly sampleRate: number;
  /** Whether an analyst writes rules. */
  readonly rules: boolean;
  /** Whether guesses of types are given where their judged precision allows it. */
  readonly learntCut: boolean;
  readonly floor: number;
}

/** One answer of the stream. */
export interface StreamAnswer {
  /**
   * Whether it was given as `is`, with a label of the stream. What the network says in words of its own
   * ("wild cat" of a leopard) is no answer to what the household asks, right or wrong.
   */
  readonly isSure: boolean;
  /** Whether the label is the folder's, case aside. */
  readonly isRight: boolean;
  readonly route: Route;
  /** Whether it was given for its judged guesses. */
  readonly isPromoted: boolean;
  readonly isDemoted: boolean;
  readonly label: string | null;
  readonly truth: string;
}

/** What came of it. */
export interface Simulated {
  readonly answers: readonly StreamAnswer[];
  /** Items that the reviewer answered, those of them answered wrongly, and the rules written. */
  readonly reviewed: number;
  readonly mistaken: number;
  readonly rules: number;
}

/** Photos between two sittings of the reviewer and the analyst: a day's. */
export const DAY = 100;
const DAY_MS = 24 * 3_600_000;
/** Ahead of the real clock, by which a table drops what has expired. */
const BEGIN = Date.UTC(2100, 0, 1);
const SPACE = "household";
const REVIEWER = { by: "reviewer" };
const ANALYST = { by: "analyst" };
/** Judgements that agree on what the network means by a word before the analyst writes it down. */
const AGREEING = 4;

/** Plays one stream, in an order that the seed draws. */
export async function simulate(
  photos: readonly StreamPhoto[],
  parts: SimulationParts,
  policy: Policy,
  seed: number,
): Promise<Simulated> {
  const random = createRandom(seed);
  const stream = draw(photos, photos.length, random);
  const { encoder, handOut, photoOf } = await albumOf(stream, parts.models);
  const labels = [...new Map(stream.map(({ label, scope }) => [label, { label, scope }])).values()];
  let clock = BEGIN;
  const now = () => new Date(clock);
  const memory = parts.openTable();
  const usual = createRecords(memory, policy.floor, { sampleRate: policy.sampleRate });
  const records = policy.learntCut ? usual : withoutCut(usual);
  const queue = createReviewQueue({ memory, alike: parts.alike, now });
  const report = (line: string) => console.error(line);
  const log = createAnswerLog({ memory, now, report });
  const { floor } = policy;
  const practice = createPractice({ memory, records, queue, log, floor, report, random });
  const answer = createAnswer({ ...parts, encoder, memory, practice });
  const models = { person: parts.models.faceModel, thing: parts.models.lookModel };
  const known = new Set(labels.map(({ label }) => fold(label)));
  const rules = new Map<string, Rule>();
  const answers: StreamAnswer[] = [];
  let reviewed = 0, mistaken = 0;

  /** What the reviewer says of an item, by its first photo. */
  function say(item: Item): Verdict {
    const { label, scope, kind } = photoOf(item.sights[0]!.bytes);
    const isWrong = random() < policy.wrong;
    if (isWrong) {
      mistaken++;
      return labels[Math.floor(random() * labels.length)]!;
    }
    // A face on a photo of a thing is nobody whom the household knows.
    return item.kind === "person" && kind === "thing" ? { not: true } : { label, scope };
  }

  async function review(): Promise<void> {
    const { lease, items } = await queue.lease(SPACE, { limit: policy.budget, minutes: 60 });
    for (const { id } of items) {
      const item = await queue.get(SPACE, id);
      clock += 1000;
      await answerItem(memory, SPACE, id, say(item), {
        actor: REVIEWER,
        lease: lease.id,
        models,
        now: now(),
      });
      reviewed++;
    }
  }

  async function analyse(): Promise<void> {
    const judgements = await records.judgements(SPACE);
    const proposed = consolidate(
      { memories: [], judgements, rules: [...rules.values()] },
      { floor: policy.floor },
    ).flatMap(({ change }) => change !== null && "rule" in change ? [change.rule] : []);
    for (const text of [...proposed, ...agreedWords(judgements)]) {
      const word = String(text.when.label);
      if (rules.has(word)) continue;
      clock += 1000;
      const at = now().toISOString();
      const rule: Rule = { ...text, id: ulid(clock), createdAt: at, updatedAt: at };
      rules.set(word, rule);
      await memory.decide(SPACE, ANALYST, () =>
        Promise.resolve({
          type: "rule",
          what: "wrote a rule",
          documents: [{
            collection: "rule",
            id: rule.id,
            document: { value: rule, about: [] },
          }],
        }));
    }
  }

  try {
    const isReviewed = policy.budget > 0;
    for (const [i, photo] of stream.entries()) {
      clock = Math.max(clock + 1, BEGIN + Math.round((i + 0.5) * DAY_MS / DAY));
      const given = await answer(handOut(photo), {
        space: SPACE,
        recall: true,
        trusted: true,
        review: isReviewed,
      });
      answers.push({
        isSure: given.certainty === "is" && known.has(fold(given.label ?? "")),
        isRight: fold(given.label ?? "") === fold(photo.label),
        route: given.route,
        isPromoted: given.reason.includes("judged:"),
        isDemoted: given.demoted !== undefined,
        label: given.label,
        truth: photo.label,
      });
      if ((i + 1) % DAY !== 0 || !isReviewed) continue;
      await review();
      if (policy.rules) await analyse();
    }
    await log.close();
  } finally {
    await memory.close();
  }
  return { answers, reviewed, mistaken, rules: rules.size };
}

/** What the network means by its words, where all judgements of one agree. */
function agreedWords(judgements: readonly Judgement[]): RuleText[] {
  const said = judgements.filter(({ facts }) => facts.route === "network" && facts.label !== null);
  return [...Map.groupBy(said, ({ facts }) => facts.label!)].flatMap(([label, all]): RuleText[] => {
    const [truth] = all.map((one) => one.truth);
    const agree = all.length >= AGREEING && all.every((one) => one.truth === truth);
    if (truth == null || truth === label || !agree) return [];
    return [{
      when: { route: "network", label },
      then: { label: truth },
      priority: 0,
      enabled: true,
      note: "",
    }];
  });
}

/** The same records with a cut that gives nothing out. */
function withoutCut(records: Records): Records {
  const none = createLearntCut();
  return { ...records, learntCut: () => Promise.resolve({ ...none, see: () => {} }) };
}

/** An encoder that has seen the photos already, and knows each by its own hash. */
async function albumOf(
  photos: readonly StreamPhoto[],
  models: SimulationParts["models"],
): Promise<{
  encoder: Encoder;
  /** The bytes that stand for a photo. */
  handOut: (photo: StreamPhoto) => Uint8Array<ArrayBuffer>;
  /** The photo of those bytes' hash. */
  photoOf: (bytes: string) => StreamPhoto;
}> {
  const text = new TextEncoder(), read = new TextDecoder();
  const handOut = ({ sha256 }: StreamPhoto) => text.encode(sha256);
  const bySha256 = new Map(photos.map((photo) => [photo.sha256, photo]));
  const byBytes = new Map<string, StreamPhoto>();
  const descriptors = new WeakMap<SeenFace, FaceDescriptor>();
  for (const photo of photos) {
    byBytes.set(await sha256Hex(handOut(photo)), photo);
    photo.encoded.faces.forEach((face, i) => descriptors.set(face, photo.descriptors[i]!));
  }
  return {
    handOut,
    photoOf: (bytes) => byBytes.get(bytes)!,
    encoder: {
      model: models.model,
      lookModel: models.lookModel,
      faceModel: models.faceModel,
      runtime: "native",
      encode: (bytes) => Promise.resolve(bySha256.get(read.decode(bytes))!.encoded),
      describe: (faces) => Promise.resolve(faces.map((face) => descriptors.get(face)!)),
      close: () => Promise.resolve(),
    },
  };
}
