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
  "reason" | "says" | "answer" | "rule" | "claimed" | "suggestions" | "mentions"
>;

/** The queue of every space. */
export interface ReviewQueue {
  /**
   * Puts an answer before people.
   *
   * @param era the {@linkcode MemoryTable.era} that it was given in; any when left out
   * @returns the id of the item, its own or that of photos that are nearly the same; undefined where
   * the queue is full of what would teach more, or others change it all the time
   * @throws {ConflictError} when something was forgotten since that era
   */
  add(
    space: string,
    subject: SeenSubject,
    item: NewItem,
    era?: string,
  ): Promise<string | undefined>;
  /** Those that wait, what would teach most first. */
  open(space: string): Promise<readonly Item[]>;
  /** One that waits. @throws {NotFoundError} @throws {ConflictError} when it was answered already */
  get(space: string, id: string): Promise<Item>;
  /** Takes in hand at most `limit` (1–{@linkcode MOST_LEASED}) of what nobody has; @throws {ConflictError} when others take it all the time */
  lease(space: string, options: { limit: number; minutes: number }): Promise<{
    readonly lease: Lease;
    readonly items: readonly Item[];
  }>;
  /** Puts an item back, for others and later. @throws as {@linkcode ReviewQueue.get}, and {@linkcode ConflictError} when somebody else has it in hand */
  skip(space: string, id: string, lease?: string): Promise<void>;
}

/** Most items that one lease takes. */
export const MOST_LEASED = 50;
/** Items that one write takes: each may weigh 60 kB, and a write 600. */
const WRITTEN_AT_ONCE = 9;
/** Items read at once: they may weigh 30 kB each. */
const AT_ONCE = 100;
/** How often a change is tried again that others were quicker than. */
const TRIES = 20;
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
  /** The {@linkcode MemoryTable.era} that it was read in. */
  readonly era: string;
  readonly items: Map<string, Known>;
}

