/**
 * The name of somebody or something, wherever it comes in: one rule, so that whatever is stored
 * can also be asked for, renamed and forgotten.
 *
 * @module
 */
import { z } from "zod";

/** Most characters (code points) of a label. */
export const LABEL_CHARACTERS = 200;

/**
 * Controls, formats, private and unassigned characters, line and paragraph separators. Not the
 * joiners that emoji and some scripts need, nor the tags that flags of regions are made of.
 */
const HIDDEN = /(?![\u200c\u200d\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** Letters, digits, punctuation and symbols that leave a mark. */
const VISIBLE = /[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}\u2800]]/v;

/**
 * Reads a label: composed (NFC) and without white space around it.
 *
 * @example
 * ```ts
 * import { Label } from "./label.ts";
 *
 * console.assert(Label.parse(" e\u0301tienne ") === "étienne");
 * console.assert(!Label.safeParse("\u200b").success);
 * ```
 */
export const Label: z.ZodType<string, string> = z.string()
  .transform((label) => label.normalize("NFC").trim())
  .refine((label) => label.isWellFormed(), "should be well-formed Unicode")
  .refine((label) => {
    const characters = [...label].length;
    return characters >= 1 && characters <= LABEL_CHARACTERS;
  }, `should have 1 to ${LABEL_CHARACTERS} characters`)
  .refine((label) => !HIDDEN.test(label), "should have no control or format characters")
  .refine((label) => VISIBLE.test(label), "should have a visible character")
  .refine((label) => label !== "." && label !== "..", "should not be . or ..");
