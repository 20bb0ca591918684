import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readSettings } from "../functions/settings.ts";

Deno.test("readSettings() has the documented defaults when nothing is set", () => {
  assertEquals(readSettings({}), {
    port: 8000,
    host: "127.0.0.1",
    data: ".xolo",
    runtime: undefined,
    memoryMb: 512,
    faceAge: true,
    token: undefined,
    publicSpaces: [],
    demo: false,
    review: true,
    precisionFloor: 0.92,
    reviewRate: 0.02,
  });
});

Deno.test("readSettings() takes what is promised, judged and put before people, in bounds", () => {
  const { review, precisionFloor, reviewRate } = readSettings({
    XOLO_REVIEW: "off",
    XOLO_PRECISION_FLOOR: "0.999",
    XOLO_REVIEW_RATE: "1",
  });
  assertEquals([review, precisionFloor, reviewRate], [false, 0.999, 1]);
  const wrong: Record<string, string>[] = [
    { XOLO_REVIEW: "on" },
    { XOLO_PRECISION_FLOOR: "0.4" },
    { XOLO_PRECISION_FLOOR: "1" },
    { XOLO_REVIEW_RATE: "2" },
    { XOLO_REVIEW_RATE: "-0.1" },
  ];
  for (const env of wrong) {
    const { message } = assertThrows(() => readSettings(env), TypeError);
    assertStringIncludes(message, Object.keys(env)[0]!);
  }
});

Deno.test("readSettings() takes an empty variable for one that is not set", () => {
  assertEquals(readSettings({ PORT: "", XOLO_TOKEN: "" }), readSettings({}));
});

Deno.test("readSettings() names every variable that is wrong", () => {
  const { message } = assertThrows(
    () => readSettings({ PORT: "eighty", XOLO_RUNTIME: "cuda", XOLO_MEMORY_MB: "1" }),
    TypeError,
  );
  for (const name of ["PORT", "XOLO_RUNTIME", "XOLO_MEMORY_MB"]) {
    assertStringIncludes(message, name);
  }
});

Deno.test("readSettings() refuses a database that would silently not be used", () => {
  assertThrows(() => readSettings({ DATABASE_URL: "postgres://x" }), TypeError, "DATABASE_URL");
});

Deno.test("readSettings() leaves the store to a hosted platform unless a folder is named", () => {
  assertEquals(readSettings({ DENO_DEPLOYMENT_ID: "d" }).data, undefined);
  assertEquals(readSettings({ DENO_DEPLOYMENT_ID: "d", XOLO_DATA: "x" }).data, "x");
});

Deno.test("readSettings() refuses a token that no client could send", () => {
  for (const token of ["short", "two words here", "großmutter", "12345678\n"]) {
    const { message } = assertThrows(() => readSettings({ XOLO_TOKEN: token }), TypeError);
    assertStringIncludes(message, "XOLO_TOKEN: should have at least 8 characters");
  }
  assertEquals(readSettings({ XOLO_TOKEN: "~!a-Token" }).token, "~!a-Token");
});
