/**
 * The queue of what waits for a person: near-identical photos are one item, those that would teach
 * most come first, and an item is leased, so that several reviewers never answer the same one.
 *
 * @module
 */
import { monotonicFactory, ulid } from "ulid";
import { cosine } from "../cosine.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import type { DocumentChange, VersionedDocument } from "../ledger.ts";
import type { Kind, MemoryTable } from "../memory.ts";
import {
  aboutItem,
  type Item,
  type Lease,
  MOST_ITEMS,
  MOST_SIGHTS,
  priorityOf,
  type SeenSubject,
  WAITS_MS,
} from "./item.ts";

/** What the queue is made with. */
export interface ReviewQueueParts {
  readonly memory: MemoryTable;
  /** Cosine from which two photos are nearly the same, by kind. */
  readonly alike: Readonly<Record<Kind, number>>;
  readonly now: () => Date;
}

/** What is to be judged. */
export type NewItem = Pick<
  Item,
  "reason" | "says" | "answer" | "rule" | "claimed" | "suggestions"
>;

/** The queue of every space. */
export interface ReviewQueue {
  /**
   * Puts an answer before people.
   *
   * @returns the id of the item, its own or that of photos that are nearly the same; undefined where
   * the queue is full of what would teach more, or others change it all the time
   */
  add(space: string, subject: SeenSubject, item: NewItem): Promise<string | undefined>;
  /** Those that wait, what would teach most first. */
  open(space: string): Promise<readonly Item[]>;
  /** One that waits. @throws {NotFoundError} @throws {ConflictError} when it was answered already */
  get(space: string, id: string): Promise<Item>;
  /** Takes in hand at most `limit` (1–{@linkcode MOST_LEASED}) of what nobody has. */
  lease(space: string, options: { limit: number; minutes: number }): Promise<{
    readonly lease: Lease;
    readonly items: readonly Item[];
  }>;
  /** Puts an item back, for others and later. @throws as {@linkcode ReviewQueue.get}, and {@linkcode ConflictError} when somebody else has it in hand */
  skip(space: string, id: string, lease?: string): Promise<void>;
}

/** Most items that one lease takes: the store checks but so many versions at once. */
export const MOST_LEASED = 50;
/** Items read at once: they may weigh 30 kB each. */
const AT_ONCE = 100;
/** How often a change is tried again that others were quicker than. */
const TRIES = 20;
/** What is left of an item's worth when somebody did not know. */
const SKIPPED = 0.25;
/** Spaces whose queues are kept at hand. */
const SPACES = 8;
/** The mark that changes with the queue, and tells what changed last. */
const MARK = { collection: "queue", id: "mark" } as const;
/** Changes that the mark tells. */
const TOLD = 64;

/** What the mark says. */
interface Mark {
  /** Rises with every change. */
  readonly number: number;
  /** Ids of the items of the last changes, the newest change first. */
  readonly changed: readonly (readonly string[])[];
}

/** An item at hand, without all but the first embedding. */
interface Known {
  item: Item;
  version: string;
}

interface Queue {
  /** The mark and its version, and revision of the decisions, that it was read at. */
  mark: Mark;
  version: string | null;
  readonly decided: number;
  readonly items: Map<string, Known>;
}

