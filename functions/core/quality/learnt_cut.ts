/**
 * From which confidence on guesses of a taught type may be given as `is`: learnt from what people
 * judged, as demotion is. Where demotion takes back what does not hold the promise, this gives out
 * what was shown to hold it.
 *
 * @module
 */
import type { Guess } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import { REVIEWERS } from "./standing.ts";
import { wilson } from "./wilson.ts";

/** What is promised, and how it is measured. */
export interface LearntCutOptions {
  /** Precision that what is given as `is` should have, 0 to 1. */
  readonly floor?: number;
  /**
   * Quantile of the interval; at .5 its lower bound holds in 69 %. Less than demotion asks, for a
   * promotion is judged on, and taken back where it does not hold.
   */
  readonly z?: number;
}

/** What guesses from a confidence on were found to be. */
export interface CutRecord {
  /** Confidence from which guesses are given as `is`; null while none are. */
  readonly from: number | null;
  /** Judged guesses from there on, the latest counting most, and how many of them were right. */
  readonly judged: number;
  readonly right: number;
}

/** The cut of a space, kept up to date answer by answer and judgement by judgement. */
export interface LearntCut {
  /**
   * What a guess is worth here: its confidence, given that the photo is of a taught type, times the
   * share of photos that are.
   */
  confidenceOf(confidence: number): number;
  /** Takes in that a guess was made: how often each confidence comes. */
  see(guess: Pick<Guess, "confidence">): void;
  /** Takes in the next judgement; those of a space come in the order of their ids. */
  add(judgement: Judgement): void;
  /** Where the cut is. */
  record(): CutRecord;
  /** Why a guess may be given as `is`, in words; null where it may not. */
  promotionOf(guess: Pick<Guess, "confidence">): string | null;
}

/** Where the bands of confidence begin: narrower where most guesses are, and where a cut may lie. */
export const BANDS: readonly number[] = [
  0.2,
  0.3,
  0.4,
  0.5,
  0.6,
  0.7,
  0.8,
  0.85,
  0.9,
  0.93,
  0.96,
  0.98,
];
/**
 * Judgements that a band begins with, at a little less than its own confidence. Of 2, 4 and 12 the
 * one that promotes soonest without a window of the explored streams under the floor.
 */
const PRIOR = 2;
const DOUBT = 0.96;
/** What is left of the weight of a guess, and of a judgement, when the next comes. */
const FADING = 0.998;
/** Fewest judged guesses before anything is promoted, and between two moves of the cut. */
const FEWEST = 50;
const BETWEEN = 10;
/** Fewest of them from the cut on: what a band begins with promotes nothing by itself. */
const ENOUGH = 10;
/** Of the judged labels the last so many tell how often a label is new. */
const RECENT = 1000;

/**
 * Begins with nothing judged, so nothing is promoted.
 *
 * Counted are guesses and what memory says of a type surely, where the guess is the same: together
 * they are what is answered of types. Guesses are counted by bands of confidence. The precision from a band on is the mean of its and all
 * higher bands' judged precision, weighted by how often guesses of each come; each band begins with
 * {@linkcode PRIOR} judgements at a little less than its own confidence, and is taken to be no worse than
 * the one below (pool adjacent violators, Ayer et al. 1955). The cut is the lowest band
 * from which on the lower bound of that reaches the floor: Wilson's, for as many judgements drawn by
 * chance as would tell as much (those by bands tell more), and from which on {@linkcode ENOUGH} were judged. It begins above the highest band, and moves
 * by one at a time. The floor is for what is true; of judgements a few are wrong ({@linkcode REVIEWERS}).
 *
 * Judged are samples, and what was unsure, which people are given the most doubtful of first: within
 * a band the judged guesses are therefore at most as good as the others, and what that bias can make
 * of an estimate is bounded by the width of the band. That doubtful bands are judged more often
 * does not matter, for they are weighted by how often they come.
 *
 * A guess tells which of the taught types a photo is of. How often it is of none, the judged labels
 * tell: the share of labels not seen before is about that of labels seen once (Good 1953, "The
 * population frequencies of species", Biometrika 40).
 *
 * The state follows from the guesses and judgements in their order alone.
 *
 * @throws {RangeError} when the floor is not 0 to 1
 *
 * @example
 * ```ts
 * import { createLearntCut } from "./learnt_cut.ts";
 *
 * console.assert(createLearntCut().promotionOf({ confidence: .99 }) === null);
 * ```
 */
