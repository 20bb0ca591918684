/**
 * How good a space's answers are: what was promised, what was judged, and what is covered.
 *
 * @module
 */
import type { Route } from "../answer_type.ts";
import type { Actor, Event } from "../ledger.ts";
import type { MemoryTable } from "../memory.ts";
import type { AnswerLog } from "../practice/answer_log.ts";
import { type PracticeSettings, type Records, SETTINGS } from "../practice/records.ts";
import type { ReviewQueue } from "../review/review_queue.ts";
import type { RuleBook } from "../rules/rule_book.ts";
import { coverageCurve, type CoveragePoint } from "./coverage.ts";
import type { Judgement } from "./judgement.ts";
import { isUnbiased, type Standing, type Standings, type StandingState } from "./standing.ts";
import { cleanRecord, judgementsNeeded, wilson } from "./wilson.ts";

/** A record in words beside its figures. */
export interface ToldStanding extends Omit<Standing, "kind"> {
  /** Of a label: what answered so. */
  readonly route?: Route;
  readonly says: string;
}

/** How good a space's answers are. */
export interface QualityReport {
  /** Precision that answers with `is` are promised to have. */
  readonly floor: number;
  /** How much the intervals hold, two-sided. */
  readonly interval: number;
  /** Share of sure answers that are drawn for review by chance. */
  readonly sampleRate: number;
  /** Of all answers that were given as `is`. */
  readonly overall: ToldStanding;
  readonly routes: readonly ToldStanding[];
  readonly labels: readonly ToldStanding[];
  /** Named by id. */
  readonly rules: readonly ToldStanding[];
  /** By the hour, oldest first. */
  readonly coverage: readonly Omit<CoveragePoint, "holds">[];
  /** How many items wait for a person. */
  readonly open: number;
}

/** What the report is put together from. */
export interface QualityParts {
  readonly records: Records;
  readonly queue: ReviewQueue;
  readonly log: AnswerLog;
  readonly rules: RuleBook;
}

/** Two-sided, of the quantile 1.2816. */
const INTERVAL = 0.8;

/** Half-width of the interval that {@linkcode Standing.needed} is about. */
const NARROW = 0.02;

/** Puts the report of a space together. */
export async function qualityReport(
  space: string,
  { records, queue, log, rules }: QualityParts,
): Promise<QualityReport> {
  const standings = await records.standings(space);
  const judgements = await records.judgements(space);
  const { sampleRate } = await records.settings(space);
  const { floor, z, window } = standings;
  const all = standings.all();
  const of = (kind: Standing["kind"]) => all.filter((one) => one.kind === kind);
  const reads = await rules.words(space, of("rule").map(({ name }) => name));
  const curve = coverageCurve(await log.tallies(space), judgements, floor, { z, window });
  return {
    floor,
    interval: INTERVAL,
    sampleRate,
    overall: overallOf(standings, judgements),
    routes: of("route").map((one) => told(one, floor)),
    labels: of("label").map((one) => {
      const cut = one.name.indexOf("/");
      const route = one.name.slice(0, cut) as Route;
      return { ...told({ ...one, name: one.name.slice(cut + 1) }, floor), route };
    }),
    rules: of("rule").map((one) =>
      told(one, floor, reads.get(one.name) ?? "a rule that is there no more")
    ),
    coverage: curve.map(({ holds: _holds, ...point }) => point),
    open: (await queue.open(space)).length,
  };
}

/**
 * Sets how many sure answers of a space are drawn for review by chance.
 *
 * @param sampleRate share of them, 0 to 1
 * @returns the event; null where it was set so already
 */
export async function setSampleRate(
  memory: MemoryTable,
  space: string,
  sampleRate: number,
  records: Records,
  actor: Actor,
): Promise<Event | null> {
  const settings = await records.settings(space);
  if (settings.sampleRate === sampleRate) return null;
  const value: PracticeSettings = { ...settings, sampleRate };
  const { event } = await memory.decide(space, actor, () =>
    Promise.resolve({
      type: "setting",
      what: `set the share of sure answers that are judged by chance to ${
        percent(sampleRate)
      }, it was ${percent(settings.sampleRate)}`,
      documents: [{ ...SETTINGS, document: { value, about: [] } }],
    }));
  return event;
}

/** The record of everything that was given as `is`: its samples, whatever answered. */
function overallOf(
  { floor, z, window }: Standings,
  judgements: readonly Judgement[],
): ToldStanding {
  const samples = judgements
    .filter((one) => one.reason === "sample" && one.facts.certainty === "is" && isUnbiased(one))
    .slice(-window);
  const judged = samples.length;
  const right = samples.filter((one) => one.right).length;
  const precision = judged === 0 ? null : right / judged;
  const interval = wilson(right, judged, z);
  const isShown = judged >= cleanRecord(floor, z) && interval.lower >= floor;
  // The whole is never demoted; what is in it that does not hold is.
  const state: StandingState = isShown ? "kept" : "new";
  return told({
    name: "all",
    judged,
    right,
    precision,
    ...interval,
    needed: judgementsNeeded(precision ?? floor, NARROW, z, judged),
    state,
  }, floor);
}

function told(
  { name, judged, right, precision, lower, upper, needed, state }: Omit<Standing, "kind">,
  floor: number,
  of?: string,
): ToldStanding {
  const record = precision === null
    ? "nothing was judged yet"
    : `right in ${right} of ${judged} judged answers, so in ${percent(lower)} to ${
      percent(upper)
    } of all`;
  const states: Record<StandingState, string> = {
    new: `too little to tell whether ${percent(floor)} hold`,
    kept: `the promised ${percent(floor)} hold`,
    demoted: `less than the promised ${percent(floor)}: at most "perhaps" until it is judged well`,
  };
  const more = needed === 0 ? "" : `; ${needed} more judgements make it ± ${100 * NARROW} %`;
  const says = `${of === undefined ? "" : `${of}: `}${record}; ${states[state]}${more}`;
  return { name, judged, right, precision, lower, upper, needed, state, says };
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
