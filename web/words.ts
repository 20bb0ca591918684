/**
 * From an answer to words: what the page says, as plain values without a document.
 *
 * The words follow the probabilities, not the flags: "a dog, of a breed I do not know" only where
 * that is the likelier case, "it looks most like …" where it is not.
 *
 * @module
 */
import type { Answer, Evidence, Subject } from "../functions/core/answer_type.ts";
import { locale } from "./language.ts";
import { type Sentence, strings } from "./strings.ts";

/** An answer in words. */
export interface Words {
  /** The answer itself. */
  readonly headline: Sentence;
  /** What qualifies it, if anything. */
  readonly more: readonly string[];
}

/** From here on a kind is said without a "probably", and below the second without even that. */
const SURE = 0.9;
const PROBABLE = 0.6;

/** From here on it is likelier than not that the type below the kind was never seen. */
const NOVEL = 0.5;

/** How many of the nearest types are named. */
const NAMED = 3;

/** Kinds whose types people call breeds. */
const BRED: ReadonlySet<string> = new Set(["dog", "cat", "domestic cat", "house cat"]);

/**
 * A probability as people say it: whole percents, never a rounded 0 % or 100 %.
 *
 * @param probability 0 to 1
 */
export function percent(probability: number): string {
  if (probability >= 1) return "100 %";
  if (probability > 0.99) return strings.shares.most;
  if (probability < 0.01) return strings.shares.least;
  return `${Math.round(probability * 100)} %`;
}

/** Milliseconds with as many digits as tell something. */
export function milliseconds(ms: number): string {
  return ms >= 10 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2);
}

/** A moment as people say it: its time, and its day unless that is today. */
export function sayTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const today = time.toDateString() === now.toDateString();
  return time.toLocaleString(locale, {
    ...(today ? {} : { day: "numeric", month: "short" }),
    ...(time.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  });
}

/**
 * Says an answer in words.
 *
 * @example
 * ```ts
 * import { sayAnswer } from "./words.ts";
 *
 * const said = sayAnswer({
 *   label: "dog", route: "network", certainty: "is", confidence: 0.97,
 *   path: ["animal", "dog"], novelty: 0.8, subjects: [], evidence: [],
 *   alternatives: [{ label: "Pembroke", confidence: 0.3 }],
 * });
 * console.assert(said.headline.join("") === "A dog, of a breed I do not know.");
 * ```
 */
export function sayAnswer(answer: Sayable): Words {
  const { headline, more } = sayItself(answer);
  const others = sayOthers(answer);
  return { headline, more: others === undefined ? more : [...more, others] };
}

function sayItself(answer: Sayable): Words {
  if (answer.label === null) return sayNothing(answer);
  if (answer.route === "memory") return sayMemory(answer.label, answer);
  if (answer.route === "rule") return { headline: strings.answer.rule(answer.label), more: [] };
  if (isStranger(answer)) {
    const strangers = peopleOf(answer).filter(({ label }) => label === null);
    return { headline: strings.answer.people.strangers(strangers.length), more: [] };
  }
  return sayNetwork(answer.label, answer);
}

/** Whether the answer is a face that nobody gave a name. */
function isStranger({ route, label, path, subjects }: Sayable): boolean {
  return route === "network" && label === "person" && path.length === 1 &&
    subjects.some((subject) => subject.kind === "person" && subject.label === null);
}

function peopleOf({ subjects }: Sayable): readonly Subject[] {
  return subjects.filter(({ kind }) => kind === "person");
}

/** Who else is in the photo, if anybody. */
function sayOthers(answer: Sayable): string | undefined {
  const { perhaps, others } = strings.answer.people;
  const named = peopleOf(answer).filter(({ label }) =>
    label !== null && !(answer.route === "memory" && label === answer.label)
  );
  const strangers = isStranger(answer)
    ? 0
    : peopleOf(answer).filter(({ label }) => label === null).length;
  if (named.length + strangers === 0) return undefined;
  const names = named.map(({ label, certainty }) => certainty === "is" ? label! : perhaps(label!));
  return others(names, strangers);
}

