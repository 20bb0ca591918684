/**
 * What rules and judgements go by: an answer without its embeddings and boxes.
 *
 * @module
 */
import type { Answer, Certainty, RecalledBy, Route } from "./answer_type.ts";
import type { Kind } from "./memory.ts";

/** A flat object that the caller sends with a photo: album, camera, place, date. */
export type Context = Readonly<Record<string, string | number | boolean | null>>;

/** The taught type that a photo is most likely of, if it is of any. */
export interface Guess {
  readonly label: string;
  /** 0 to 1, with what is known of how often a photo shows a label that nobody taught. */
  readonly confidence: number;
  /** Whether it is the answer for what was judged of its like, and not because memory is sure. */
  readonly isGiven: boolean;
}

/** An answer, as far as it can be asked for by a rule. */
export interface Facts {
  /** What the answer is about: a person, or an animal or object. */
  readonly kind: Kind;
  readonly label: string | null;
  readonly route: Route;
  readonly certainty: Certainty;
  /** 0 to 1. */
  readonly confidence: number;
  /** General → specific. */
  readonly path: readonly string[];
  readonly novel: boolean;
  /** 0 to 1. */
  readonly novelty: number;
  /** To the deciding memory, −1 to 1; null where no memory decided. */
  readonly similarity: number | null;
  /** How the deciding memory was recognised; null where none decided. */
  readonly by: RecalledBy | null;
  /** Of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly context: Context;
  /** What is judged beside the answer; left out where no types were weighed. Rules cannot ask for it. */
  readonly guess?: Guess;
}

/** The kind's word in the path of every person. */
const PERSON = "person";

/** Takes down what an answer says. */
export function factsOf(
  answer: Pick<
    Answer,
    | "label"
    | "route"
    | "certainty"
    | "confidence"
    | "path"
    | "novel"
    | "novelty"
    | "evidence"
    | "image"
  >,
  context: Context = {},
): Facts {
  const { label, route, certainty, confidence, path, novel, novelty, evidence, image } = answer;
  const deciding = route === "memory" ? evidence[0] : undefined;
  return {
    kind: deciding?.by === "face" || path[0] === PERSON ? "person" : "thing",
    label,
    route,
    certainty,
    confidence,
    path,
    novel,
    novelty,
    similarity: deciding?.similarity ?? null,
    by: deciding?.by ?? null,
    width: image.width,
    height: image.height,
    context,
  };
}
