/**
 * The human side of an answer, after memory and the network have been asked: rules that people wrote
 * change it, a record of right guesses promotes it and one of wrong answers demotes it, and what is
 * not sure, or drawn by chance, goes before a person.
 *
 * After Sun et al. 2014, "Chimera: Large-Scale Classification using Machine Learning, Rules, and
 * Crowdsourcing" (VLDB 7(13)): classifiers and rules answer, samples of their answers are judged, and
 * what falls under the promised precision is not given out.
 *
 * @module
 */
import type { Alternative, Answer, Certainty } from "../answer_type.ts";
import { type Context, type Facts, factsOf, type Guess } from "../facts.ts";
import type { Generalization } from "../generalize_type.ts";
import type { TypeGuess } from "../guess_type.ts";
import { ConflictError } from "../errors.ts";
import type { MemoryTable } from "../memory.ts";
import type { ReviewReason } from "../quality/judgement.ts";
import type { LearntCut } from "../quality/learnt_cut.ts";
import type { Standings } from "../quality/standing.ts";
import { applyRules, type Ruling } from "../rules/apply_rules.ts";
import { outcomeOf } from "../rules/outcome_of.ts";
import type { Rule } from "../rules/rule.ts";
import { fold } from "../rules/value_set.ts";
import { labelsOf } from "../rules/labels_of.ts";
import { readRule } from "../rules/rule_words.ts";
import type { SeenSubject } from "../review/item.ts";
import type { ReviewQueue } from "../review/review_queue.ts";
import type { AnswerLog } from "./answer_log.ts";
import type { Records } from "./records.ts";

/** What the practice is made with. */
export interface PracticeParts {
  readonly memory: MemoryTable;
  readonly records: Records;
  readonly queue: ReviewQueue;
  readonly log: AnswerLog;
  /** Precision that answers with `is` are promised to have. */
  readonly floor: number;
  /** Says what failed beside an answer. */
  readonly report: (message: string) => void;
  /** 0 to 1, evenly; draws the samples. */
  readonly random?: () => number;
}

/** What was seen besides the answer. */
export interface Seen {
  /** What the network makes of the photo; left out where it was not asked. */
  readonly general?: Generalization;
  /** The taught type that it is likeliest of; called only where that could be the answer. */
  guess?(): Promise<TypeGuess | undefined>;
  /** What the answer is about, as it would be taught; called only where it goes before a person. */
  subject(facts: Facts): Promise<SeenSubject | undefined>;
}

