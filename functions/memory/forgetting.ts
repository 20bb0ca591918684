/**
 * Forgetting a selection of memories, with all that the history and the documents tell of it.
 *
 * @module
 */
import { CapacityError } from "../core/errors.ts";
import type { Actor, Collection } from "../core/ledger.ts";
import type { Forgotten, Memory, Selection } from "../core/memory.ts";
import { decidedAt } from "./document_writes.ts";
import { eventDocument, EventLog, EVENTS } from "./event_log.ts";
import {
  foldTag,
  type Forgetting,
  isAboutGone,
  KEPT,
  NO_EFFECTS,
  readEvent,
  withoutForgotten,
} from "./journal.ts";
import type { LoadedSpaces } from "./loaded_spaces.ts";
import type { DocumentWrite, Head, RecordStore, Removal, VersionedHead, Write } from "./store.ts";
import { weigh } from "../core/weigh.ts";

/** Records read at once. */
const READ_BATCH = 64;
/** Documents dropped or rewritten in one write, and what those may weigh together. */
const PURGED_AT_ONCE = 50;
const PURGED_BYTES = 400_000;
/** Collections whose documents may speak of what is forgotten. */
const COLLECTIONS: readonly (Collection | typeof KEPT)[] = [
  "rule",
  "item",
  "answered",
  "judgement",
  "answers",
  "tally",
  KEPT,
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
   * Forgets a selection. First an era ends, so that nobody stores again what was read in it; then goes
   * what the history and the documents tell of it, then the memories, in as many writes as they need.
   * Who asked meanwhile may still have been told of some: so that era ends, too, and what it left
   * goes. Killed in between it has to be asked for again, as it was not acknowledged.
   */
  async forget(
    space: string,
    selection: Selection,
    actor: Actor,
  ): Promise<Pick<Forgotten, "count" | "purged">> {
    const nothing = { count: 0, purged: 0 };
    const before = await this.#spaces.living(space);
    if (before === undefined || !await this.#mayBe(space, before, selection)) return nothing;
    await this.#endEra(space);
    const base = await this.#spaces.living(space);
    if (base === undefined) return nothing;
    const rows = await this.#selected(space, base, selection);
    const names = await this.#namesOf(space, base, selection, new Set(rows.map(({ id }) => id)));
    const shelf = await this.#shelfOf(space, base, selection, names);
    const gone = await this.#forgettingOf(space, base, names, [...rows, ...shelf]);
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
    await this.#endEra(space);
    purged += await this.#purge(space, gone);
    if (rows.length + purged > 0) await this.#noteForgotten(space, rows.length, actor);
    return { count: rows.length, purged };
  }

  async #endEra(space: string): Promise<void> {
    await this.#alter(space, {}, (head) => ({ ...head, forgets: head.revision + 1 }));
  }

  /** Whether there may be anything of a selection: of an id that is nowhere there is not. */
  async #mayBe(
    space: string,
    { head: { generation } }: VersionedHead,
    { id }: Selection,
  ): Promise<boolean> {
    if (id === undefined) return true;
    const [there] = await this.#store.read(space, generation, [id]);
    return there !== undefined ||
      (await this.#store.shelved(space, generation, [id]))[0] !== undefined;
  }

  /** All that a selection's forgetting takes with it. */
  async #forgettingOf(
    space: string,
    base: VersionedHead,
    labels: ReadonlySet<string>,
    rows: readonly Removal[],
  ): Promise<Forgetting> {
    const { generation } = base.head;
    const ids = new Set(rows.map((row) => row.id));
    const tags = new Set(rows.map((row) => `memory:${row.id}`));
    const borne = new Set<string>();
    for (let at = 0; at < rows.length; at += READ_BATCH) {
      const some = rows.slice(at, at + READ_BATCH).map((row) => row.id);
      const found = [
        ...await this.#store.read(space, generation, some),
        ...await this.#store.shelved(space, generation, some),
      ];
      for (const memory of found) {
        if (memory === undefined) continue;
        tags.add(`bytes:${memory.bytes}`);
        borne.add(memory.label);
      }
    }
    for (const one of labels) tags.add(`label:${one}`);
    const unborne = new Set<string>();
    for (const one of borne) if (!await this.#isBorne(space, base, one, ids)) unborne.add(one);
    return { ids, labels, unborne, tags: new Set([...tags].map(foldTag)) };
  }

  /** Whether a memory has a label besides some, also one that is on the shelf. */
  async #isBorne(
    space: string,
    base: VersionedHead,
    label: string,
    besides: ReadonlySet<string>,
  ): Promise<boolean> {
    const all = [
      ...await this.#selected(space, base, { label }),
      ...await this.#shelfOf(space, base, { label }, new Set([label])),
    ];
    return all.some(({ id }) => !besides.has(id));
  }

  /**
   * What somebody who is forgotten was called: the label, and earlier ones that nothing else bears.
   * Nothing where a single memory is meant.
   */
  async #namesOf(
    space: string,
    base: VersionedHead,
    { id, label }: Selection,
    ids: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> {
    if (label === undefined || id !== undefined) return new Set();
    const names = new Set([label]);
    for await (const one of this.#log.all(space, base.head.generation, EVENTS)) {
      const { renamed } = readEvent(one);
      const from = renamed?.from.label;
      if (from === undefined || names.has(from) || !renamed?.ids.some((id) => ids.has(id))) {
        continue;
      }
      const living = await this.#selected(space, base, { label: from });
      if (living.length === 0) names.add(from);
    }
    return names;
  }

  /**
   * What a selection has on the shelf: under all its names, and of a single memory also what it took
   * the place of.
   */
  async #shelfOf(
    space: string,
    { head: { generation } }: VersionedHead,
    { id, label }: Selection,
    names: ReadonlySet<string>,
  ): Promise<readonly Removal[]> {
    const [memory] = id === undefined ? [] : [
      ...await this.#store.read(space, generation, [id]),
      ...await this.#store.shelved(space, generation, [id]),
    ].filter((one) => one !== undefined);
    if (id !== undefined && (memory === undefined || (label ?? memory.label) !== memory.label)) {
      return [];
    }
    const isMeant = (one: Memory) =>
      memory === undefined ? names.has(one.label) : one.id === id || isSameLesson(one, memory);
    const found: Removal[] = [];
    for await (const memories of this.#store.scanShelf(space, generation)) {
      for (const one of memories) {
        if (isMeant(one)) found.push({ id: one.id, hasPhoto: one.hasPhoto });
      }
    }
    return found;
  }

  /**
   * Drops the documents that speak of what is forgotten, and that part of the history. What comes
   * while it goes on is not waited for: where answers come all the time there would be no end.
   *
   * @returns how many
   */
  async #purge(space: string, gone: Forgetting): Promise<number> {
    let purged = 0;
    for (;;) {
      const base = await this.#spaces.living(space);
      if (base === undefined) return purged;
      const telling = await this.#tellingOf(space, base, gone);
      let at = 0;
      while (at < telling.length) {
        const documents = batchFrom(telling, at);
        const head = await this.#try(space, { documents, erases: true }, (head) => ({
          ...head,
          events: (head.events ?? 0) - documents.filter(isEventGone).length,
          ...decidedAt(head, documents.filter(({ collection }) => collection !== EVENTS)),
        }));
        // Another process changed one of them, or the space: what is left is looked for again.
        if (head === undefined) break;
        purged += documents.length;
        at += documents.length;
      }
      if (at >= telling.length) return purged;
    }
  }

  /** How what speaks of what is forgotten should be written instead. */
  async #tellingOf(
    space: string,
    { head: { generation } }: VersionedHead,
    gone: Forgetting,
  ): Promise<DocumentWrite[]> {
    const changes: DocumentWrite[] = [];
    for (const collection of COLLECTIONS) {
      for await (const { id, about } of this.#log.all(space, generation, collection)) {
        if (isAboutGone(about, gone)) changes.push({ collection, id });
      }
    }
    for await (const one of this.#log.all(space, generation, EVENTS)) {
      const event = readEvent(one);
      const rest = withoutForgotten(event, gone);
      if (rest === event) continue;
      const written = rest === null ? { collection: EVENTS, id: event.id } : eventDocument(rest);
      changes.push({ ...written, base: one.version });
    }
    return changes;
  }

  /** Writes to a space that is there, trying again where another was quicker. @returns undefined when it is there no more */
  async #alter(
    space: string,
    write: Pick<Write, "remove" | "discard">,
    change: (head: Head) => Head = (head) => head,
  ): Promise<Head | undefined> {
    while (await this.#spaces.living(space) !== undefined) {
      const head = await this.#try(space, write, change);
      if (head !== undefined) return head;
    }
    return undefined;
  }

  /** Writes to a space that is there. @returns undefined when it is there no more, or another was quicker */
  async #try(
    space: string,
    write: Pick<Write, "remove" | "discard" | "documents" | "erases">,
    change: (head: Head) => Head,
  ): Promise<Head | undefined> {
    const base = await this.#spaces.living(space);
    if (base === undefined) return undefined;
    const ids = (write.remove ?? []).map(({ id }) => id);
    const there = await this.#store.read(space, base.head.generation, ids);
    const head: Head = {
      ...change(base.head),
      revision: base.head.revision + 1,
      count: base.head.count - there.filter((one) => one !== undefined).length,
    };
    const version = await this.#store.commit(space, { ...write, base, head });
    if (version === undefined) return undefined;
    this.#spaces.drop(space, ids);
    this.#spaces.applied(space, base, head, (columns) => columns.remove(ids));
    return head;
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

/** Whether two memories are of one face or thing of one photo, by one label. */
function isSameLesson(a: Memory, b: Memory): boolean {
  return a.bytes === b.bytes && a.label === b.label && a.kind === b.kind &&
    a.face?.index === b.face?.index;
}

/** As many from one on as one write takes. */
function batchFrom(changes: readonly DocumentWrite[], from: number): DocumentWrite[] {
  const batch: DocumentWrite[] = [];
  let bytes = 0;
  for (const one of changes.slice(from, from + PURGED_AT_ONCE)) {
    bytes += weigh(one);
    if (batch.length > 0 && bytes > PURGED_BYTES) break;
    batch.push(one);
  }
  return batch;
}

function isEventGone({ collection, document }: DocumentWrite): boolean {
  return collection === EVENTS && document === undefined;
}
