/**
 * Probabilities and their log-odds.
 *
 * @module
 */
import type { Logistic } from "../../models/network.ts";

/** Keeps the log-odds of a probability that has rounded to 0 or 1 finite. */
const EDGE = 1e-9;

/** ln(p / (1 − p)), within ±20.7. */
export function logOdds(probability: number): number {
  const p = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return Math.log(p / (1 - p));
}

/** The probability of log-odds: 1 / (1 + exp(−x)). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** A logistic map at the log-odds of a probability. */
export function logistic({ slope, intercept }: Logistic, probability: number): number {
  return sigmoid(intercept + slope * logOdds(probability));
}