/** Makes the queue. */
export function createReviewQueue({ memory, alike, now }: ReviewQueueParts): ReviewQueue {
  const queues = new Map<string, Queue>();
  const nextId = monotonicFactory();
  const turns = new Map<string, Promise<unknown>>();

  /** One change of a space after the other in this process: they would only be in each other's way. */
  function inTurn<T>(space: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(space) ?? Promise.resolve()).then(work);
    const settled = turn.then(() => {}, () => {}).then(() => {
      if (turns.get(space) === settled) turns.delete(space);
    });
    turns.set(space, settled);
    return turn;
  }

  async function load(space: string): Promise<Queue> {
    const found = await memory.document(space, MARK.collection, MARK.id);
    const version = found?.version ?? null;
    const mark = (found?.value as Mark | undefined) ?? { number: 0, changed: [] };
    const decided = await memory.revisionOf(space, "item");
    const era = await memory.era(space);
    const known = queues.get(space);
    if (known?.decided === decided && known.era === era) {
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
    const queue: Queue = { mark, version, decided, era, items: new Map() };
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
    era?: string,
  ): Promise<boolean> {
    const base = queue.version;
    const mark: Mark = {
      number: queue.mark.number + 1,
      changed: [changes.map(({ id }) => id), ...queue.mark.changed].slice(0, TOLD),
    };
    const version = await memory.keep(space, [
      ...changes.map((one) => ({ collection: "item" as const, ...one })),
      { ...MARK, document: { value: mark, about: [] }, base },
    ], era === undefined ? {} : { era });
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

  /** An item as it is stored now, which is taken down: the decision of another process may be news. */
  async function stored(
    space: string,
    queue: Queue,
    id: string,
  ): Promise<{ item: Item; version: string } | undefined> {
    const found = await memory.document(space, "item", id);
    put(queue, id, found);
    return found && { item: found.value as Item, version: found.version };
  }

  /** Takes some of what nobody has in hand. @returns undefined where others were quicker */
  async function take(space: string, lease: Lease, limit: number): Promise<Item[] | undefined> {
    const queue = await load(space);
    const isFree = (item: Item) => !isHeld(item.lease, now());
    const free = inOrder(queue).filter(isFree).slice(0, limit);
    const found = await Promise.all(free.map(({ id }) => stored(space, queue, id)));
    const there = found.filter((one) => one !== undefined).filter(({ item }) => isFree(item));
    if (free.length > 0 && there.length === 0) return undefined;
    const items = there.map(({ item }): Item => ({ ...item, lease }));
    const changes = items.map((item, i) => ({ ...documentOf(item), base: there[i]!.version }));
    return items.length === 0 || await change(space, queue, changes) ? items : undefined;
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
    add: (space, subject, news, era) =>
      inTurn(space, async () => {
        const { kind, model, sight, thumbnail } = subject;
        for (let tries = 0; tries < TRIES; tries++) {
          const queue = await load(space);
          const near = nearest(queue, subject, news, alike[kind]);
          if (near !== undefined) {
            const found = await stored(space, queue, near);
            if (found === undefined) continue;
            const more = { ...documentOf(joined(found.item, subject)), base: found.version };
            if (await change(space, queue, [more], era)) return near;
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
            skipped: 0,
            sights: [sight],
            ...(thumbnail ? { thumbnail } : {}),
          };
          const item: Item = { ...fresh, priority: priorityOf(fresh) };
          const changes: Parameters<typeof change>[2][number][] = [
            { ...documentOf(item), base: null },
          ];
          const present = now().toISOString();
          for (const [id, { item: { expiresAt } }] of queue.items) {
            if (expiresAt <= present) queue.items.delete(id);
          }
          if (queue.items.size >= MOST_ITEMS) {
            const least = inOrder(queue).findLast(({ lease }) => !isHeld(lease, now()));
            if (least === undefined || least.priority > item.priority) return undefined;
            const found = await stored(space, queue, least.id);
            if (found === undefined || isHeld(found.item.lease, now())) continue;
            changes.push({ id: least.id, base: found.version });
          }
          if (await change(space, queue, changes, era)) return item.id;
        }
        return undefined;
      }),

    async open(space) {
      return inOrder(await load(space));
    },

    async get(space, id) {
      return (await read(space, id)).item;
    },

    lease: (space, { limit, minutes }) =>
      inTurn(space, async () => {
        const lease = {
          id: ulid(),
          until: new Date(now().getTime() + minutes * 60_000).toISOString(),
        };
        const items: Item[] = [];
        for (let tries = 0; tries < TRIES && items.length < limit;) {
          const some = await take(space, lease, Math.min(limit - items.length, WRITTEN_AT_ONCE));
          if (some?.length === 0) return { lease, items };
          items.push(...some ?? []);
          tries = some === undefined ? tries + 1 : 0;
        }
        if (items.length > 0) return { lease, items };
        throw new ConflictError("others take what waits for review all the time: try again");
      }),

    skip: (space, id, lease) =>
      inTurn(space, async () => {
        for (let tries = 0; tries < TRIES; tries++) {
          const queue = await load(space);
          const { item, version } = await read(space, id);
          checkHeld(item, lease, now());
          const { lease: _lease, ...free } = item;
          const skipped = { ...free, skipped: item.skipped + 1 };
          const later = { ...skipped, priority: priorityOf(skipped) };
          if (await change(space, queue, [{ ...documentOf(later), base: version }])) return;
        }
        throw new ConflictError(`item ${id} is changed by others all the time: try again`);
      }),
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

/** The item whose photo is nearly the same, and that one answer settles, too. */
function nearest(
  { items }: Queue,
  { kind, model, sight: { embedding, bytes } }: SeenSubject,
  news: NewItem,
  alike: number,
): string | undefined {
  let best: string | undefined;
  let most = alike;
  for (const [id, { item }] of items) {
    const [first] = item.sights;
    if (item.kind !== kind || item.model !== model || first === undefined) continue;
    if (!isSameQuestion(item, news)) continue;
    if (kind === "thing" && first.bytes === bytes) return id;
    if (first.embedding.length !== embedding.length) continue;
    const similarity = cosine(first.embedding, embedding);
    if (similarity < most) continue;
    most = similarity;
    best = id;
  }
  return best;
}

/**
 * Whether what is said of one item holds of another answer. A sample tells how right the sure answers
 * are only where it is of that very answer, drawn by chance, and not of an unsure one that it is like.
 */
function isSameQuestion(item: Item, { reason, answer, claimed }: NewItem): boolean {
  if (item.reason !== "sample" && reason !== "sample") return true;
  return item.reason === reason && item.claimed === claimed &&
    item.answer.label === answer.label && item.answer.route === answer.route;
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
