/**
 * ULIDs as numbers: 128 bits in four words instead of a string of 26 characters, so that a table
 * can hold a million of them and compare them fast.
 *
 * @module
 */

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const VALUE = new Map([...DIGITS].map((digit, value) => [digit, value]));

/**
 * Writes a ULID's 128 bits as four 32-bit words, most significant first.
 *
 * @param id 26 characters of Crockford's base 32, upper case
 * @param words where they go
 * @param at index of the first of the four
 * @returns false when `id` is no ULID; `words` is then undefined there
 */
export function writeUlid(id: string, words: Uint32Array, at: number): boolean {
  if (id.length !== 26) return false;
  let word = 0;
  let bits = 0;
  let next = at;
  for (let i = 0; i < 26; i++) {
    const value = VALUE.get(id.charAt(i));
    if (value === undefined) return false;
    // 26 digits hold 130 bits, a ULID 128: the first digit carries three.
    const width = i === 0 ? 3 : 5;
    if (i === 0 && value > 7) return false;
    const room = 32 - bits;
    if (width < room) {
      word = (word << width) | value;
      bits += width;
    } else {
      const spill = width - room;
      words[next++] = ((word << room) | (value >>> spill)) >>> 0;
      word = value & ((1 << spill) - 1);
      bits = spill;
    }
  }
  return true;
}

/** Reads a ULID back from its four words. */
export function readUlid(words: Uint32Array, at: number): string {
  let text = "";
  // From the least significant digit: digit i starts 5·(25 − i) bits from the right.
  for (let i = 0; i < 26; i++) {
    const shift = 5 * (25 - i);
    const word = 3 - (shift >>> 5);
    const offset = shift & 31;
    const low = (words[at + word] ?? 0) >>> offset;
    const high = offset > 27 && word > 0 ? (words[at + word - 1] ?? 0) << (32 - offset) : 0;
    text += DIGITS.charAt((low | high) & 31);
  }
  return text;
}

/** The time of a ULID in milliseconds since 1970: its first 48 bits. */
export function ulidTime(words: Uint32Array, at: number): number {
  return (words[at] ?? 0) * 0x10000 + ((words[at + 1] ?? 0) >>> 16);
}

/** Less than, equal to or greater than zero as the ULID at `i` of `a` sorts against that at `j` of `b`. */
export function compareUlids(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let k = 0; k < 4; k++) {
    const difference = (a[i + k] ?? 0) - (b[j + k] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
