/**
 * Has what stands around the page speak the page's language: the build writes it in English.
 *
 * @module
 */
import { chooseLanguage, type Language, language } from "./language.ts";
import { strings } from "./strings.ts";

type FrameText = keyof typeof strings.frame;

/** Puts the page's language into the document, and has its buttons choose another. */
export function speakFrame(document: Document): void {
  const { documentElement: root } = document;
  root.lang = language;
  if (language !== "en") {
    for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
      element.textContent = strings.frame[element.dataset.text as FrameText];
    }
    for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
      element.setAttribute("aria-label", strings.frame[element.dataset.label as FrameText]);
    }
  }
  root.dataset.spoken = "";
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-language]")) {
    const its = button.dataset.language as Language;
    button.setAttribute("aria-pressed", its === language ? "true" : "false");
    button.addEventListener("click", () => {
      if (its === language) return;
      chooseLanguage(its);
      location.reload();
    });
  }
}
