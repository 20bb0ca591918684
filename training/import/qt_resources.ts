/**
 * Reads single files out of Qt's binary resources (`.rcc`): a tree of names beside the files' bytes.
 *
 * @module
 */
import { unzlibSync } from "fflate";

const MAGIC = "qres";

/** Bits of an entry's flags. */
const COMPRESSED = 1;
const FOLDER = 2;

/** Bytes of an entry: since version 2 it has the time of the file's last change, too. */
const ENTRY = 14;
const ENTRY_WITH_TIME = 22;

/**
 * The bytes of one file.
 *
 * @param path from the root, as "images/dog.webp"
 * @throws {TypeError} when the bytes are no resources
 * @throws {Deno.errors.NotFound} when they have no such file
 * @throws {RangeError} when the file is compressed in another way than by zlib
 */
export function readQtResource(resources: Uint8Array, path: string): Uint8Array {
  const view = new DataView(resources.buffer, resources.byteOffset, resources.byteLength);
  const magic = new TextDecoder("latin1").decode(resources.subarray(0, 4));
  if (magic !== MAGIC) throw new TypeError(`Qt resources should begin with "${MAGIC}"`);
  const version = view.getUint32(4);
  const [tree, data, names] = [8, 12, 16].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
  ];
  const entryOf = (index: number) => tree + index * (version >= 2 ? ENTRY_WITH_TIME : ENTRY);

  function nameOf(entry: number): string {
    const at = names + view.getUint32(entry);
    // Between the length and the letters lies a hash.
    const length = view.getUint16(at);
    const letters = Array.from({ length }, (_, i) => view.getUint16(at + 6 + 2 * i));
    return String.fromCharCode(...letters);
  }

  let entry = entryOf(0);
  for (const part of path.split("/")) {
    const isFolder = (view.getUint16(entry + 4) & FOLDER) !== 0;
    const [count, first] = [view.getUint32(entry + 6), view.getUint32(entry + 10)];
    const children = isFolder ? Array.from({ length: count }, (_, i) => entryOf(first + i)) : [];
    const next = children.find((child) => nameOf(child) === part);
    if (next === undefined) {
      const there = children.map(nameOf).join(", ");
      throw new Deno.errors.NotFound(
        `There is no "${part}" of "${path}", only ${there || "a file"}`,
      );
    }
    entry = next;
  }

  const flags = view.getUint16(entry + 4);
  if (flags & FOLDER) throw new Deno.errors.NotFound(`"${path}" is a folder`);
  const at = data + view.getUint32(entry + 10);
  const bytes = resources.subarray(at + 4, at + 4 + view.getUint32(at));
  if (flags === 0) return bytes;
  if (flags !== COMPRESSED) {
    throw new RangeError(
      `"${path}" has the flags ${flags}; it should be plain or compressed by zlib`,
    );
  }
  // Qt writes the length before the compressed bytes.
  return unzlibSync(bytes.subarray(4));
}
