/**
 * The rules of a space: written, replaced, removed, listed with what became of them, and tried
 * before they are switched on.
 *
 * @module
 */
import { ulid } from "ulid";
import { NotFoundError, UnteachableError } from "../errors.ts";
import type { Actor, DocumentChange, Event } from "../ledger.ts";
import type { MemoryTable } from "../memory.ts";
import type { AnswerLog, RuleHits } from "../practice/answer_log.ts";
import type { Records } from "../practice/records.ts";
import type { Judgement } from "../quality/judgement.ts";
import type { StandingState } from "../quality/standing.ts";
import { checkRules, type RuleProblem } from "./check_rules.ts";
import { type DryRun, dryRun, type Sample } from "./dry_run.ts";
import type { Rule, RuleText } from "./rule.ts";
import { labelsOf } from "./labels_of.ts";
import { readRule } from "./rule_words.ts";
import type { Together } from "./words_together.ts";

/** How often a rule's answers were judged, and found right. */
export interface RuleRecord {
  readonly n: number;
  readonly right: number;
  /** Wilson interval of its precision. */
  readonly lower: number;
  readonly upper: number;
  readonly state: StandingState;
}

/** A rule with what is known of it. */
export interface BookedRule extends Rule {
  /** In words. */
  readonly reads: string;
  /** How often it made a difference. */
  readonly hits: number;
  /** ISO 8601; null where it never did. */
  readonly lastHitAt: string | null;
  readonly judged: RuleRecord;
  readonly problems: readonly RuleProblem[];
}

/** What a rule would change. */
export interface RuleTrial {
  /** The rule in words. */
  readonly reads: string;
  readonly problems: readonly RuleProblem[];
  /** On the last answers. */
  readonly answers: DryRun;
  /** On those that people judged, as far as it is known what was answered before any rule. */
  readonly judged: DryRun;
  /** Judged answers that a rule had given or changed, so that nothing can be told of them. */
  readonly skipped: number;
}

