/**
 * A person's answer to an item: it is judged, and what it shows is taught, in one write.
 *
 * @module
 */
import { ulid } from "ulid";
import { ConflictError, NotFoundError } from "../errors.ts";
import type { Actor, Decision, DocumentChange, Event } from "../ledger.ts";
import type { MemoryTable, NewMemory, Scope, Taught } from "../memory.ts";
import type { Judgement } from "../quality/judgement.ts";
import { aboutOf, type Item } from "./item.ts";
import { checkHeld } from "./review_queue.ts";

/** What a person says of an item. */
export type Verdict =
  | { readonly label: string; readonly scope?: Scope }
  /** It is not what was answered. */
  | { readonly not: true }
  /** There is nothing to be recognised. */
  | { readonly subject: false };

/** What became of an item. */
export interface Answered {
  readonly outcome: "taught" | "judged" | "dropped";
  /** Whether the answer was right; null where nothing was judged. */
  readonly right: boolean | null;
  readonly taught: readonly Taught[];
  readonly event: Event | null;
}

/** Who answers, and by which lease. */
export interface AnswerOptions {
  readonly actor: Actor;
  readonly lease?: string | undefined;
  readonly models: Readonly<Record<"person" | "thing", string>>;
  readonly maxMemories?: number | undefined;
  readonly now: Date;
}

/** How long it is told that an item was answered, in milliseconds. */
const TOLD_MS = 7 * 24 * 3600 * 1000;

/**
 * Answers an item once: it is gone from the queue, judged and taught together or not at all.
 *
 * A label is taught with the photos of the item. One that only confirms what the network said by
 * itself is not: there is nothing to remember. "Not" is taught where memory had said so, as a
 * correction that sticks.
 *
 * @throws {NotFoundError} when no such item waits
 * @throws {ConflictError} when it was answered already, or is in somebody else's hands
 */
export async function answerItem(
  memory: MemoryTable,
  space: string,
  id: string,
  verdict: Verdict,
  { actor, lease, models, maxMemories, now }: AnswerOptions,
): Promise<Answered> {
  let right: boolean | null = null;
  const { taught, event } = await memory.decide(space, actor, async (): Promise<Decision> => {
    const found = await memory.document(space, "item", id);
    if (found === undefined) {
      const answered = await memory.document(space, "answered", id);
      if (answered !== undefined) throw new ConflictError(String(answered.value));
      throw new NotFoundError(`no item ${id} waits for review: it may have waited too long`);
    }
    const item = found.value as Item;
    checkHeld(item, lease, now);
    right = rightOf(item, verdict);
    const what = wordsOf(item, verdict);
    const judgement = judgementOf(item, verdict, right, actor, now);
    const teach = lessonOf(item, verdict);
    const about = aboutVerdict(item, verdict);
    const documents: DocumentChange[] = [
      { collection: "item", id, base: found.version },
      {
        collection: "answered",
        id,
        document: {
          value: `item ${id} was answered already, by ${actor.by} at ${now.toISOString()}: ${what}`,
          about,
          expiresAt: new Date(now.getTime() + TOLD_MS).toISOString(),
        },
      },
    ];
    if (judgement !== undefined) {
      documents.push({
        collection: "judgement",
        id: judgement.id,
        document: { value: judgement, about },
      });
    }
    return {
      type: "review",
      what,
      teach,
      documents,
      options: { models, ...(maxMemories === undefined ? {} : { maxMemories }) },
    };
  });
  const outcome = taught.length > 0 ? "taught" : right === null ? "dropped" : "judged";
  return { outcome, right, taught, event };
}

/** Whether the answer was right; null where nothing was answered, which cannot be right or wrong. */
function rightOf({ answer }: Item, verdict: Verdict): boolean | null {
  if ("subject" in verdict || answer.label === null) return null;
  if ("not" in verdict) return false;
  return isSame(answer.label, verdict.label);
}

function judgementOf(
  { answer, reason, rule, claimed }: Item,
  verdict: Verdict,
  right: boolean | null,
  actor: Actor,
  now: Date,
): Judgement | undefined {
  // What was neither answered nor guessed cannot have been right or wrong.
  if ("subject" in verdict || (answer.label === null && answer.guess === undefined)) {
    return undefined;
  }
  return {
    id: ulid(now.getTime()),
    at: now.toISOString(),
    by: actor.by,
    reason,
    facts: answer,
    rule: rule?.id ?? null,
    claimed,
    right: right ?? false,
    truth: "label" in verdict ? verdict.label : null,
  };
}

/** The memories that an answer makes. */
function lessonOf({ answer, kind, model, sights }: Item, verdict: Verdict): NewMemory[] {
  if ("subject" in verdict) return [];
  const isNot = "not" in verdict;
  const label = isNot ? answer.label : verdict.label;
  if (label === null) return [];
  if (isNot && answer.route !== "memory") return [];
  const confirms = !isNot && answer.route === "network" && answer.label !== null &&
    isSame(label, answer.label);
  if (confirms) return [];
  const scope = kind === "thing" && !isNot ? verdict.scope ?? "individual" : "individual";
  return sights.map((sight) => ({
    ...sight,
    label,
    kind,
    scope,
    not: isNot,
    model,
    forced: false,
  }));
}

/** What an answered item goes on speaking of, for forgetting: what was said, and of which photos. */
function aboutVerdict({ answer, sights }: Item, verdict: Verdict): string[] {
  const told = "label" in verdict ? verdict.label : null;
  return aboutOf([answer.label, answer.guess?.label, told], sights);
}

function wordsOf({ answer: { label }, seen }: Item, verdict: Verdict): string {
  const photos = seen === 1 ? "a photo" : `${seen} photos`;
  const said = label === null ? "nothing could be said of" : `"${label}" had been answered to`;
  if ("subject" in verdict) return `said that ${photos} shows nothing to be recognised`;
  if ("not" in verdict) return `said that ${photos} does not show "${label ?? "anything"}"`;
  return `said that ${photos} shows "${verdict.label}", where ${said} it`;
}

function isSame(a: string, b: string): boolean {
  return a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();
}
