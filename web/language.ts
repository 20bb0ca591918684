/**
 * Which language the page speaks: the one that was chosen here, or the first of the browser's that
 * it has.
 *
 * @module
 */

/** The languages that the page has, by their BCP 47 tag, each called by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

/** A language that the page has. */
export type Language = keyof typeof LANGUAGES;

/** Where the choice is kept. */
const KEY = "xolo-language";

/**
 * The language for somebody.
 *
 * @param chosen what was chosen before, if anything
 * @param preferred BCP 47 tags, the best first
 *
 * @example
 * ```ts
 * import { languageFor } from "./language.ts";
 *
 * console.assert(languageFor(null, ["fr-FR", "de-AT", "en"]) === "de");
 * console.assert(languageFor("en", ["de"]) === "en");
 * console.assert(languageFor(null, ["fr"]) === "en");
 * ```
 */
export function languageFor(chosen: string | null, preferred: readonly string[]): Language {
  const tags = [...chosen === null ? [] : [chosen], ...preferred];
  const known = tags.map((tag) => tag.split("-")[0]!).find((tag) => Object.hasOwn(LANGUAGES, tag));
  return known as Language | undefined ?? "en";
}

/** The page's language. Outside a page, as while it is built, it is English. */
export const language: Language = "document" in globalThis
  ? languageFor(chosenBefore(), navigator.languages)
  : "en";

/** A tag that dates can be written by: some browsers name a "C" locale "en-US@posix". */
const TAG = /^[a-z]+(-[a-z0-9]+)*$/i;

/** How times are written: as the browser prefers it in the page's language. */
export const locale: string =
  navigator.languages.find((tag) => TAG.test(tag) && tag.split("-")[0] === language) ?? language;

/** Keeps a choice; it holds from the next load on. */
export function chooseLanguage(chosen: Language): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Where nothing may be kept it holds for no longer than the page.
  }
}

function chosenBefore(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
