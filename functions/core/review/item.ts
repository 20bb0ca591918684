/**
 * What waits for a person: an answer that should be judged, and what was seen of the photo.
 *
 * @module
 */
import type { Alternative, Certainty } from "../answer_type.ts";
import type { Facts } from "../facts.ts";
import type { Kind, NewMemory } from "../memory.ts";
import type { ReviewReason } from "../quality/judgement.ts";

/** What was seen of one photo: all that a memory of it needs besides a label. */
export type Sight = Pick<
  NewMemory,
  "bytes" | "fingerprint" | "embedding" | "image" | "face" | "faces" | "path"
>;

/** What an answer is about, as it would be taught. */
export interface SeenSubject {
  readonly kind: Kind;
  /** What made the embedding. */
  readonly model: string;
  readonly sight: Sight;
  /** A small JPEG, where the caller allowed it to be kept. */
  readonly thumbnail?: Uint8Array;
}

/** Who has an item in hand, until when. */
export interface Lease {
  readonly id: string;
  /** ISO 8601. */
  readonly until: string;
}

/** One answer, or several to photos that are nearly the same, before a person. */
export interface Item {
  /** ULID. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly kind: Kind;
  readonly model: string;
  readonly reason: ReviewReason;
  /** Why it is here, in words. */
  readonly says: string;
  /** What was answered; as it was given, so after rules and demotion. */
  readonly answer: Facts;
  /** The rule that changed the answer; null where none did. */
  readonly rule: { readonly id: string; readonly reads: string } | null;
  /** How sure the answer was before it was demoted. */
  readonly claimed: Certainty;
  /** Labels that it may be, best first. */
  readonly suggestions: readonly Alternative[];
  /** How many photos are like it. */
  readonly seen: number;
  /** How often somebody did not know. */
  readonly skipped: number;
  /** Labels that {@linkcode Item.says} and the rule name. */
  readonly mentions: readonly string[];
  /** Of the first of them, at most {@linkcode MOST_SIGHTS}. */
  readonly sights: readonly Sight[];
  readonly thumbnail?: Uint8Array;
  /** How much an answer would teach: uncertainty × how many look like it. */
  readonly priority: number;
  readonly lease?: Lease;
}

/** Photos of an item that an answer teaches; more are only counted. */
export const MOST_SIGHTS = 5;
/** Items of a space. */
export const MOST_ITEMS = 1000;
/** How long an item waits, in milliseconds. */
export const WAITS_MS = 7 * 24 * 3600 * 1000;
/** What a sample's answer is taken to be worth: it is sure, but tells how right the sure ones are. */
const SAMPLE_WORTH = 0.5;
/** What is left of an item's worth each time that somebody did not know. */
const SKIPPED = 0.25;

/**
 * How much an answer to an item would teach.
 *
 * @returns uncertainty (1 − confidence; one half of samples, which are sure) × photos like it, and a
 * quarter of that for each time that it was skipped
 */
export function priorityOf(
  { reason, answer, seen, skipped }: Pick<Item, "reason" | "answer" | "seen" | "skipped">,
): number {
  const isSure = reason === "sample" || reason === "demoted";
  return (isSure ? SAMPLE_WORTH : 1 - answer.confidence) * seen * SKIPPED ** skipped;
}

/** What an item speaks of, for forgetting. */
export function aboutItem({ answer, suggestions, sights, mentions }: Item): string[] {
  const suggested = suggestions.map(({ label }) => label);
  return aboutOf([answer.label, answer.guess?.label, ...suggested, ...mentions], sights);
}

/** The tags of labels and photos, each once. */
export function aboutOf(
  labels: readonly (string | null | undefined)[],
  sights: readonly Sight[],
): string[] {
  const known = labels.filter((label) => typeof label === "string");
  return [
    ...new Set([
      ...known.map((label) => `label:${label}`),
      ...sights.map(({ bytes }) => `bytes:${bytes}`),
    ]),
  ];
}
