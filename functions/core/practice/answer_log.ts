/**
 * The last answers of every space, and how many there were by the hour: noted in memory as they are
 * given, and stored a moment later in a few documents, so that answering does not wait for it. Not
 * acknowledged to anybody: a hard kill loses the last moment's.
 *
 * @module
 */
import { monotonicFactory } from "ulid";
import type { Facts } from "../facts.ts";
import type { DocumentChange } from "../ledger.ts";
import type { MemoryTable } from "../memory.ts";
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
   * @param before facts before rules were asked
   * @param given facts of the answer that was given
   * @param rules ids of the rules that made a difference
   */
  note(space: string, before: Facts, given: Facts, rules: readonly string[]): void;
  /** The last answers, newest first. */
  last(space: string): Promise<readonly NotedAnswer[]>;
  /** Answers by the hour, oldest first; at most {@linkcode HOURS}. */
  tallies(space: string): Promise<readonly (Tally & { readonly at: string })[]>;
  /** How often each rule made a difference. */
  hits(space: string): Promise<ReadonlyMap<string, RuleHits>>;
  /** Stores what was noted. */
  flush(): Promise<void>;
  /**
   * Has something of a space forgotten: what was noted is stored before, so that it is found, and
   * what is at hand of the space is let go, so that it is not stored again.
   */
  forget<T>(space: string, forget: () => Promise<T>): Promise<T>;
  /** Stores what was noted, and notes nothing more by itself. */
  close(): Promise<void>;
}

/** Answers in one document, documents of a space, and hours that are told of. */
const ANSWERS_AT_ONCE = 40;
const SLOTS = 25;
export const HOURS = 1000;
/** How long answers are collected before they are stored, in milliseconds. */
const COLLECT_MS = 1000;
/** Context of more characters than this is not noted: a document holds but 60 kB. */
const CONTEXT_CHARACTERS = 500;
/** How long an hour's count is kept, in milliseconds. */
const TALLY_MS = 90 * 24 * 3_600_000;
/** How often a count is tried again that another process was quicker with. */
const TRIES = 10;
/** Rules whose hits are stored in one write. */
const RULES_AT_ONCE = 50;

/** What is noted of a space and not yet stored. */
interface Pending {
  readonly answers: NotedAnswer[];
  readonly tallies: Map<string, Tally>;
  readonly hits: Map<string, number>;
}

/** The document that answers are being written to. */
interface Slot {
  number: number;
  answers: NotedAnswer[];
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

  function of(space: string): Pending {
    const there = pending.get(space) ??
      { answers: [], tallies: new Map(), hits: new Map() };
    pending.set(space, there);
    return there;
  }

  async function slotOf(space: string): Promise<Slot> {
    const known = slots.get(space);
    if (known !== undefined) return known;
    const all = await memory.documents(space, "answers", { limit: SLOTS });
    const newest = all.map(({ id, value }) => ({
      number: Number(id),
      last: (value as NotedAnswer[]).at(-1)?.id ?? "",
    })).sort((a, b) => (a.last < b.last ? 1 : -1))[0];
    const slot = { number: newest === undefined ? 0 : (newest.number + 1) % SLOTS, answers: [] };
    slots.set(space, slot);
    return slot;
  }

  async function storeAnswers(space: string, answers: readonly NotedAnswer[]): Promise<void> {
    const slot = await slotOf(space);
    for (let at = 0; at < answers.length;) {
      if (slot.answers.length >= ANSWERS_AT_ONCE) {
        slot.number = (slot.number + 1) % SLOTS;
        slot.answers = [];
      }
      const some = answers.slice(at, at + ANSWERS_AT_ONCE - slot.answers.length);
      slot.answers.push(...some);
      at += some.length;
      const labels = slot.answers.flatMap(({ facts: { label, guess } }) => [label, guess?.label])
        .filter((one) => typeof one === "string");
      await memory.keep(space, [{
        collection: "answers",
        id: String(slot.number).padStart(2, "0"),
        document: {
          value: slot.answers,
          about: [...new Set(labels)].map((label) => `label:${label}`),
        },
      }]);
    }
  }

  async function storeTally(space: string, at: string, tally: Tally): Promise<void> {
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
      }]);
      if (done) return;
    }
  }

  async function storeHits(space: string, hits: ReadonlyMap<string, number>): Promise<void> {
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
        if (await memory.keep(space, changes)) break;
      }
    }
  }

  async function store(): Promise<void> {
    const all = [...pending];
    pending.clear();
    for (const [space, { answers, tallies, hits }] of all) {
      try {
        await storeAnswers(space, answers);
        for (const [at, tally] of tallies) await storeTally(space, at, tally);
        await storeHits(space, hits);
      } catch (error) {
        slots.delete(space);
        // The space may have expired meanwhile: nothing was promised of it.
        report(`answers of a space could not be noted: ${error}`);
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
    note(space, before, given, rules) {
      const noted = of(space);
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

    async forget(space, forget) {
      const turn = flushing.then(store).then(forget).finally(() => {
        // What was noted meanwhile may tell of it too. Nothing was promised of that.
        pending.delete(space);
        slots.delete(space);
      });
      // Nothing is stored while it goes on.
      flushing = turn.then(() => {}, () => {});
      return await turn;
    },

    async close() {
      isClosed = true;
      await flush();
    },
  };
}
