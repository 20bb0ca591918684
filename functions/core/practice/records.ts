/**
 * What people decided in a space, at hand for its answers: the rules, compiled, and the standing of
 * every route, label and rule. Derived from the stored documents, and derived anew when they change.
 *
 * @module
 */
import { decodeTime, encodeTime } from "ulid";
import type { Collection, VersionedDocument } from "../ledger.ts";
import type { MemoryTable } from "../memory.ts";
import type { Judgement } from "../quality/judgement.ts";
import { createLearntCut, type LearntCut } from "../quality/learnt_cut.ts";
import { createStandings, type Standings } from "../quality/standing.ts";
import { compileRules, type RuleSet } from "../rules/compile_rules.ts";
import type { Rule } from "../rules/rule.ts";
import type { NotedAnswer } from "./answer_log.ts";

/** What a space may set for itself. */
export interface PracticeSettings {
  /** Share of sure answers that are drawn for review by chance, 0 to 1. */
  readonly sampleRate: number;
}

/** What people decided. */
export interface Records {
  rules(space: string): Promise<RuleSet>;
  settings(space: string): Promise<PracticeSettings>;
  standings(space: string): Promise<Standings>;
  /** From where on guesses are given; guesses that are made are to be told to it. */
  learntCut(space: string): Promise<LearntCut>;
  /** All judgements that are kept, oldest first. */
  judgements(space: string): Promise<readonly Judgement[]>;
}

/** Judgements of a space that are kept; beyond as many again as a read gives the oldest go. */
export const MOST_JUDGEMENTS = 4000;
/** Documents read at once. */
const AT_ONCE = 1000;
/** Documents dropped at once. */
const DROPPED_AT_ONCE = 50;
/** How far the clocks of those who share a store may be apart, in milliseconds. */
const SKEW_MS = 120_000;
/** Spaces whose records are kept at hand. */
const SPACES = 32;

/** Something derived, and the revisions that it was derived at. */
interface Derived<T> {
  readonly revision: number;
  readonly dropped: number;
  readonly value: T;
}

/** Standings and cut, and what they were made of. */
interface Judged {
  readonly standings: Standings;
  readonly cut: LearntCut;
  readonly judgements: Judgement[];
}

/** Where a space's settings are kept. */
export const SETTINGS = { collection: "setting", id: "practice" } as const;

/**
 * Makes the records over a table.
 *
 * @param floor the precision that is promised
 * @param settings of spaces that set nothing for themselves
 */
export function createRecords(
  memory: MemoryTable,
  floor: number,
  settings: PracticeSettings,
): Records {
  const set = new Map<string, Derived<PracticeSettings>>();
  const rules = new Map<string, Derived<RuleSet>>();
  const judged = new Map<string, Derived<Judged>>();
  const folding = new Map<string, Promise<void>>();

  async function all(
    space: string,
    collection: Collection,
    from = "",
  ): Promise<VersionedDocument[]> {
    const found: VersionedDocument[] = [];
    for (let after = from;;) {
      const page = await memory.documents(space, collection, {
        limit: AT_ONCE,
        ...(after === "" ? {} : { after }),
      });
      found.push(...page);
      if (page.length < AT_ONCE) return found;
      after = page.at(-1)!.id;
    }
  }

  /** One fold at a time: two at once would count the same judgements twice. */
  async function judgedOf(space: string): Promise<Judged> {
    const turn = (folding.get(space) ?? Promise.resolve()).then(() => fold(space));
    const settled = turn.then(() => {}, () => {});
    folding.set(space, settled);
    try {
      return await turn;
    } finally {
      if (folding.get(space) === settled) folding.delete(space);
    }
  }

  async function fold(space: string): Promise<Judged> {
    const revision = await memory.revisionOf(space, "judgement");
    const dropped = await memory.revisionOf(space, "judgement", { dropped: true });
    const known = judged.get(space);
    if (known && known.revision === revision && known.dropped === dropped) return known.value;
    // New ones are added to what is known; where one was taken back the fold begins anew.
    let base: Judged | undefined = known && known.dropped === dropped ? known.value : undefined;
    let news: Judgement[] = [];
    let answers: NotedAnswer[] = [];
    const last = base?.judgements.at(-1)?.id;
    if (base !== undefined && last !== undefined) {
      const found = await all(space, "judgement", encodeTime(decodeTime(last) - SKEW_MS));
      const there = new Set(base.judgements.slice(-found.length).map(({ id }) => id));
      news = found.map(({ value }) => value as Judgement).filter(({ id }) => !there.has(id));
      // Another process's clock may be behind: its judgements come in between.
      if (news.some(({ id }) => id < last)) base = undefined;
    } else if (base !== undefined) {
      news = (await all(space, "judgement")).map(({ value }) => value as Judgement);
    }
    if (base === undefined) {
      base = {
        standings: createStandings({ floor }),
        cut: createLearntCut({ floor }),
        judgements: [],
      };
      news = (await all(space, "judgement")).map(({ value }) => value as Judgement);
      // How often each guess comes is known by the answers as they are given, and at first by the last.
      answers = (await all(space, "answers"))
        .flatMap(({ value }) => value as NotedAnswer[])
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    }
    const { cut, standings } = base;
    const see = ({ facts: { guess } }: NotedAnswer) => guess && cut.see(guess);
    for (const judgement of news) {
      while (answers.length > 0 && answers[0]!.id < judgement.id) see(answers.shift()!);
      standings.add(judgement);
      cut.add(judgement);
      base.judgements.push(judgement);
    }
    answers.forEach(see);
    put(judged, space, { revision, dropped, value: base });
    if (base.judgements.length > MOST_JUDGEMENTS + DROPPED_AT_ONCE) {
      const oldest = base.judgements.splice(0, DROPPED_AT_ONCE);
      // Done again at the next fold where it cannot be now: no answer waits for it.
      await memory.keep(space, oldest.map(({ id }) => ({ collection: "judgement", id })))
        .catch(() => undefined);
    }
    return base;
  }

  return {
    async rules(space) {
      const revision = await memory.revisionOf(space, "rule");
      const known = rules.get(space);
      if (known?.revision === revision) return known.value;
      const found = await all(space, "rule");
      const value = compileRules(found.map((one) => one.value as Rule));
      put(rules, space, { revision, dropped: 0, value });
      return value;
    },
    async settings(space) {
      const revision = await memory.revisionOf(space, SETTINGS.collection);
      const known = set.get(space);
      if (known?.revision === revision) return known.value;
      const found = await memory.document(space, SETTINGS.collection, SETTINGS.id);
      const value = { ...settings, ...(found?.value as Partial<PracticeSettings> | undefined) };
      put(set, space, { revision, dropped: 0, value });
      return value;
    },
    async standings(space) {
      return (await judgedOf(space)).standings;
    },
    async learntCut(space) {
      return (await judgedOf(space)).cut;
    },
    async judgements(space) {
      return (await judgedOf(space)).judgements;
    },
  };
}

/** Keeps what was derived last, of so many spaces. */
function put<T>(map: Map<string, T>, space: string, value: T): void {
  map.delete(space);
  map.set(space, value);
  for (const oldest of map.keys()) {
    if (map.size <= SPACES) return;
    map.delete(oldest);
  }
}