/** How an answer is practised. */
export interface PracticeAsk {
  readonly space: string;
  /** The {@linkcode MemoryTable.era} that memory was asked in. */
  readonly era: string;
  readonly context?: Context;
  /**
   * Whether the asker may know what people decided in the space. Others are answered by it, and not
   * told of it; nor is their context kept.
   */
  readonly trusted: boolean;
  /** Whether it may go before a person. */
  readonly review: boolean;
  /** Fires when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Settles answers by what people decided. */
export interface Practice {
  settle(answer: Answer, seen: Seen, ask: PracticeAsk): Promise<Answer>;
}

/** Judgements of a rule that its confidence starts with, at the floor: nothing is known of a new one. */
const PRIOR = 10;
/** Memories of a type before it is guessed: one that was taught by mistake makes no type. */
const FEWEST_MEMORIES = 2;
/** Confidence of a guess that the network shares: in the highest band of the learnt cut. */
const AGREED = 0.99;
/** Context of more characters than this is not kept with an item: its store has but 60 kB for it. */
const CONTEXT_CHARACTERS = 2000;
/** What those are told whom a rule's words are not for. */
const RULED = "a rule that was written here";
/** Suggestions that a reviewer is given. */
const SUGGESTED = 9;

/** Makes the practice. */
export function createPractice(
  { records, queue, log, floor, report, random = Math.random }: PracticeParts,
): Practice {
  /** Puts an answer before a person, if it should be. */
  async function reviewed(
    { given, ruling, before, told, claimed, answer }: Settled,
    seen: Seen,
    { space, era, context = {} }: PracticeAsk,
  ): Promise<Answer> {
    const { sampleRate } = await records.settings(space);
    const { general } = seen;
    const why = reasonOf(given, ruling, before, general, random() < sampleRate);
    if (why === undefined) return given;
    const subject = await seen.subject(told);
    if (subject === undefined) return given;
    const isThing = told.kind === "thing";
    const item = await queue.add(space, subject, {
      ...why,
      answer: { ...told, context: smallOf(context) },
      rule: given.rule ?? null,
      claimed,
      suggestions: suggestionsOf(given, answer, told.guess, isThing ? general : undefined),
      mentions: mentionsOf(ruling, before),
    }, era);
    return item === undefined ? given : { ...given, review: { item, reason: why.reason } };
  }

  return {
    async settle(answer, seen, ask) {
      const { space, era, trusted, context = {} } = ask;
      const [rules, standings, cut] = await Promise.all([
        records.rules(space),
        records.standings(space),
        records.learntCut(space),
      ]);
      const asked = factsOf(answer, context);
      const ruling = applyRules(rules, asked);
      const ruled = ruledAnswer(answer, ruling, asked, standings, floor);
      const found = canBeGuessed(ruled, asked) ? await seen.guess?.() : undefined;
      const isSure = ruled.route === "memory" && ruled.certainty === "is";
      const likely = likelyOf(ruled, asked, found, cut);
      if (likely !== undefined) cut.see(likely);
      const promotion = likely !== undefined && !isSure && !isForbidden(likely.label, ruling)
        ? cut.promotionOf(likely)
        : null;
      const said = promotion === null ? ruled : promotedAnswer(ruled, likely!, promotion);
      const guess = likely === undefined ? {} : {
        guess: {
          label: likely.label,
          confidence: likely.confidence,
          isGiven: promotion !== null,
        },
      };
      const before: Facts = { ...asked, ...guess };
      const rule = said.rule ?? null;
      const facts: Facts = { ...factsOf(said, context), ...guess };
      const claimed = facts.certainty;
      const demoted = claimed === "is"
        ? standings.demotionOf(facts, said.route === "rule" ? rule?.id ?? null : null)
        : null;
      const given: Answer = demoted === null ? said : { ...said, certainty: "perhaps", demoted };
      const told: Facts = { ...facts, certainty: given.certainty };
      const noted = trusted ? before : { ...before, context: {} };
      log.note(space, era, noted, told, ruling.hits.map(({ id }) => id));
      if (!trusted) return discreet(given);
      if (!ask.review || told.by === "bytes") return given;
      try {
        return await reviewed({ given, ruling, before, told, claimed, answer }, seen, ask);
      } catch (error) {
        // The answer stands by itself. What was forgotten meanwhile is not to be reviewed.
        if (!(error instanceof ConflictError || ask.signal?.aborted)) {
          report(`an answer could not be reviewed: ${error}`);
        }
        return given;
      }
    },
  };
}

/** An answer that was settled, and what was known when. */
interface Settled {
  readonly given: Answer;
  readonly ruling: Ruling;
  readonly before: Facts;
  readonly told: Facts;
  readonly claimed: Certainty;
  /** As it was before rules and guesses. */
  readonly answer: Answer;
}

/** An answer without what people wrote and judged. */
function discreet({ rule, demoted: _demoted, ...answer }: Answer): Answer {
  const isRuled = rule !== undefined && answer.reason === ruledReason(rule.reads);
  return isRuled ? { ...answer, reason: RULED } : answer;
}

function ruledReason(reads: string): string {
  return `rule: ${reads}`;
}

/** The labels that are named where it is said why an answer goes before a person. */
function mentionsOf({ hits, review }: Ruling, { label }: Facts): string[] {
  const named = [...hits, ...review].flatMap(labelsOf);
  return [...new Set([...label === null ? [] : [label], ...named])];
}

/**
 * Whether the likeliest type could be the answer: of a thing that no rule and no copy answers for. What
 * was taught wins over what the network says, as elsewhere.
 */
function canBeGuessed({ route, certainty }: Answer, { kind, by }: Facts): boolean {
  if (kind === "person" || route === "rule") return false;
  return route !== "memory" || certainty !== "is" || by === "look";
}

function isForbidden(label: string, { not }: Ruling): boolean {
  return not.some((one) => fold(one.label) === fold(label));
}

/** What a photo most likely shows, short of being sure. */
interface Likely {
  readonly label: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The likeliest type; left out where memory itself says perhaps. */
  readonly type?: TypeGuess;
}

/**
 * What memory says perhaps, or the likeliest type, whichever is surer. Where the network says the
 * same word as the likeliest type, two that know nothing of each other agree: such guesses are among
 * the surest, and judged together with those.
 */
function likelyOf(
  { label, route, certainty, confidence }: Answer,
  { kind, by }: Facts,
  found: TypeGuess | undefined,
  cut: LearntCut,
): Likely | undefined {
  const isSure = route === "memory" && certainty === "is";
  const isGuess = found !== undefined && found.memories >= FEWEST_MEMORIES &&
    (!isSure || found.label === label);
  const agrees = isGuess && route === "network" && label !== null &&
    fold(label) === fold(found.label);
  const type: Likely | undefined = isGuess
    ? {
      label: found.label,
      confidence: Math.max(cut.confidenceOf(found.confidence), agrees ? AGREED : 0),
      type: found,
    }
    : undefined;
  const isPerhaps = kind === "thing" && route === "memory" && certainty === "perhaps" &&
    by === "look" && label !== null;
  if (!isPerhaps || (type !== undefined && type.confidence >= confidence)) return type;
  return { label, confidence };
}

/** The answer that its judged guesses speak for. */
function promotedAnswer(answer: Answer, likely: Likely, reason: string): Answer {
  const { label, confidence, type } = likely;
  if (type === undefined) {
    return {
      ...answer,
      certainty: "is",
      subjects: answer.subjects.map((subject) =>
        subject.kind === "thing" && subject.label === label
          ? { ...subject, certainty: "is" }
          : subject
      ),
      reason: `${answer.reason}; ${reason}`,
    };
  }
  const { memory, similarity, evidence, rival } = type;
  const others = [{ label: answer.label, confidence: answer.confidence }, {
    label: rival,
    confidence: 1,
  }]
    .flatMap((one): Alternative[] =>
      one.label === null || one.label === label
        ? []
        : [{ label: one.label, confidence: Math.min(one.confidence, 1 - confidence) }]
    );
  return {
    ...answer,
    label,
    route: "memory",
    certainty: "is",
    confidence,
    path: memory.path,
    novel: false,
    subjects: answer.subjects.map((subject) =>
      subject.kind === "thing"
        ? { ...subject, label, certainty: "is", confidence, similarity }
        : subject
    ),
    alternatives: [
      ...others,
      ...answer.alternatives.filter((one) =>
        one.label !== label && !others.some((other) => other.label === one.label)
      ),
    ],
    evidence,
    reason: `look similarity ${similarity.toFixed(2)} to ${label}, ${
      evidence[0]!.threshold.toFixed(2)
    } to ${rival}; ${reason}`,
  };
}

/** The answer as the rules have it. */
function ruledAnswer(
  answer: Answer,
  ruling: Ruling,
  facts: Facts,
  standings: Standings,
  floor: number,
): Answer {
  const outcome = outcomeOf(ruling, facts);
  const { label, route, certainty } = outcome;
  const asks = ruling.review[0];
  const rule = outcome.rule ?? asks ?? null;
  if (rule === null) return answer;
  const told = { id: rule.id, reads: readRule(rule) };
  if (outcome.rule === null) return { ...answer, rule: told };

  const confidence = route === "rule"
    ? confidenceOf(rule, standings, floor)
    : route === "none"
    ? 0
    : answer.confidence;
  const stop = label === null ? -1 : answer.path.indexOf(label);
  const doubted: Alternative[] = answer.label === null || route !== "rule"
    ? []
    : [{ label: answer.label, confidence: Math.min(answer.confidence, 1 - confidence) }];
  // How far down the path the network came is told with its own answers alone.
  const { pathConfidence: _, named: __, ...rest } = answer;
  return {
    ...rest,
    label,
    route,
    certainty,
    confidence,
    path: stop >= 0 ? answer.path.slice(0, stop + 1) : route === "none" ? [] : answer.path,
    novel: false,
    subjects: answer.subjects.map((subject) =>
      subject.label === answer.label && subject.kind === facts.kind
        ? { ...subject, label, certainty, confidence }
        : subject
    ),
    alternatives: [...doubted, ...answer.alternatives.filter((one) => one.label !== label)],
    evidence: route === "rule" ? [] : answer.evidence,
    reason: ruledReason(told.reads),
    rule: told,
  };
}

/** How often a rule is right: as it was judged, beginning at the floor. */
function confidenceOf({ id }: Rule, standings: Standings, floor: number): number {
  const { judged, right } = standings.of("rule", id);
  return (right + PRIOR * floor) / (judged + PRIOR);
}

/** Why an answer goes before a person, if it does. */
function reasonOf(
  { certainty, demoted, confidence, label }: Answer,
  ruling: Ruling,
  before: Facts,
  general: Generalization | undefined,
  isDrawn: boolean,
): { reason: ReviewReason; says: string } | undefined {
  const [asks] = ruling.review;
  if (asks !== undefined) {
    return { reason: "rule", says: `a rule asks for it: ${readRule(asks)}` };
  }
  if (demoted !== undefined) return { reason: "demoted", says: demoted };
  if (certainty !== "is") {
    const words: Record<Exclude<Certainty, "is">, string> = {
      perhaps: `it is only perhaps "${label}", with ${percent(confidence)}`,
      unknown: "nothing sure could be said of it",
    };
    return { reason: "unsure", says: words[certainty] };
  }
  const other = disagreement(ruling, before, general);
  if (other !== undefined) return { reason: "disagreement", says: other };
  if (isDrawn) return { reason: "sample", says: "it was drawn by chance" };
  return undefined;
}

/** What memory, rules and network say differently, in words. */
function disagreement(
  { label }: Ruling,
  before: Facts,
  general: Generalization | undefined,
): string | undefined {
  if (before.route !== "memory" || before.label === null) return undefined;
  if (label !== null && label.label !== before.label) {
    return `memory says "${before.label}", a rule "${label.label}"`;
  }
  // What the network said when it was taught, and says now: one may be told more than the other.
  if (before.kind !== "thing" || general?.certainty !== "is" || general.label === null) {
    return undefined;
  }
  const { path } = before;
  const apart = path.some((word, i) => i < general.path.length && general.path[i] !== word);
  if (!apart || path.length === 0) return undefined;
  return `memory says "${before.label}", ${
    path.at(-1)
  } when it was taught; the network sees "${general.label}"`;
}

/**
 * Labels to choose from, each once, best first.
 *
 * @param general what the network makes of the photo; left out where its guesses are of no use: for
 * a person they are her clothes and what is around her
 */
function suggestionsOf(
  given: Answer,
  before: Answer,
  guess: Guess | undefined,
  general: Generalization | undefined,
): Alternative[] {
  const all: Alternative[] = [
    ...(given.label === null ? [] : [{ label: given.label, confidence: given.confidence }]),
    ...(guess === undefined ? [] : [{ label: guess.label, confidence: guess.confidence }]),
    ...(before.label === null ? [] : [{ label: before.label, confidence: before.confidence }]),
    ...given.alternatives,
    ...(general?.alternatives ?? []),
  ];
  const seen = new Set<string>();
  return all.filter(({ label }) => !seen.has(label) && seen.add(label)).slice(0, SUGGESTED);
}

/** The context, or none of it where it is too long to be kept with what waits. */
function smallOf(context: Context): Context {
  return JSON.stringify(context).length <= CONTEXT_CHARACTERS ? context : {};
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
