/**
 * The history of a space: what every decision changed, which later ones depend on it, how it is
 * taken back, and what is left of it when something was forgotten. Pure: the table stores it.
 *
 * An event is kept by what it *did* (which memories came, went and were renamed, which documents
 * changed), not by what was asked: so taking it back is doing the reverse, and it can be taken back
 * exactly where nothing that came after it touched the same memories or documents.
 *
 * @module
 */
import { decodeTime, ulid } from "ulid";
import { z } from "zod";
import type { Document, Event, EventType } from "../core/ledger.ts";
import type { Naming } from "../core/memory.ts";
import { weigh } from "../core/weigh.ts";

/** What a document was that would have gone by itself: kept apart, and as long as that. */
export interface Kept {
  /** Id among {@linkcode KEPT}. */
  readonly kept: string;
  readonly about: readonly string[];
}

/** Where what expiring documents were is kept. */
export const KEPT = "kept";

/** What a document is; null where there is none. */
export type Body = Omit<Document, "id"> | Kept | null;

/** What was done to a document. */
export interface DocumentEffect {
  readonly collection: string;
  readonly id: string;
  readonly before: Body;
  readonly after: Body;
}

/** Memories that are called otherwise. */
export interface Renaming {
  readonly ids: readonly string[];
  readonly from: Naming;
  readonly to: Naming;
}

/** What an event did. */
export interface Effects {
  /** Memories that came. */
  readonly added: readonly string[];
  /** Memories that went onto the shelf. */
  readonly shelved: readonly string[];
  /** Memories that are called otherwise. */
  readonly renamed: Renaming | null;
  readonly documents: readonly DocumentEffect[];
}

/** An event as it is kept. */
export interface StoredEvent extends Effects {
  readonly type: EventType;
  readonly at: string;
  readonly by: string;
  readonly why: string;
  /** In words, of decisions that are more than memories. */
  readonly what: string;
  /** Labels that it speaks of. */
  readonly labels: readonly string[];
  /** Of forgetting. */
  readonly forgotten?: number;
  /** Of a decision that is more than one event: "1 of 3". */
  readonly part?: string;
  readonly undoneBy?: string;
  readonly undoes?: string;
}

/** An event and its id. */
export type NamedEvent = StoredEvent & { readonly id: string };

/** What an event does that does nothing. */
export const NO_EFFECTS: Effects = { added: [], shelved: [], renamed: null, documents: [] };

/** Ids that one event holds at most, with few labels: 64 KiB are a value's bound. */
export const IDS_AN_EVENT = 1500;
/** Bytes of ids and labels that one event holds at most. */
const BYTES_AN_EVENT = 40_000;

const naming = z.object({
  label: z.string().optional(),
  scope: z.enum(["individual", "type"]).optional(),
});
const body = z.union([
  z.object({ kept: z.string(), about: z.array(z.string()) }),
  z.object({
    value: z.unknown(),
    about: z.array(z.string()),
    expiresAt: z.string().optional(),
  }),
]).nullable();
const schema = z.object({
  type: z.string(),
  at: z.string(),
  by: z.string(),
  why: z.string(),
  what: z.string(),
  labels: z.array(z.string()),
  added: z.array(z.string()),
  shelved: z.array(z.string()),
  renamed: z.object({ ids: z.array(z.string()), from: naming, to: naming }).nullable(),
  documents: z.array(
    z.object({ collection: z.string(), id: z.string(), before: body, after: body }),
  ),
  forgotten: z.number().optional(),
  part: z.string().optional(),
  undoneBy: z.string().optional(),
  undoes: z.string().optional(),
});

/**
 * Cuts an event to what one value can hold; documents, what was shelved and the labels that they
 * speak of stay with the first.
 *
 * @param event without what was added
 * @param added its memories
 */
export function eventsOf(
  event: StoredEvent,
  added: readonly { readonly id: string; readonly label: string }[],
): StoredEvent[] {
  const parts: StoredEvent[] = [];
  for (let at = 0; at === 0 || at < added.length;) {
    const ids: string[] = [];
    const labels = new Set(at === 0 ? event.labels : []);
    for (let bytes = 0; at < added.length && bytes < BYTES_AN_EVENT; at++) {
      const { id, label } = added[at]!;
      bytes += weigh(id) + (labels.has(label) ? 0 : weigh(label));
      ids.push(id);
      labels.add(label);
    }
    const effects = parts.length === 0 ? {} : NO_EFFECTS;
    parts.push({ ...event, ...effects, added: ids, labels: [...labels] });
    if (added.length === 0) break;
  }
  if (parts.length === 1) return parts;
  return parts.map((part, i) => ({ ...part, part: `${i + 1} of ${parts.length}` }));
}

/** Reads a kept event. @throws {TypeError} when it is damaged */
export function readEvent({ id, value }: Pick<Document, "id" | "value">): NamedEvent {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new TypeError(`event ${id} is damaged`);
  return { ...parsed.data as StoredEvent, id };
}

/** An event's id: after the last one, whatever the clocks of those who share the store say. */
export function nextEventId(last: string | undefined, now: number): string {
  const id = ulid(now);
  return last === undefined || id > last ? id : ulid(decodeTime(last) + 1);
}

/** What an event shows. */
export function viewOfEvent(event: NamedEvent): Event {
  const { id, type, at, by, why, undoneBy, undoes, forgotten } = event;
  return {
    id,
    type,
    at,
    by,
    what: event.part === undefined ? wordsOf(event) : `${wordsOf(event)}, part ${event.part}`,
    why,
    count: forgotten ?? countOf(event),
    undoable: type !== "forget" && undoneBy === undefined,
    ...(undoneBy === undefined ? {} : { undoneBy }),
    ...(undoes === undefined ? {} : { undoes }),
  };
}

