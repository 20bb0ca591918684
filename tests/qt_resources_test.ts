import { assertEquals, assertThrows } from "@std/assert";
import { zlibSync } from "fflate";
import { readQtResource } from "../training/import/qt_resources.ts";

/** Big-endian numbers: each a value and its width in bytes. */
function numbers(...values: [value: number, width: number][]): number[] {
  return values.flatMap(([value, width]) =>
    Array.from({ length: width }, (_, i) => value / 256 ** (width - 1 - i) & 255)
  );
}

const bark = new TextEncoder().encode("bark");
const meow = new TextEncoder().encode("meow, many times over: " + "meow ".repeat(50));

/** Resources of version 1 or 2: a folder "pets" with "dog", plain, and "cat", compressed. */
function resources(version: 1 | 2, catFlags = 1): Uint8Array {
  const names = ["pets", "dog", "cat"];
  const starts: number[] = [];
  const nameBytes: number[] = [];
  for (const name of names) {
    starts.push(nameBytes.length);
    nameBytes.push(...numbers([name.length, 2], [0, 4]));
    for (const letter of name) nameBytes.push(...numbers([letter.charCodeAt(0), 2]));
  }
  const packed = [...numbers([meow.length, 4]), ...zlibSync(meow)];
  const data = [
    ...numbers([bark.length, 4]),
    ...bark,
    ...numbers([packed.length, 4]),
    ...packed,
  ];
  const time = version === 2 ? numbers([1, 8]) : [];
  const tree = [
    [...numbers([0, 4], [2, 2], [1, 4], [1, 4]), ...time],
    [...numbers([starts[0]!, 4], [2, 2], [2, 4], [2, 4]), ...time],
    [...numbers([starts[1]!, 4], [0, 2], [0, 4], [0, 4]), ...time],
    [...numbers([starts[2]!, 4], [catFlags, 2], [0, 4], [bark.length + 4, 4]), ...time],
  ].flat();
  const head = 20;
  return Uint8Array.from([
    ...new TextEncoder().encode("qres"),
    ...numbers(
      [version, 4],
      [head, 4],
      [head + tree.length, 4],
      [head + tree.length + data.length, 4],
    ),
    ...tree,
    ...data,
    ...nameBytes,
  ]);
}

Deno.test("readQtResource() finds plain and compressed files, in both versions", () => {
  for (const version of [1, 2] as const) {
    assertEquals(readQtResource(resources(version), "pets/dog"), bark);
    assertEquals(readQtResource(resources(version), "pets/cat"), meow);
  }
});

Deno.test("readQtResource() says what is there when the file is not", () => {
  assertThrows(
    () => readQtResource(resources(2), "pets/cow"),
    Deno.errors.NotFound,
    'There is no "cow" of "pets/cow", only dog, cat',
  );
  assertThrows(() => readQtResource(resources(2), "pets/dog/tail"), Deno.errors.NotFound);
  assertThrows(() => readQtResource(resources(2), "pets"), Deno.errors.NotFound, "a folder");
  assertThrows(() => readQtResource(resources(2, 4), "pets/cat"), RangeError, "flags 4");
  assertThrows(() => readQtResource(bark, "pets/cat"), TypeError, "qres");
});
