/**
 * Forgetting a selection of memories, with all that the history and the documents tell of it.
 *
 * @module
 */
import { CapacityError } from "../core/errors.ts";
import type { Actor, Collection } from "../core/ledger.ts";
import type { Forgotten, Selection } from "../core/memory.ts";
import { decidedAt } from "./document_writes.ts";
import { eventDocument, EventLog, EVENTS } from "./event_log.ts";
import { type Forgetting, NO_EFFECTS, readEvent, withoutForgotten } from "./journal.ts";
import type { LoadedSpaces } from "./loaded_spaces.ts";
import type { DocumentWrite, Head, RecordStore, Removal, VersionedHead, Write } from "./store.ts";

/** Records read at once. */
const READ_BATCH = 64;
/** Documents dropped in one write. */
const PURGED_AT_ONCE = 50;
/** Collections whose documents may speak of what is forgotten. */
const COLLECTIONS: readonly Collection[] = [
  "rule",
  "item",
  "answered",
  "judgement",
  "answers",
  "tally",
];

/** What forgetting is done with. */
export interface ForgetterParts {
  readonly store: RecordStore;
  readonly spaces: LoadedSpaces;
  readonly log: EventLog;
}

/** Forgets, one selection at a time in a space. */
export class Forgetter {
  readonly #store: RecordStore;
  readonly #spaces: LoadedSpaces;
  readonly #log: EventLog;

  constructor({ store, spaces, log }: ForgetterParts) {
    this.#store = store;
    this.#spaces = spaces;
    this.#log = log;
  }

  /**
   * Forgets a selection: first what the history and the documents tell of it, then the memories in
   * as many writes as they need. Killed in between it has to be asked for again, as it was not
   * acknowledged.
   */
  async forget(
    space: string,
    selection: Selection,
    actor: Actor,
  ): Promise<Pick<Forgotten, "count" | "purged">> {
    const base = await this.#spaces.living(space);
    if (base === undefined) return { count: 0, purged: 0 };
    const rows = await this.#selected(space, base, selection);
    const shelf = await this.#shelfOf(space, base, selection);
    const gone = await this.#forgettingOf(space, base, selection, [...rows, ...shelf]);
    let purged = await this.#purge(space, gone);
    for (let left = rows, on = [...shelf]; left.length + on.length > 0;) {
      const most = this.#store.maxRemovals(space);
      const remove = left.slice(0, most);
      const discard = on.slice(0, most - remove.length);
      const head = await this.#alter(space, { remove, discard });
      if (head === undefined) break;
      left = left.slice(remove.length);
      on = on.slice(discard.length);
    }
    // What came to speak of it meanwhile, as an answer that was being given.
    purged += await this.#purge(space, gone);
    if (rows.length + purged > 0) await this.#noteForgotten(space, rows.length, actor);
    return { count: rows.length, purged };
  }