function countOf({ added, shelved, renamed }: Effects): number {
  return Math.max(added.length, shelved.length, renamed?.ids.length ?? 0);
}

function wordsOf(event: NamedEvent): string {
  const { type, labels, what, renamed } = event;
  const count = countOf(event);
  const names = labels.length > 3
    ? `${labels.slice(0, 3).map(quoted).join(", ")} and ${labels.length - 3} more`
    : labels.map(quoted).join(", ");
  const examples = `${count} example${count === 1 ? "" : "s"}`;
  if (what !== "" || type === "forget") return what;
  if (type === "correct") return `taught that ${examples} should not be ${names}`;
  if (type === "rename" || type === "merge") {
    const { from = {}, to = {} } = renamed ?? {};
    if (to.label !== undefined) {
      const verb = type === "merge" ? "merged" : "renamed";
      return `${verb} ${examples} of ${quoted(from.label ?? "")} ${
        type === "merge" ? "into" : "to"
      } ${quoted(to.label)}`;
    }
    return `said that ${examples} of ${names} name${count === 1 ? "s" : ""} ${
      to.scope === "type" ? "a type" : "an individual"
    }`;
  }
  const verbs: Partial<Record<EventType, string>> = {
    import: "imported",
    review: "answered for",
    undo: "took back",
  };
  return `${verbs[type] ?? "taught"} ${examples}${names === "" ? "" : ` of ${names}`}`;
}

function quoted(label: string): string {
  return `"${label}"`;
}

/** The effects that undo effects. */
export function inverseOf({ added, shelved, renamed, documents }: Effects): Effects {
  return {
    added: shelved,
    shelved: added,
    renamed: renamed && { ids: renamed.ids, from: renamed.to, to: renamed.from },
    documents: documents.map(({ collection, id, before, after }) => ({
      collection,
      id,
      before: after,
      after: before,
    })),
  };
}

/** What an event touched: ids of memories, and names of documents. */
function touched({ added, shelved, renamed, documents }: Effects): Set<string> {
  return new Set([
    ...added,
    ...shelved,
    ...renamed?.ids ?? [],
    ...documents.map(({ collection, id }) => `${collection} ${id}`),
  ]);
}

/**
 * The first later event that needs what `event` did.
 *
 * Two later ones of which one took the other back cancel each other out.
 *
 * @param later all events after it, oldest first
 */
export function dependant(
  event: NamedEvent,
  later: readonly NamedEvent[],
): NamedEvent | undefined {
  const own = touched(event);
  return later.find((one) => {
    if (one.undoneBy !== undefined) return false;
    if (one.undoes !== undefined && one.undoes > event.id) return false;
    for (const name of touched(one)) if (own.has(name)) return true;
    return false;
  });
}

/**
 * The labels that a memory has had since an event.
 *
 * @param now its label
 * @param later all events after that one
 */
export function labelsSince(
  now: string,
  id: string,
  later: readonly NamedEvent[],
): ReadonlySet<string> {
  const labels = new Set([now]);
  for (const { renamed, undoneBy } of later) {
    if (undoneBy !== undefined || !renamed?.ids.includes(id)) continue;
    if (renamed.from.label !== undefined) labels.add(renamed.from.label);
  }
  return labels;
}

/** Something that is forgotten. */
export interface Forgetting {
  readonly ids: ReadonlySet<string>;
  /** Labels that are forgotten as such. */
  readonly labels: ReadonlySet<string>;
  /** Labels that only the forgotten memories had: it is not told any more that there were such. */
  readonly unborne: ReadonlySet<string>;
  /** Tags of documents, as in {@linkcode Document.about}, folded by {@linkcode foldTag}. */
  readonly tags: ReadonlySet<string>;
}

/** Folds a tag: whoever forgets "Ann" means a rule that says "ann", too. */
export function foldTag(tag: string): string {
  return tag.normalize("NFC").toLowerCase();
}

/** Whether a document speaks of what is forgotten. */
export function isAboutGone(about: readonly string[], { tags }: Forgetting): boolean {
  return about.some((tag) => tags.has(foldTag(tag)));
}

/**
 * What is left of an event when something was forgotten.
 *
 * @returns the event itself where nothing of it was, and null where nothing is left to tell
 */
export function withoutForgotten(event: NamedEvent, gone: Forgetting): NamedEvent | null {
  if (event.type === "forget") return event;
  const kept = (ids: readonly string[]) => ids.filter((id) => !gone.ids.has(id));
  const added = kept(event.added);
  const shelved = kept(event.shelved);
  const labels = event.labels.filter((one) => !gone.labels.has(one) && !gone.unborne.has(one));
  const documents = event.documents.filter(({ before, after }) =>
    !isAboutGone([...before?.about ?? [], ...after?.about ?? []], gone)
  );
  let { renamed } = event;
  if (renamed !== null) {
    const ids = kept(renamed.ids);
    const named = [renamed.from.label, renamed.to.label].some((label) =>
      label !== undefined && gone.labels.has(label)
    );
    const isGone = ids.length === 0 && renamed.ids.length > 0;
    renamed = named || isGone ? null : { ...renamed, ids };
  }
  const whole = added.length === event.added.length && shelved.length === event.shelved.length &&
    labels.length === event.labels.length && documents.length === event.documents.length &&
    renamed?.ids.length === event.renamed?.ids.length;
  if (whole) return event;
  const isEmpty = added.length + shelved.length + documents.length === 0 && renamed === null;
  if (isEmpty) return null;
  // What somebody wrote may speak of what was forgotten.
  return { ...event, added, shelved, labels, documents, renamed, what: "", why: "" };
}
