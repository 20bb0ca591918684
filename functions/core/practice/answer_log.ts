/**
 * The last answers of every space, and how many there were by the hour: noted in memory as they are
 * given, and stored a moment later in a few documents, so that answering does not wait for it. Not
 * acknowledged to anybody: a hard kill loses the last moment's, and so does whoever has something
 * forgotten, since what was answered before may tell of it.
 *
 * @module
 */
import { monotonicFactory } from "ulid";
import { ConflictError } from "../errors.ts";
import type { Facts } from "../facts.ts";
import type { DocumentChange } from "../ledger.ts";
import type { MemoryTable } from "../memory.ts";
import { weigh } from "../weigh.ts";
import { addTo, emptyTally, hourOf, mergeTallies, type Tally } from "../quality/coverage.ts";

/** An answer as it is noted. */
export interface NotedAnswer {
  /** ULID. */
  readonly id: string;
  /** As they were before any rule was asked: what rules go by. */
  readonly facts: Facts;
}

/** How often a rule made a difference. */
export interface RuleHits {
  readonly hits: number;
  /** ISO 8601. */
  readonly lastAt: string;
}

/** Notes answers. */
export interface AnswerLog {
  /**
   * Notes an answer.
   *
   * @param era the {@linkcode MemoryTable.era} that memory was asked in
   * @param before facts before rules were asked
   * @param given facts of the answer that was given
   * @param rules ids of the rules that made a difference
   */
  note(space: string, era: string, before: Facts, given: Facts, rules: readonly string[]): void;
  /** The last answers, newest first. */
  last(space: string): Promise<readonly NotedAnswer[]>;
  /** Answers by the hour, oldest first; at most {@linkcode HOURS}. */
  tallies(space: string): Promise<readonly (Tally & { readonly at: string })[]>;
  /** How often each rule made a difference. */
  hits(space: string): Promise<ReadonlyMap<string, RuleHits>>;
  /** Stores what was noted. */
  flush(): Promise<void>;
  /** Stores what was noted, and notes nothing more by itself. */
  close(): Promise<void>;
}

/** Answers in one document, what they weigh, documents of a space, and hours that are told of. */
const ANSWERS_AT_ONCE = 40;
const ANSWERS_BYTES = 50_000;
const SLOTS = 25;
export const HOURS = 1000;
/** How long answers are collected before they are stored, in milliseconds. */
const COLLECT_MS = 1000;
/** Context of more characters than this is not noted: a document holds but 60 kB. */
const CONTEXT_CHARACTERS = 500;
/** How long an hour's count is kept, in milliseconds. */
const TALLY_MS = 90 * 24 * 3_600_000;
/** How often something is tried again that another process was quicker with. */
const TRIES = 10;
/** Rules whose hits are stored in one write. */
const RULES_AT_ONCE = 50;
/** Spaces whose document is kept at hand. */
const SPACES = 32;

/** What is noted of an era of a space and not yet stored. */
interface Pending {
  readonly space: string;
  readonly era: string;
  readonly answers: NotedAnswer[];
  readonly tallies: Map<string, Tally>;
  readonly hits: Map<string, number>;
}

/** The document that answers of an era are being written to. */
interface Slot {
  readonly era: string;
  readonly number: number;
  /** The version that it was read or written at; null where there is none yet. */
  version: string | null;
  answers: NotedAnswer[];
  isFull: boolean;
}