/** Makes the queue. */
export function createReviewQueue({ memory, alike, now }: ReviewQueueParts): ReviewQueue {
  const queues = new Map<string, Queue>();
  const nextId = monotonicFactory();

  async function load(space: string): Promise<Queue> {
    const found = await memory.document(space, MARK.collection, MARK.id);
    const version = found?.version ?? null;
    const mark = (found?.value as Mark | undefined) ?? { number: 0, changed: [] };
    const decided = await memory.revisionOf(space, "item");
    const known = queues.get(space);
    if (known?.decided === decided) {
      if (known.version === version) return known;
      const missed = mark.number - known.mark.number;
      if (missed > 0 && missed <= mark.changed.length) {
        const ids = [...new Set(mark.changed.slice(0, missed).flat())];
        const read = await Promise.all(ids.map((id) => memory.document(space, "item", id)));
        read.forEach((one, i) => put(known, ids[i]!, one));
        known.mark = mark;
        known.version = version;
        return known;
      }
    }
    const queue: Queue = { mark, version, decided, items: new Map() };
    for (let after = "";;) {
      const page = await memory.documents(space, "item", {
        limit: AT_ONCE,
        ...(after === "" ? {} : { after }),
      });
      for (const one of page) put(queue, one.id, one);
      if (page.length < AT_ONCE) break;
      after = page.at(-1)!.id;
    }
    queues.delete(space);
    queues.set(space, queue);
    for (const oldest of queues.keys()) {
      if (queues.size <= SPACES) break;
      queues.delete(oldest);
    }
    return queue;
  }

  /** Changes items that are of the version they were read in. @returns whether it was done */
  async function change(
    space: string,
    queue: Queue,
    changes: readonly (Pick<DocumentChange, "id" | "document"> & { base: string | null })[],
  ): Promise<boolean> {
    const base = queue.version;
    const mark: Mark = {
      number: queue.mark.number + 1,
      changed: [changes.map(({ id }) => id), ...queue.mark.changed].slice(0, TOLD),
    };
    const version = await memory.keep(space, [
      ...changes.map((one) => ({ collection: "item" as const, ...one })),
      { ...MARK, document: { value: mark, about: [] }, base },
    ]);
    if (version === undefined) return false;
    // Somebody here may have read on meanwhile: then that is as new already.
    if (queue.version === base) {
      for (const { id, document } of changes) {
        put(queue, id, document && { id, ...document, version });
      }
      queue.mark = mark;
      queue.version = version;
    }
    return true;
  }

  function inOrder(queue: Queue): Item[] {
    const at = now().toISOString();
    return [...queue.items.values()].map(({ item }) => item)
      .filter(({ expiresAt }) => expiresAt > at)
      .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  }

  /** The item in full. */
  async function read(space: string, id: string): Promise<{ item: Item; version: string }> {
    const found = await memory.document(space, "item", id);
    if (found !== undefined) return { item: found.value as Item, version: found.version };
    const answered = await memory.document(space, "answered", id);
    if (answered !== undefined) throw new ConflictError(String(answered.value));
    throw new NotFoundError(`no item ${id} waits for review: it may have waited too long`);
  }

  return {
    async add(space, subject, news) {
      const { kind, model, sight, thumbnail } = subject;
      for (let tries = 0; tries < TRIES; tries++) {
        const queue = await load(space);
        const near = nearest(queue, subject, alike[kind]);
        if (near !== undefined) {
          const found = await memory.document(space, "item", near);
          if (found === undefined) continue;
          const item = joined(found.value as Item, subject);
          if (await change(space, queue, [{ ...documentOf(item), base: found.version }])) {
            return near;
          }
          continue;
        }
        const at = now().getTime();
        const fresh: Omit<Item, "priority"> = {
          id: nextId(at),
          createdAt: new Date(at).toISOString(),
          expiresAt: new Date(at + WAITS_MS).toISOString(),
          kind,
          model,
          ...news,
          seen: 1,
          sights: [sight],
          ...(thumbnail ? { thumbnail } : {}),
        };
        const item: Item = { ...fresh, priority: priorityOf({ ...fresh, seen: 1 }) };
        const changes: Parameters<typeof change>[2][number][] = [
          { ...documentOf(item), base: null },
        ];
        if (queue.items.size >= MOST_ITEMS) {
          const least = inOrder(queue).findLast(({ lease }) => !isHeld(lease, now()));
          if (least === undefined || least.priority > item.priority) return undefined;
          changes.push({ id: least.id, base: queue.items.get(least.id)!.version });
        }
        if (await change(space, queue, changes)) return item.id;
      }
      return undefined;
    },

    async open(space) {
      return inOrder(await load(space));
    },

    async get(space, id) {
      return (await read(space, id)).item;
    },

    async lease(space, { limit, minutes }) {
      const lease = {
        id: ulid(),
        until: new Date(now().getTime() + minutes * 60_000).toISOString(),
      };
      for (let tries = 0; tries < TRIES; tries++) {
        const queue = await load(space);
        const free = inOrder(queue).filter((item) => !isHeld(item.lease, now())).slice(0, limit);
        if (free.length === 0) return { lease, items: [] };
        const found = await Promise.all(free.map(({ id }) => memory.document(space, "item", id)));
        const there = found.filter((one) => one !== undefined);
        const items = there.map(({ value }): Item => ({ ...(value as Item), lease }));
        const changes = items.map((item, i) => ({
          ...documentOf(item),
          base: there[i]!.version,
        }));
        if (there.length > 0 && await change(space, queue, changes)) return { lease, items };
      }
      throw new ConflictError("others take what waits for review all the time: try again");
    },

    async skip(space, id, lease) {
      for (let tries = 0; tries < TRIES; tries++) {
        const queue = await load(space);
        const { item, version } = await read(space, id);
        checkHeld(item, lease, now());
        const { lease: _lease, ...free } = item;
        const later = { ...free, priority: item.priority * SKIPPED };
        if (await change(space, queue, [{ ...documentOf(later), base: version }])) return;
      }
      throw new ConflictError(`item ${id} is changed by others all the time: try again`);
    },
  };
}

