/**
 * What one reviewer has in hand: items are taken ahead, answered at once and noted behind, come back
 * when that fails, and can be taken back.
 *
 * @module
 */
import { ApiError } from "../api_error.ts";
import type { PracticeClient } from "./practice_client.ts";
import { sayPracticeProblem } from "./practice_problem.ts";
import { practice } from "./practice_strings.ts";
import type { Reviewed, ReviewItem, Verdict } from "./practice_types.ts";
import type { Keep } from "../session.ts";

/** What was said last: `failed` where it did not come about. */
export interface Note {
  readonly is: "done" | "failed";
  readonly says: string;
}

/** What lies on the desk. */
export interface Desk {
  /** The item to judge; undefined when there is none. */
  readonly item: ReviewItem | undefined;
  /** Whether nobody knows yet if there is one. */
  readonly isLooking: boolean;
  /** How many were skipped and wait behind all others. */
  readonly skipped: number;
  /** Answered in this session. */
  readonly answered: number;
  /** Answers an hour, pauses aside; undefined while that would tell nothing. */
  readonly pace: number | undefined;
  /** Items that wait; undefined while that is not known. */
  readonly open: number | undefined;
  readonly note: Note | undefined;
  /** Whether the last answer is being taken back, and nothing can be answered meanwhile. */
  readonly isUndoing: boolean;
}

/** The desk and what can be done at it. */
export interface ReviewDesk {
  read(): Desk;
  /** Sits down: what this tab had in hand before is there again. */
  open(): Promise<void>;
  /** Answers the item in front; `says` is the answer in words. */
  answer(verdict: Verdict, says: string): void;
  /** Takes the last answer back; its item is in front again. */
  undo(): Promise<void>;
  /** Looks whether anything waits, what was skipped too. */
  look(): Promise<void>;
  /** Says something to the reviewer. */
  tell(note: Note | undefined): void;
  /** The thumbnail of an item, fetched once. */
  photo(item: ReviewItem): Promise<string>;
  close(): void;
}

/** What the desk is made with. */
export interface ReviewDeskParts {
  readonly client: PracticeClient;
  readonly keep: Keep;
  /** Called when something changed. */
  onChange(): void;
  /** Present time in milliseconds. */
  readonly now?: () => number;
}

/** Items that are taken at once, and how few in hand make the desk take more. */
const TAKEN = 10;
const FEW = 5;
/** A longer while between two answers is a pause, in milliseconds. */
const PAUSE = 120_000;
/** Answers that a pace can be told from. */
const TELLING = 3;
/** Where a tab remembers what it has in hand. */
const HELD = "xolo.review";

interface Held {
  readonly item: ReviewItem;
  readonly lease: string | undefined;
  /** ISO 8601. */
  readonly until: string;
}

interface Given {
  readonly held: Held;
  readonly verdict: Verdict;
  readonly says: string;
  /** Undefined where it was refused. */
  readonly sent: Promise<Reviewed | undefined>;
}