/** The rules of every space. */
export interface RuleBook {
  /** All, in the order of their ids. */
  list(space: string): Promise<readonly BookedRule[]>;
  /** Rules in words, by id; those that are there no more are left out. */
  words(space: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** @throws {NotFoundError} */
  get(space: string, id: string): Promise<BookedRule>;
  /** @throws {UnteachableError} when there are `most` already, or it is too large */
  create(space: string, text: RuleText, actor: Actor, most?: number): Promise<BookedRule>;
  /** @throws {NotFoundError} @throws {ConflictError} when somebody else changed it meanwhile @throws {UnteachableError} when it is too large */
  replace(space: string, id: string, text: RuleText, actor: Actor): Promise<BookedRule>;
  /** @throws {NotFoundError} @throws {ConflictError} when somebody else changed it meanwhile */
  remove(space: string, id: string, actor: Actor): Promise<Event | null>;
  /**
   * What would change if a rule were there and switched on.
   *
   * @param id the rule that it would take the place of; none when left out
   * @throws {NotFoundError} when that is not there
   */
  tryOut(space: string, text: RuleText, id?: string): Promise<RuleTrial>;
}

/** What the book is made with. */
export interface RuleBookParts {
  readonly memory: MemoryTable;
  readonly records: Records;
  readonly log: AnswerLog;
  /** Which words can stand in one path. */
  readonly together: Together;
  readonly now: () => Date;
}

/** Rules of a space. */
export const MOST_RULES = 10_000;
/** Bytes of a rule as JSON: an event holds it twice, before and after, and has 60 kB. */
export const RULE_BYTES = 12_000;
/** Characters of a rule in the words of an event. */
const WORDS = 400;
/** Rules read at once. */
const AT_ONCE = 1000;
/** Spaces whose rules are kept at hand. */
const SPACES = 8;

/** The rules of a space as they were at a revision. */
interface Page {
  readonly revision: number;
  readonly rules: readonly Rule[];
  /** By id; looked for when they are first asked for. */
  problems?: ReadonlyMap<string, readonly RuleProblem[]>;
}

/** Makes the book. */
export function createRuleBook(
  { memory, records, log, together, now }: RuleBookParts,
): RuleBook {
  const pages = new Map<string, Page>();

  async function pageOf(space: string): Promise<Page> {
    const revision = await memory.revisionOf(space, "rule");
    const known = pages.get(space);
    if (known?.revision === revision) return known;
    const rules: Rule[] = [];
    for (let after = "";;) {
      const found = await memory.documents(space, "rule", {
        limit: AT_ONCE,
        ...(after === "" ? {} : { after }),
      });
      rules.push(...found.map(({ value }) => value as Rule));
      if (found.length < AT_ONCE) break;
      after = found.at(-1)!.id;
    }
    const page: Page = { revision, rules };
    pages.delete(space);
    pages.set(space, page);
    for (const oldest of pages.keys()) {
      if (pages.size <= SPACES) break;
      pages.delete(oldest);
    }
    return page;
  }

  function problemsOf(page: Page): ReadonlyMap<string, readonly RuleProblem[]> {
    return page.problems ??= checkRules(page.rules, { together });
  }

  async function booked(
    space: string,
    rules: readonly Rule[],
    page: Page,
    hits: ReadonlyMap<string, RuleHits>,
  ): Promise<BookedRule[]> {
    const standings = await records.standings(space);
    const problems = problemsOf(page);
    return rules.map((rule) => {
      const { judged: n, right, lower, upper, state } = standings.of("rule", rule.id);
      const hit = hits.get(rule.id);
      return {
        ...rule,
        reads: readRule(rule),
        hits: hit?.hits ?? 0,
        lastHitAt: hit?.lastAt ?? null,
        judged: { n, right, lower, upper, state },
        problems: problems.get(rule.id) ?? [],
      };
    });
  }

  async function bookedOne(space: string, rule: Rule): Promise<BookedRule> {
    await log.flush();
    const hit = await memory.document(space, "hits", rule.id);
    const hits = new Map(hit === undefined ? [] : [[rule.id, hit.value as RuleHits]]);
    return (await booked(space, [rule], await pageOf(space), hits))[0]!;
  }

  async function stored(space: string, id: string) {
    const found = await memory.document(space, "rule", id);
    if (found === undefined) throw new NotFoundError(`there is no rule ${id} in "${space}"`);
    return { rule: found.value as Rule, version: found.version };
  }

  async function decide(
    space: string,
    actor: Actor,
    what: string,
    change: Omit<DocumentChange, "collection">,
    check: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Event | null> {
    const { event } = await memory.decide(space, actor, async () => {
      await check();
      return { type: "rule", what, documents: [{ collection: "rule", ...change }] };
    });
    return event;
  }

  return {
    async list(space) {
      const page = await pageOf(space);
      return await booked(space, page.rules, page, await log.hits(space));
    },

    async words(space, ids) {
      const asked = new Set(ids);
      const { rules } = await pageOf(space);
      return new Map(
        rules.filter(({ id }) => asked.has(id)).map((rule) => [rule.id, readRule(rule)]),
      );
    },

    async get(space, id) {
      return await bookedOne(space, (await stored(space, id)).rule);
    },

    async create(space, text, actor, most = MOST_RULES) {
      const time = now();
      const at = time.toISOString();
      const rule: Rule = { ...text, id: ulid(time.getTime()), createdAt: at, updatedAt: at };
      const change = { id: rule.id, document: documentOf(rule), base: null };
      await decide(space, actor, `wrote a rule: ${wordsOf(rule)}`, change, async () => {
        const { length } = (await pageOf(space)).rules;
        if (length < most) return;
        throw new UnteachableError(`a space has at most ${most} rules, "${space}" has ${length}`);
      });
      return await bookedOne(space, rule);
    },

    async replace(space, id, text, actor) {
      const { rule: old, version } = await stored(space, id);
      const rule: Rule = {
        ...text,
        id,
        createdAt: old.createdAt,
        updatedAt: now().toISOString(),
      };
      const what = changeWords(old, rule);
      if (what === undefined) return await bookedOne(space, old);
      await decide(space, actor, what, { id, document: documentOf(rule), base: version });
      return await bookedOne(space, rule);
    },

    async remove(space, id, actor) {
      const { rule, version } = await stored(space, id);
      return await decide(space, actor, `removed a rule: ${wordsOf(rule)}`, { id, base: version });
    },

    async tryOut(space, text, id) {
      const { rules: before } = await pageOf(space);
      const at = now();
      const old = id === undefined ? undefined : (await stored(space, id)).rule;
      const rule: Rule = {
        ...text,
        enabled: true,
        id: id ?? ulid(at.getTime()),
        createdAt: old?.createdAt ?? at.toISOString(),
        updatedAt: at.toISOString(),
      };
      checkSize(rule);
      const after = [...before.filter((one) => one.id !== rule.id), rule];
      const judgements = await records.judgements(space);
      const kinds = new Map(before.map((one) => [one.id, one]));
      const known = judgements.filter((one) => isBeforeRules(one, kinds));
      return {
        reads: readRule(rule),
        problems: checkRules(after, { together }).get(rule.id) ?? [],
        answers: named(dryRun(before, after, await log.last(space)), rule),
        judged: named(dryRun(before, after, known.map(sampleOf)), rule),
        skipped: judgements.length - known.length,
      };
    },
  };
}

/** A rule as it is stored, found by every label that it names. */
function documentOf(rule: Rule): NonNullable<DocumentChange["document"]> {
  checkSize(rule);
  return { value: rule, about: labelsOf(rule).map((label) => `label:${label}`) };
}

/** @throws {UnteachableError} */
function checkSize(rule: Rule): void {
  const bytes = new TextEncoder().encode(JSON.stringify(rule)).length;
  if (bytes <= RULE_BYTES) return;
  throw new UnteachableError(`a rule should have at most ${RULE_BYTES} bytes, it has ${bytes}`);
}

/** A rule in words that an event has room for. */
function wordsOf(rule: RuleText): string {
  const words = readRule(rule);
  return words.length <= WORDS ? words : `${words.slice(0, WORDS)}…`;
}

/** What changes, in words; undefined where nothing does. */
function changeWords(old: Rule, rule: Rule): string | undefined {
  const textOf = ({ when, then, priority, note }: Rule) =>
    JSON.stringify([when, then, priority, note]);
  const isSame = textOf(old) === textOf(rule);
  if (isSame && old.enabled === rule.enabled) return undefined;
  if (isSame) return `switched a rule ${rule.enabled ? "on" : "off"}: ${wordsOf(rule)}`;
  return `rewrote a rule: ${wordsOf(rule)}`;
}

/** Whether it is known what was answered before any rule: none gave that answer or changed it. */
function isBeforeRules(
  { facts, rule }: Judgement,
  rules: ReadonlyMap<string, Rule>,
): boolean {
  if (facts.route === "rule") return false;
  if (rule === null) return true;
  const then = rules.get(rule)?.then;
  return then !== undefined && "review" in then;
}

/** A judged answer, as sure as it was before it was demoted. */
function sampleOf({ id, facts, claimed, right, truth }: Judgement): Sample {
  return {
    id,
    facts: { ...facts, certainty: claimed },
    truth: truth ?? (right ? facts.label : null),
    wasRight: right,
  };
}

/** The tried rule has no name yet that anybody knows. */
function named(run: DryRun, { id }: Rule): DryRun {
  const changes = run.changes.map((change) => ({
    ...change,
    says: change.says.replaceAll(`rule ${id}`, "this rule"),
  }));
  return { ...run, changes };
}
