/**
 * What a person found an answer to be.
 *
 * @module
 */
import type { Certainty } from "../answer_type.ts";
import type { Facts } from "../facts.ts";

/** Why an answer came before a person. */
export type ReviewReason =
  /** Its certainty was below what the space asks for. */
  | "unsure"
  /** Memory, rule and network say different things. */
  | "disagreement"
  /** Drawn by chance: only these tell how good the answers are. */
  | "sample"
  /** A rule asks for it. */
  | "rule"
  /** What answers so was demoted for its precision. */
  | "demoted";

/** One judged answer. */
export interface Judgement {
  /** ULID. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly reason: ReviewReason;
  /** What was answered. */
  readonly facts: Facts;
  /** The rule that answered; null where none did. */
  readonly rule: string | null;
  /** How sure the answer was before it was demoted. */
  readonly claimed: Certainty;
  readonly right: boolean;
  /** What it is; null where the reviewer only said that it is not the label. */
  readonly truth: string | null;
}