/** Makes a desk. */
export function createReviewDesk(
  { client, keep, onChange, now = Date.now }: ReviewDeskParts,
): ReviewDesk {
  const says = practice.review;
  let hand: Held[] = [];
  let later: Held[] = [];
  const skipped = new Set<string>();
  const given: Given[] = [];
  const photos = new Map<string, Promise<string>>();
  let note: Note | undefined;
  let waiting: number | undefined;
  let answered = 0;
  let spent = 0;
  let since = now();
  let taking: Promise<void> | undefined;
  /** Whether the queue had no more for this desk when it was last asked. */
  let isDry = false;
  let isUndoing = false;
  let isClosed = false;

  function changed(): void {
    keep.set(
      HELD,
      JSON.stringify(hand.map(({ item, lease, until }) => ({ id: item.id, lease, until }))),
    );
    if (!isClosed) onChange();
  }

  function photo(item: ReviewItem): Promise<string> {
    let url = photos.get(item.id);
    if (!url) {
      url = client.itemPhoto(item.id).then((blob) => URL.createObjectURL(blob));
      url.catch(() => photos.delete(item.id));
      photos.set(item.id, url);
    }
    return url;
  }

  function take(held: readonly Held[]): void {
    const known = new Set([
      ...hand.map(({ item }) => item.id),
      ...later.map(({ item }) => item.id),
      ...given.filter(({ verdict }) => !("skip" in verdict)).map(({ held }) => held.item.id),
    ]);
    // What was skipped is free again, and may be taken again: it comes after all others.
    const fresh = held.filter(({ item }) => !known.has(item.id) || skipped.has(item.id));
    if (hand.length === 0) since = now();
    hand.push(...fresh.filter(({ item }) => !skipped.has(item.id)));
    const there = new Set(later.map(({ item }) => item.id));
    later.push(...fresh.filter(({ item }) => skipped.has(item.id) && !there.has(item.id)));
    for (const { item } of fresh) {
      if (item.hasPhoto) photo(item).catch(() => {/* told when shown */});
    }
  }

  async function takeMore(): Promise<void> {
    try {
      // A lease that is over is somebody else's by now.
      const time = new Date(now()).toISOString();
      hand = hand.filter(({ until }, i) => i === 0 || until > time);
      const { lease, until, items } = await client.lease(TAKEN);
      isDry = items.length < TAKEN;
      take(items.map((item) => ({ item, lease, until })));
      changed();
      waiting = await client.waiting();
    } catch (error) {
      note = { is: "failed", says: sayPracticeProblem(error) };
    }
  }

  /** Takes more where few are left; one call at a time. */
  function topUp(least = FEW): Promise<void> {
    if (taking || hand.length > least) return taking ?? Promise.resolve();
    // Of a dry queue it would only take what was skipped, which is for somebody else now.
    if (isDry && (hand.length > 0 || skipped.size > 0)) return Promise.resolve();
    taking = takeMore().finally(() => {
      taking = undefined;
      changed();
    });
    return taking;
  }

  async function send(held: Held, verdict: Verdict): Promise<Reviewed | undefined> {
    try {
      return await client.answer(held.item.id, verdict, held.lease);
    } catch (error) {
      const at = given.findIndex((one) => one.held === held);
      if (at >= 0) given.splice(at, 1);
      if (!("skip" in verdict)) answered--;
      const problem = sayPracticeProblem(error);
      const isGone = error instanceof ApiError && (error.status === 409 || error.status === 404);
      skipped.delete(held.item.id);
      if (isGone) {
        note = { is: "failed", says: says.goesOn(problem) };
      } else {
        hand.unshift(held);
        if (waiting !== undefined && !("skip" in verdict)) waiting++;
        note = { is: "failed", says: says.cameBack(problem) };
      }
      changed();
      return undefined;
    }
  }

  async function takeBack({ held, verdict, sent, says: what }: Given): Promise<void> {
    const reviewed = await sent;
    if (!reviewed) return;
    const isSkip = "skip" in verdict;
    if (!isSkip) {
      if (!reviewed.event) {
        note = { is: "failed", says: says.notUndoable };
        return;
      }
      await client.undo(reviewed.event.id);
      answered--;
      if (waiting !== undefined) waiting++;
    }
    skipped.delete(held.item.id);
    later = later.filter(({ item }) => item.id !== held.item.id);
    hand.unshift({ ...held, item: await client.item(held.item.id) });
    note = { is: "done", says: says.undone(what) };
  }

  return {
    read: () => ({
      item: hand[0]?.item,
      isLooking: hand.length === 0 && taking !== undefined,
      skipped: skipped.size,
      answered,
      pace: answered < TELLING || spent === 0 ? undefined : answered / (spent / 3_600_000),
      open: waiting,
      note,
      isUndoing,
    }),

    async open() {
      const kept = JSON.parse(
        keep.get(HELD) ?? "[]",
      ) as (Pick<Held, "lease" | "until"> & { readonly id: string })[];
      const time = new Date(now()).toISOString();
      const opened = topUp(Infinity);
      const found = await Promise.allSettled(
        kept.filter(({ until }) => until > time).map(async (
          { id, lease, until },
        ): Promise<Held> => ({
          item: await client.item(id),
          lease,
          until,
        })),
      );
      const again = found.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
      take(again.filter(({ item }) => item.leasedUntil !== null));
      changed();
      await opened;
    },

    answer(verdict, what) {
      const held = hand[0];
      if (!held || isUndoing) return;
      hand = hand.slice(1);
      spent += Math.min(now() - since, PAUSE);
      since = now();
      if ("skip" in verdict) {
        skipped.add(held.item.id);
      } else {
        answered++;
        if (waiting !== undefined) waiting = Math.max(0, waiting - 1);
      }
      note = { is: "done", says: says.said(what) };
      const entry = { held, verdict, says: what } as const;
      // In the list before it is sent: a refusal takes it out again.
      const sent = Promise.resolve().then(() => send(held, verdict));
      given.push({ ...entry, sent });
      changed();
      // The last one waits until it is noted: the queue would still have it.
      if (hand.length > 0) void topUp();
      else void sent.then(() => topUp());
    },

    async undo() {
      const last = given.pop();
      if (isUndoing) return;
      if (!last) {
        note = { is: "failed", says: says.nothingToUndo };
        changed();
        return;
      }
      isUndoing = true;
      note = { is: "done", says: says.undoing };
      changed();
      try {
        await takeBack(last);
      } catch (error) {
        note = { is: "failed", says: sayPracticeProblem(error) };
      }
      isUndoing = false;
      changed();
    },

    async look() {
      skipped.clear();
      isDry = false;
      hand.push(...later);
      later = [];
      note = undefined;
      changed();
      await topUp();
    },

    tell(said) {
      note = said;
      changed();
    },

    photo,

    close() {
      isClosed = true;
      for (const url of photos.values()) {
        url.then((made) => URL.revokeObjectURL(made), () => {/* there was none */});
      }
    },
  };
}
