import { assertEquals, assertThrows } from "@std/assert";
import { PickleGlobal, unpickle } from "../training/import/pickle.ts";

const bytes = (base64: string) => Uint8Array.fromBase64(base64);

/**
 * `pickle.dumps({'list': [1, -2, 70000, None, True, False, -5000000000],
 * 'tuple': (1, (2, 3), (4, 5, 6), ()), '__proto__': 'é'}, 2)` of Python 3.11.
 */
const VALUES = bytes(
  "gAJ9cQAoWAQAAABsaXN0cQFdcQIoSwFK/v///0pwEQEAToiJigUADvrV/mVYBQAAAHR1cGxlcQMoSwFLAksDhnEESwRLBUsGh3EF" +
    "KXRxBlgJAAAAX19wcm90b19fcQdYAgAAAMOpcQh1Lg==",
);

/** What an object whose `__reduce__` is `(os.system, ("echo hi",))` becomes. */
const HOSTILE = bytes("gAJjcG9zaXgKc3lzdGVtCnEAWAcAAABlY2hvIGhpcQGFcQJScQMu");

Deno.test("unpickle() reads what Python wrote", () => {
  const { value, end } = unpickle(VALUES);
  assertEquals(
    value,
    new Map<unknown, unknown>([
      ["list", [1, -2, 70_000, null, true, false, -5_000_000_000n]],
      ["tuple", [1, [2, 3], [4, 5, 6], []]],
      ["__proto__", "é"],
    ]),
  );
  assertEquals(end, VALUES.length);
});

Deno.test("unpickle() says where it ended when more follows", () => {
  const two = new Uint8Array([0, ...VALUES, ...VALUES]);
  const { end } = unpickle(two, 1);
  assertEquals(end, 1 + VALUES.length);
  assertEquals(unpickle(two, end).end, two.length);
});

Deno.test("unpickle() refuses to name or call what is not allowed", () => {
  assertThrows(() => unpickle(HOSTILE), TypeError, '"posix system"');
  const named = new Map([["posix system", undefined]]);
  assertThrows(() => unpickle(HOSTILE, 0, { globals: named }), TypeError, "may not be called");
  const called = new Map([["posix system", (args: readonly unknown[]) => args]]);
  assertEquals(unpickle(HOSTILE, 0, { globals: called }).value, ["echo hi"]);
});

Deno.test("unpickle() hands out names and persistent ids only by its options", () => {
  const pickle = Uint8Array.of(0x80, 2, ...new TextEncoder().encode("ca\nb\nQ."));
  const globals = new Map([["a b", undefined]]);
  assertThrows(() => unpickle(pickle, 0, { globals }), TypeError, "outside it");
  const { value } = unpickle(pickle, 0, { globals, persistent: (id) => [id] });
  assertEquals(value, [new PickleGlobal("a b")]);
});

Deno.test("unpickle() throws a SyntaxError when the pickle is cut off anywhere", () => {
  for (let length = 0; length < VALUES.length; length++) {
    assertThrows(() => unpickle(VALUES.subarray(0, length)), SyntaxError);
  }
});

Deno.test("unpickle() throws a SyntaxError when the pickle is malformed", () => {
  const code = (...items: number[]) => () => unpickle(Uint8Array.of(0x80, 2, ...items));
  assertThrows(() => unpickle(Uint8Array.of(0x80, 4, 0x4e, 0x2e)), SyntaxError, "got 4");
  assertThrows(code(0x2e), SyntaxError, "empty stack");
  assertThrows(code(0x74), SyntaxError, "without a beginning");
  assertThrows(code(0x4e, 0x28, 0x65), SyntaxError, "no list");
  assertThrows(code(0x4e, 0x4e, 0x4e, 0x73), SyntaxError, "no dictionary");
  assertThrows(code(0x7d, 0x28, 0x4e, 0x75), SyntaxError, "without a value");
  assertThrows(code(0x68, 9), SyntaxError, "recalls 9");
  assertThrows(code(0x71, 0), SyntaxError);
  assertThrows(code(0x93), SyntaxError, "0x93 at byte 2");
});
