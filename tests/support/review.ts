/**
 * Items and answers for tests of the review.
 *
 * @module
 */
import type { Answer } from "../../functions/core/answer_type.ts";
import type { Facts } from "../../functions/core/facts.ts";
import type { Judgement } from "../../functions/core/quality/judgement.ts";
import type { SeenSubject } from "../../functions/core/review/item.ts";
import type { NewItem } from "../../functions/core/review/review_queue.ts";
import { example } from "./memory_contract.ts";

/** Facts of an unsure answer by the network, with some others. */
export function facts(fields: Partial<Facts> = {}): Facts {
  return {
    kind: "thing",
    label: "dog",
    route: "network",
    certainty: "perhaps",
    confidence: 0.6,
    path: ["animal", "dog"],
    novel: false,
    novelty: 0.1,
    similarity: null,
    by: null,
    width: 640,
    height: 480,
    context: {},
    ...fields,
  };
}

/** A judged sample of a sure answer. */
export function judgement(fields: Partial<Judgement> = {}): Judgement {
  return {
    id: "",
    at: "2026-11-26T07:00:00.000Z",
    by: "ann",
    reason: "sample",
    facts: facts({ certainty: "is", confidence: 0.95 }),
    rule: null,
    claimed: "is",
    right: true,
    truth: "dog",
    ...fields,
  };
}

/** What a number's photo shows. */
export function subject(n: number, fields: Partial<SeenSubject["sight"]> = {}): SeenSubject {
  const { bytes, fingerprint, embedding, image, path } = example(n);
  return {
    kind: "thing",
    model: "look-1",
    sight: { bytes, fingerprint, embedding, image, face: null, faces: 0, path, ...fields },
  };
}

/** An item to be queued. */
export function item(fields: Partial<NewItem> = {}): NewItem {
  return {
    reason: "unsure",
    says: 'it is only perhaps "dog"',
    answer: facts(),
    rule: null,
    claimed: "perhaps",
    suggestions: [{ label: "dog", confidence: 0.6 }],
    mentions: [],
    ...fields,
  };
}

/** An answer of the network, or of whom the fields say. */
export function answer(fields: Partial<Answer> = {}): Answer {
  return {
    label: "dog",
    route: "network",
    certainty: "is",
    confidence: 0.97,
    path: ["animal", "dog"],
    novel: false,
    novelty: 0.1,
    subjects: [{
      kind: "thing",
      label: "dog",
      certainty: "is",
      confidence: 0.97,
      similarity: null,
      box: { x: 0, y: 0, width: 640, height: 480 },
    }],
    alternatives: [{ label: "Pembroke", confidence: 0.5 }],
    evidence: [],
    reason: "dog: .97",
    image: { width: 640, height: 480 },
    space: "home",
    paradigm: "human",
    model: { id: "net", version: "1" },
    timings: { decode: 0, encode: 0, faces: 0, recall: 0, generalize: 0, total: 0 },
    ...fields,
  };
}
