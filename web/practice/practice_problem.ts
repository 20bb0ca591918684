/**
 * What went wrong in practice, as a sentence: here the server's own words say most.
 *
 * @module
 */
import { ApiError } from "../api_error.ts";
import { sayProblem } from "../problem_words.ts";
import { sayTime } from "../words.ts";

/** Statuses whose details tell what a person should know. */
const TOLD = new Set([400, 404, 409, 422]);

const ULID = /[0-9A-HJKMNP-TV-Z]{26}/g;
const DEPENDS = /depends on [0-9A-HJKMNP-TV-Z]{26}/;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/**
 * The server's words as a sentence without ids, times as people say them.
 *
 * @example
 * ```ts
 * import { sayDetail } from "./practice_problem.ts";
 *
 * const id = "01J".padEnd(26, "A");
 * console.assert(sayDetail(`item ${id} was answered already`) === "Item was answered already.");
 * ```
 */
export function sayDetail(detail: string): string {
  const plain = detail.replace(DEPENDS, "depends on it").replace(TIME, (iso) => sayTime(iso))
    .replace(ULID, "").replaceAll(/\s+(?=[\s,.:;]|$)/g, "").trim();
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The first id in the server's words: of the event, rule or item that it speaks of. */
export function idIn(detail: string, besides?: string): string | undefined {
  return detail.match(ULID)?.find((id) => id !== besides);
}

/** Says an error of practice as a sentence or two. */
export function sayPracticeProblem(error: unknown): string {
  return error instanceof ApiError && TOLD.has(error.status)
    ? sayDetail(error.detail)
    : sayProblem(error);
}
