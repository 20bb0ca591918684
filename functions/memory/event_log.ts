/**
 * Where the history of a space is kept: events as documents, the newest thousand of them.
 *
 * @module
 */
import type { Actor } from "../core/ledger.ts";
import { checkEvent } from "./checks.ts";
import { type NamedEvent, nextEventId, readEvent, type StoredEvent } from "./journal.ts";
import { type DocumentWrite, type Head, MOVES, type RecordStore, type Removal } from "./store.ts";

/** Where events are kept among the documents. */
export const EVENTS = "event";
/** Documents read at once. */
const DOCUMENTS_AT_ONCE = 500;
/** Events that are kept, and how many of the oldest go at once beyond that. */
const MOST_EVENTS = 1000;
const EVENTS_AT_ONCE = 50;

/** A decision's events, with all that is written because of them. */
export interface Noted {
  readonly events: readonly NamedEvent[];
  readonly head: Head;
  readonly write: { readonly documents: readonly DocumentWrite[]; readonly discard?: Removal[] };
}

/** An event that is written again with more in it. */
export function goingOn(head: Head, event: NamedEvent): Noted {
  return { events: [event], head, write: { documents: [eventDocument(event)] } };
}

/** How an event is written. */
export function eventDocument({ id, ...event }: NamedEvent): DocumentWrite {
  return { collection: EVENTS, id, document: { value: event, about: [] } };
}

/** Writes and reads the events of every space. */
export class EventLog {
  readonly #store: RecordStore;
  readonly #now: () => number;

  constructor(store: RecordStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** When, by whom and why. */
  signed({ by, why = "" }: Actor): Pick<StoredEvent, "at" | "by" | "why"> {
    return { at: new Date(this.#now()).toISOString(), by, why };
  }

  /** What notes events: their documents, the head that counts them, and room made for them. */
  async note(
    space: string,
    head: Head,
    events: readonly StoredEvent[],
  ): Promise<Noted> {
    let last = head.lastEvent;
    const named = events.map((event): NamedEvent => {
      last = nextEventId(last, this.#now());
      checkEvent(event);
      return { ...event, id: last };
    });
    const { documents, discard, gone } = await this.#oldest(space, head, events.length);
    return {
      events: named,
      head: {
        ...head,
        events: (head.events ?? 0) + events.length - gone,
        ...(last === undefined ? {} : { lastEvent: last }),
      },
      write: {
        documents: [...documents, ...named.map(eventDocument)],
        ...(discard.length === 0 ? {} : { discard }),
      },
    };
  }

  /** The events after one, oldest first. */
  async after(space: string, generation: string, id: string): Promise<NamedEvent[]> {
    const later: NamedEvent[] = [];
    for (let after = id;;) {
      const page = await this.#store.documents(space, generation, EVENTS, {
        limit: DOCUMENTS_AT_ONCE,
        after,
      });
      later.push(...page.map(readEvent));
      if (page.length < DOCUMENTS_AT_ONCE) return later;
      after = page.at(-1)!.id;
    }
  }

  /** Every document of a collection. */
  async *all(space: string, generation: string, collection: string) {
    for (let after = "";;) {
      const page = await this.#store.documents(space, generation, collection, {
        limit: DOCUMENTS_AT_ONCE,
        ...(after === "" ? {} : { after }),
      });
      yield* page;
      if (page.length < DOCUMENTS_AT_ONCE) return;
      after = page.at(-1)!.id;
    }
  }

  /** The last event that brought a memory or renamed it. */
  async eventThatMade(
    space: string,
    generation: string,
    memory: string,
  ): Promise<NamedEvent | undefined> {
    let last: NamedEvent | undefined;
    for await (const one of this.all(space, generation, EVENTS)) {
      const event = readEvent(one);
      if (event.undoneBy !== undefined) continue;
      if (event.added.includes(memory) || event.renamed?.ids.includes(memory)) last = event;
    }
    return last;
  }

  /** The events whose being taken back changes with one that is taken back now. */
  async switched(
    space: string,
    generation: string,
    target: NamedEvent,
    by: string,
  ): Promise<DocumentWrite[]> {
    const changes = [eventDocument({ ...target, undoneBy: by })];
    // Who takes an undo back has what that took back in effect again, and so on down the chain.
    let event = target;
    for (let inEffect = true; event.undoes !== undefined; inEffect = !inEffect) {
      const found = await this.#store.document(space, generation, EVENTS, event.undoes);
      if (found === undefined) break;
      const { undoneBy: _before, ...before } = readEvent(found);
      changes.push(eventDocument(inEffect ? before : { ...before, undoneBy: event.id }));
      event = before;
    }
    return changes;
  }

  /**
   * Room for more events: the oldest go where more would be kept than should be, with what they have
   * on the shelf. One that has much there goes in several writes.
   */
  async #oldest(
    space: string,
    { generation, events = 0 }: Head,
    more: number,
  ): Promise<{ documents: DocumentWrite[]; discard: Removal[]; gone: number }> {
    const documents: DocumentWrite[] = [];
    const discard: Removal[] = [];
    let gone = 0;
    if (events + more <= MOST_EVENTS) return { documents, discard, gone };
    const oldest = await this.#store.documents(space, generation, EVENTS, {
      limit: EVENTS_AT_ONCE,
    });
    for (const one of oldest) {
      const event = readEvent(one);
      // What an event shelved that was taken back is not its any more.
      const ids = event.undoneBy === undefined ? event.shelved : [];
      const now = ids.slice(0, MOVES - discard.length);
      const shelf = await this.#store.shelved(space, generation, now);
      discard.push(...shelf.filter((memory) => memory !== undefined));
      if (now.length < ids.length) {
        if (now.length > 0) {
          documents.push(eventDocument({ ...event, shelved: ids.slice(now.length) }));
        }
        break;
      }
      documents.push({ collection: EVENTS, id: one.id });
      gone++;
    }
    return {
      documents,
      discard: discard.map(({ id, hasPhoto }) => ({ id, hasPhoto })),
      gone,
    };
  }
}