/** @throws {ConflictError} when somebody else has an item in hand */
export function checkHeld({ id, lease }: Item, by: string | undefined, now: Date): void {
  if (lease === undefined || lease.id === by || !isHeld(lease, now)) return;
  throw new ConflictError(`item ${id} is in somebody else's hands until ${lease.until}`);
}

function isHeld(lease: Lease | undefined, now: Date): boolean {
  return lease !== undefined && lease.until > now.toISOString();
}

/** Takes down what an item is now; nothing when it is no more. */
function put(queue: Queue, id: string, found: VersionedDocument | undefined): void {
  if (found === undefined) {
    queue.items.delete(id);
    return;
  }
  const item = found.value as Item;
  queue.items.set(id, {
    item: { ...item, sights: item.sights.slice(0, 1) },
    version: found.version,
  });
}

function documentOf(item: Item): Required<Pick<DocumentChange, "id" | "document">> {
  const { id, expiresAt } = item;
  return { id, document: { value: item, about: aboutItem(item), expiresAt } };
}

/** The item whose photo is nearly the same. */
function nearest(
  { items }: Queue,
  { kind, model, sight: { embedding, bytes } }: SeenSubject,
  alike: number,
): string | undefined {
  let best: string | undefined;
  let most = alike;
  for (const [id, { item }] of items) {
    const [first] = item.sights;
    if (item.kind !== kind || item.model !== model || first === undefined) continue;
    if (kind === "thing" && first.bytes === bytes) return id;
    if (first.embedding.length !== embedding.length) continue;
    const similarity = cosine(first.embedding, embedding);
    if (similarity < most) continue;
    most = similarity;
    best = id;
  }
  return best;
}

/** An item that another photo is like. */
function joined(item: Item, { sight, thumbnail }: SeenSubject): Item {
  const isNew = !item.sights.some(({ bytes, face }) =>
    bytes === sight.bytes && face?.index === sight.face?.index
  );
  const more = {
    ...item,
    seen: item.seen + (isNew ? 1 : 0),
    sights: isNew && item.sights.length < MOST_SIGHTS ? [...item.sights, sight] : item.sights,
    ...(item.thumbnail === undefined && thumbnail ? { thumbnail } : {}),
  };
  return { ...more, priority: priorityOf(more) };
}