/** The part of an answer that the words are made of. */
export type Sayable = Pick<
  Answer,
  | "label"
  | "route"
  | "certainty"
  | "confidence"
  | "path"
  | "named"
  | "novelty"
  | "subjects"
  | "evidence"
  | "alternatives"
>;

function sayMemory(label: string, { certainty, evidence, alternatives }: Sayable): Words {
  const { memory } = strings.answer;
  const own = ownEvidence(label, evidence);
  const first = own[0];
  if (certainty === "is") {
    return {
      headline: memory.is(label),
      more: first ? [memory.by[first.by](own.length)] : [],
    };
  }
  const headline = memory.perhaps(label);
  // That it would be a person without the memory goes without saying.
  if (first?.by === "face") return { headline, more: [memory.unsure.face] };
  const instead = alternatives[0];
  return {
    headline,
    more: [memory.unsure.look, ...(instead ? [memory.without(instead.label)] : [])],
  };
}

/** What speaks for a label: an answer also holds what speaks for the others in the photo. */
export function ownEvidence(
  label: string | null,
  evidence: readonly Evidence[],
): readonly Evidence[] {
  return evidence.filter((one) => one.label === label);
}

function sayNetwork(
  label: string,
  { certainty, confidence, path, named, novelty, alternatives }: Sayable,
): Words {
  const { network } = strings.answer;
  const say = certainty === "unknown" || confidence < PROBABLE
    ? network.perhaps
    : confidence < SURE
    ? network.probably
    : network.sure;
  const below = alternatives.filter((a) => a.label !== label);
  const best = below[0];
  if (novelty >= NOVEL && !named) {
    return {
      headline: say(label, network.novel[isBred([...path, label]) ? "breed" : "kind"]),
      more: best ? [network.nearest(below.slice(0, NAMED).map((a) => a.label))] : [],
    };
  }
  return {
    headline: say(label, network.end),
    more: best ? [network.looksMostLike(best.label, percent(best.confidence))] : [],
  };
}

/** Whether what is below these kinds is called a breed. */
export function isBred(kinds: readonly string[]): boolean {
  return kinds.some((kind) => BRED.has(kind));
}

function sayNothing({ alternatives }: Sayable): Words {
  const { unknown, network } = strings.answer;
  const best = alternatives[0];
  return {
    headline: unknown,
    more: best ? [network.looksMostLike(best.label, percent(best.confidence))] : [],
  };
}

/** What answered, in two words. */
export function sayOrigin(route: Answer["route"]): string {
  const { fromMemory, fromRule, fromNetwork, fromNone } = strings.route;
  return { memory: fromMemory, rule: fromRule, network: fromNetwork, none: fromNone }[route];
}

/** One stage of the time that an answer took. */
export interface Stage {
  readonly id: keyof typeof strings.details.stages;
  readonly title: string;
  readonly ms: number;
  /** 0 to 1 of the total. */
  readonly share: number;
}

/** Stages below this share of the total are left out. */
const NOTABLE = 0.005;

/** Where the time went, in the order of the work; stages that took next to none are left out. */
export function sayTimings({ total, ...stages }: Answer["timings"]): readonly Stage[] {
  const titles = strings.details.stages;
  const spent = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
  const whole = Math.max(total, spent);
  const rows: [keyof typeof titles, number][] = [
    ["decode", stages.decode],
    ["encode", stages.encode],
    ["faces", stages.faces],
    ["recall", stages.recall],
    ["generalize", stages.generalize],
    ["other", Math.max(0, whole - spent)],
  ];
  return rows.filter(([, ms]) => ms > whole * NOTABLE)
    .map(([id, ms]) => ({ id, title: titles[id], ms, share: ms / whole }));
}
