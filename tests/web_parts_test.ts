/**
 * Parts of the page that need no document.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "@std/assert";
import type { Answer } from "../functions/core/answer_type.ts";
import { agePixels } from "../web/ask/age_photo.ts";
import { ApiError } from "../web/api_error.ts";
import type { Change } from "../web/client.ts";
import { isSmall } from "../web/ask/hint_words.ts";
import { languageFor } from "../web/language.ts";
import { changesOf } from "../web/teach/lesson_undo.ts";
import { teachSeveral } from "../web/teach/teach_several.ts";
import { NoExportError, piecesOf } from "../web/know/transfer.ts";
import { watch } from "../web/ask/watch.ts";

Deno.test("languageFor() takes what was chosen, then what is preferred, then English", () => {
  assertEquals(languageFor("de", ["en-GB"]), "de");
  assertEquals(languageFor(null, ["fr-CA", "de-CH", "en"]), "de");
  assertEquals(languageFor("toString", ["fr"]), "en");
  assertEquals(languageFor(null, []), "en");
});

Deno.test("agePixels() makes colours brown, narrows their range, and is the same every time", () => {
  const photo = Uint8ClampedArray.from(
    { length: 4000 },
    (_, i) => i % 4 === 3 ? 200 : i * 37 % 256,
  );
  const aged = photo.slice();
  agePixels(aged);
  const again = photo.slice();
  agePixels(again);
  assertEquals(aged, again);
  let least = 255, most = 0;
  for (let i = 0; i < aged.length; i += 4) {
    const [red, green, blue, alpha] = aged.subarray(i, i + 4);
    assert(red! > green! && green! > blue!, `${red} ${green} ${blue}`);
    assertEquals(alpha, 200);
    least = Math.min(least, green!);
    most = Math.max(most, green!);
  }
  assert(least > 30 && most < 235, `${least} to ${most}`);
});

const photos = ["a", "b", "c"].map((text) => new Blob([text]));

Deno.test("teachSeveral() passes over poor photos, waits for a busy server, and counts", async () => {
  const waits: number[] = [];
  const seen: number[] = [];
  let busy = 2;
  const taught = await teachSeveral(photos, {
    async teach(photo) {
      const text = await photo.text();
      if (text === "b") throw new ApiError(422, { detail: "blank" });
      if (text === "c" && busy-- > 0) throw new ApiError(503, {}, 3);
      return text === "a" ? 0 : 1;
    },
    onPhoto: (photo) => void seen.push(photo),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
  });
  assertEquals(seen, [0, 1, 2]);
  assertEquals(waits, [3000, 3000]);
  assertEquals([taught.created, taught.known], [1, 2]);
  assertEquals(taught.passed.map(({ photo, error }) => [photo, error.detail]), [[1, "blank"]]);
});

Deno.test("teachSeveral() ends where something is wrong that is no photo's fault", async () => {
  let asked = 0;
  const refuse = (status: number) =>
    assertRejects(
      () =>
        teachSeveral(photos, {
          teach: () => Promise.reject(new ApiError((asked++, status), {})),
          wait: () => Promise.resolve(),
        }),
      ApiError,
    );
  for (const status of [0, 401, 429, 507]) await refuse(status);
  assertEquals(asked, 4);
  await refuse(503);
  assertEquals(asked, 9);
});

Deno.test("changesOf() finds a lesson's own changes, and no one's else", () => {
  const change = (id: string, type: Change["type"], what: string, undoable = true): Change => ({
    id,
    type,
    what,
    undoable,
    at: "2026-01-01T00:00:00Z",
    by: "somebody",
    why: "",
    count: 1,
  });
  const changes = [
    change("6", "rename", "Rex is called Tom"),
    change("5", "teach", "taught Tom"),
    change("4", "teach", "taught Rex"),
    change("3", "correct", "not Rex"),
    change("2", "teach", "taught Rex", false),
    change("1", "teach", "taught Rex"),
  ];
  assertEquals(changesOf(changes, "Rex", 2).map(({ id }) => id), ["4", "3"]);
  assertEquals(changesOf(changes, "Rex", 9).map(({ id }) => id), ["4", "3", "1"]);
  assertEquals(changesOf(changes, "Ann", 1), []);
});

Deno.test("piecesOf() gives every piece the header and loses no line", () => {
  const lines = Array.from({ length: 9 }, (_, i) => `{"memory":${i}}`);
  const text = ['{"xolo":1}', ...lines, ""].join("\n");
  assertEquals([...piecesOf(text)], [text.trim()]);
  const pieces = [...piecesOf(text, 30)].map((piece) => piece.split("\n"));
  assert(pieces.length > 3);
  for (const piece of pieces) {
    assertEquals(piece[0], '{"xolo":1}');
    assertLess(piece.slice(1).join("").length, 31);
  }
  assertEquals(pieces.flatMap((piece) => piece.slice(1)), lines);
  assertEquals([...piecesOf('{"xolo":1}\n')], ['{"xolo":1}']);
  for (const text of ["", "\n", "Dear Grandma"]) {
    assertThrows(() => [...piecesOf(text)], NoExportError);
  }
});

Deno.test("isSmall() speaks of the face that is meant alone", () => {
  const face = (side: number) => ({
    kind: "person" as const,
    label: null,
    certainty: "unknown" as const,
    confidence: 0,
    similarity: null,
    box: { x: 0, y: 0, width: side, height: side },
  });
  assertEquals(isSmall({ subjects: [face(40)] }, undefined), true);
  assertEquals(isSmall({ subjects: [face(140)] }, undefined), false);
  assertEquals(isSmall({ subjects: [face(40), face(140)] }, undefined), false);
  assertEquals(isSmall({ subjects: [face(40), face(140)] }, 0), true);
  assertEquals(isSmall({ subjects: [] }, undefined), false);
});

Deno.test("watch() has one question in flight, goes on after trouble, and ends at once", async () => {
  const ending = new AbortController();
  const answers: Answer[] = [];
  const troubles: unknown[] = [];
  let inFlight = 0, most = 0, asked = 0, frames = 0;
  await watch({
    frame: () => Promise.resolve(frames++ === 0 ? undefined : new Blob(["frame"])),
    async ask() {
      most = Math.max(most, ++inFlight);
      await new Promise((done) => setTimeout(done, 2));
      inFlight--;
      if (++asked === 2) throw new ApiError(503, {}, 0.01);
      return { label: String(asked) } as Answer;
    },
    onAnswer(answer) {
      answers.push(answer);
      if (answers.length === 3) ending.abort();
    },
    onTrouble: (error) => void troubles.push(error),
    interval: 1,
    signal: ending.signal,
  });
  assertEquals(answers.map(({ label }) => label), ["1", "3", "4"]);
  assertEquals(troubles.map((error) => (error as ApiError).status), [503]);
  assertEquals(most, 1);
});