export function createLearntCut({ floor = 0.92, z = 0.1 }: LearntCutOptions = {}): LearntCut {
  if (!(floor >= 0 && floor <= 1)) throw new RangeError(`floor should be 0 to 1, it is ${floor}`);
  const seen = new Float64Array(BANDS.length);
  const judged = new Float64Array(BANDS.length);
  const right = new Float64Array(BANDS.length);
  const labels: string[] = [];
  const counts = new Map<string, number>();
  let total = 0, sinceMove = 0;
  /** Index of the band; past the last one where nothing is promoted. */
  let cut = BANDS.length;

  function note(label: string): void {
    labels.push(label);
    counts.set(label, (counts.get(label) ?? 0) + 1);
    if (labels.length <= RECENT) return;
    const oldest = labels.shift()!;
    const left = counts.get(oldest)! - 1;
    if (left === 0) counts.delete(oldest);
    else counts.set(oldest, left);
  }

  /** Share of photos whose label was not taught, as far as that is known. */
  function unknown(): number {
    const once = counts.values().reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0);
    return Math.min(1, (1 + once) / (labels.length + 1));
  }

  function sumFrom(band: number, values: Float64Array): number {
    return values.subarray(band).reduce((sum, value) => sum + value, 0);
  }

  /** Of each band, never less than of the one below: neighbours that disagree are taken together. */
  function precisions(): { readonly precision: number; readonly count: number }[] {
    const pools: { right: number; count: number; bands: number }[] = [];
    for (const [b, from] of BANDS.entries()) {
      const middle = (from + (BANDS[b + 1] ?? 1)) / 2;
      let pool = {
        right: right[b]! + PRIOR * DOUBT * middle,
        count: judged[b]! + PRIOR,
        bands: 1,
      };
      for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
        if (last.right / last.count <= pool.right / pool.count) break;
        pools.pop();
        pool = {
          right: last.right + pool.right,
          count: last.count + pool.count,
          bands: last.bands + pool.bands,
        };
      }
      pools.push(pool);
    }
    return pools.flatMap(({ right, count, bands }) =>
      Array.from({ length: bands }, () => ({ precision: right / count, count }))
    );
  }

  function holds(band: number): boolean {
    let weights = 0, sum = 0, variance = 0;
    const bands = precisions();
    for (let b = band; b < BANDS.length; b++) {
      const { precision, count } = bands[b]!;
      // What was judged was seen, if not by this process.
      const weight = Math.max(seen[b]!, judged[b]!);
      weights += weight;
      sum += weight * precision;
      variance += weight ** 2 * precision * (1 - precision) / count;
    }
    if (weights === 0 || sumFrom(band, judged) < ENOUGH) return false;
    // So many judgements by chance would tell as much as these by bands do.
    const precision = sum / weights;
    const worth = precision * (1 - precision) * weights ** 2 / variance;
    return wilson(precision * worth, worth, z).lower >= floor * REVIEWERS;
  }

  function move(): void {
    if (total < FEWEST || sinceMove < BETWEEN) return;
    sinceMove = 0;
    const lowest = BANDS.findIndex((_, band) => holds(band));
    cut += Math.sign((lowest < 0 ? BANDS.length : lowest) - cut);
  }

  const fromOf = () => BANDS[cut] ?? null;
  return {
    confidenceOf: (confidence) => confidence * (1 - unknown()),
    see({ confidence }) {
      const band = bandOf(confidence);
      for (let b = 0; b < seen.length; b++) seen[b]! *= FADING;
      if (band >= 0) seen[band]!++;
    },
    add({ facts: { guess, label }, right: isRight, truth }) {
      if (truth !== null) note(truth.normalize("NFC").toLowerCase());
      if (guess === undefined) return;
      // "Not that" tells of the guess only where it was the answer.
      if (truth === null && label !== guess.label) return;
      const agrees = truth === null ? isRight : isSame(truth, guess.label);
      for (let b = 0; b < judged.length; b++) {
        judged[b]! *= FADING;
        right[b]! *= FADING;
      }
      total++;
      sinceMove++;
      const band = bandOf(guess.confidence);
      if (band >= 0) {
        judged[band]!++;
        if (agrees) right[band]!++;
      }
      move();
    },
    record() {
      return {
        from: fromOf(),
        judged: sumFrom(cut, judged),
        right: sumFrom(cut, right),
      };
    },
    promotionOf({ confidence }) {
      const from = fromOf();
      if (from === null || confidence < from) return null;
      const [good, all] = [sumFrom(cut, right), sumFrom(cut, judged)].map(Math.round);
      return `judged: ${good} of ${all} guesses this sure, from ${from} on, were right`;
    },
  };
}

/** The band that a confidence lies in; −1 below all. */
function bandOf(confidence: number): number {
  return BANDS.findLastIndex((from) => confidence >= from);
}

function isSame(a: string, b: string): boolean {
  return a.normalize("NFC").toLowerCase() === b.normalize("NFC").toLowerCase();
}
