/**
 * Decodes base64 in place, out of the middle of JSON.
 *
 * @module
 */
import type { ByteRange } from "./json_photo.ts";
import { malformedJson } from "./problem.ts";

/** Characters that are decoded at a time: whole groups of four, and strings that are soon gone. */
const CHUNK = 64 * 1024;

/** Bytes that are looked through for the head of a data URL, 200 characters if all are escaped. */
const LONGEST_HEAD = 1200;

const [BACKSLASH, SPACE, LETTER_U] = [0x5c, 0x20, 0x75];

/** Codes of what JSON writes as a backslash and a letter, by the letter's code; 0 for all others. */
const ESCAPED = new Uint8Array(256);
for (const letter of '"\\/bfnrt') {
  ESCAPED[letter.charCodeAt(0)] = JSON.parse(`"\\${letter}"`).charCodeAt(0);
}

/** Values of hexadecimal digits by their codes, −1 for all others. */
const HEX = new Int8Array(256).fill(-1);
for (const digit of "0123456789abcdefABCDEF") {
  HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
}

/** In no UTF-8, and so in no base64. */
const NO_BASE64 = 0xff;

/** A character for each byte, whatever they are. */
const latin1 = new TextDecoder("latin1");
/** For long texts: four times as fast. What is no ASCII is no base64 either way. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes a text of JSON that is base64 or a base64 data URL.
 *
 * Neither a string nor a second buffer of its length is ever there: what was decoded goes to the
 * beginning of the buffer, which is at last cut to it and detached.
 *
 * @param buffer the JSON in UTF-8; it is not to be used afterwards, whatever the outcome
 * @param text what stands between the quotes of the text
 * @returns the bytes, which own their buffer
 * @throws {SyntaxError} for a text that is not base64
 * @throws {HTTPException} 400 for what cannot stand in a text in JSON
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { buffer } = new TextEncoder().encode('{"a":"data:;base64,SGV5\\nIQ=="}');
 * const bytes = decodeJsonBase64(buffer, { begin: 6, end: 29 });
 * assertEquals(new TextDecoder().decode(bytes), "Hey!");
 * ```
 */
export function decodeJsonBase64(
  buffer: ArrayBuffer,
  { begin, end }: ByteRange,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer);
  const chunk = new Uint8Array(CHUNK / 4 * 3);
  let at = begin + headOf(bytes.subarray(begin, Math.min(end, begin + LONGEST_HEAD)));
  let length = 0;

  /** Goes on by a chunk, unless it is no base64, or less than it could be and not the last. */
  function step(): boolean {
    const next = Math.min(at + CHUNK, end);
    let written: number;
    try {
      ({ written } = chunk.setFromBase64(utf8.decode(bytes.subarray(at, next))));
    } catch {
      return false;
    }
    if (written < chunk.length && next < end) return false;
    bytes.set(chunk.subarray(0, written), length);
    length += written;
    at = next;
    return true;
  }

  // A whole chunk that gives all the bytes it can has neither escapes nor whitespace in it.
  let isPlain = true;
  while (isPlain && end - at > CHUNK) isPlain = step();
  end = plainly(bytes, { begin: at, end });
  while (at < end) {
    if (!step()) throw new SyntaxError("the text should be base64");
  }
  return new Uint8Array(buffer.transfer(length));
}

/** Bytes of what is before the base64 of a data URL, 0 where there is none. */
function headOf(text: Uint8Array): number {
  const head = /^(?:[^,\\]|\\(?!u002c).)*(?:,|\\u002c)/is.exec(latin1.decode(text))?.[0];
  if (head === undefined) return 0;
  let plain: string;
  try {
    plain = JSON.parse(`"${head}"`);
  } catch {
    throw malformedJson();
  }
  return /^data:[^,]*;base64,$/i.test(plain) ? head.length : 0;
}

/** Takes escapes and whitespace out of a text in place and returns its new end. */
function plainly(bytes: Uint8Array, { begin, end }: ByteRange): number {
  let length = begin;
  for (let at = begin; at < end; at++) {
    let byte = bytes[at]!;
    if (byte < SPACE) throw malformedJson();
    if (byte === BACKSLASH) {
      const letter = bytes[++at]!;
      if (letter === LETTER_U) {
        byte = fromHex(bytes, at + 1);
        at += 4;
      } else {
        byte = ESCAPED[letter]!;
        if (byte === 0) throw malformedJson();
      }
    }
    const isWhitespace = byte === SPACE || (byte >= 9 && byte <= 13 && byte !== 11);
    if (!isWhitespace) bytes[length++] = byte;
  }
  return length;
}

/** The character that four digits name, or one that is no base64 for all that are no ASCII. */
function fromHex(bytes: Uint8Array, begin: number): number {
  let code = 0;
  for (let at = begin; at < begin + 4; at++) {
    const digit = HEX[bytes[at]!]!;
    if (digit < 0) throw malformedJson();
    code = code * 16 + digit;
  }
  return code < 0x80 ? code : NO_BASE64;
}
