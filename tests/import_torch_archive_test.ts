import { assertEquals, assertThrows } from "@std/assert";
import { readTorchArchive } from "../training/import/torch_archive.ts";

/**
 * Written by Python's `pickle` in PyTorch's stream format: a float storage "7" of 0, 1, 2, 3, 4, 5, 6.5 with the
 * views `rows` (offset 1, size (2, 3), stride (3, 1)), `columns` (size (2, 3), stride (1, 2)) and
 * `scalar` (offset 6), and a long storage "3" of −2 with the view `steps`.
 */
const ARCHIVE = Uint8Array.fromBase64(
  "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohY" +
    "CgAAAHR5cGVfc2l6ZXNxA31xBFgFAAAAc2hvcnRxBUsCc3UugAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgE" +
    "AAAAcm93c3ECY3RvcmNoLl91dGlscwpfcmVidWlsZF90ZW5zb3JfdjIKcQMoKFgHAAAAc3RvcmFnZXEEY3RvcmNoCkZsb2F0" +
    "U3RvcmFnZQpxBVgBAAAAN3EGWAMAAABjcHVxB0sHTnRxCFFLAUsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgHAAAAY29s" +
    "dW1uc3EOaAMoKGgEaAVoBmgHSwdOdHEPUUsAaAlLAUsChnEQiWgAKVJxEXRxElJxE1gGAAAAc2NhbGFycRRoAygoaARoBWgG" +
    "aAdLB050cRVRSwYpKYloAClScRZ0cRdScRhYBQAAAHN0ZXBzcRloAygoaARjdG9yY2gKTG9uZ1N0b3JhZ2UKcRpYAQAAADNx" +
    "G2gHSwFOdHEcUUsAKSmJaAApUnEddHEeUnEfdX1xIFgJAAAAX21ldGFkYXRhcSFoAClScSJYBwAAAHZlcnNpb25xI0sBc3Ni" +
    "LoACXXEAKFgBAAAAM3EBWAEAAAA3cQJlLgEAAAAAAAAA/v////////8HAAAAAAAAAAAAAAAAAIA/AAAAQAAAQEAAAIBAAACg" +
    "QAAA0EA=",
);

/** The archive with one run of bytes, found by its text, in place of another of the same length. */
function changed(from: string, to: string): Uint8Array {
  const text = Array.from(ARCHIVE, (byte) => String.fromCharCode(byte)).join("");
  const at = text.indexOf(from);
  assertEquals([at >= 0, from.length], [true, to.length]);
  const out = ARCHIVE.slice();
  for (let i = 0; i < to.length; i++) out[at + i] = to.charCodeAt(i);
  return out;
}

Deno.test("readTorchArchive() gives tensors row by row, however they lie in their storage", () => {
  assertEquals(
    readTorchArchive(ARCHIVE),
    new Map<string, { dims: number[]; data: Float32Array | BigInt64Array }>([
      ["rows", { dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6.5) }],
      ["columns", { dims: [2, 3], data: Float32Array.of(0, 2, 4, 1, 3, 5) }],
      ["scalar", { dims: [], data: Float32Array.of(6.5) }],
      ["steps", { dims: [], data: BigInt64Array.of(-2n) }],
    ]),
  );
});

Deno.test("readTorchArchive() reads an archive that begins within a larger array", () => {
  const larger = new Uint8Array(ARCHIVE.length + 3);
  larger.set(ARCHIVE, 3);
  assertEquals(readTorchArchive(larger.subarray(3)), readTorchArchive(ARCHIVE));
});

Deno.test("readTorchArchive() throws when the file is cut off anywhere", () => {
  for (let length = 0; length < ARCHIVE.length; length += 7) {
    assertThrows(() => readTorchArchive(ARCHIVE.subarray(0, length)), Error);
  }
  assertThrows(() => readTorchArchive(ARCHIVE.subarray(0, -1)), RangeError, "7 elements");
});

Deno.test("readTorchArchive() says what is wrong with a file that it does not read", () => {
  assertThrows(() => readTorchArchive(Uint8Array.of(0x50, 0x4b, 3, 4)), SyntaxError, "zip format");
  assertThrows(
    () => readTorchArchive(changed("\x80\x02M\xe9\x03", "\x80\x02M\xe8\x03")),
    SyntaxError,
    "got 1000",
  );
  assertThrows(
    () => readTorchArchive(changed("torch\nFloatStorage", "torch\nOtherStorage")),
    TypeError,
    "torch OtherStorage",
  );
  // `scalar` from one element behind the end.
  assertThrows(() => readTorchArchive(changed("QK\x06))", "QK\x07))")), RangeError, "element 7");
});