/** Makes the log. */
export function createAnswerLog(
  { memory, now, report }: {
    readonly memory: MemoryTable;
    readonly now: () => Date;
    readonly report: (message: string) => void;
  },
): AnswerLog {
  const pending = new Map<string, Pending>();
  const slots = new Map<string, Slot>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushing: Promise<void> = Promise.resolve();
  let isClosed = false;
  const nextId = monotonicFactory();

  function of(space: string, era: string): Pending {
    const key = `${space}\n${era}`;
    const there = pending.get(key) ??
      { space, era, answers: [], tallies: new Map(), hits: new Map() };
    pending.set(key, there);
    return there;
  }

  /** A document to write on in: the newest while it has room, or a new one, or the oldest. */
  async function slotOf({ space, era }: Pending): Promise<Slot> {
    const known = slots.get(space);
    if (known?.era === era && !known.isFull) return known;
    const all = (await memory.documents(space, "answers", { limit: SLOTS }))
      .map(({ id, version, value }) => ({
        number: Number(id),
        version,
        answers: value as NotedAnswer[],
        last: (value as NotedAnswer[]).at(-1)?.id ?? "",
      })).toSorted((a, b) => (a.last < b.last ? -1 : 1));
    const newest = all.at(-1);
    const hasRoom = newest !== undefined && known?.isFull !== true &&
      newest.answers.length < ANSWERS_AT_ONCE && weigh(newest.answers) < ANSWERS_BYTES / 2;
    const taken = new Set(all.map((one) => one.number));
    const free = Array.from({ length: SLOTS }, (_, number) => number).find((n) => !taken.has(n));
    const begun = free === undefined ? all[0]! : { number: free, version: null };
    const { number, version } = hasRoom ? newest : begun;
    const answers = hasRoom ? newest.answers : [];
    const slot: Slot = { era, number, version, answers, isFull: false };
    slots.delete(space);
    slots.set(space, slot);
    for (const first of slots.keys()) {
      if (slots.size <= SPACES) break;
      slots.delete(first);
    }
    return slot;
  }

  async function storeAnswers(of: Pending): Promise<void> {
    const { space, era, answers } = of;
    for (let at = 0, tries = 0; at < answers.length && tries < TRIES;) {
      const slot = await slotOf(of);
      const value = [...slot.answers];
      let bytes = weigh(value);
      for (const one of answers.slice(at, at + ANSWERS_AT_ONCE - value.length)) {
        bytes += weigh(one) + weigh(aboutAnswer(one));
        if (value.length > 0 && bytes > ANSWERS_BYTES) break;
        value.push(one);
      }
      const news = value.length - slot.answers.length;
      if (news === 0) {
        slot.isFull = true;
        continue;
      }
      const version = await memory.keep(space, [{
        collection: "answers",
        id: String(slot.number).padStart(2, "0"),
        base: slot.version,
        document: { value, about: [...new Set(value.flatMap(aboutAnswer))] },
      }], { era });
      if (version === undefined) {
        // Another process writes there, or something was forgotten.
        slots.delete(space);
        tries++;
        continue;
      }
      slot.answers = value;
      slot.version = version;
      slot.isFull = value.length >= ANSWERS_AT_ONCE;
      at += news;
    }
  }

  async function storeTallies({ space, era, tallies }: Pending): Promise<void> {
    for (const [at, tally] of tallies) {
      for (let tries = 0; tries < TRIES; tries++) {
        const there = await memory.document(space, "tally", at);
        const sum = there === undefined ? tally : mergeTallies([there.value as Tally, tally]);
        const labels = Object.keys(sum.byLabel).map((key) => key.slice(key.indexOf("/") + 1));
        const done = await memory.keep(space, [{
          collection: "tally",
          id: at,
          base: there?.version ?? null,
          document: {
            value: sum,
            about: [...new Set(labels)].map((label) => `label:${label}`),
            expiresAt: new Date(Date.parse(at) + TALLY_MS).toISOString(),
          },
        }], { era });
        if (done) break;
      }
    }
  }

  async function storeHits({ space, era, hits }: Pending): Promise<void> {
    const all = [...hits];
    for (let from = 0; from < all.length; from += RULES_AT_ONCE) {
      const some = all.slice(from, from + RULES_AT_ONCE);
      for (let tries = 0; tries < TRIES; tries++) {
        const changes = await Promise.all(some.map(async ([id, more]): Promise<DocumentChange> => {
          const there = await memory.document(space, "hits", id);
          const before = (there?.value as RuleHits | undefined)?.hits ?? 0;
          const value: RuleHits = { hits: before + more, lastAt: now().toISOString() };
          const base = there?.version ?? null;
          return { collection: "hits", id, base, document: { value, about: [] } };
        }));
        if (await memory.keep(space, changes, { era })) break;
      }
    }
  }

  /** Each part by itself: what keeps one from being stored should not keep the others. */
  async function store(): Promise<void> {
    const all = [...pending.values()];
    pending.clear();
    for (const one of all) {
      for (const part of [storeAnswers, storeTallies, storeHits]) {
        try {
          await part(one);
        } catch (error) {
          slots.delete(one.space);
          // What was answered before something was forgotten is not stored after it.
          if (error instanceof ConflictError) break;
          // The space may have expired meanwhile: nothing was promised of it.
          report(`answers of a space could not be noted: ${error}`);
        }
      }
    }
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(store);
    await flushing;
  }

  return {
    note(space, era, before, given, rules) {
      const noted = of(space, era);
      const hour = hourOf(now());
      const tally = noted.tallies.get(hour) ?? emptyTally();
      noted.tallies.set(hour, tally);
      addTo(tally, given);
      for (const id of rules) noted.hits.set(id, (noted.hits.get(id) ?? 0) + 1);
      if (JSON.stringify(before.context).length <= CONTEXT_CHARACTERS) {
        noted.answers.push({ id: nextId(now().getTime()), facts: before });
        if (noted.answers.length > ANSWERS_AT_ONCE * SLOTS) noted.answers.shift();
      }
      if (timer === undefined && !isClosed) timer = setTimeout(() => void flush(), COLLECT_MS);
    },

    async last(space) {
      await flush();
      const all = await memory.documents(space, "answers", { limit: SLOTS });
      return all.flatMap(({ value }) => value as NotedAnswer[])
        .sort((a, b) => (a.id < b.id ? 1 : -1));
    },

    async tallies(space) {
      await flush();
      const found = await memory.documents(space, "tally", { limit: HOURS, newest: true });
      return found.map(({ id, value }) => ({ ...(value as Tally), at: id })).reverse();
    },

    async hits(space) {
      await flush();
      const hits = new Map<string, RuleHits>();
      for (let after = "";;) {
        const page = await memory.documents(space, "hits", {
          limit: 1000,
          ...(after === "" ? {} : { after }),
        });
        for (const { id, value } of page) hits.set(id, value as RuleHits);
        if (page.length < 1000) return hits;
        after = page.at(-1)!.id;
      }
    },

    flush,

    async close() {
      isClosed = true;
      await flush();
    },
  };
}

/** What an answer speaks of, for forgetting. */
function aboutAnswer({ facts: { label, guess } }: NotedAnswer): string[] {
  return [label, guess?.label].filter((one) => typeof one === "string")
    .map((one) => `label:${one}`);
}
