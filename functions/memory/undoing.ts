/**
 * Taking events back.
 *
 * @module
 */
import { ConflictError, NotFoundError } from "../core/errors.ts";
import type { Actor, Event } from "../core/ledger.ts";
import type { Memory } from "../core/memory.ts";
import { decidedAt, withoutVersion } from "./document_writes.ts";
import { EventLog, EVENTS, goingOn } from "./event_log.ts";
import { isOtherFace, isSameExample } from "./examples.ts";
import {
  dependant,
  type DocumentEffect,
  type Effects,
  inverseOf,
  KEPT,
  labelsSince,
  type NamedEvent,
  readEvent,
  type StoredEvent,
  viewOfEvent,
} from "./journal.ts";
import type { LoadedSpaces } from "./loaded_spaces.ts";
import type { SamePhotos } from "./same_photos.ts";
import type { SpaceIndex } from "./space_index.ts";
import {
  type DocumentWrite,
  type Head,
  MOVES,
  type RecordStore,
  type VersionedHead,
} from "./store.ts";

/** What undoing is done with. */
export interface UndoingParts {
  readonly store: RecordStore;
  readonly spaces: LoadedSpaces;
  readonly log: EventLog;
  readonly photos: SamePhotos;
}

/** Throws where memories that come back have no room. */
export type CheckRoom = (
  index: SpaceIndex,
  restored: readonly Memory[],
  before: Head,
  after: Head,
) => void;

/** Takes events back, one at a time in a space. */
export class Undoing {
  readonly #store: RecordStore;
  readonly #spaces: LoadedSpaces;
  readonly #log: EventLog;
  readonly #photos: SamePhotos;

  constructor({ store, spaces, log, photos }: UndoingParts) {
    this.#store = store;
    this.#spaces = spaces;
    this.#log = log;
    this.#photos = photos;
  }

  /**
   * Takes an event back. One that was cut off half-way is gone on with.
   *
   * @param check throws where what comes back has no room
   */
  async undo(space: string, id: string, actor: Actor, check: CheckRoom): Promise<Event> {
    let begun: NamedEvent | undefined;
    for (;;) {
      const base = await this.#spaces.living(space);
      if (base === undefined) throw new NotFoundError(`no event ${id} in this space`);
      const { generation } = base.head;
      const { index } = await this.#spaces.entry(space, base);
      const found = await this.#store.document(space, generation, EVENTS, id);
      if (found === undefined) throw new NotFoundError(`no event ${id} in this space`);
      const target = readEvent(found);
      begun ??= await this.#unfinished(space, generation, target);
      if (begun === undefined) await this.#checkUndoable(space, base, target);
      const rest = restOf(inverseOf(target), begun);
      const { moves, documents, isLast } = firstOf(rest, MOVES);
      const changed = await this.#moved(space, index, moves, target);
      const effects = begun === undefined ? { ...moves, documents } : joined(begun, moves);
      const event: StoredEvent = {
        ...this.#log.signed(actor),
        ...effects,
        type: "undo",
        what: `took back: ${viewOfEvent(target).what}`,
        labels: target.labels,
        undoes: id,
      };
      const noted = begun === undefined
        ? await this.#log.note(space, base.head, [event])
        : goingOn(base.head, { ...event, id: begun.id });
      const undo: NamedEvent = noted.events[0]!;
      const switched = begun === undefined
        ? await this.#log.switched(space, generation, target, undo.id)
        : [];
      const { restored, renamed, shelved } = changed;
      const head: Head = {
        ...noted.head,
        revision: base.head.revision + 1,
        count: base.head.count + restored.length - shelved.length,
        ...decidedAt(base.head, documents),
      };
      check(index, restored, base.head, head);
      const version = await this.#store.commit(space, {
        ...noted.write,
        base,
        head,
        ...(shelved.length === 0 ? {} : { shelve: shelved }),
        ...(restored.length === 0 ? {} : { restore: restored.map((one) => one.id) }),
        ...(renamed.length === 0 ? {} : { relabel: renamed }),
        documents: [
          ...noted.write.documents,
          ...switched,
          ...await this.#writesOf(space, generation, documents),
        ],
      });
      if (version === undefined) continue;
      this.#spaces.drop(space, [...shelved, ...renamed.map((one) => one.id)]);
      this.#spaces.applied(space, base, head, (columns) => {
        columns.remove(shelved);
        for (const memory of restored) columns.add(memory);
        for (const { id, label } of renamed) columns.relabel(id, label);
      });
      if (isLast) return viewOfEvent(undo);
      begun = undo;
    }
  }

  /** The undo of an event that was cut off before its last write. */
  async #unfinished(
    space: string,
    generation: string,
    target: NamedEvent,
  ): Promise<NamedEvent | undefined> {
    if (target.undoneBy === undefined) return undefined;
    const found = await this.#store.document(space, generation, EVENTS, target.undoneBy);
    if (found === undefined) return undefined;
    const undo = readEvent(found);
    return isNothing(restOf(inverseOf(target), undo)) ? undefined : undo;
  }

  /** How documents become what they were. One that was kept apart and is no more would be gone by now. */
  async #writesOf(
    space: string,
    generation: string,
    documents: readonly DocumentEffect[],
  ): Promise<DocumentWrite[]> {
    return await Promise.all(documents.map(async ({ collection, id, after }) => {
      if (after === null) return { collection, id };
      if (!("kept" in after)) return { collection, id, document: after };
      const kept = await this.#store.document(space, generation, KEPT, after.kept);
      return kept === undefined
        ? { collection, id }
        : { collection, id, document: withoutVersion(kept) };
    }));
  }

  /** @throws {ConflictError} saying why an event cannot be taken back */
  async #checkUndoable(
    space: string,
    base: VersionedHead,
    event: NamedEvent,
  ): Promise<void> {
    if (event.type === "forget") throw new ConflictError("forgetting is final");
    if (event.undoneBy !== undefined) {
      throw new ConflictError(`event ${event.id} was taken back already, by ${event.undoneBy}`);
    }
    const other = dependant(event, await this.#log.after(space, base.head.generation, event.id));
    if (other !== undefined) throw dependsOn(event, other);
  }

  /**
   * What moving memories does to them.
   *
   * @throws {ConflictError} when one that comes back would be there twice, or is kept no more
   */
  async #moved(
    space: string,
    index: SpaceIndex,
    moves: Effects,
    event: NamedEvent,
  ) {
    const { generation } = index;
    const there = async (ids: readonly string[]) =>
      (await this.#store.read(space, generation, ids)).filter((one) => one !== undefined);
    const shelved = (await there(moves.shelved)).map(({ id }) => id);
    const { ids = [], to = {} } = moves.renamed ?? {};
    const renamed = (await there(ids)).map((memory): Memory => ({ ...memory, ...to }));
    const shelf = await this.#store.shelved(space, generation, moves.added);
    const restored = shelf.filter((one) => one !== undefined);
    if (restored.length < moves.added.length) {
      throw new ConflictError(`what event ${event.id} took away is kept no more`);
    }
    const leaving = new Set([...shelved, ...ids]);
    const renames = to.label === undefined ? [] : renamed;
    const returning = [...restored, ...renames];
    const later = returning.length === 0 ? [] : await this.#log.after(space, generation, event.id);
    for (const memory of returning) {
      const beside = await this.#photos.of(space, index, memory.bytes);
      // One that is called otherwise by now could not have come to be either.
      const other = beside.find((one) =>
        !leaving.has(one.id) && labelsSince(one.label, one.id, later).has(memory.label) &&
        isAlike({ ...one, label: memory.label }, memory)
      );
      if (other === undefined) continue;
      const by = await this.#log.eventThatMade(space, generation, other.id);
      if (by !== undefined) throw dependsOn(event, by);
      throw new ConflictError(
        `the same photo is remembered as "${other.label}" again, by ${other.id}`,
      );
    }
    return { restored, renamed, shelved };
  }
}