  /** All that a selection's forgetting takes with it. */
  async #forgettingOf(
    space: string,
    { head: { generation } }: VersionedHead,
    { id, label }: Selection,
    rows: readonly Removal[],
  ): Promise<Forgetting> {
    const ids = new Set(rows.map((row) => row.id));
    const tags = new Set(rows.map((row) => `memory:${row.id}`));
    for (let at = 0; at < rows.length; at += READ_BATCH) {
      const some = rows.slice(at, at + READ_BATCH).map((row) => row.id);
      const found = [
        ...await this.#store.read(space, generation, some),
        ...await this.#store.shelved(space, generation, some),
      ];
      for (const memory of found) if (memory !== undefined) tags.add(`bytes:${memory.bytes}`);
    }
    const labels = new Set(label !== undefined && id === undefined ? [label] : []);
    for (const one of labels) tags.add(`label:${one}`);
    return { ids, labels, tags };
  }

  /** What a selection has on the shelf. */
  async #shelfOf(
    space: string,
    { head: { generation } }: VersionedHead,
    { id, label }: Selection,
  ): Promise<readonly Removal[]> {
    const found: Removal[] = [];
    for await (const memories of this.#store.scanShelf(space, generation)) {
      for (const memory of memories) {
        if (id !== undefined && memory.id !== id) continue;
        if (label !== undefined && memory.label !== label) continue;
        found.push({ id: memory.id, hasPhoto: memory.hasPhoto });
      }
    }
    return found;
  }

  /** Drops the documents that speak of what is forgotten, and that part of the history. @returns how many */
  async #purge(space: string, gone: Forgetting): Promise<number> {
    const base = await this.#spaces.living(space);
    if (base === undefined) return 0;
    const { generation } = base.head;
    const changes: DocumentWrite[] = [];
    const decided = new Set<string>();
    let fewer = 0;
    for (const collection of COLLECTIONS) {
      for await (const one of this.#log.all(space, generation, collection)) {
        if (!one.about.some((tag) => gone.tags.has(tag))) continue;
        changes.push({ collection, id: one.id });
        decided.add(collection);
      }
    }
    for await (const one of this.#log.all(space, generation, EVENTS)) {
      const event = readEvent(one);
      const rest = withoutForgotten(event, gone);
      if (rest === event) continue;
      if (rest === null) fewer++;
      changes.push(rest === null ? { collection: EVENTS, id: event.id } : eventDocument(rest));
    }
    for (let at = 0; at < changes.length; at += PURGED_AT_ONCE) {
      const documents = changes.slice(at, at + PURGED_AT_ONCE);
      const dropped = documents.filter(({ collection, document }) =>
        collection === EVENTS && document === undefined
      );
      const done = await this.#alter(space, { documents, erases: true }, (head) => ({
        ...head,
        events: (head.events ?? 0) - dropped.length,
        ...decidedAt(head, [...decided].map((collection) => ({ collection }))),
      }));
      if (done === undefined) break;
    }
    return changes.length;
  }

  /** Writes to a space that is there, trying again where another was quicker. @returns undefined when it is there no more */
  async #alter(
    space: string,
    write: Pick<Write, "remove" | "discard" | "documents" | "erases">,
    change: (head: Head) => Head = (head) => head,
  ): Promise<Head | undefined> {
    const { remove = [] } = write;
    const ids = remove.map(({ id }) => id);
    for (;;) {
      const base = await this.#spaces.living(space);
      if (base === undefined) return undefined;
      const there = remove.length === 0
        ? []
        : (await this.#store.read(space, base.head.generation, ids)).filter((one) => one);
      const head: Head = {
        ...change(base.head),
        revision: base.head.revision + 1,
        count: base.head.count - there.length,
      };
      const version = await this.#store.commit(space, { ...write, base, head });
      if (version === undefined) continue;
      this.#spaces.drop(space, ids);
      this.#spaces.applied(space, base, head, (columns) => columns.remove(ids));
      return head;
    }
  }

  /** Notes that something was forgotten: when, by whom and how much. */
  async #noteForgotten(space: string, forgotten: number, { by }: Actor): Promise<void> {
    for (;;) {
      const base = await this.#spaces.living(space);
      if (base === undefined) return;
      const noted = await this.#log.note(space, base.head, [{
        ...this.#log.signed({ by }),
        ...NO_EFFECTS,
        type: "forget",
        what: "",
        labels: [],
        forgotten,
      }]);
      const head: Head = { ...noted.head, revision: base.head.revision + 1 };
      if (await this.#store.commit(space, { ...noted.write, base, head }) === undefined) continue;
      this.#spaces.applied(space, base, head, () => {});
      return;
    }
  }

  async #selected(
    space: string,
    base: VersionedHead,
    selection: Selection,
  ): Promise<readonly Removal[]> {
    const { id, label } = selection;
    const { generation } = base.head;
    if (id !== undefined) {
      const [memory] = await this.#store.read(space, generation, [id]);
      const chosen = memory !== undefined && (label === undefined || memory.label === label);
      return chosen ? [{ id, hasPhoto: memory.hasPhoto }] : [];
    }
    if (label === undefined) return [];
    try {
      return (await this.#spaces.entry(space, base)).index.under(label);
    } catch (error) {
      // A table too small for the space must not keep anybody from forgetting.
      if (!(error instanceof CapacityError)) throw error;
      const found: Removal[] = [];
      for await (const memories of this.#store.scan(space, generation)) {
        for (const memory of memories) if (memory.label === label) found.push(memory);
      }
      return found.map(({ id, hasPhoto }) => ({ id, hasPhoto }));
    }
  }
}
