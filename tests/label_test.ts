/**
 * Which names are labels.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Label } from "../functions/core/label.ts";

Deno.test("Label keeps names of all scripts and emoji as they are", () => {
  for (
    const label of [
      "Grandma",
      "Großmutter",
      "祖母",
      "می‌خواهم",
      "क्‍ष",
      "👩‍👧",
      "👵🏽",
      "❤️",
      "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
      "a/b?c#d%20e",
      "...",
      "7",
      "😀".repeat(200),
    ]
  ) assertEquals(Label.parse(label), label);
});

Deno.test("Label composes and trims", () => {
  assertEquals(Label.parse("e\u0301tienne"), "\u00e9tienne");
  assertEquals(Label.parse("\ufeff  Rex\n"), "Rex");
});

Deno.test("Label refuses what cannot be seen, addressed or stored", () => {
  for (
    const [label, why] of [
      ["", "1 to 200"],
      [" \t", "1 to 200"],
      ["x".repeat(201), "1 to 200"],
      ["bad\nlabel", "control"],
      ["a\u0000b", "control"],
      ["a\u007fb", "control"],
      ["Rex\u202egnp", "format"],
      ["Re\u200bx", "format"],
      ["Re\u00adx", "format"],
      ["a\u2028b", "control"],
      ["a\ue000b", "control"],
      ["\u200d", "visible"],
      ["\ufe0f", "visible"],
      ["\u3164", "visible"],
      ["\u2800", "visible"],
      ["\u{e0067}", "visible"],
      ["\ud800", "well-formed"],
      [".", "not be"],
      ["..", "not be"],
    ] as const
  ) {
    const parsed = Label.safeParse(label);
    assertEquals(parsed.success, false, JSON.stringify(label));
    assertStringIncludes(parsed.error!.issues[0]!.message, why, JSON.stringify(label));
  }
});