/** Whether there is nothing to move. */
function isNothing({ added, shelved, renamed }: Effects): boolean {
  return added.length + shelved.length + (renamed?.ids.length ?? 0) === 0;
}

/** What is left of effects when some were carried out. */
function restOf(effects: Effects, done: Effects | undefined): Effects {
  if (done === undefined) return effects;
  const { renamed } = effects;
  return {
    added: effects.added.slice(done.added.length),
    shelved: effects.shelved.slice(done.shelved.length),
    renamed: renamed && { ...renamed, ids: renamed.ids.slice(done.renamed?.ids.length ?? 0) },
    documents: [],
  };
}

/** So much of effects as one write moves; the documents go with the first. */
function firstOf(
  { added, shelved, renamed, documents }: Effects,
  most: number,
): { moves: Effects; documents: readonly DocumentEffect[]; isLast: boolean } {
  const first = {
    added: added.slice(0, most),
    shelved: shelved.slice(0, most - Math.min(most, added.length)),
  };
  const room = most - first.added.length - first.shelved.length;
  const ids = renamed?.ids.slice(0, room) ?? [];
  const all = added.length + shelved.length + (renamed?.ids.length ?? 0);
  return {
    moves: { ...first, renamed: renamed && { ...renamed, ids }, documents: [] },
    documents,
    isLast: first.added.length + first.shelved.length + ids.length === all,
  };
}

/** Effects one after the other. */
function joined(done: Effects, more: Effects): Effects {
  return {
    added: [...done.added, ...more.added],
    shelved: [...done.shelved, ...more.shelved],
    renamed: more.renamed &&
      { ...more.renamed, ids: [...done.renamed?.ids ?? [], ...more.renamed.ids] },
    documents: done.documents,
  };
}

/** Whether two memories cannot be under one label. */
function isAlike(one: Memory, other: Memory): boolean {
  return isSameExample(one, other) || isOtherFace(one, other);
}

function dependsOn(event: NamedEvent, other: NamedEvent): ConflictError {
  return new ConflictError(
    `event ${other.id} (${
      viewOfEvent(other).what || other.type
    }) depends on ${event.id}: take that back first`,
  );
}
